"""Writes a side file: what the upload of a wheel needs, and the wheel does not hold.

Its bytes depend only on the wheel and the options. Contents are stored as they are, so that no
version of a compressor matters, and since what carries artifacts from job to job compresses them.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from hatch_sentry_artifacts.assets.asset import Asset
from hatch_sentry_artifacts.assets.bundle.manifest import (
    MANIFEST,
    Binding,
    archive_names,
    manifest_object,
)
from hatch_sentry_artifacts.assets.bundle.zip_records import (
    MOST_BYTES,
    MOST_ENTRIES,
    STORED,
    Entry,
    directory,
    local_header,
)
from hatch_sentry_artifacts.assets.file_facts import BLOCK_BYTES
from hatch_sentry_artifacts.assets.kinds import SIDE_FILE_SUFFIX
from hatch_sentry_artifacts.assets.rewriting.staging import staged_beside
from hatch_sentry_artifacts.assets.side_file.records import (
    MOST_MANIFEST_BYTES,
    Identity,
    add_to_manifest,
    listing_of,
)
from hatch_sentry_artifacts.configuration.build_options import to_hand_on
from hatch_sentry_artifacts.configuration.options import Options
from hatch_sentry_artifacts.errors import ConfigurationError, DistributionError
from hatch_sentry_artifacts.payload import Payload

# Tags of a wheel that is the only one of its version.
_ONLY_WHEEL = {"py3-none-any", "py2.py3-none-any"}


def side_file_name(wheel: str) -> str:
    """Return the name of the side file of a wheel, by the wheel's file name.

    It is `NAME-VERSION.sentry.zip`. A version may have several wheels, for platforms, versions of
    Python or builds: theirs keep the tags.
    """
    stem = wheel.removesuffix(".whl")
    name, _, rest = stem.partition("-")
    version, _, tags = rest.partition("-")
    return (
        f"{name}-{version}{SIDE_FILE_SUFFIX}"
        if tags in _ONLY_WHEEL
        else f"{stem}{SIDE_FILE_SUFFIX}"
    )


def kept_assets(payload: Payload) -> list[Asset]:
    """Return the files whose contents the wheel does not hold."""
    held = {member.path: member.open for member in payload.distribution.members}
    return [each for each in payload.assets if held.get(each.path) is not each.open]


def write_side_file(payload: Payload, options: Options, file: Path) -> None:
    """Write the side file of a wheel to `file`, which has its old or its new content at any time.

    All assets need their CRC-32. Raises ConfigurationError if it cannot be written, or
    DistributionError if a file cannot be read, or if all is too much for a zip archive.
    """
    blocks = _side_file(payload, options)
    staged = staged_beside(file)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with staged.open("wb") as opened:
            for block in blocks:
                opened.write(block)
        staged.replace(file)
    except OSError as error:
        _remove(staged)
        raise ConfigurationError(
            f"the source maps could not be kept in {file}: {error.strerror}; fix the option "
            "`keep-maps`"
        ) from None
    except BaseException:
        _remove(staged)
        raise


def _remove(staged: Path) -> None:
    with suppress(OSError):
        staged.unlink()


def _side_file(payload: Payload, options: Options) -> Iterator[bytes]:
    """Yield the bytes of the side file."""
    distribution, target = payload.distribution, payload.target
    ordered = sorted(payload.assets, key=lambda asset: asset.name)
    named = dict(zip(archive_names(ordered), ordered, strict=True))
    kept = set(map(id, kept_assets(payload)))
    contents = {name: asset for name, asset in named.items() if id(asset) in kept}
    binding = Binding(None, (), target.release, target.dist)
    manifest = add_to_manifest(
        manifest_object(ordered, list(named), binding),
        Identity(
            distribution.label,
            distribution.name or "",
            distribution.version or "",
            listing_of(distribution.members),
        ),
        to_hand_on(options),
        named,
        contents,
    )
    entries = [_entry(name, asset) for name, asset in contents.items()]
    _refuse_too_much(entries, len(manifest))
    offset, offsets = 0, []
    for entry, asset in zip(entries, contents.values(), strict=True):
        offsets.append(offset)
        header = local_header(entry)
        yield header
        yield from _content(asset)
        offset += len(header) + entry.size
    last = Entry(MANIFEST, STORED, zlib.crc32(manifest), len(manifest), len(manifest))
    yield (tail := local_header(last) + manifest)
    yield directory([*entries, last], [*offsets, offset], offset + len(tail))


def _entry(name: str, asset: Asset) -> Entry:
    assert asset.crc32 is not None  # noqa: S101 - the caller asked for it
    return Entry(name, STORED, asset.crc32, asset.size, asset.size)


def _content(asset: Asset) -> Iterator[bytes]:
    """Yield the content. Raises DistributionError if it is not the one that was collected."""
    digest = hashlib.sha1(usedforsecurity=False)
    with asset.open() as content:
        while block := content.read(BLOCK_BYTES):
            digest.update(block)
            yield block
    if digest.hexdigest() != asset.sha1:
        raise DistributionError(
            f"{asset.path} changed while it was kept; build again and let nothing write there"
        )


def _refuse_too_much(entries: Sequence[Entry], manifest_size: int) -> None:
    size = manifest_size + sum(len(local_header(each)) + each.size for each in entries)
    too_many = len(entries) >= MOST_ENTRIES or manifest_size > MOST_MANIFEST_BYTES
    if too_many or size > MOST_BYTES:
        raise DistributionError(
            f"{len(entries)} files of {size} bytes are too much for one side file, which holds at "
            f"most {MOST_ENTRIES - 1} files and {MOST_BYTES} bytes: leave some out with `exclude`, "
            "or leave out `keep-maps`"
        )
