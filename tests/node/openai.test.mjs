// OpenAI's Node SDK, in front of a model in each dialect.
import { test, describe } from 'node:test';
import assert from 'node:assert/strict';
import OpenAI from 'openai';
import { zodResponseFormat, zodTextFormat } from 'openai/helpers/zod';
import { z } from 'zod';
import { HELLO, PIXEL, STORY, SUM, UPSTREAMS, images, prompt, results, schema, started } from './harness.mjs';

const both = await started();
const asked = [{ role: 'user', content: STORY }];
const Person = z.object({ name: z.string(), age: z.number() });
const look = { name: 'look', description: 'looks', parameters: { type: 'object', properties: { at: { type: 'string' } }, required: ['at'], additionalProperties: false } };
const called = { id: 'call_1', name: 'look', arguments: '{"at":"sky"}' };
const picture = `data:image/png;base64,${PIXEL}`;
const client = new OpenAI({ baseURL: both.url, apiKey: 'sk-client', timeout: 20_000, maxRetries: 0 });
const patient = client.withOptions({ maxRetries: 2 });

async function all(stream) {
  const items = [];
  for await (const item of stream) items.push(item);
  return items;
}

/** The same case in each of OpenAI's APIs. */
const APIS = {
  'chat completions': {
    whole: async (model, more = {}) => (await client.chat.completions.create({ model, messages: asked, ...more })).choices[0].message.content,
    stream: async (model, options) => {
      const chunks = await all(await client.chat.completions.create({ model, messages: asked, stream: true }, options));
      return chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('');
    },
    open: (model, options) => client.chat.completions.create({ model, messages: asked, stream: true }, options),
    ask: (sdk, model, options) => sdk.chat.completions.create({ model, messages: asked }, options),
  },
  responses: {
    whole: async (model, more = {}) => (await client.responses.create({ model, input: STORY, ...more })).output_text,
    stream: async (model, options) => {
      const events = await all(await client.responses.create({ model, input: STORY, stream: true }, options));
      assert.equal(events.at(-1).type, 'response.completed');
      return events.filter((event) => event.type === 'response.output_text.delta').map((event) => event.delta).join('');
    },
    open: (model, options) => client.responses.create({ model, input: STORY, stream: true }, options),
    ask: (sdk, model, options) => sdk.responses.create({ model, input: STORY }, options),
  },
  'legacy completions': {
    whole: async (model, more = {}) => (await client.completions.create({ model, prompt: STORY, ...more })).choices[0].text,
    stream: async (model, options) => {
      const chunks = await all(await client.completions.create({ model, prompt: STORY, stream: true }, options));
      assert.equal(chunks.at(-1).choices[0].finish_reason, 'stop');
      return chunks.map((chunk) => chunk.choices[0].text).join('');
    },
    open: (model, options) => client.completions.create({ model, prompt: STORY, stream: true }, options),
    ask: (sdk, model, options) => sdk.completions.create({ model, prompt: STORY }, options),
  },
};

for (const [api, does] of Object.entries(APIS)) {
  for (const model of UPSTREAMS) {
    describe(`${api} → ${model}`, () => {
      test('whole', async () => {
        assert.equal(await does.whole(model), HELLO);
        const { body, headers } = await both.upstream.last();
        assert.equal(prompt(body), STORY);
        assert.equal(headers.authorization ?? headers['x-api-key'], model === 'messages' ? 'sk-router' : 'Bearer sk-router');
      });

      test('stream', async () => assert.equal(await does.stream(model), HELLO));

      test('bad requests of the upstream', async () => {
        await both.upstream.refuses(model, 400, { message: 'max_tokens is too large', param: 'max_tokens' });
        await assert.rejects(does.ask(patient, model), (error) => error instanceof OpenAI.BadRequestError && /too large/.test(error.message));
      });

      test('the router’s own key is refused', async () => {
        const before = await both.upstream.counted();
        await both.upstream.refuses(model, 401, { type: 'authentication_error' });
        await assert.rejects(does.ask(patient, model), (error) => {
          assert.ok(error instanceof OpenAI.InternalServerError, 'no fault of the client’s key');
          assert.equal(error.code, 'upstream_refused_key');
          return true;
        });
        assert.equal((await both.upstream.counted()).calls, before.calls + 1, 'nobody tries again');
      });

      test('rate limits', async () => {
        await both.upstream.refuses(model, 429, { type: 'rate_limit_error' }, [['retry-after', '1']]);
        await assert.rejects(does.ask(client, model), (error) => {
          assert.ok(error instanceof OpenAI.RateLimitError);
          assert.equal(error.headers.get('retry-after'), '1');
          return true;
        });
      });

      test('rate limits are waited for', async () => {
        await both.upstream.refuses(model, 429, { type: 'rate_limit_error' }, [['retry-after', '1']]);
        const began = performance.now();
        await does.ask(patient, model);
        assert.ok(performance.now() - began >= 990, 'the SDK waited as long as the upstream said');
      });

      test('server errors', async () => {
        await both.upstream.refuses(model, 500, { message: 'out of memory', type: 'server_error' });
        await assert.rejects(does.ask(client, model), (error) => error instanceof OpenAI.InternalServerError && /out of memory/.test(error.message));
        await both.upstream.refuses(model, 500, { type: 'server_error' });
        await does.ask(patient, model);
      });

      test('a stream that is cut', async () => {
        await both.upstream.then({ fault: { cut_after: 3 } });
        await assert.rejects(does.stream(model), OpenAI.APIError);
      });

      test('a stream with an error in it', async () => {
        await both.upstream.then({ fault: { error_after: 3 } });
        await assert.rejects(does.stream(model), OpenAI.APIError);
      });

      test('leaving in the middle of a stream', async () => {
        const before = await both.upstream.counted();
        await both.upstream.then({ fault: { hang_after: 5 } });
        const leaving = new AbortController();
        for await (const _ of await does.open(model, { signal: leaving.signal })) leaving.abort();
        await both.upstream.left(before);
      });

      test('leaving before the first token', async () => {
        const before = await both.upstream.counted();
        await both.upstream.then({ fault: 'hang' });
        const leaving = new AbortController();
        const asking = does.open(model, { signal: leaving.signal });
        setTimeout(() => leaving.abort(), 100);
        await assert.rejects(asking, OpenAI.APIUserAbortError);
        await both.upstream.left(before);
      });

      test('time is up, by the client’s own clock', async () => {
        const before = await both.upstream.counted();
        await both.upstream.then({ fault: 'hang' });
        await assert.rejects(does.ask(client, model, { timeout: 200 }), OpenAI.APIConnectionTimeoutError);
        await both.upstream.left(before);
      });
    });
  }

  describe(`${api}, by the router`, () => {
    test('time is up', async () => {
      for (const ask of [() => does.ask(client, 'hurried'), () => does.stream('hurried')]) {
        await both.upstream.then({ fault: 'hang' });
        await assert.rejects(ask(), (error) => error.status === 504 && error.code === 'upstream_timeout');
      }
    });

    test('a stream that falls silent', async () => {
      await both.upstream.then({ fault: { hang_after: 3 } });
      await assert.rejects(does.stream('hurried'), OpenAI.APIError);
    });

    test('a model that is not there', async () => {
      await assert.rejects(does.ask(client, 'no-such-model'), (error) => error instanceof OpenAI.NotFoundError && error.code === 'model_not_found');
    });
  });
}

for (const model of UPSTREAMS) {
  describe(`chat completions → ${model}`, () => {
    test('usage at the end of a stream', async () => {
      const chunks = await all(await client.chat.completions.create({ model, messages: asked, stream: true, stream_options: { include_usage: true } }));
      const { prompt_tokens: input, completion_tokens: output, prompt_tokens_details: details } = chunks.at(-1).usage;
      assert.deepEqual([input, output, details.cached_tokens], [11, 5, 3]);
      assert.ok('cost_usd' in chunks.at(-1).downshift);
    });

    test('the stream helper', async () => {
      const stream = client.chat.completions.stream({ model, messages: asked });
      assert.equal(await stream.finalContent(), HELLO);
    });

    test('tools there and back', async () => {
      await both.upstream.then({ pieces: [], calls: [called], finish_reason: 'tool_calls' });
      const runner = client.chat.completions.runTools({
        model,
        messages: asked,
        tools: [{ type: 'function', function: { ...look, function: ({ at }) => `${at}: stars`, parse: JSON.parse } }],
      });
      assert.equal(await runner.finalContent(), HELLO);
      assert.deepEqual(results((await both.upstream.last()).body), ['sky: stars']);
    });

    test('tools there and back, streamed', async () => {
      await both.upstream.then({ pieces: ['Let me see.'], calls: [called, { ...called, id: 'call_2', arguments: '{"at":"sea"}' }], finish_reason: 'tool_calls' });
      const runner = client.chat.completions.runTools({
        model,
        messages: asked,
        stream: true,
        tools: [{ type: 'function', function: { ...look, function: ({ at }) => `${at}: stars`, parse: JSON.parse } }],
      });
      assert.equal(await runner.finalContent(), HELLO);
      assert.deepEqual(results((await both.upstream.last()).body), ['sky: stars', 'sea: stars']);
    });

    test('JSON by schema', async () => {
      await both.upstream.then({ pieces: ['{"name":"Ada",', '"age":36}'] });
      const reply = await client.chat.completions.parse({ model, messages: asked, response_format: zodResponseFormat(Person, 'person') });
      assert.deepEqual(reply.choices[0].message.parsed, { name: 'Ada', age: 36 });
      assert.deepEqual(schema((await both.upstream.last()).body).required, ['name', 'age']);
    });

    test('images', async () => {
      const content = [{ type: 'text', text: 'What is it?' }, { type: 'image_url', image_url: { url: picture } }];
      await client.chat.completions.create({ model, messages: [{ role: 'user', content }] });
      assert.deepEqual(images((await both.upstream.last()).body), [picture]);
    });
  });

  describe(`responses → ${model}`, () => {
    test('the stream helper', async () => {
      const stream = client.responses.stream({ model, input: STORY });
      const final = await stream.finalResponse();
      assert.equal(final.output_text, HELLO);
      assert.deepEqual([final.usage.input_tokens, final.usage.input_tokens_details.cached_tokens], [11, 3]);
    });

    test('tools there and back', async () => {
      for (const stream of [false, true]) {
        await both.upstream.then({ pieces: [], calls: [called], finish_reason: 'tool_calls' });
        const ask = { model, input: STORY, tools: [{ type: 'function', ...look, strict: true }] };
        const first = stream ? await client.responses.stream(ask).finalResponse() : await client.responses.create(ask);
        const call = first.output.find((item) => item.type === 'function_call');
        assert.deepEqual([call.call_id, JSON.parse(call.arguments)], ['call_1', { at: 'sky' }]);
        const input = [{ role: 'user', content: STORY }, ...first.output, { type: 'function_call_output', call_id: call.call_id, output: 'stars' }];
        assert.equal((await client.responses.create({ ...ask, input })).output_text, HELLO);
        assert.deepEqual(results((await both.upstream.last()).body), ['stars']);
      }
    });

    test('JSON by schema', async () => {
      await both.upstream.then({ pieces: ['{"name":"Ada",', '"age":36}'] });
      const reply = await client.responses.parse({ model, input: STORY, text: { format: zodTextFormat(Person, 'person') } });
      assert.deepEqual(reply.output_parsed, { name: 'Ada', age: 36 });
      assert.deepEqual(schema((await both.upstream.last()).body).required, ['name', 'age']);
    });

    test('images', async () => {
      const content = [{ type: 'input_text', text: 'What is it?' }, { type: 'input_image', image_url: picture, detail: 'auto' }];
      await client.responses.create({ model, input: [{ role: 'user', content }] });
      assert.deepEqual(images((await both.upstream.last()).body), [picture]);
    });
  });
}

describe('answers that no model gave', () => {
  const sum = [{ role: 'user', content: SUM }];

  test('whole and streamed, in each API', async () => {
    const before = await both.upstream.counted();
    const reply = await client.chat.completions.create({ model: 'auto', messages: sum });
    assert.match(reply.choices[0].message.content, /351/);
    assert.match(reply.model, /^downshift\//);
    const streamed = client.chat.completions.stream({ model: 'auto', messages: sum });
    assert.match(await streamed.finalContent(), /351/);
    assert.match((await client.responses.create({ model: 'auto', input: SUM })).output_text, /351/);
    assert.match((await client.responses.stream({ model: 'auto', input: SUM }).finalResponse()).output_text, /351/);
    assert.match((await client.completions.create({ model: 'auto', prompt: SUM })).choices[0].text, /351/);
    const chunks = await all(await client.completions.create({ model: 'auto', prompt: SUM, stream: true }));
    assert.match(chunks.map((chunk) => chunk.choices[0].text).join(''), /351/);
    assert.equal((await both.upstream.counted()).calls, before.calls);
  });

  test('headers', async () => {
    const { response } = await client.chat.completions.create({ model: 'auto', messages: sum }).withResponse();
    assert.equal(response.headers.get('x-downshift-rung'), 'answer');
  });
});

describe('the other endpoints', () => {
  test('a bad request names its field, and goes nowhere', async () => {
    const before = await both.upstream.counted();
    await assert.rejects(client.chat.completions.create({ model: 'auto', messages: [{ role: 'wizard', content: 'x' }] }), (error) => {
      assert.ok(error instanceof OpenAI.BadRequestError);
      assert.equal(error.param, 'messages[0].role');
      return true;
    });
    assert.equal((await both.upstream.counted()).calls, before.calls);
  });

  test('models', async () => {
    const models = await all(await client.models.list());
    assert.ok(models.some((model) => model.id === 'auto'));
    assert.equal((await client.models.retrieve('chat')).id, 'chat');
    await assert.rejects(client.models.retrieve('no-such-model'), OpenAI.NotFoundError);
  });

  test('embeddings', async () => {
    const embedding = Buffer.from(new Float32Array([0.5, -1, 2]).buffer).toString('base64');
    const body = { object: 'list', model: 'chat-1', data: [{ object: 'embedding', index: 0, embedding }], usage: { prompt_tokens: 3, total_tokens: 3 } };
    await both.upstream.then({ body: JSON.stringify(body) });
    const reply = await client.embeddings.create({ model: 'chat', input: 'a lighthouse' });
    assert.deepEqual([...reply.data[0].embedding], [0.5, -1, 2]);
    assert.equal((await both.upstream.last()).body.model, 'chat-1');
  });
});
