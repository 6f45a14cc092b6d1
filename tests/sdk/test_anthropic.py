"""The Anthropic SDK, unmodified, in front of a model that speaks OpenAI's chat API."""

import asyncio
import json

import anthropic
import pytest

STORY = [{"role": "user", "content": "Tell me a long story about a lighthouse keeper."}]
SUM = [{"role": "user", "content": "what is 27 * 13?"}]
PIXEL = {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}
TOOL = {"name": "look", "description": "looks", "input_schema": {"type": "object", "properties": {}}}


@pytest.fixture
def claude(client):
    with anthropic.Anthropic(base_url=str(client.base_url).removesuffix("/v1/"), api_key="sk-client", max_retries=0) as sdk:
        yield sdk


def ask(claude, **more):
    return claude.messages.create(**({"model": "auto", "max_tokens": 100, "messages": STORY} | more))


def test_whole(claude):
    message = ask(claude)
    assert message.content[0].text == "Hello, world."
    assert (message.stop_reason, message.usage.input_tokens, message.usage.cache_read_input_tokens) == ("end_turn", 8, 3)


def test_stream(claude):
    with claude.messages.stream(model="auto", max_tokens=100, messages=STORY) as stream:
        assert "".join(stream.text_stream) == "Hello, world."
        message = stream.get_final_message()
    assert (message.stop_reason, message.usage.output_tokens) == ("end_turn", 5)


def test_async(claude):
    async def both():
        async with anthropic.AsyncAnthropic(base_url=claude.base_url, api_key="sk-client") as sdk:
            return await ask(sdk)

    assert asyncio.run(both()).content[0].text == "Hello, world."


@pytest.mark.parametrize("stream", [False, True])
def test_answer(claude, upstream, stream):
    calls = upstream.calls()
    if stream:
        with claude.messages.stream(model="auto", max_tokens=100, messages=SUM) as events:
            message = events.get_final_message()
    else:
        message = ask(claude, messages=SUM)
    assert "351" in message.content[0].text
    assert message.model.startswith("downshift/")
    assert upstream.calls() == calls


def test_tools_there_and_back(claude, upstream):
    call = {"id": "call_1", "name": "look", "arguments": '{"at": "sky"}'}
    upstream.then(pieces=[], calls=[call], finish_reason="tool_calls")
    message = ask(claude, tools=[TOOL])
    assert message.stop_reason == "tool_use"
    used = message.content[0]
    assert (used.type, used.id, used.input) == ("tool_use", "call_1", {"at": "sky"})
    result = {"type": "tool_result", "tool_use_id": used.id, "content": "stars"}
    turns = STORY + [message.to_param(), {"role": "user", "content": [result]}]
    assert ask(claude, tools=[TOOL], messages=turns).content[0].text == "Hello, world."
    sent = upstream.last()["body"]["messages"]
    assert [turn["role"] for turn in sent] == ["user", "assistant", "tool"]
    assert json.loads(sent[1]["tool_calls"][0]["function"]["arguments"]) == {"at": "sky"}


def test_image(claude, upstream):
    ask(claude, messages=[{"role": "user", "content": [{"type": "image", "source": PIXEL}, {"type": "text", "text": "what is it?"}]}])
    assert upstream.last()["body"]["messages"][0]["content"][0]["image_url"]["url"] == "data:image/png;base64,iVBORw0KGgo="


def test_structured_output(claude, upstream):
    schema = {"type": "object", "properties": {}, "additionalProperties": False}
    ask(claude, output_config={"format": {"type": "json_schema", "schema": schema}})
    assert upstream.last()["body"]["response_format"]["json_schema"]["schema"] == schema


# As often as the router asks a model by itself.
TRIES = 3


def test_errors(claude, upstream):
    with pytest.raises(anthropic.NotFoundError):
        ask(claude, model="no-such-model")
    with pytest.raises(anthropic.BadRequestError):
        ask(claude, messages=[{"role": "wizard", "content": "a"}])
    for status, kind in [(429, anthropic.RateLimitError), (500, anthropic.InternalServerError)]:
        body = {"error": {"message": "no, not now", "type": "x", "param": None, "code": None}}
        for _ in range(TRIES):
            upstream.then(status=status, body=json.dumps(body))
        with pytest.raises(kind):
            ask(claude)


def test_stream_that_is_cut(claude, upstream):
    upstream.then(fault={"cut_after": 3})
    with pytest.raises(anthropic.APIError):
        with claude.messages.stream(model="auto", max_tokens=100, messages=STORY) as stream:
            stream.until_done()


def test_count_tokens(claude):
    assert claude.messages.count_tokens(model="auto", messages=STORY).input_tokens > 3
