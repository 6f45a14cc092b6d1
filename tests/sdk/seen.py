"""What an upstream was asked, whatever dialect it was asked in."""

UPSTREAMS = ["chat", "messages", "responses"]

STORY = "Tell me a long story about a lighthouse keeper."
SUM = "what is 27 * 13?"
HELLO = "Hello, world."

# A red dot.
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=="
PICTURE = f"data:image/png;base64,{PIXEL}"


def turns(body):
    return body.get("messages") or body["input"]


def parts(turn):
    content = turn.get("content")
    return content if isinstance(content, list) else []


def text(content):
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


def prompt(body):
    """The newest turn of the user's."""
    if isinstance(turns(body), str):
        return turns(body)
    return text([turn for turn in turns(body) if turn.get("role") == "user"][-1]["content"])


def images(body):
    """The images, as data URLs."""
    found = []
    for part in (part for turn in turns(body) for part in parts(turn)):
        if part["type"] == "image_url":
            found.append(part["image_url"]["url"])
        elif part["type"] == "input_image":
            found.append(part["image_url"])
        elif part["type"] == "image":
            found.append(f"data:{part['source']['media_type']};base64,{part['source']['data']}")
    return found


def schema(body):
    """The JSON schema to reply by, or to call a tool by."""
    if "response_format" in body:
        return body["response_format"]["json_schema"]["schema"]
    for place in ("text", "output_config"):
        if "format" in body.get(place, {}):
            return body[place]["format"]["schema"]
    tool = body["tools"][0]
    return tool.get("function", {}).get("parameters") or tool.get("parameters") or tool["input_schema"]


def results(body):
    """The results of tools."""
    found = []
    for turn in turns(body):
        if turn.get("role") == "tool":
            found.append(text(turn["content"]))
        elif turn.get("type") == "function_call_output":
            found.append(text(turn["output"]))
        else:
            found.extend(text(part["content"]) for part in parts(turn) if part["type"] == "tool_result")
    return found
