"""Pages of a list that people leaf through: a number in the address, and links to the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar
from urllib.parse import urlencode

from flask import request

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Item = TypeVar("Item")

_MOST_PAGES = 1_000_000


@dataclass(frozen=True)
class ListPage(Generic[Item]):
    """A page of a list; `first` counts from 1, the addresses are None where there is no page."""

    items: Sequence[Item]
    first: int
    previous: str | None
    following: str | None

    @property
    def last(self) -> int:
        """The number of the last item in the list; one less than `first` without any."""
        return self.first + len(self.items) - 1

    @property
    def whole(self) -> bool:
        """Whether the page is all of the list."""
        return self.previous is None and self.following is None


def read_page(
    load: Callable[[int, int], Sequence[Item]], size: int, key: str = "page"
) -> ListPage[Item]:
    """Load the page that the address names by `key`; `load` takes an offset and a limit."""
    number = page_number(key)
    offset = (number - 1) * size
    items = load(offset, size + 1)
    return ListPage(
        items[:size],
        offset + 1,
        address_with({key: number - 1}) if number > 1 else None,
        address_with({key: number + 1}) if len(items) > size else None,
    )


def page_number(key: str) -> int:
    """Return the number of a page in the address; 1 for what is none."""
    text = request.args.get(key, "1")
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 1
    return min(max(number, 1), _MOST_PAGES)


def address_with(changes: dict[str, object]) -> str:
    """Return the query of the same page with other values."""
    pairs = {**request.args.to_dict(), **changes}
    return f"?{urlencode(pairs)}"
