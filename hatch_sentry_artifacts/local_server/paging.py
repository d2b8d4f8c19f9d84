"""Pages of a list: the cursor of the request, and the Link header of the response."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote, urlencode

from flask import request

from hatch_sentry_artifacts.local_server.responses import refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Item = TypeVar("Item")

_LARGEST_PAGE = 100
_LARGEST_OFFSET = 20_000
# That the database counts to, with a page on top.
_LARGEST_NUMBER = 2**62


@dataclass(frozen=True)
class _Cursor:
    """Of `value:page:is_previous`; the list starts at item `value * page`."""

    value: float
    page: int

    @classmethod
    def parse(cls, text: str) -> _Cursor:
        bits = text.split(":")
        if len(bits) != 3 or not all(re.fullmatch(r"-?\d+(\.\d*)?", bit) for bit in bits):
            raise refusal(400, "Invalid cursor parameter.")
        try:
            value = float(bits[0]) if "." in bits[0] else int(bits[0])
            return cls(value, int(bits[1]))
        except ValueError:  # more digits than Python reads
            raise refusal(400, "Invalid cursor parameter.") from None

    @property
    def offset(self) -> int:
        """The first item. Raises ApiError 400 for one that no list can have."""
        try:
            offset = int(self.value * self.page)
        except (OverflowError, ValueError):
            raise refusal(400, "Pagination offset too large") from None
        if offset > _LARGEST_NUMBER:
            raise refusal(400, "Pagination offset too large")
        return offset


def paginate(
    load: Callable[[int, int], Sequence[Item]],
    *,
    page_size: int = _LARGEST_PAGE,
    largest_offset: float = _LARGEST_OFFSET,
) -> tuple[Sequence[Item], str]:
    """Load the page that the current request asks for, and make its Link header.

    `load` takes an offset and a limit; `page_size` is for requests that name none. Raises
    ApiError 400 for a page larger than 100, a cursor that does not parse, and an offset of
    `largest_offset` or more.
    """
    per_page = _page_size(page_size)
    text = request.args.get("cursor")
    cursor = _Cursor.parse(text) if text else _Cursor(0, 0)
    offset = cursor.offset
    if offset >= largest_offset:
        raise refusal(400, "Pagination offset too large")
    if offset < 0:
        raise refusal(400, "Pagination offset cannot be negative")
    items = load(offset, per_page + 1)
    links = ", ".join(
        [
            _link("previous", f"{per_page}:{cursor.page - 1}:1", results=cursor.page > 0),
            _link("next", f"{per_page}:{cursor.page + 1}:0", results=len(items) > per_page),
        ]
    )
    return items[:per_page], links


def _page_size(usual: int) -> int:
    text = request.args.get("per_page", str(usual))
    try:
        size = int(text)
    except ValueError:
        raise refusal(400, "Invalid per_page parameter.") from None
    if size > _LARGEST_PAGE:
        raise refusal(400, f"Invalid per_page value. Cannot exceed {_LARGEST_PAGE}.")
    if size < 1:
        raise refusal(400, "Limit must be positive")
    return size


def _link(relation: str, cursor: str, *, results: bool) -> str:
    pairs = [(key, value) for key, value in request.args.items(multi=True) if key != "cursor"]
    address = f"{request.host_url.rstrip('/')}{quote(request.path)}?{urlencode(pairs)}"
    answer = "true" if results else "false"
    return f'<{address}&cursor={cursor}>; rel="{relation}"; results="{answer}"; cursor="{cursor}"'
