// Vercel's AI SDK with its providers for OpenAI (both APIs) and Anthropic, in front of a model in each dialect.
import { test, describe } from 'node:test';
import assert from 'node:assert/strict';
import { APICallError, Output, embed, generateText, isStepCount, streamText, tool } from 'ai';
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { z } from 'zod';
import { HELLO, PIXEL, STORY, SUM, UPSTREAMS, images, prompt, results, schema, started } from './harness.mjs';

globalThis.AI_SDK_LOG_WARNINGS = false;
const both = await started();
const openai = createOpenAI({ baseURL: both.url, apiKey: 'sk-client' });
const anthropic = createAnthropic({ baseURL: both.url, apiKey: 'sk-client' });
const PROVIDERS = { 'OpenAI’s chat API': openai.chat, 'OpenAI’s responses': openai.responses, 'Anthropic’s messages': anthropic };

const Person = z.object({ name: z.string(), age: z.number() });
const called = { id: 'call_1', name: 'look', arguments: '{"at":"sky"}' };
const look = tool({ description: 'looks', inputSchema: z.object({ at: z.string() }), execute: async ({ at }) => `${at}: stars` });

/** The end of a stream: its text, or the error in it. */
async function read(options) {
  const stream = streamText({ maxRetries: 0, onError: () => {}, ...options });
  let text = '';
  for await (const part of stream.fullStream) {
    if (part.type === 'text-delta') text += part.text;
    if (part.type === 'error') throw part.error;
    if (part.type === 'abort') throw new DOMException('aborted', 'AbortError');
  }
  return { text, usage: await stream.usage, steps: await stream.steps, finishReason: await stream.finishReason };
}

for (const [name, provider] of Object.entries(PROVIDERS)) {
  for (const upstream of UPSTREAMS) {
    describe(`${name} → ${upstream}`, () => {
      const model = provider(upstream);
      const asked = { model, prompt: STORY, maxRetries: 0 };

      test('whole', async () => {
        const { text, usage, finishReason } = await generateText({ ...asked, instructions: 'Be brief.' });
        assert.deepEqual([text, usage.inputTokens, usage.outputTokens, finishReason], [HELLO, 11, 5, 'stop']);
        assert.equal(prompt((await both.upstream.last()).body), STORY);
      });

      test('stream', async () => {
        const { text, usage, finishReason } = await read(asked);
        assert.deepEqual([text, usage.inputTokens, usage.outputTokens, finishReason], [HELLO, 11, 5, 'stop']);
      });

      test('tools there and back', async () => {
        // Of what OpenAI keeps, it names earlier turns by their ids; of what it does not, it sends them again.
        for (const [run, store] of [[generateText, true], [generateText, false], [read, true], [read, false]]) {
          const options = store ? {} : { providerOptions: { openai: { store } } };
          const more = { ...asked, tools: { look }, stopWhen: isStepCount(3), ...options };
          await both.upstream.then({ pieces: ['Let me see.'], calls: [called, { ...called, id: 'call_2', arguments: '{"at":"sea"}' }], finish_reason: 'tool_calls' });
          const { steps } = await run(more);
          assert.deepEqual(steps.map((step) => step.text), ['Let me see.', HELLO]);
          assert.deepEqual(steps[0].toolCalls.map((call) => call.input), [{ at: 'sky' }, { at: 'sea' }]);
          const { body } = await both.upstream.last();
          assert.deepEqual(results(body), ['sky: stars', 'sea: stars']);
          assert.ok(JSON.stringify(body).includes('Let me see.') || (store && upstream === 'responses'), 'all was said again');
        }
      });

      test('JSON by schema', async () => {
        await both.upstream.then({ pieces: ['{"name":"Ada",', '"age":36}'] });
        const { output } = await generateText({ ...asked, output: Output.object({ schema: Person }) });
        assert.deepEqual(output, { name: 'Ada', age: 36 });
        // Of a model that it does not know by name, Anthropic's provider asks for the arguments of a tool.
        assert.deepEqual(schema((await both.upstream.last()).body).required, ['name', 'age']);
      });

      test('JSON by schema, streamed', async () => {
        await both.upstream.then({ pieces: ['{"name":"Ada",', '"age":36}'] });
        const stream = streamText({ ...asked, output: Output.object({ schema: Person }) });
        const partial = [];
        for await (const part of stream.partialOutputStream) partial.push(part);
        assert.deepEqual(partial.at(-1), { name: 'Ada', age: 36 });
      });

      test('images', async () => {
        const content = [{ type: 'text', text: 'What is it?' }, { type: 'file', data: Buffer.from(PIXEL, 'base64'), mediaType: 'image/png' }];
        await generateText({ model, maxRetries: 0, messages: [{ role: 'user', content }] });
        assert.deepEqual(images((await both.upstream.last()).body), [`data:image/png;base64,${PIXEL}`]);
      });

      test('errors of the upstream', async () => {
        const cases = [[400, false, /no, not like that/], [429, true, /no, not like that/], [500, true, /no, not like that/]];
        for (const [status, retryable, message] of cases) {
          await both.upstream.refuses(upstream, status);
          await assert.rejects(generateText(asked), (error) => {
            assert.ok(APICallError.isInstance(error), String(error));
            assert.deepEqual([error.statusCode, error.isRetryable], [status, retryable]);
            assert.match(error.message, message);
            return true;
          });
        }
      });

      test('the router’s own key is refused', async () => {
        await both.upstream.refuses(upstream, 401);
        await assert.rejects(generateText(asked), (error) => error.statusCode === 502 && /the router's own key/.test(error.message));
      });

      test('rate limits are waited for', async () => {
        await both.upstream.refuses(upstream, 429, {}, [['retry-after', '1']]);
        const began = performance.now();
        const { text } = await generateText({ ...asked, maxRetries: 1 });
        assert.equal(text, HELLO);
        assert.ok(performance.now() - began >= 990, 'it waited as long as the upstream said');
      });

      test('a stream that is cut', async () => {
        for (const fault of [{ cut_after: 3 }, { error_after: 3 }]) {
          await both.upstream.then({ fault });
          await assert.rejects(read(asked));
        }
      });

      test('leaving', async () => {
        for (const fault of ['hang', { hang_after: 4 }]) {
          const before = await both.upstream.counted();
          await both.upstream.then({ fault });
          const leaving = new AbortController();
          const reading = read({ ...asked, abortSignal: leaving.signal });
          setTimeout(() => leaving.abort(), 100);
          await assert.rejects(reading, { name: 'AbortError' });
          await both.upstream.left(before);
        }
      });

      test('time is up, by the client’s own clock', async () => {
        const before = await both.upstream.counted();
        await both.upstream.then({ fault: 'hang' });
        await assert.rejects(generateText({ ...asked, abortSignal: AbortSignal.timeout(200) }), { name: 'TimeoutError' });
        await both.upstream.left(before);
      });
    });
  }

  describe(`${name}, by the router`, () => {
    test('time is up', async () => {
      await both.upstream.then({ fault: 'hang' });
      await assert.rejects(generateText({ model: provider('hurried'), prompt: STORY, maxRetries: 0 }), { statusCode: 504 });
      await both.upstream.then({ fault: { hang_after: 3 } });
      await assert.rejects(read({ model: provider('hurried'), prompt: STORY }));
    });

    test('a model that is not there', async () => {
      await assert.rejects(generateText({ model: provider('no-such-model'), prompt: STORY }), (error) => {
        assert.ok(APICallError.isInstance(error));
        assert.deepEqual([error.statusCode, error.isRetryable], [404, false]);
        assert.match(error.message, /no-such-model/);
        return true;
      });
    });

    test('an answer that no model gave', async () => {
      const before = await both.upstream.counted();
      const { text, response } = await generateText({ model: provider('auto'), prompt: SUM });
      assert.match(text, /351/);
      assert.match(response.modelId, /^downshift\//);
      assert.match((await read({ model: provider('auto'), prompt: SUM })).text, /351/);
      assert.equal((await both.upstream.counted()).calls, before.calls);
    });
  });
}

test('embeddings', async () => {
  const body = { object: 'list', model: 'chat-1', data: [{ object: 'embedding', index: 0, embedding: [0.5, -1, 2] }], usage: { prompt_tokens: 3, total_tokens: 3 } };
  await both.upstream.then({ body: JSON.stringify(body) });
  const { embedding } = await embed({ model: openai.embedding('chat'), value: 'a lighthouse' });
  assert.deepEqual(embedding, [0.5, -1, 2]);
});
