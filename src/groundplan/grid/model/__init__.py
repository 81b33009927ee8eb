"""The selection grid as frozen objects (S0 §17).

The row files are Copier's own question syntax; what Copier does not know stands
under keys with the prefix `x_`. A wrong or unknown `x_` key is refused.
"""

from .grid import Grid, KickoffField
from .part import Part
from .row import Option, Row, Rule

__all__ = [
    "Grid",
    "KickoffField",
    "Option",
    "Part",
    "Row",
    "Rule",
]
