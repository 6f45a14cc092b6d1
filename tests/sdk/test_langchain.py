"""LangChain's models for OpenAI (both APIs) and Anthropic, in front of a model in each dialect."""

import asyncio
import json
import time

import anthropic
import openai
import pytest
from langchain_anthropic import ChatAnthropic
from langchain_core.messages import HumanMessage, ToolMessage
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from pydantic import BaseModel
from seen import HELLO, PICTURE, STORY, SUM, UPSTREAMS, images, prompt, results, schema

# LangChain keeps its asynchronous connections for good, and so its tests share one loop.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")

APIS = ["chat completions", "responses", "messages"]
CALLS = [{"id": "call_1", "name": "look", "arguments": '{"at":"sky"}'}, {"id": "call_2", "name": "look", "arguments": '{"at":"sea"}'}]


class Person(BaseModel):
    """Somebody."""

    name: str
    age: int


def look(at: str) -> str:
    """Looks."""
    return f"{at}: stars"


@pytest.fixture(params=APIS)
def api(request):
    return request.param


@pytest.fixture
def to(api, dialects):
    """Makes LangChain's model of the router's model of that name."""

    def to(name, **more):
        options = {"model": name, "api_key": "sk-client", "max_retries": 0, "timeout": 20} | more
        if api == "messages":
            return ChatAnthropic(base_url=dialects.removesuffix("/v1"), max_tokens=100, **options)
        return ChatOpenAI(base_url=dialects, use_responses_api=api == "responses", stream_usage=True, **options)

    return to


@pytest.fixture(scope="module")
def loop():
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(params=UPSTREAMS)
def name(request):
    return request.param


@pytest.fixture
def errors(api):
    return anthropic if api == "messages" else openai


def test_whole(to, name, upstream):
    reply = to(name).invoke([("system", "Be brief."), ("human", STORY)])
    assert reply.text == HELLO
    usage = reply.usage_metadata
    assert (usage["input_tokens"], usage["output_tokens"], usage["input_token_details"]["cache_read"]) == (11, 5, 3)
    assert prompt(upstream.last()["body"]) == STORY


def test_stream(to, name):
    chunks = list(to(name).stream(STORY))
    whole = chunks[0]
    for chunk in chunks[1:]:
        whole += chunk
    assert len(chunks) > 3 and whole.text == HELLO
    assert (whole.usage_metadata["input_tokens"], whole.usage_metadata["output_tokens"]) == (11, 5)


def test_async(to, name, loop):
    async def both():
        model = to(name)
        chunks = [chunk.text async for chunk in model.astream(STORY)]
        replies = await model.abatch([STORY, STORY])
        return "".join(chunks), [reply.text for reply in replies]

    assert loop.run(both()) == (HELLO, [HELLO, HELLO])


@pytest.mark.parametrize("stream", [False, True])
def test_tools_there_and_back(to, name, upstream, stream):
    model = to(name).bind_tools([look])
    upstream.then(pieces=["Let me see."], calls=CALLS, finish_reason="tool_calls")
    turns = [HumanMessage(STORY)]
    if stream:
        chunks = list(model.stream(turns))
        first = chunks[0]
        for chunk in chunks[1:]:
            first += chunk
    else:
        first = model.invoke(turns)
    assert [(call["name"], call["args"]) for call in first.tool_calls] == [("look", {"at": "sky"}), ("look", {"at": "sea"})]
    turns += [first, *(ToolMessage(look(**call["args"]), tool_call_id=call["id"]) for call in first.tool_calls)]
    assert model.invoke(turns).text == HELLO
    assert results(upstream.last()["body"]) == ["sky: stars", "sea: stars"]


def test_structured_output(to, name, upstream):
    upstream.then(pieces=['{"name":"Ada",', '"age":36}'])
    assert to(name).with_structured_output(Person, method="json_schema").invoke(STORY) == Person(name="Ada", age=36)
    assert schema(upstream.last()["body"])["required"] == ["name", "age"]


def test_structured_output_by_a_tool(to, name, upstream):
    upstream.then(pieces=[], calls=[{"id": "call_1", "name": "Person", "arguments": '{"name":"Ada","age":36}'}], finish_reason="tool_calls")
    assert to(name).with_structured_output(Person, method="function_calling").invoke(STORY) == Person(name="Ada", age=36)
    assert schema(upstream.last()["body"])["required"] == ["name", "age"]


def test_image(to, name, upstream):
    content = [{"type": "text", "text": "What is it?"}, {"type": "image_url", "image_url": {"url": PICTURE}}]
    to(name).invoke([HumanMessage(content)])
    assert images(upstream.last()["body"]) == [PICTURE]


def refused(model):
    """The error that it is refused with, out of what LangChain makes of it."""
    with pytest.raises(Exception) as caught:
        model.invoke(STORY)
    return caught.value.__cause__ or caught.value


def test_errors(to, name, upstream, errors):
    kinds = [(400, errors.BadRequestError), (429, errors.RateLimitError), (500, errors.InternalServerError)]
    for status, kind in kinds:
        upstream.refuses(name, status)
        error = refused(to(name))
        assert isinstance(error, kind) and "no, not like that" in str(error)
    upstream.refuses(name, 401)
    error = refused(to(name))
    assert isinstance(error, errors.InternalServerError) and "the router's own key" in str(error)
    error = refused(to("no-such-model"))
    assert isinstance(error, errors.NotFoundError) and "no-such-model" in str(error)


def test_rate_limit_is_waited_for(to, name, upstream):
    upstream.refuses(name, 429, headers=[("retry-after", "1")])
    started = time.monotonic()
    assert to(name, max_retries=1).invoke(STORY).text == HELLO
    assert time.monotonic() - started >= 1.0, "it waited as long as the upstream said"


@pytest.mark.parametrize("fault", [{"cut_after": 4}, {"error_after": 4}])
def test_stream_that_breaks(to, name, upstream, errors, fault):
    upstream.then(fault=fault)
    with pytest.raises(errors.APIError):
        list(to(name).stream(STORY))


def test_leaving(to, name, upstream, loop):
    before = upstream.counted()
    upstream.then(fault={"hang_after": 5})

    async def leave():
        stream = to(name).astream(STORY)
        await anext(stream)
        await stream.aclose()
        # The loop closes what LangChain left open.
        await asyncio.to_thread(upstream.left, before)

    loop.run(leave())


def test_time_is_up_by_the_clients_clock(to, name, upstream, errors):
    before = upstream.counted()
    upstream.then(fault="hang")
    with pytest.raises(errors.APITimeoutError):
        to(name, timeout=0.2).invoke(STORY)
    upstream.left(before)


def test_answer(to, upstream):
    calls = upstream.calls()
    assert "351" in to("auto").invoke(SUM).text
    assert "351" in "".join(chunk.text for chunk in to("auto").stream(SUM))
    assert upstream.calls() == calls


def test_embeddings(dialects, upstream):
    data = [{"object": "embedding", "index": 0, "embedding": [0.5, -1.0, 2.0]}]
    usage = {"prompt_tokens": 3, "total_tokens": 3}
    upstream.then(body=json.dumps({"object": "list", "model": "chat-1", "data": data, "usage": usage}))
    embeddings = OpenAIEmbeddings(base_url=dialects, api_key="sk-client", model="chat", check_embedding_ctx_length=False)
    assert embeddings.embed_query("a lighthouse") == [0.5, -1.0, 2.0]
