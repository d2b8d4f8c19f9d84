"""Reads a wheel in place, and refuses one whose contents cannot be trusted."""

from __future__ import annotations

import re
from email.parser import BytesParser
from functools import cached_property

from hatch_sentry_artifacts.assets.distribution.archive import Archive
from hatch_sentry_artifacts.errors import DistributionError

_MOST_METADATA_BYTES = 8 * 1024 * 1024
_METADATA = re.compile(r"[^/]+\.dist-info/METADATA")


class Wheel(Archive):
    """An open wheel."""

    KIND = "wheel"

    @property
    def name(self) -> str:
        """The project's name as in the metadata."""
        return self._metadata["Name"]

    @property
    def version(self) -> str:
        """The project's version as in the metadata."""
        return self._metadata["Version"]

    @cached_property
    def _metadata(self) -> dict[str, str]:
        found = [member for member in self.members if _METADATA.fullmatch(member.path)]
        if len(found) != 1:
            raise DistributionError(
                f"{self.path}: is no wheel: it holds {len(found) or 'no'} *.dist-info/METADATA"
            )
        if found[0].size > _MOST_METADATA_BYTES:
            raise DistributionError(
                f"{self.path}: {found[0].path} has {found[0].size} bytes, more than the "
                f"{_MOST_METADATA_BYTES} that are read"
            )
        with found[0].open() as content:
            headers = BytesParser().parsebytes(content.read(), headersonly=True)
        result = {key: str(headers.get(key, "")).strip() for key in ("Name", "Version")}
        for key, value in result.items():
            if not value:
                raise DistributionError(f"{self.path}: {found[0].path} says no {key}")
        return result
