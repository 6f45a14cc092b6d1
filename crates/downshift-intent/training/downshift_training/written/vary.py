"""How people really type: openers, politeness, lost punctuation, slips of the finger.

Applied to every label alike, so that no opener gives the label away.
"""

from .grammar import pick

OPENERS = [
    "hey", "hi", "hello", "hey there", "hi there", "ok", "okay", "ok so", "so", "um", "yo", "quick question:",
    "quick q:", "quick question", "question:", "another question:", "one more thing:", "also", "and",
    "please", "pls", "hey, quick question,", "sorry,", "excuse me,", "good morning,", "hi!", "hey!",
    "just wondering,", "just curious,", "thanks,", "thank you.", "great, thanks.", "cool.", "got it.", "alright,",
]
ASKS = [
    "can you tell me", "could you tell me", "tell me", "please tell me", "i need to know",
    "do you know", "i want to know", "i'd like to know", "i would like to know", "any idea",
    "can u tell me", "could you please tell me", "hey can you tell me", "do you happen to know",
    "i was wondering", "let me know", "help me figure out", "i'm trying to find out",
]
WISHES = ["can you", "could you", "please", "can you please", "would you", "i need you to",
          "could you please", "i want you to", "hey, can you", "pls", "can u", "kindly", "go ahead and"]
CLOSERS = ["please", "pls", "thanks", "thank you", "thx", "plz", "asap", "for me", "if you can", "real quick",
           "thanks in advance", "?", "??", "!", "."]
WH = ("what", "who", "where", "when", "which", "how", "why", "whats", "is ", "are ", "if ")
VERBS = ("convert", "calculate", "compute", "write", "give", "show", "tell", "translate", "spell",
         "define", "pick", "roll", "flip", "generate", "explain", "find", "add", "subtract", "divide",
         "multiply", "solve", "reverse", "encode", "decode", "count", "rewrite", "summarize", "check")
KEYS = "qwertyuiopasdfghjklzxcvbnm"


def vary(text, rng):
    """The text as somebody might have typed it."""
    low = text.lower()
    if rng.random() < .12 and low.startswith(WH):
        text = f"{pick(rng, ASKS)} {text}"
    elif rng.random() < .15 and low.startswith(VERBS):
        text = f"{pick(rng, WISHES)} {text}"
    if rng.random() < .10:
        text = f"{pick(rng, OPENERS)} {text}"
    if text[-1] not in "?.!" and rng.random() < .25 and low.startswith(WH):
        text += "?"
    elif rng.random() < .08:
        closer = pick(rng, CLOSERS)
        text = f"{text.rstrip('?.! ')}{'' if closer in '??!.' else ' '}{closer}"
    if rng.random() < .15:
        text = text.replace("'", "")
    if rng.random() < .06 and len(text) < 200:
        text = slip(text, rng)
    return text


def slip(text, rng):
    """One slip of the finger in one longer word."""
    words = text.split(" ")
    long = [i for i, word in enumerate(words) if len(word) > 3 and word.isalpha()]
    if not long:
        return text
    at = pick(rng, long)
    word = words[at]
    i = int(rng.integers(1, len(word) - 1))
    kind = rng.integers(4)
    if kind == 0:
        word = word[:i] + word[i + 1:]
    elif kind == 1:
        word = word[:i] + word[i + 1] + word[i] + word[i + 2:]
    elif kind == 2:
        word = word[:i] + word[i] + word[i:]
    else:
        word = word[:i] + KEYS[rng.integers(26)] + word[i + 1:]
    words[at] = word
    return " ".join(words)
