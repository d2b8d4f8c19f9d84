"""What a build that nobody ordered must not change on a server."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace

from hatch_sentry_artifacts.configuration.checkout import UNKNOWN_CHECKOUT, Checkout, is_commit
from hatch_sentry_artifacts.configuration.options import Options
from hatch_sentry_artifacts.configuration.release_fields import (
    NO_FIELDS,
    ReleaseFields,
    release_fields,
)
from hatch_sentry_artifacts.errors import ReleaseKept
from hatch_sentry_artifacts.sentry.releases.releases import Release

_MOST_NAMED = 3
_SHOWN_DIGITS = 12


@dataclass(frozen=True)
class Origin:
    """Where an upload comes from: whether it was ordered, and what is checked out.

    `fields` are what a release is told of it: by its `ref` it says which commit's build made it,
    or what the option `release-ref` names instead.
    """

    ordered: bool = True
    checkout: Checkout = UNKNOWN_CHECKOUT
    fields: ReleaseFields = NO_FIELDS

    @property
    def commit(self) -> str | None:
        """The commit that is checked out; None if it is not known."""
        return self.checkout.commit

    def told_of(
        self, options: Options, name: str | None, version: str | None, *, owner: str
    ) -> Origin:
        """Return it with the fields of the release of `name` and `version`.

        Raises ConfigurationError as `release_fields` does.
        """
        fields = release_fields(
            options,
            name,
            version,
            owner=owner,
            checkout=self.checkout,
            environment=os.environ,
        )
        return replace(self, fields=fields)

    def refuse_replacing(self, release: Release, names: Sequence[str]) -> None:
        """Raise ReleaseKept if the release holds other content under `names` that has to stay."""
        if not names or self.ordered or (self._made(release) and not release.finalized):
            return
        shown = ", ".join(names[:_MOST_NAMED])
        more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
        raise ReleaseKept(
            f"release {release.version} holds other content under {shown}{more}, and "
            f"{self._why(release)}: without an order nothing there is replaced, and nothing was "
            "uploaded"
        )

    def refuse_bundle(self, release: Release) -> None:
        """Raise ReleaseKept for a bundle that would take the place of another commit's."""
        if self.ordered or self._made(release):
            return
        other = release.ref is not None and self.commit is not None
        if other or release.finalized:
            raise ReleaseKept(
                f"release {release.version} is there, and {self._why(release)}: without an order "
                "no bundle takes the place of those that it has, and nothing was uploaded"
            )

    def refuse_commits(self, release: Release) -> None:
        """Raise ReleaseKept for commits that would take the place of another commit's."""
        if self.ordered or self._made(release):
            return
        if release.finalized or release.ref is not None:
            raise ReleaseKept(
                f"release {release.version} {self._why(release)}: without an order, its commits "
                "stay as they are"
            )

    def _made(self, release: Release) -> bool:
        return release.ref is not None and release.ref in {self.commit, self.fields.ref}

    def _why(self, release: Release) -> str:
        if release.finalized:
            return "is finalized"
        if release.ref is None:
            return "does not say which commit it was made from"
        this = f", not {_shown(self.fields.ref or self.commit)}" if self.commit else ""
        return f"was made from {_shown(release.ref)}{this}"


def _shown(ref: str) -> str:
    """Return a ref as it is told: of a commit, the first digits."""
    return f"commit {ref[:_SHOWN_DIGITS]}" if is_commit(ref) else ref


BY_ORDER = Origin()
