// Anthropic's Node SDK, in front of a model in each dialect.
import { test, describe } from 'node:test';
import assert from 'node:assert/strict';
import Anthropic from '@anthropic-ai/sdk';
import { betaZodTool } from '@anthropic-ai/sdk/helpers/beta/zod';
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod';
import { z } from 'zod';
import { HELLO, PIXEL, STORY, SUM, UPSTREAMS, images, prompt, results, schema, started } from './harness.mjs';

const both = await started();
const client = new Anthropic({ baseURL: both.url.replace(/\/v1$/, ''), apiKey: 'sk-client', timeout: 20_000, maxRetries: 0 });
const patient = client.withOptions({ maxRetries: 2 });
const asked = { max_tokens: 100, messages: [{ role: 'user', content: STORY }] };
const Person = z.object({ name: z.string(), age: z.number() });
const called = { id: 'toolu_1', name: 'look', arguments: '{"at":"sky"}' };
const look = { name: 'look', description: 'looks', input_schema: { type: 'object', properties: { at: { type: 'string' } }, required: ['at'] } };

async function ask(sdk, model, more = {}, options = undefined) {
  return sdk.messages.create({ model, ...asked, ...more }, options);
}

async function read(model, options) {
  let text = '';
  for await (const event of await client.messages.create({ model, ...asked, stream: true }, options)) {
    if (event.delta?.type === 'text_delta') text += event.delta.text;
  }
  return text;
}

for (const model of UPSTREAMS) {
  describe(`messages → ${model}`, () => {
    test('whole', async () => {
      const message = await ask(client, model, { system: 'Be brief.' });
      assert.equal(message.content[0].text, HELLO);
      assert.deepEqual([message.stop_reason, message.usage.input_tokens, message.usage.cache_read_input_tokens], ['end_turn', 8, 3]);
      const { body, headers } = await both.upstream.last();
      assert.equal(prompt(body), STORY);
      assert.ok(!JSON.stringify(headers).includes('sk-client'), 'the client’s key stays here');
    });

    test('stream', async () => {
      assert.equal(await read(model), HELLO);
      const stream = client.messages.stream({ model, ...asked });
      const final = await stream.finalMessage();
      assert.deepEqual([final.content[0].text, final.stop_reason, final.usage.output_tokens], [HELLO, 'end_turn', 5]);
    });

    test('tools there and back', async () => {
      for (const stream of [false, true]) {
        await both.upstream.then({ pieces: ['Let me see.'], calls: [called, { ...called, id: 'toolu_2', arguments: '{"at":"sea"}' }], finish_reason: 'tool_calls' });
        const first = stream ? await client.messages.stream({ model, ...asked, tools: [look] }).finalMessage() : await ask(client, model, { tools: [look] });
        assert.equal(first.stop_reason, 'tool_use');
        const uses = first.content.filter((block) => block.type === 'tool_use');
        assert.deepEqual(uses.map((use) => use.input), [{ at: 'sky' }, { at: 'sea' }]);
        const content = uses.map((use) => ({ type: 'tool_result', tool_use_id: use.id, content: `${use.input.at}: stars` }));
        const messages = [...asked.messages, { role: 'assistant', content: first.content }, { role: 'user', content }];
        assert.equal((await ask(client, model, { tools: [look], messages })).content[0].text, HELLO);
        assert.deepEqual(results((await both.upstream.last()).body), ['sky: stars', 'sea: stars']);
      }
    });

    test('the tool runner', async () => {
      await both.upstream.then({ pieces: [], calls: [called], finish_reason: 'tool_calls' });
      const tool = betaZodTool({ name: 'look', description: 'looks', inputSchema: z.object({ at: z.string() }), run: ({ at }) => `${at}: stars` });
      const message = await client.beta.messages.toolRunner({ model, ...asked, tools: [tool] });
      assert.equal(message.content[0].text, HELLO);
      assert.deepEqual(results((await both.upstream.last()).body), ['sky: stars']);
    });

    test('JSON by schema', async () => {
      await both.upstream.then({ pieces: ['{"name":"Ada",', '"age":36}'] });
      const message = await client.messages.parse({ model, ...asked, output_config: { format: zodOutputFormat(Person) } });
      assert.deepEqual(message.parsed_output, { name: 'Ada', age: 36 });
      assert.deepEqual(schema((await both.upstream.last()).body).required, ['name', 'age']);
    });

    test('images', async () => {
      const content = [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: PIXEL } }, { type: 'text', text: 'What is it?' }];
      await ask(client, model, { messages: [{ role: 'user', content }] });
      assert.deepEqual(images((await both.upstream.last()).body), [`data:image/png;base64,${PIXEL}`]);
    });

    test('bad requests of the upstream', async () => {
      await both.upstream.refuses(model, 400, { message: 'max_tokens is too large' });
      await assert.rejects(ask(patient, model), (error) => error instanceof Anthropic.BadRequestError && /too large/.test(error.message));
    });

    test('the router’s own key is refused', async () => {
      const before = await both.upstream.counted();
      await both.upstream.refuses(model, 401, { type: 'authentication_error' });
      await assert.rejects(ask(patient, model), (error) => error instanceof Anthropic.InternalServerError && /the router's own key/.test(error.message));
      assert.equal((await both.upstream.counted()).calls, before.calls + 1, 'nobody tries again');
    });

    test('rate limits', async () => {
      await both.upstream.refuses(model, 429, { type: 'rate_limit_error' }, [['retry-after', '1']]);
      await assert.rejects(ask(client, model), (error) => {
        assert.ok(error instanceof Anthropic.RateLimitError);
        assert.equal(error.headers.get('retry-after'), '1');
        assert.equal(error.error.error.type, 'rate_limit_error');
        return true;
      });
      await both.upstream.refuses(model, 429, { type: 'rate_limit_error' }, [['retry-after', '1']]);
      const began = performance.now();
      await ask(patient, model);
      assert.ok(performance.now() - began >= 990, 'the SDK waited as long as the upstream said');
    });

    test('server errors', async () => {
      await both.upstream.refuses(model, 500, { message: 'out of memory', type: 'api_error' });
      await assert.rejects(ask(client, model), (error) => error instanceof Anthropic.InternalServerError && /out of memory/.test(error.message));
      await both.upstream.refuses(model, 500, { type: 'api_error' });
      await ask(patient, model);
    });

    test('a stream that is cut', async () => {
      for (const fault of [{ cut_after: 3 }, { error_after: 3 }]) {
        await both.upstream.then({ fault });
        await assert.rejects(read(model), Anthropic.APIError);
        await both.upstream.then({ fault });
        await assert.rejects(client.messages.stream({ model, ...asked }).finalMessage(), Anthropic.APIError);
      }
    });

    test('leaving in the middle of a stream', async () => {
      const before = await both.upstream.counted();
      await both.upstream.then({ fault: { hang_after: 4 } });
      const stream = client.messages.stream({ model, ...asked });
      stream.on('text', () => stream.abort());
      stream.on('streamEvent', () => stream.abort());
      await assert.rejects(stream.finalMessage(), Anthropic.APIUserAbortError);
      await both.upstream.left(before);
    });

    test('leaving before the first token', async () => {
      const before = await both.upstream.counted();
      await both.upstream.then({ fault: 'hang' });
      const leaving = new AbortController();
      const reading = read(model, { signal: leaving.signal });
      setTimeout(() => leaving.abort(), 100);
      await assert.rejects(reading, Anthropic.APIUserAbortError);
      await both.upstream.left(before);
    });

    test('time is up, by the client’s own clock', async () => {
      const before = await both.upstream.counted();
      await both.upstream.then({ fault: 'hang' });
      await assert.rejects(ask(client, model, {}, { timeout: 200 }), Anthropic.APIConnectionTimeoutError);
      await both.upstream.left(before);
    });
  });
}

describe('messages, by the router', () => {
  test('time is up', async () => {
    for (const asking of [() => ask(client, 'hurried'), () => read('hurried')]) {
      await both.upstream.then({ fault: 'hang' });
      await assert.rejects(asking(), (error) => error.status === 504 && error.error.type === 'error');
    }
    await both.upstream.then({ fault: { hang_after: 3 } });
    await assert.rejects(read('hurried'), Anthropic.APIError);
  });

  test('bad requests and models that are not there', async () => {
    const before = await both.upstream.counted();
    await assert.rejects(ask(client, 'auto', { messages: [{ role: 'wizard', content: 'x' }] }), Anthropic.BadRequestError);
    await assert.rejects(ask(client, 'no-such-model'), (error) => {
      assert.ok(error instanceof Anthropic.NotFoundError);
      assert.equal(error.error.error.type, 'not_found_error');
      assert.ok(error.requestID);
      return true;
    });
    assert.equal((await both.upstream.counted()).calls, before.calls);
  });

  test('an answer that no model gave', async () => {
    const before = await both.upstream.counted();
    const messages = [{ role: 'user', content: SUM }];
    const message = await ask(client, 'auto', { messages });
    assert.match(message.content[0].text, /351/);
    assert.match(message.model, /^downshift\//);
    assert.match(await client.messages.stream({ model: 'auto', max_tokens: 100, messages }).finalText(), /351/);
    assert.equal((await both.upstream.counted()).calls, before.calls);
  });

  test('tokens counted', async () => {
    const counted = await client.messages.countTokens({ model: 'auto', messages: asked.messages });
    assert.ok(counted.input_tokens > 3);
  });
});
