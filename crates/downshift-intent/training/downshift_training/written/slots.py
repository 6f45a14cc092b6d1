"""Values that templates are filled with."""

from .numbers import NUMBERS
from .places import PLACES
from .things import THINGS

SLOTS = {**NUMBERS, **PLACES, **THINGS}
