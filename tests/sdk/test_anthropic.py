"""What Anthropic's API has of its own, through its SDK, in front of a model that speaks OpenAI's chat API."""

import anthropic
import pytest
from apis import Messages
from seen import HELLO, STORY, results


@pytest.fixture
def claude(router):
    with Messages.client(router) as sdk:
        yield sdk


def test_usage(claude):
    message = Messages.ask(claude, "auto")
    assert (message.stop_reason, message.usage.input_tokens, message.usage.cache_read_input_tokens) == ("end_turn", 8, 3)
    with Messages.stream(claude, "auto") as stream:
        assert "".join(stream.text_stream) == HELLO
        message = stream.get_final_message()
    assert (message.stop_reason, message.usage.output_tokens) == ("end_turn", 5)


def test_tool_runner(claude, upstream):
    @anthropic.beta_tool
    def look(at: str) -> str:
        """Looks."""
        return f"{at}: stars"

    upstream.then(pieces=[], calls=[{"id": "toolu_1", "name": "look", "arguments": '{"at": "sky"}'}], finish_reason="tool_calls")
    turns = [{"role": "user", "content": STORY}]
    runner = claude.beta.messages.tool_runner(model="auto", max_tokens=100, messages=turns, tools=[look])
    assert runner.until_done().content[0].text == HELLO
    assert results(upstream.last()["body"]) == ["sky: stars"]


def test_bad_request(claude, upstream):
    calls = upstream.calls()
    with pytest.raises(anthropic.BadRequestError, match="wizard"):
        claude.messages.create(model="auto", max_tokens=100, messages=[{"role": "wizard", "content": "a"}])
    assert upstream.calls() == calls


def test_count_tokens(claude):
    assert claude.messages.count_tokens(model="auto", messages=[{"role": "user", "content": STORY}]).input_tokens > 3
