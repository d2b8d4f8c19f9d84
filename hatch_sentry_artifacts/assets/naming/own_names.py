"""The names of the files to upload, each file once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from hatch_sentry_artifacts.assets.asset import Member
from hatch_sentry_artifacts.assets.naming.naming import Named, Naming, name_files


class OwnNames:
    """The names of files, without those that have content and name of another one.

    `copies` has the path of that other file by theirs. Raises NamesError if two files share a name.
    """

    def __init__(self, naming: Naming, members: Mapping[str, Member], found: Iterable[str]) -> None:
        self._members = members
        all_named = name_files(found, naming, self._are_same)
        owners: dict[str, str] = {}
        for path in sorted(all_named, key=lambda each: all_named[each].copy):
            owners.setdefault(all_named[path].names[0], path)
        self.named: dict[str, Named] = {}
        self.copies: dict[str, str] = {}
        for path, named in all_named.items():
            owner = owners[named.names[0]]
            if owner == path:
                self.named[path] = named
            else:
                self.copies[path] = owner

    @cached_property
    def first(self) -> dict[str, str]:
        """The first name of each file, by path."""
        return {path: named.names[0] for path, named in self.named.items()}

    def notes(self) -> Iterator[str]:
        """Yield a sentence for each rule that gave a name, and one on the copies."""
        rules = {each.rule.name: each.rule for each in self.named.values()}
        yield from map(str, rules.values())
        if self.copies:
            path, owner = next(iter(self.copies.items()))
            more = f" and {len(self.copies) - 1} more" if len(self.copies) > 1 else ""
            yield f"{path}{more}: the same file, by content and name, as {owner}: sent once"

    def _are_same(self, one: str, other: str) -> bool:
        return self._members[one].holds_the_same(self._members[other])
