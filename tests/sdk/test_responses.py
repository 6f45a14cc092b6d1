"""What OpenAI's responses API has of its own, through its SDK, in front of a model that speaks the chat API."""

import openai
import pytest
from seen import STORY


def test_stream(client):
    with client.responses.stream(model="auto", input=STORY) as stream:
        kinds = [event.type for event in stream]
    assert (kinds[0], kinds[-1]) == ("response.created", "response.completed")


def test_usage(client):
    usage = client.responses.create(model="auto", input=STORY).usage
    assert (usage.input_tokens, usage.input_tokens_details.cached_tokens, usage.output_tokens) == (11, 3, 5)


def test_what_needs_a_memory_is_refused(client):
    with pytest.raises(openai.BadRequestError) as caught:
        client.responses.create(model="auto", input=STORY, previous_response_id="resp_1")
    assert caught.value.param == "previous_response_id"
