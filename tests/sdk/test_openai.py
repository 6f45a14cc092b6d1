"""The OpenAI SDK, unmodified but for its base_url, against the running executable."""

import asyncio
import json
import time

import openai
import pytest
from openai.types import Model
from openai.types.chat import ChatCompletion, ChatCompletionChunk

STORY = [{"role": "user", "content": "tell me a bedtime story about a dragon who is afraid of the dark"}]
SUM = [{"role": "user", "content": "what is 15% of 2,340?"}]


def valid(kind, thing):
    """The SDK builds its objects unchecked; check them as the types are written."""
    return kind.model_validate(thing.model_dump(), strict=True)


def text_of(chunks):
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


def check_stream(chunks, usage):
    for chunk in chunks:
        valid(ChatCompletionChunk, chunk)
    assert {chunk.id for chunk in chunks} == {chunks[0].id}
    assert chunks[0].choices[0].delta.role == "assistant"
    finished = [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices]
    assert finished[-1] == "stop" and not any(finished[:-1])
    if usage:
        assert chunks[-1].choices == [] and chunks[-1].usage.total_tokens > 0
        assert all(chunk.usage is None for chunk in chunks[:-1])
    else:
        assert all(chunk.choices for chunk in chunks)
        assert all(chunk.usage is None for chunk in chunks)


class TestModel:
    """Answers of the large model."""

    def test_whole(self, client, upstream):
        reply = valid(ChatCompletion, client.chat.completions.create(model="auto", messages=STORY, temperature=0.5))
        assert reply.choices[0].message.content == "Hello, world."
        assert reply.choices[0].finish_reason == "stop"
        assert (reply.usage.prompt_tokens, reply.usage.completion_tokens, reply.usage.total_tokens) == (11, 5, 16)
        assert reply.usage.prompt_tokens_details.cached_tokens == 3
        last = upstream.last()
        assert last["body"]["temperature"] == 0.5
        assert last["body"]["messages"] == STORY
        assert last["headers"]["authorization"] == "Bearer sk-router"

    def test_headers(self, client):
        raw = client.chat.completions.with_raw_response.create(model="gpt-4o", messages=STORY)
        assert raw.headers["x-downshift-rung"] == "llm"
        assert raw.headers["x-downshift-model"] == "frontier"
        assert raw.parse().choices[0].message.content == "Hello, world."

    def test_stream(self, client):
        with client.chat.completions.create(model="auto", messages=STORY, stream=True) as stream:
            chunks = list(stream)
        check_stream(chunks, usage=False)
        assert text_of(chunks) == "Hello, world."

    def test_stream_with_usage(self, client):
        options = {"include_usage": True}
        with client.chat.completions.create(model="auto", messages=STORY, stream=True, stream_options=options) as stream:
            chunks = list(stream)
        check_stream(chunks, usage=True)
        assert chunks[-1].usage.prompt_tokens == 11
        assert "cost_usd" in chunks[-1].downshift

    def test_stream_helper(self, client):
        with client.chat.completions.stream(model="auto", messages=STORY) as stream:
            deltas = [event.delta for event in stream if event.type == "content.delta"]
            final = stream.get_final_completion()
        assert "".join(deltas) == final.choices[0].message.content == "Hello, world."

    def test_async(self, router):
        async def ask():
            async with openai.AsyncOpenAI(base_url=router, api_key="sk-client") as client:
                whole = client.chat.completions.create(model="auto", messages=STORY)
                stream = await client.chat.completions.create(model="auto", messages=STORY, stream=True)
                chunks = [chunk async for chunk in stream]
                return await whole, chunks

        whole, chunks = asyncio.run(ask())
        assert valid(ChatCompletion, whole).choices[0].message.content == "Hello, world."
        check_stream(chunks, usage=False)

    def test_tools(self, client, upstream):
        tool = {"type": "function", "function": {"name": "look", "parameters": {"type": "object", "properties": {}}}}
        client.chat.completions.create(model="auto", messages=SUM, tools=[tool])
        assert upstream.last()["body"]["tools"] == [tool], "a call that may use tools goes to a model"


class TestAnswer:
    """Answers that no model gave."""

    def test_whole(self, client, upstream):
        calls = upstream.calls()
        reply = valid(ChatCompletion, client.chat.completions.create(model="auto", messages=SUM))
        assert "351" in reply.choices[0].message.content
        assert reply.model.startswith("downshift/")
        assert reply.usage.total_tokens == reply.usage.prompt_tokens + reply.usage.completion_tokens > 0
        assert upstream.calls() == calls

    @pytest.mark.parametrize("usage", [False, True])
    def test_stream(self, client, usage):
        options = {"stream_options": {"include_usage": True}} if usage else {}
        with client.chat.completions.create(model="auto", messages=SUM, stream=True, **options) as stream:
            chunks = list(stream)
        check_stream(chunks, usage)
        assert "351" in text_of(chunks)

    def test_stream_helper(self, client):
        with client.chat.completions.stream(model="auto", messages=SUM) as stream:
            stream.until_done()
            assert "351" in stream.get_final_completion().choices[0].message.content


# As often as the router asks a model by itself.
TRIES = 3


class TestErrors:
    """Each error is the class that its reader catches."""

    def refuse(self, upstream, status, headers=(), times=1, **error):
        body = {"error": {"message": "no", "type": "invalid_request_error", "param": None, "code": None} | error}
        for _ in range(times):
            upstream.then(status=status, body=json.dumps(body), headers=[list(header) for header in headers])

    def test_bad_request(self, client, upstream):
        calls = upstream.calls()
        with pytest.raises(openai.BadRequestError) as caught:
            client.chat.completions.create(model="auto", messages=[{"role": "wizard", "content": "x"}])
        assert caught.value.param == "messages[0].role"
        assert caught.value.type == "invalid_request_error"
        assert caught.value.response.headers["x-downshift-id"]
        assert upstream.calls() == calls, "nothing of it reached the model"

    def test_bad_request_of_the_upstream(self, client, upstream):
        calls = upstream.calls()
        self.refuse(upstream, 400, message="max_tokens is too large", param="max_tokens")
        with pytest.raises(openai.BadRequestError, match="max_tokens is too large") as caught:
            client.chat.completions.create(model="auto", messages=STORY)
        assert caught.value.param == "max_tokens"
        assert upstream.calls() == calls + 1, "the SDK did not try again"

    def test_not_found(self, client):
        with pytest.raises(openai.NotFoundError) as caught:
            client.chat.completions.create(model="no-such-model", messages=STORY)
        assert caught.value.code == "model_not_found"

    def test_rate_limit(self, patient, upstream):
        self.refuse(
            upstream, 429, headers=[("retry-after", "1")], times=TRIES, type="requests", code="rate_limit_exceeded"
        )
        with pytest.raises(openai.RateLimitError) as caught:
            patient.chat.completions.create(model="auto", messages=STORY)
        assert caught.value.response.headers["retry-after"] == "1"
        assert caught.value.code == "rate_limit_exceeded"

    def test_rate_limit_is_waited_for(self, client, upstream):
        self.refuse(upstream, 429, headers=[("retry-after", "1")])
        started = time.monotonic()
        reply = client.with_options(max_retries=1).chat.completions.create(model="auto", messages=STORY)
        assert reply.choices[0].message.content == "Hello, world."
        assert time.monotonic() - started >= 1.0, "the SDK waited as long as the upstream said"

    def test_server_error(self, patient, upstream):
        self.refuse(upstream, 500, times=TRIES, message="out of memory", type="server_error")
        with pytest.raises(openai.InternalServerError, match="out of memory"):
            patient.chat.completions.create(model="auto", messages=STORY)

    def test_server_error_is_tried_again(self, client, upstream):
        self.refuse(upstream, 500, type="server_error")
        reply = client.with_options(max_retries=1).chat.completions.create(model="auto", messages=STORY)
        assert reply.choices[0].message.content == "Hello, world."

    def test_stream_that_breaks(self, patient, upstream):
        upstream.then(fault={"error_after": 2})
        with pytest.raises(openai.APIError) as caught:
            with patient.chat.completions.create(model="auto", messages=STORY, stream=True) as stream:
                for _ in stream:
                    pass
        assert str(caught.value)

    def test_stream_that_is_cut(self, patient, upstream):
        upstream.then(fault={"cut_after": 2})
        with pytest.raises(openai.APIError):
            with patient.chat.completions.create(model="auto", messages=STORY, stream=True) as stream:
                for _ in stream:
                    pass


class TestModels:
    """The names that may be asked."""

    def test_list(self, client):
        models = [valid(Model, model) for model in client.models.list()]
        assert "auto" in [model.id for model in models]
        assert {"frontier", "coder"} <= {model.id for model in models}

    def test_retrieve(self, client):
        assert valid(Model, client.models.retrieve("auto")).id == "auto"
        with pytest.raises(openai.NotFoundError):
            client.models.retrieve("no-such-model")
