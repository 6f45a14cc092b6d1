"""The same demands on each API of the SDKs: how its client is made, asked and read.

What `ask` gives is awaited with an asynchronous client, and used as it is with the other.
"""

import json

import anthropic
import openai
from openai.types import Completion
from openai.types.chat import ChatCompletion
from openai.types.responses import Response
from seen import PICTURE, PIXEL, STORY

LOOK = {"type": "object", "properties": {"at": {"type": "string"}}, "required": ["at"], "additionalProperties": False}


class OpenAI:
    """What all of OpenAI's have in common."""

    errors = openai

    @staticmethod
    def client(url, asynchronous=False, **options):
        kind = openai.AsyncOpenAI if asynchronous else openai.OpenAI
        return kind(**({"base_url": url, "api_key": "sk-client", "max_retries": 0, "timeout": 20} | options))

    @staticmethod
    def code(error):
        return error.code


class Chat(OpenAI):
    name = "chat completions"
    kind = ChatCompletion

    @staticmethod
    def ask(sdk, model, prompt=STORY, **more):
        return sdk.chat.completions.create(model=model, messages=[{"role": "user", "content": prompt}], **more)

    @staticmethod
    def text(reply):
        return reply.choices[0].message.content

    @staticmethod
    def piece(event):
        return (event.choices[0].delta.content or "") if event.choices else ""

    @staticmethod
    def used(reply):
        return reply.usage.prompt_tokens, reply.usage.completion_tokens

    tools = [{"type": "function", "function": {"name": "look", "description": "looks", "parameters": LOOK, "strict": True}}]
    picture = [{"type": "text", "text": "What is it?"}, {"type": "image_url", "image_url": {"url": PICTURE}}]

    @staticmethod
    def parse(sdk, form):
        return lambda model: sdk.chat.completions.parse(model=model, messages=[{"role": "user", "content": STORY}], response_format=form)

    @staticmethod
    def parsed(reply):
        return reply.choices[0].message.parsed

    @staticmethod
    def stream(sdk, model, **more):
        """The SDK's own helper, which puts the reply together again."""
        return sdk.chat.completions.stream(model=model, messages=[{"role": "user", "content": STORY}], **more)

    @staticmethod
    def final(stream):
        return stream.get_final_completion()

    @staticmethod
    def calls(reply):
        return [(call.function.name, json.loads(call.function.arguments)) for call in reply.choices[0].message.tool_calls]

    @staticmethod
    def answered(sdk, model, reply, outputs):
        """The next call, which brings what the tools gave."""
        message = reply.choices[0].message
        turns = [{"role": "user", "content": STORY}, message.to_dict()]
        turns += [{"role": "tool", "tool_call_id": call.id, "content": output} for call, output in zip(message.tool_calls, outputs, strict=True)]
        return sdk.chat.completions.create(model=model, messages=turns, tools=Chat.tools)


class Responses(OpenAI):
    name = "responses"
    kind = Response

    @staticmethod
    def ask(sdk, model, prompt=STORY, **more):
        return sdk.responses.create(model=model, input=prompt if isinstance(prompt, str) else [{"role": "user", "content": prompt}], **more)

    @staticmethod
    def text(reply):
        return reply.output_text

    @staticmethod
    def piece(event):
        return event.delta if event.type == "response.output_text.delta" else ""

    @staticmethod
    def used(reply):
        return reply.usage.input_tokens, reply.usage.output_tokens

    tools = [{"type": "function", "name": "look", "description": "looks", "parameters": LOOK, "strict": True}]
    picture = [{"type": "input_text", "text": "What is it?"}, {"type": "input_image", "image_url": PICTURE, "detail": "auto"}]

    @staticmethod
    def parse(sdk, form):
        return lambda model: sdk.responses.parse(model=model, input=STORY, text_format=form)

    @staticmethod
    def parsed(reply):
        return reply.output_parsed

    @staticmethod
    def stream(sdk, model, **more):
        return sdk.responses.stream(model=model, input=STORY, **more)

    @staticmethod
    def final(stream):
        return stream.get_final_response()

    @staticmethod
    def calls(reply):
        return [(item.name, json.loads(item.arguments)) for item in reply.output if item.type == "function_call"]

    @staticmethod
    def answered(sdk, model, reply, outputs):
        calls = [item for item in reply.output if item.type == "function_call"]
        # What the SDK's stream helper read of the arguments is the SDK's own.
        said = [item.model_dump(exclude={"parsed_arguments"}, exclude_unset=True) for item in reply.output]
        results = [{"type": "function_call_output", "call_id": call.call_id, "output": output} for call, output in zip(calls, outputs, strict=True)]
        turns = [{"role": "user", "content": STORY}, *said, *results]
        return sdk.responses.create(model=model, input=turns, tools=Responses.tools)


class Completions(OpenAI):
    """The legacy API: text alone."""

    name = "legacy completions"
    kind = Completion

    @staticmethod
    def ask(sdk, model, prompt=STORY, **more):
        return sdk.completions.create(model=model, prompt=prompt, **more)

    @staticmethod
    def text(reply):
        return reply.choices[0].text

    @staticmethod
    def piece(event):
        return event.choices[0].text if event.choices else ""

    @staticmethod
    def used(reply):
        return reply.usage.prompt_tokens, reply.usage.completion_tokens


class Messages:
    name = "messages"
    errors = anthropic
    kind = anthropic.types.Message

    @staticmethod
    def client(url, asynchronous=False, **options):
        kind = anthropic.AsyncAnthropic if asynchronous else anthropic.Anthropic
        return kind(**({"base_url": url.removesuffix("/v1"), "api_key": "sk-client", "max_retries": 0, "timeout": 20} | options))

    @staticmethod
    def code(error):
        """Anthropic's errors have a type and no code."""
        return error.body["error"]["type"]

    @staticmethod
    def ask(sdk, model, prompt=STORY, **more):
        return sdk.messages.create(model=model, max_tokens=100, messages=[{"role": "user", "content": prompt}], **more)

    @staticmethod
    def text(reply):
        return "".join(block.text for block in reply.content if block.type == "text")

    @staticmethod
    def piece(event):
        return event.delta.text if event.type == "content_block_delta" and event.delta.type == "text_delta" else ""

    @staticmethod
    def used(reply):
        return reply.usage.input_tokens + reply.usage.cache_read_input_tokens, reply.usage.output_tokens

    tools = [{"name": "look", "description": "looks", "input_schema": LOOK}]
    picture = [{"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PIXEL}}, {"type": "text", "text": "What is it?"}]

    @staticmethod
    def parse(sdk, form):
        return lambda model: sdk.messages.parse(model=model, max_tokens=100, messages=[{"role": "user", "content": STORY}], output_format=form)

    @staticmethod
    def parsed(reply):
        return reply.parsed_output

    @staticmethod
    def stream(sdk, model, **more):
        return sdk.messages.stream(model=model, max_tokens=100, messages=[{"role": "user", "content": STORY}], **more)

    @staticmethod
    def final(stream):
        return stream.get_final_message()

    @staticmethod
    def calls(reply):
        return [(block.name, block.input) for block in reply.content if block.type == "tool_use"]

    @staticmethod
    def answered(sdk, model, reply, outputs):
        uses = [block for block in reply.content if block.type == "tool_use"]
        results = [{"type": "tool_result", "tool_use_id": use.id, "content": output} for use, output in zip(uses, outputs, strict=True)]
        turns = [{"role": "user", "content": STORY}, reply.to_param(), {"role": "user", "content": results}]
        return sdk.messages.create(model=model, max_tokens=100, messages=turns, tools=Messages.tools)


ALL = [Chat, Responses, Completions, Messages]
# Those that know tools, images and schemas.
TALKING = [Chat, Responses, Messages]
