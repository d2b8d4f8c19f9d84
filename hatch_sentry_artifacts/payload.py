"""What an upload is to bring: the files of a distribution, named and read, and their release."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hatch_sentry_artifacts.assets.asset import Asset
from hatch_sentry_artifacts.assets.collect import Collection, collect
from hatch_sentry_artifacts.assets.distribution.opening import (
    Distribution,
    add_files,
    open_distribution,
)
from hatch_sentry_artifacts.assets.finding_rules import about
from hatch_sentry_artifacts.assets.findings import first_of_each_rule
from hatch_sentry_artifacts.assets.original_sources.embedding import Embedding, open_embedding
from hatch_sentry_artifacts.configuration.options import ARTIFACT_BUNDLE, Options
from hatch_sentry_artifacts.configuration.release_name import ReleaseName, release_name
from hatch_sentry_artifacts.console import Console, some_of
from hatch_sentry_artifacts.errors import ConfigurationError, ValidationError
from hatch_sentry_artifacts.upload_strategies.expected import may_be_bundle, useless_ids

if TYPE_CHECKING:
    from hatch_sentry_artifacts.assets.original_sources.source_tree import SourceTree
    from hatch_sentry_artifacts.assets.rewriting.shipment import Shipment


@dataclass(frozen=True)
class Content:
    """What to upload, and how.

    `name` and `version` stand in for those that a folder does not have. `shipment` has the files
    that the wheel does not hold, `source_tree` the project that its files come from. Instead of
    both, `side_file` has what a build kept of them.
    """

    path: Path
    options: Options
    name: str | None = None
    version: str | None = None
    shipment: Shipment | None = None
    source_tree: SourceTree | None = None
    side_file: Path | None = None

    def target(self, distribution: Distribution) -> ReleaseName:
        """Return the release of the distribution. Raises ConfigurationError."""
        return release_name(
            self.options,
            distribution.name or self.name,
            distribution.version or self.version,
            owner=distribution.label,
            hint="upload the wheel",
        )

    @property
    def is_stripped(self) -> bool:
        """Whether the build of the wheel left its maps out, and they are not here."""
        kept = self.shipment is not None or self.side_file is not None
        return self.options.source_maps == "strip" and not kept and self.path.is_file()


@dataclass(frozen=True)
class Payload:
    """The files of `distribution`, as it was built, and the release that is to hold them."""

    distribution: Distribution
    target: ReleaseName
    assets: Sequence[Asset]


@contextmanager
def open_payload(
    content: Content, console: Console, *, everything: bool = False, needs_crc32: bool = False
) -> Iterator[Payload]:
    """Yield the payload, readable as long as the context lasts; show what is wrong with its files.

    With `everything`, also show which rules gave the names. Raises SentryArtifactsError.
    """
    with open_distribution(content.path) as packed:
        target = content.target(packed)
        if content.side_file is not None:
            # Imported late, since most uploads have none.
            from hatch_sentry_artifacts.assets.side_file.reading import SideFile

            with SideFile(content.side_file) as side_file:
                yield Payload(packed, target, side_file.assets(packed))
            return
        wanted = content.options.sources_content == "embed"
        shipment = content.shipment
        with open_embedding(content.source_tree, wanted=wanted) as embedding:
            whole = add_files(packed, shipment.unshipped) if shipment else packed
            collection = _collect(whole, content, embedding, console, needs_crc32=needs_crc32)
            _refuse_scripts_alone(content, whole, collection)
            if everything or console.verbosity > 0:
                for line in filter(None, (*collection.about_names, collection.hint)):
                    console.info(line)
            yield Payload(packed, target, collection.assets)


def _collect(
    distribution: Distribution,
    content: Content,
    embedding: Embedding,
    console: Console,
    *,
    needs_crc32: bool,
) -> Collection:
    options = content.options
    collection = collect(
        distribution,
        include=options.include,
        exclude=options.exclude,
        paths=options.paths,
        maps=content.shipment.maps if content.shipment else None,
        embedding=embedding,
        needs_crc32=needs_crc32 or options.upload_as == ARTIFACT_BUNDLE,
    )
    for line in some_of(collection.left_alone, more="files like these"):
        console.warning(f"{line}; it was left alone")
    # Whether the build of a stripped wheel had maps is said elsewhere.
    found = [
        each for each in collection.findings if each.rule != "no-map" or not content.is_stripped
    ]
    found += useless_ids(options, collection.assets)
    findings = [str(finding) for finding in found]
    if findings and options.validate == "error":
        raise ValidationError(
            f'nothing was uploaded, since `validate` is "error" and {distribution.label} has',
            *(f"  {finding}" for finding in findings),
            about(finding.rule for finding in found),
        )
    if options.validate == "warn":
        for line in first_of_each_rule(found, everything=console.verbosity > 0):
            console.warning(line)
        if found:
            console.info(about(finding.rule for finding in found))
        if collection.note:
            console.info(f"{distribution.label}: {collection.note}")
    return collection


def _refuse_scripts_alone(
    content: Content, distribution: Distribution, collection: Collection
) -> None:
    """Raise ConfigurationError for a wheel whose build left its maps out, as a bundle.

    Sentry answers with the newest bundle that has a script, whatever an older one has besides.
    """
    if (
        may_be_bundle(content.options, collection.assets)
        and content.is_stripped
        and not any(asset.is_script_map for asset in collection.assets)
    ):
        raise ConfigurationError(
            f"{distribution.label} was built without its source maps, and a bundle of its scripts "
            "alone would take the place of the one that its build uploaded with them: pass the "
            "side file that the build kept (`keep-maps`), NAME-VERSION.sentry.zip, or build the "
            "wheel again where the maps are missing, see `hatch-sentry-artifacts list`. If there "
            "never were any maps, pass --source-maps ship"
        )
