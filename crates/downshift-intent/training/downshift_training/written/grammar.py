"""Expands a template: `[a|b|]` is one of the alternatives, `{name}` a slot, both may nest.

Brackets that are meant are written `⟦` and `⟧`.
"""

import re

from .slots import SLOTS

SLOT = re.compile(r"\{(\w+)\}")


def expand(template, rng):
    """One text that the template stands for."""
    while "[" in template:
        # Innermost group first, so that a nested group is one plain alternative later.
        end = template.index("]")
        start = template.rindex("[", 0, end)
        chosen = pick(rng, template[start + 1:end].split("|"))
        template = template[:start] + chosen + template[end + 1:]
    for _ in range(4):
        if "{" not in template:
            break
        template = SLOT.sub(lambda found: slot(found.group(1), rng), template)
    return " ".join(template.replace("⟦", "[").replace("⟧", "]").split())


def slot(name, rng):
    """One value of a slot: from a list, or made by a function."""
    values = SLOTS[name]
    return values(rng) if callable(values) else pick(rng, values)


def pick(rng, values):
    """One element, uniformly."""
    return values[rng.integers(len(values))]
