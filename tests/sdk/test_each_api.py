"""What is demanded of each API of the OpenAI and Anthropic SDKs, in front of a model in each dialect."""

import asyncio
import time

import apis
import pytest
from pydantic import BaseModel
from seen import HELLO, PICTURE, STORY, SUM, UPSTREAMS, images, prompt, results, schema


class Person(BaseModel):
    """Somebody."""

    name: str
    age: int


ADA = Person(name="Ada", age=36)
CALLS = [{"id": "call_1", "name": "look", "arguments": '{"at":"sky"}'}, {"id": "call_2", "name": "look", "arguments": '{"at":"sea"}'}]
ARGUED = [("look", {"at": "sky"}), ("look", {"at": "sea"})]
SEEN = ["sky: stars", "sea: stars"]


@pytest.fixture(params=apis.ALL, ids=lambda api: api.name)
def api(request):
    return request.param


@pytest.fixture(params=apis.TALKING, ids=lambda api: api.name)
def talking(request):
    """The same of those that know more than text."""
    return request.param


@pytest.fixture(params=UPSTREAMS)
def name(request):
    return request.param


@pytest.fixture
def make(dialects):
    """Makes a client, which the test closes."""
    return lambda api, **options: api.client(dialects, **options)


def read(stream):
    """The events of a stream, which is closed after the last."""
    with stream:
        return list(stream)


def said(api, events):
    return "".join(api.piece(event) for event in events)


# Whole, streamed, asynchronous.


def test_whole(make, api, name, upstream):
    with make(api) as sdk:
        reply = api.ask(sdk, name)
    if name not in api.name:  # else it is as the upstream wrote it
        api.kind.model_validate(reply.model_dump(), strict=True)
    assert (api.text(reply), api.used(reply)) == (HELLO, (11, 5))
    last = upstream.last()
    assert prompt(last["body"]) == STORY
    assert last["headers"].get("authorization", last["headers"].get("x-api-key")) in ("Bearer sk-router", "sk-router")
    assert "sk-client" not in str(last), "the client's key stays here"


def test_stream(make, api, name, upstream):
    with make(api) as sdk:
        events = read(api.ask(sdk, name, stream=True))
    assert said(api, events) == HELLO and len(events) > 3
    assert upstream.last()["body"]["stream"] is True


def test_stream_helper(make, talking, name):
    with make(talking) as sdk, talking.stream(sdk, name) as stream:
        assert talking.text(talking.final(stream)) == HELLO


def test_async(make, api, name):
    async def ask():
        async with make(api, asynchronous=True) as sdk:
            wholes = [api.ask(sdk, name) for _ in range(3)]
            stream = await api.ask(sdk, name, stream=True)
            events = [event async for event in stream]
            return [api.text(reply) for reply in await asyncio.gather(*wholes)], said(api, events)

    assert asyncio.run(ask()) == ([HELLO] * 3, HELLO)


# Tools, schemas, images.


def test_tools_there_and_back(make, talking, name, upstream):
    with make(talking) as sdk:
        upstream.then(pieces=["Let me see."], calls=CALLS, finish_reason="tool_calls")
        reply = talking.ask(sdk, name, tools=talking.tools)
        assert (talking.text(reply), talking.calls(reply)) == ("Let me see.", ARGUED)
        assert schema(upstream.last()["body"])["required"] == ["at"]
        assert talking.text(talking.answered(sdk, name, reply, SEEN)) == HELLO
        assert results(upstream.last()["body"]) == SEEN


def test_tools_there_and_back_streamed(make, talking, name, upstream):
    with make(talking) as sdk:
        upstream.then(pieces=["Let me see."], calls=CALLS, finish_reason="tool_calls")
        with talking.stream(sdk, name, tools=talking.tools) as stream:
            reply = talking.final(stream)
        assert (talking.text(reply), talking.calls(reply)) == ("Let me see.", ARGUED)
        assert talking.text(talking.answered(sdk, name, reply, SEEN)) == HELLO
        assert results(upstream.last()["body"]) == SEEN


def test_tools_there_and_back_async(make, talking, name, upstream):
    async def both():
        async with make(talking, asynchronous=True) as sdk:
            upstream.then(pieces=[], calls=CALLS, finish_reason="tool_calls")
            reply = await talking.ask(sdk, name, tools=talking.tools)
            return talking.calls(reply), talking.text(await talking.answered(sdk, name, reply, SEEN))

    assert asyncio.run(both()) == (ARGUED, HELLO)
    assert results(upstream.last()["body"]) == SEEN


def test_structured_output(make, talking, name, upstream):
    upstream.then(pieces=['{"name":"Ada",', '"age":36}'])
    with make(talking) as sdk:
        assert talking.parsed(talking.parse(sdk, Person)(name)) == ADA
    assert schema(upstream.last()["body"])["required"] == ["name", "age"]


def test_structured_output_async(make, talking, name, upstream):
    async def ask():
        async with make(talking, asynchronous=True) as sdk:
            return talking.parsed(await talking.parse(sdk, Person)(name))

    upstream.then(pieces=['{"name":"Ada",', '"age":36}'])
    assert asyncio.run(ask()) == ADA


def test_image(make, talking, name, upstream):
    with make(talking) as sdk:
        assert talking.text(talking.ask(sdk, name, talking.picture)) == HELLO
    assert images(upstream.last()["body"]) == [PICTURE]


# Each error is the class that its reader catches.


def test_bad_request_of_the_upstream(make, api, name, upstream):
    calls = upstream.calls()
    upstream.refuses(name, 400, message="max_tokens is too large")
    with make(api, max_retries=2) as sdk, pytest.raises(api.errors.BadRequestError, match="max_tokens is too large"):
        api.ask(sdk, name)
    assert upstream.calls() == calls + 1, "the SDK did not try again"


def test_bad_request(make, api, upstream):
    calls = upstream.calls()
    with make(api) as sdk, pytest.raises(api.errors.BadRequestError, match="model") as caught:
        api.ask(sdk, "")
    assert caught.value.response.headers["x-downshift-id"]
    assert upstream.calls() == calls, "nothing of it reached a model"


def test_the_routers_own_key_is_refused(make, api, name, upstream):
    calls = upstream.calls()
    upstream.refuses(name, 401, type="authentication_error")
    with make(api, max_retries=2) as sdk, pytest.raises(api.errors.InternalServerError, match="the router's own key") as caught:
        api.ask(sdk, name)
    assert (caught.value.status_code, api.code(caught.value)) == (502, "api_error" if api is apis.Messages else "upstream_refused_key")
    assert upstream.calls() == calls + 1, "the SDK did not try again"


def test_not_found(make, api):
    for stream in (False, True):
        with make(api) as sdk, pytest.raises(api.errors.NotFoundError, match="no-such-model") as caught:
            api.ask(sdk, "no-such-model", stream=stream)
        assert api.code(caught.value) == ("not_found_error" if api is apis.Messages else "model_not_found")


@pytest.mark.parametrize("stream", [False, True])
def test_rate_limit(make, api, name, upstream, stream):
    upstream.refuses(name, 429, headers=[("retry-after", "1")], type="rate_limit_error")
    with make(api) as sdk, pytest.raises(api.errors.RateLimitError, match="no, not like that") as caught:
        api.ask(sdk, name, stream=stream)
    assert caught.value.response.headers["retry-after"] == "1"
    # Until then the router asks the model for nobody.
    time.sleep(1.1)


def test_rate_limit_is_waited_for(make, api, name, upstream):
    upstream.refuses(name, 429, headers=[("retry-after", "1")])
    started = time.monotonic()
    with make(api, max_retries=1) as sdk:
        assert api.text(api.ask(sdk, name)) == HELLO
    assert time.monotonic() - started >= 1.0, "the SDK waited as long as the upstream said"


def test_server_error(make, api, name, upstream):
    upstream.refuses(name, 500, message="out of memory", type="server_error")
    with make(api) as sdk, pytest.raises(api.errors.InternalServerError, match="out of memory"):
        api.ask(sdk, name)
    upstream.refuses(name, 500, type="server_error")
    with make(api, max_retries=1) as sdk:
        assert api.text(api.ask(sdk, name)) == HELLO, "the SDK tried again"


@pytest.mark.parametrize("fault", [{"cut_after": 4}, {"error_after": 4}, {"end_after": 3}], ids=str)
def test_stream_that_breaks(make, api, name, upstream, fault):
    upstream.then(fault=fault)
    with make(api) as sdk, pytest.raises(api.errors.APIError):
        read(api.ask(sdk, name, stream=True))


def test_stream_that_breaks_async(make, api, name, upstream):
    async def ask():
        async with make(api, asynchronous=True) as sdk, await api.ask(sdk, name, stream=True) as stream:
            return [event async for event in stream]

    upstream.then(fault={"cut_after": 4})
    with pytest.raises(api.errors.APIError):
        asyncio.run(ask())


# Who has no time, and who leaves.


def test_time_is_up_by_the_clients_clock(make, api, name, upstream):
    for stream in (False, True):
        before = upstream.counted()
        upstream.then(fault="hang")
        with make(api, timeout=0.2) as sdk, pytest.raises(api.errors.APITimeoutError):
            api.ask(sdk, name, stream=stream)
        upstream.left(before)


def test_time_is_up_by_the_routers_clock(make, api, upstream):
    for stream in (False, True):
        upstream.then(fault="hang")
        with make(api) as sdk, pytest.raises(api.errors.InternalServerError) as caught:
            api.ask(sdk, "hurried", stream=stream)
        assert caught.value.status_code == 504
    upstream.then(fault={"hang_after": 3})
    with make(api) as sdk, pytest.raises(api.errors.APIError, match="timeouts.between_tokens"):
        read(api.ask(sdk, "hurried", stream=True))


def test_leaving_in_the_middle_of_a_stream(make, api, name, upstream):
    before = upstream.counted()
    upstream.then(fault={"hang_after": 5})
    with make(api) as sdk, api.ask(sdk, name, stream=True) as stream:
        next(iter(stream))
    upstream.left(before)


def test_leaving_async(make, api, name, upstream):
    """Before the first token, in the middle of a stream, and in the middle of a whole reply."""

    async def leave(stream, fault):
        before = upstream.counted()
        upstream.then(fault=fault)
        async with make(api, asynchronous=True) as sdk:

            async def ask():
                reply = await api.ask(sdk, name, stream=stream)
                async for _ in reply:
                    pass

            asking = asyncio.create_task(ask())
            await asyncio.to_thread(upstream.called, before)
            await asyncio.sleep(0.05)
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
            await asyncio.to_thread(upstream.left, before)

    for stream, fault in [(False, "hang"), (True, "hang"), (True, {"hang_after": 5})]:
        asyncio.run(leave(stream, fault))


# Answers that no model gave.


def test_answer(make, api, upstream):
    async def ask():
        async with make(api, asynchronous=True) as sdk:
            return await api.ask(sdk, "auto", SUM)

    calls = upstream.calls()
    with make(api) as sdk:
        replies = [api.ask(sdk, "auto", SUM), asyncio.run(ask())]
        events = read(api.ask(sdk, "auto", SUM, stream=True))
    for reply in replies:
        api.kind.model_validate(reply.model_dump(), strict=True)
        assert "351" in api.text(reply) and reply.model.startswith("downshift/")
        assert all(tokens > 0 for tokens in api.used(reply))
    assert "351" in said(api, events)
    assert upstream.calls() == calls
