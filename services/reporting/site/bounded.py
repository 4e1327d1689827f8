"""What is kept, and no more than so much of it: what was used longest ago goes first."""

from collections import OrderedDict
from typing import TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


def put(kept: OrderedDict[Key, Value], key: Key, value: Value, most: int) -> None:
    """Keep something as the last that was used."""
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > most:
        kept.popitem(last=False)
