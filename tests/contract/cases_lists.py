"""Lists of files: order, pages and filters."""

from __future__ import annotations

import hashlib

from .step import Parallel, Step, case, upload

_BAD_CURSOR = "Invalid cursor parameter."
_MANY = 250


def _links(query: str, page: int, *, results: bool, size: int = 100, files: str = "$files") -> str:
    """Return the whole Link header of a page; `query` is the request's own, without its cursor."""
    base = f"<$url{files}?{query}&cursor={size}"
    before, after = ("true" if page > 0 else "false"), ("true" if results else "false")
    return (
        f'{base}:{page - 1}:1>; rel="previous"; results="{before}"; cursor="{size}:{page - 1}:1", '
        f'{base}:{page + 1}:0>; rel="next"; results="{after}"; cursor="{size}:{page + 1}:0"'
    )


def _name(number: int) -> str:
    return f"~/{number:03}.js"


def _page(query: str, first: int, stop: int, link: str) -> Step:
    names = [{"name": _name(number)} for number in range(first, stop)]
    return Step("GET", f"$files{query}", 200, names, answer_headers={"Link": link})


def _listed(query: str, *names: str) -> Step:
    return Step("GET", f"$files?{query}", 200, [{"name": name} for name in names])


def _refused(query: str, detail: str) -> Step:
    return Step("GET", f"$files?{query}", 400, {"detail": detail})


_A, _B = (hashlib.sha1(content, usedforsecurity=False).hexdigest() for content in (b"a", b"b"))

CASES = (
    case(
        "no files: an empty list, whose next page has no results",
        Step("GET", "$files", 200, [], answer_headers={"Link": _links("", 0, results=False)}),
        Step(
            "GET",
            "$organization_files",
            200,
            [],
            answer_headers={"Link": _links("", 0, results=False, files="$organization_files")},
        ),
    ),
    case(
        f"{_MANY} files in three pages, which can be asked for ahead",
        Parallel(
            tuple(upload(_name(number), b"same") for number in reversed(range(_MANY))),
            (201,) * _MANY,
        ),
        _page("", 0, 100, _links("", 0, results=True)),
        _page("?cursor=100:1:0", 100, 200, _links("", 1, results=True)),
        _page("?cursor=100:2:0", 200, _MANY, _links("", 2, results=False)),
        _page("?cursor=100:3:0", 0, 0, _links("", 3, results=False)),
        _page("?cursor=100:199:0", 0, 0, _links("", 199, results=False)),
        _page("?cursor=100:0:1", 0, 100, _links("", 0, results=True)),
        _page("?per_page=100", 0, 100, _links("per_page=100", 0, results=True)),
        _page(
            "?per_page=50&cursor=50:4:0",
            200,
            _MANY,
            _links("per_page=50", 4, results=False, size=50),
        ),
        _page(
            "?query=~/2&per_page=20&cursor=20:2:0",
            240,
            _MANY,
            _links("query=~%2F2&per_page=20", 2, results=False, size=20),
        ),
    ),
    case(
        "pages and cursors that cannot be: 400",
        _refused("per_page=101", "Invalid per_page value. Cannot exceed 100."),
        _refused("per_page=x", "Invalid per_page parameter."),
        _refused("per_page=0", "Limit must be positive"),
        _refused("per_page=-1", "Limit must be positive"),
        _refused("cursor=100:200:0", "Pagination offset too large"),
        _refused("cursor=100:-1:1", "Pagination offset cannot be negative"),
        *(_refused(f"cursor={cursor}", _BAD_CURSOR) for cursor in ("x", "1:2", "1:x:0")),
    ),
    case(
        "query finds part of a name in any case; several are alternatives",
        *(upload(name) for name in ("~/a.js", "~/b.js.map", "~/c_D.js", "~/é%.js")),
        _listed("query=.js.MAP", "~/b.js.map"),
        _listed("query=A.js&query=C_", "~/a.js", "~/c_D.js"),
        _listed("query=%C3%89", "~/é%.js"),
        _listed("query=%25", "~/é%.js"),
        _listed("query=_", "~/c_D.js"),
        _listed("query=*"),
        _listed("query=", "~/a.js", "~/b.js.map", "~/c_D.js", "~/é%.js"),
    ),
    case(
        "checksum finds a whole sha1 in lower case; several are alternatives",
        upload("~/a.js", b"a"),
        upload("~/also-a.js", b"a"),
        upload("~/b.js", b"b"),
        _listed(f"checksum={_A}", "~/a.js", "~/also-a.js"),
        _listed(f"checksum={_A}&checksum={_B}&checksum=x", "~/a.js", "~/also-a.js", "~/b.js"),
        _listed(f"checksum={_A.upper()}"),
        _listed(f"checksum={_A[:39]}"),
        _listed(f"checksum={_A}&query=also", "~/also-a.js"),
    ),
    case(
        "files of all dists are listed",
        upload("~/a.js"),
        upload("~/b.js", dist="one"),
        Step("GET", "$files", 200, [{"name": "~/a.js"}, {"name": "~/b.js", "dist": "one"}]),
    ),
)
