"""OpenAI's responses API through its SDK, in front of a model that speaks the chat API."""

import openai
import pytest

STORY = "Tell me a long story about a lighthouse keeper."


def test_whole(client):
    response = client.responses.create(model="auto", input=STORY)
    assert (response.output_text, response.status) == ("Hello, world.", "completed")
    assert (response.usage.input_tokens, response.usage.input_tokens_details.cached_tokens) == (11, 3)


def test_stream(client):
    with client.responses.stream(model="auto", input=STORY) as stream:
        kinds = [event.type for event in stream]
        assert stream.get_final_response().output_text == "Hello, world."
    assert (kinds[0], kinds[-1]) == ("response.created", "response.completed")


def test_answer(client, upstream):
    calls = upstream.calls()
    assert "351" in client.responses.create(model="auto", input="what is 27 * 13?").output_text
    assert upstream.calls() == calls


def test_tools_there_and_back(client, upstream):
    tool = {"type": "function", "name": "look", "parameters": {"type": "object", "properties": {}}, "strict": False}
    upstream.then(pieces=[], calls=[{"id": "c1", "name": "look", "arguments": "{}"}], finish_reason="tool_calls")
    response = client.responses.create(model="auto", input=STORY, tools=[tool])
    call = response.output[0]
    assert (call.type, call.call_id, call.arguments) == ("function_call", "c1", "{}")
    turns = [{"role": "user", "content": STORY}, call.to_dict(), {"type": "function_call_output", "call_id": "c1", "output": "stars"}]
    assert client.responses.create(model="auto", input=turns, tools=[tool]).output_text == "Hello, world."
    assert [turn["role"] for turn in upstream.last()["body"]["messages"]] == ["user", "assistant", "tool"]


def test_what_needs_a_memory_is_refused(client):
    with pytest.raises(openai.BadRequestError) as caught:
        client.responses.create(model="auto", input=STORY, previous_response_id="resp_1")
    assert caught.value.param == "previous_response_id"


def test_stream_that_is_cut(client, upstream):
    upstream.then(fault={"cut_after": 3})
    with pytest.raises(openai.APIError):
        for _ in client.responses.create(model="auto", input=STORY, stream=True):
            pass
