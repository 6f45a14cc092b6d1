"""The `llm` command line, in front of a model in each dialect."""

import base64
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import environment
from seen import HELLO, PICTURE, PIXEL, STORY, SUM, UPSTREAMS, images, prompt, results, schema

FUNCTIONS = "def look(at: str) -> str:\n    'Looks.'\n    return f'{at}: stars'\n"


@pytest.fixture
def llm(dialects, tmp_path):
    """Runs `llm`, with each of the router's models among its own."""
    models = [
        {"model_id": f"{name}-here", "model_name": name, "api_base": dialects, "api_key_name": "here", "vision": True, "supports_schema": True, "supports_tools": True}
        for name in [*UPSTREAMS, "auto", "hurried", "no-such-model"]
    ]
    # JSON is YAML.
    (tmp_path / "extra-openai-models.yaml").write_text(json.dumps(models))
    (tmp_path / "keys.json").write_text('{"here": "sk-client"}')

    def command(*arguments, run=subprocess.run, variables={}, **options):
        program = [str(Path(sys.executable).with_name("llm")), *arguments]
        env = environment(LLM_USER_PATH=str(tmp_path), **variables)
        return run(program, env=env, text=True, stdin=subprocess.DEVNULL, **options)

    def ran(*arguments, check=True, **variables):
        ran = command(*arguments, variables=variables, capture_output=True, timeout=60)
        assert ran.returncode == 0 or not check, ran.stderr
        return ran

    # A run that is looked at while it runs, and hears Ctrl-C though whoever began the suite does not.
    ran.started = lambda *arguments: command(
        *arguments, run=subprocess.Popen, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    return ran


@pytest.fixture(params=UPSTREAMS)
def name(request):
    return request.param


@pytest.mark.parametrize("more", [["--no-stream"], []])
def test_prompt(llm, name, upstream, more):
    assert llm("-m", f"{name}-here", *more, "-s", "Be brief.", STORY).stdout.strip() == HELLO
    assert prompt(upstream.last()["body"]) == STORY
    assert bool(upstream.last()["body"].get("stream")) == (not more)


def test_conversation(llm, upstream):
    llm("-m", "chat-here", STORY)
    llm("-c", "And then?")
    assert [turn["role"] for turn in upstream.last()["body"]["messages"]] == ["user", "assistant", "user"]


def test_schema(llm, name, upstream):
    upstream.then(pieces=['{"name":"Ada",', '"age":36}'])
    said = llm("-m", f"{name}-here", "--schema", "name, age int", STORY).stdout
    assert json.loads(said) == {"name": "Ada", "age": 36}
    assert schema(upstream.last()["body"])["required"] == ["name", "age"]


@pytest.mark.parametrize("more", [["--no-stream"], []])
def test_tools(llm, name, upstream, more):
    calls = [{"id": "call_1", "name": "look", "arguments": '{"at":"sky"}'}]
    upstream.then(pieces=[], calls=calls, finish_reason="tool_calls")
    assert llm("-m", f"{name}-here", *more, "--functions", FUNCTIONS, STORY).stdout.strip() == HELLO
    assert results(upstream.last()["body"]) == ["sky: stars"]


def test_image(llm, name, upstream, tmp_path):
    picture = tmp_path / "dot.png"
    picture.write_bytes(base64.b64decode(PIXEL))
    llm("-m", f"{name}-here", "-a", str(picture), "What is it?")
    assert images(upstream.last()["body"]) == [PICTURE]


def test_answer(llm, upstream):
    calls = upstream.calls()
    assert "351" in llm("-m", "auto-here", SUM).stdout
    assert upstream.calls() == calls


def test_errors(llm, name, upstream):
    for status in (400, 500):
        # Its library tries a failed request twice more.
        for _ in range(1 if status == 400 else 3):
            upstream.refuses(name, status)
        ran = llm("-m", f"{name}-here", STORY, check=False)
        assert ran.returncode != 0 and "no, not like that" in ran.stderr
    upstream.refuses(name, 401)
    assert "the router's own key" in llm("-m", f"{name}-here", STORY, check=False).stderr
    assert "no-such-model" in llm("-m", "no-such-model-here", STORY, check=False).stderr


def test_rate_limit_is_waited_for(llm, name, upstream):
    upstream.refuses(name, 429, headers=[("retry-after", "1")])
    assert llm("-m", f"{name}-here", STORY).stdout.strip() == HELLO


def test_stream_that_is_cut(llm, name, upstream):
    upstream.then(fault={"cut_after": 4})
    ran = llm("-m", f"{name}-here", STORY, check=False)
    assert ran.returncode != 0 and "Error" in ran.stderr


def test_time_is_up(llm, upstream):
    upstream.then(fault={"hang_after": 3})
    ran = llm("-m", "hurried-here", STORY, check=False)
    assert ran.returncode != 0 and "timeouts.between_tokens" in ran.stderr


def test_time_is_up_before_the_first_token(llm, upstream):
    # Its library tries it twice more.
    for _ in range(3):
        upstream.then(fault="hang")
    ran = llm("-m", "hurried-here", STORY, check=False)
    assert ran.returncode != 0 and "Error" in ran.stderr


@pytest.mark.parametrize("fault", ["hang", {"hang_after": 5}], ids=str)
def test_leaving(llm, name, upstream, fault):
    before = upstream.counted()
    upstream.then(fault=fault)
    with llm.started("-m", f"{name}-here", STORY) as process:
        upstream.called(before)
        process.send_signal(signal.SIGINT)
        upstream.left(before)
        process.communicate(timeout=10)


def test_only_the_base_url_is_changed(llm, dialects, upstream):
    """Its own models, by the environment alone, in the API it chooses for them."""
    assert llm("-m", "gpt-4o-mini", STORY, OPENAI_BASE_URL=dialects, OPENAI_API_KEY="sk-client").stdout.strip() == HELLO
    assert prompt(upstream.last()["body"]) == STORY
