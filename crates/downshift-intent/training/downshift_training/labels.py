"""The shipped taxonomy, and how the labels of public data fold into it."""

LABELS = [
    "time", "date", "arithmetic", "units", "currency", "weather", "definition", "text",
    "capital", "country", "reference", "random", "greeting", "thanks", "identity", "chat",
    "command", "support", "translate", "fact", "medical", "legal", "finance", "code",
    "word_problem", "math", "creative", "rewrite", "howto", "general",
]
INDEX = {label: index for index, label in enumerate(LABELS)}

# Answered by computation or by table: a query sent here wrongly is the costly error.
TRIVIAL = [
    "time", "date", "arithmetic", "units", "currency", "weather", "definition", "text",
    "capital", "country", "reference", "random", "greeting", "thanks", "identity",
]

# Target of rows that belong nowhere (out of scope, other languages, noise): uniform.
NOWHERE = "nowhere"

ROUTER_MIX = {
    "time.now": "time", "time.zone": "time", "date.today": "date", "date.calc": "date",
    "calc.arithmetic": "arithmetic", "unit.convert": "units", "currency.convert": "currency",
    "lookup.weather": "weather", "lookup.definition": "definition", "text.spell": "text",
    "random.pick": "random", "smalltalk.greeting": "greeting", "smalltalk.thanks_bye": "thanks",
    "smalltalk.bot_identity": "identity", "smalltalk.chat": "chat",
    "assistant.command": "command", "support.account": "support", "translate": "translate",
    "lookup.fact": "fact", "medical": "medical", "legal": "legal", "finance": "finance",
    "code": "code", "math.word_problem": "word_problem", "math.advanced": "math",
    "writing.creative": "creative", "text.transform": "rewrite", "advice.howto": "howto",
    "general.hard": "general",
}
