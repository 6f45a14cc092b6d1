// Hides how the executable and a scripted upstream are started and stopped, once for each file of tests.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after } from 'node:test';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import assert from 'node:assert/strict';

/** The models of the policy: the same upstream in each dialect. */
export const UPSTREAMS = ['chat', 'messages', 'responses'];

/** What goes to a model, what the scripted one says, and what needs none. */
export const STORY = 'Tell me a long story about a lighthouse keeper.';
export const HELLO = 'Hello, world.';
export const SUM = 'what is 27 * 13?';

/** A red dot. */
export const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==';

const POLICY = fileURLToPath(new URL('../sdk/policy.yaml', import.meta.url));
const READY = /point a client's base URL at (http:\/\/\S+\/v1)/;
// eslint-disable-next-line no-control-regex
const COLOURS = /\x1b\[[0-9;]*m/g;

/** The router at `url`, and the upstream behind it; both stop when the file's tests have ended. */
export async function started() {
  const upstream = spawn(process.env.SCRIPTED_UPSTREAM, { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = await once(createInterface(upstream.stdout), 'line');
  const address = line.trim();
  const env = { PATH: process.env.PATH, UPSTREAM: address, UPSTREAM_KEY: 'sk-router', DOWNSHIFT_STORE: 'off' };
  const router = spawn(process.env.DOWNSHIFT, ['serve', '--config', POLICY], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const log = [];
  after(async () => {
    router.kill('SIGTERM');
    upstream.stdin.end();
    const ended = [router, upstream].map((child) => child.exitCode ?? once(child, 'exit').then(([code]) => code));
    assert.deepEqual(await Promise.all(ended), [0, 0], log.join('\n'));
    assert.ok(!log.some((said) => said.includes('panicked')), log.join('\n'));
  });
  const url = await new Promise((resolve, reject) => {
    createInterface(router.stderr).on('line', (said) => {
      log.push(said.replace(COLOURS, ''));
      const ready = READY.exec(log.at(-1));
      if (ready) resolve(ready[1]);
    });
    router.on('exit', () => reject(new Error(`the router stopped:\n${log.join('\n')}`)));
  });
  return { url, upstream: new Upstream(address) };
}

/** The scripted upstream: says what the next call gets, and what the last one was. */
class Upstream {
  constructor(url) {
    this.root = url.replace(/\/v1$/, '');
  }

  async then(script) {
    const response = await fetch(`${this.root}/script`, { method: 'POST', body: JSON.stringify(script) });
    assert.ok(response.ok);
  }

  /** The next call is refused, in the words of the dialect. */
  async refuses(model, status, error = {}, headers = []) {
    const { message = 'no, not like that', type = 'invalid_request_error', param = null, code = null } = error;
    const said = model === 'messages'
      ? { type: 'error', error: { type, message }, request_id: 'req_1' }
      : { error: { message, type, param, code } };
    await this.then({ status, headers, body: JSON.stringify(said) });
  }

  async #get(path) {
    return (await fetch(this.root + path)).json();
  }

  /** The newest call: `path`, `headers`, `body`. */
  async last() {
    return this.#get('/last');
  }

  async counted() {
    return this.#get('/counted');
  }

  /** Waits until one more client has left before its reply had ended than when `before` was counted. */
  async left(before) {
    for (let tries = 0; tries < 500; tries += 1) {
      if ((await this.counted()).left > before.left) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.fail('the upstream was not told that its client left');
  }
}

/** The text of the prompt as the upstream got it, whatever it speaks. */
export function prompt(body) {
  const turns = body.messages ?? body.input;
  if (typeof turns === 'string') return turns;
  const { content } = turns.findLast((turn) => turn.role === 'user');
  return typeof content === 'string' ? content : content.map((part) => part.text ?? '').join('');
}

/** The images of a request as the upstream got it, as data URLs. */
export function images(body) {
  const parts = (body.messages ?? body.input).flatMap((turn) => (Array.isArray(turn.content) ? turn.content : []));
  return parts.flatMap((part) => {
    switch (part.type) {
      case 'image_url': return [part.image_url.url];
      case 'input_image': return [part.image_url];
      case 'image': return [`data:${part.source.media_type};base64,${part.source.data}`];
      default: return [];
    }
  });
}

/** The JSON schema that the upstream was asked to reply by, or to call a tool by. */
export function schema(body) {
  const format = body.response_format?.json_schema ?? body.text?.format ?? body.output_config?.format;
  if (format) return format.schema;
  const [tool] = body.tools;
  return tool.function?.parameters ?? tool.parameters ?? tool.input_schema;
}

/** The results of tools as the upstream got them. */
export function results(body) {
  return (body.messages ?? body.input).flatMap((turn) => {
    if (turn.role === 'tool') return [turn.content];
    if (turn.type === 'function_call_output') return [turn.output];
    const blocks = Array.isArray(turn.content) ? turn.content : [];
    return blocks.filter((block) => block.type === 'tool_result').map((block) => block.content);
  }).map((content) => (typeof content === 'string' ? content : content.map((part) => part.text).join('')));
}
