"""llama.cpp's own server, in each dialect it speaks, behind the router: a real server, with a model that says nonsense."""

import json
import subprocess
import sys
from pathlib import Path

import anthropic
import nonsense
import openai
import pytest
from conftest import serving
from seen import STORY, UPSTREAMS

HERE = Path(__file__).parent
SCHEMA = {"type": "object", "properties": {"ok": {"type": "boolean"}, "who": {"enum": ["Ada", "Bob"]}}, "required": ["ok", "who"], "additionalProperties": False}
LOOK = {"type": "object", "properties": {"at": {"type": "string"}}, "required": ["at"]}


@pytest.fixture(scope="module")
def llama(tmp_path_factory):
    """The router's base URL; each of its models is llama.cpp, in another dialect."""
    model = tmp_path_factory.mktemp("model") / "nonsense.gguf"
    nonsense.write(str(model))
    program = [sys.executable, str(HERE / "llama_server.py"), str(model)]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        url = server.stdout.readline().strip()
        assert url.startswith("http"), "llama.cpp did not start"
        with serving("--config", str(HERE / "policy.yaml"), UPSTREAM=url, UPSTREAM_KEY="sk-router") as router:
            yield router
        server.stdin.close()
        assert server.wait(timeout=20) == 0


@pytest.fixture(params=UPSTREAMS)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def gpt(llama):
    with openai.OpenAI(base_url=llama, api_key="sk-client", max_retries=0, timeout=60) as sdk:
        yield sdk


@pytest.fixture(scope="module")
def claude(llama):
    with anthropic.Anthropic(base_url=llama.removesuffix("/v1"), api_key="sk-client", max_retries=0, timeout=60) as sdk:
        yield sdk


def test_chat(gpt, name):
    ask = {"model": name, "max_tokens": 12, "temperature": 0, "messages": [{"role": "user", "content": STORY}]}
    reply = gpt.chat.completions.create(**ask)
    # llama.cpp calls a response complete that was cut by its length.
    assert reply.choices[0].message.content and reply.choices[0].finish_reason == ("stop" if name == "responses" else "length")
    assert reply.usage.prompt_tokens > len(STORY) and reply.usage.completion_tokens == 12
    with gpt.chat.completions.create(**ask, stream=True, stream_options={"include_usage": True}) as stream:
        chunks = list(stream)
    said = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert said == reply.choices[0].message.content
    assert chunks[-1].usage.completion_tokens == 12 and chunks[-1].usage.prompt_tokens == reply.usage.prompt_tokens


def test_responses(gpt, name):
    ask = {"model": name, "max_output_tokens": 12, "temperature": 0, "input": STORY}
    reply = gpt.responses.create(**ask)
    assert reply.output_text and reply.usage.output_tokens == 12
    # Its events lack what the SDK's helper wants: they are read one by one.
    with gpt.responses.create(**ask, stream=True) as stream:
        events = list(stream)
    assert "".join(event.delta for event in events if event.type == "response.output_text.delta") == reply.output_text
    assert events[-1].response.usage.output_tokens == 12


def test_messages(claude, name):
    ask = {"model": name, "max_tokens": 12, "extra_body": {"temperature": 0}, "messages": [{"role": "user", "content": STORY}]}
    reply = claude.messages.create(**ask)
    assert reply.content[0].text and reply.usage.output_tokens == 12
    assert reply.stop_reason == ("end_turn" if name == "responses" else "max_tokens")
    with claude.messages.stream(**ask) as stream:
        final = stream.get_final_message()
    assert final.content[0].text == reply.content[0].text and final.usage.output_tokens == 12


def test_completions(gpt):
    reply = gpt.completions.create(model="chat", prompt=STORY, max_tokens=12, temperature=0)
    assert reply.choices[0].text and reply.usage.completion_tokens == 12
    with gpt.completions.create(model="chat", prompt=STORY, max_tokens=12, temperature=0, stream=True) as stream:
        assert "".join(chunk.choices[0].text for chunk in stream if chunk.choices) == reply.choices[0].text


def test_structured_output(gpt):
    schema = {"type": "json_schema", "json_schema": {"name": "who", "schema": SCHEMA, "strict": True}}
    asked = [{"role": "user", "content": STORY}]
    reply = gpt.chat.completions.create(model="chat", messages=asked, response_format=schema, max_tokens=400)
    said = json.loads(reply.choices[0].message.content)
    assert said["ok"] in (True, False) and said["who"] in ("Ada", "Bob")


def test_what_tools_said(gpt, claude, name):
    call = {"id": "call_1", "type": "function", "function": {"name": "look", "arguments": '{"at":"sky"}'}}
    turns = [{"role": "user", "content": STORY}, {"role": "assistant", "content": None, "tool_calls": [call]}, {"role": "tool", "tool_call_id": "call_1", "content": "stars"}]
    tools = [{"type": "function", "function": {"name": "look", "description": "looks", "parameters": LOOK}}]
    assert gpt.chat.completions.create(model=name, messages=turns, tools=tools, max_tokens=12).usage.completion_tokens > 0
    used = {"type": "tool_use", "id": "call_1", "name": "look", "input": {"at": "sky"}}
    result = {"type": "tool_result", "tool_use_id": "call_1", "content": "stars"}
    turns = [{"role": "user", "content": STORY}, {"role": "assistant", "content": [used]}, {"role": "user", "content": [result]}]
    tools = [{"name": "look", "description": "looks", "input_schema": LOOK}]
    assert claude.messages.create(model=name, messages=turns, tools=tools, max_tokens=12).usage.output_tokens > 0


def test_a_prompt_that_is_too_long(gpt, claude, name):
    asked = [{"role": "user", "content": "word " * 2000}]
    with pytest.raises(openai.BadRequestError, match="context"):
        gpt.chat.completions.create(model=name, messages=asked, max_tokens=12)
    with pytest.raises(anthropic.BadRequestError, match="context"):
        claude.messages.create(model=name, messages=asked, max_tokens=12)


def test_leaving(gpt, name):
    """It has two places: five who leave in the middle of long replies have not taken them."""
    asked = [{"role": "user", "content": STORY}]
    for _ in range(5):
        with gpt.chat.completions.create(model=name, messages=asked, max_tokens=1500, stream=True) as stream:
            next(iter(stream))
    assert gpt.chat.completions.create(model=name, messages=asked, max_tokens=12).usage.completion_tokens > 0
