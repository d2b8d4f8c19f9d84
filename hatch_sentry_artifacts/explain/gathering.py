"""Gathers the artifacts to search for a URL or debug id, in a wheel, folder or server."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from hatch_sentry_artifacts.assets.asset import Asset
from hatch_sentry_artifacts.assets.collect import collect
from hatch_sentry_artifacts.assets.debug_ids.uuids import canonical
from hatch_sentry_artifacts.assets.distribution.opening import Distribution, open_distribution
from hatch_sentry_artifacts.assets.original_sources.embedding import open_embedding
from hatch_sentry_artifacts.assets.original_sources.source_tree import tree_of_folder
from hatch_sentry_artifacts.assets.side_file.reading import SideFile
from hatch_sentry_artifacts.configuration.options import ARTIFACT_BUNDLE, Options
from hatch_sentry_artifacts.configuration.release_name import ReleaseName
from hatch_sentry_artifacts.configuration.values import AUTO
from hatch_sentry_artifacts.errors import NotOffered
from hatch_sentry_artifacts.explain.artifacts import Artifact, Artifacts, EventBundle, Kind
from hatch_sentry_artifacts.explain.contents import Contents
from hatch_sentry_artifacts.explain.remote_bundles import RemoteBundles
from hatch_sentry_artifacts.sentry.api import SentryApi
from hatch_sentry_artifacts.sentry.bundles.bundle_listing import BundleListing
from hatch_sentry_artifacts.sentry.holdings import read_holdings
from hatch_sentry_artifacts.sentry.remote_file import RemoteFile


@contextmanager
def distribution_artifacts(
    path: Path, options: Options, debug_id: str | None, side_file: Path | None = None
) -> Iterator[Artifacts]:
    """Yield what an upload of the wheel or folder at `path` would send, readable in the context.

    That is, with its `side_file`, if there is one. Whatever the release and dist. Raises
    SentryArtifactsError as an upload would.
    """
    with ExitStack() as stack:
        distribution = stack.enter_context(open_distribution(path))
        if side_file is None:
            assets = _collected(path, distribution, options, stack)
        else:
            assets = stack.enter_context(SideFile(side_file)).assets(distribution)
        contents = Contents()
        files = tuple(_local_artifact(asset, contents) for asset in assets)
        label = f"the files that an upload of {distribution.label} would send"
        if debug_id is None and not _may_be_bundle(options, assets):
            yield Artifacts(label, files)
            return
        bundle = EventBundle(None, None, files)
        has_it = any(file.debug_id == debug_id for file in files)
        yield Artifacts(
            label,
            (),
            bundles=(bundle,),
            debug_id=debug_id,
            identified=bundle if debug_id is not None and has_it else None,
        )


def _collected(
    path: Path, distribution: Distribution, options: Options, stack: ExitStack
) -> Sequence[Asset]:
    tree = tree_of_folder(path) if path.is_dir() else None
    wanted = options.sources_content == "embed"
    return collect(
        distribution,
        include=options.include,
        exclude=options.exclude,
        paths=options.paths,
        embedding=stack.enter_context(open_embedding(tree, wanted=wanted)),
    ).assets


def server_artifacts(
    api: SentryApi,
    target: ReleaseName,
    debug_id: str | None,
    *,
    workers: int,
    notice: Callable[[str], None],
) -> Artifacts:
    """Return what the server holds for the release, seen from the dist, and for the debug id.

    The files are read through `api` when they are needed. `notice` is called for what the server
    does not list. Raises SentryArtifactsError as `read_holdings` does.
    """
    contents = Contents()
    bundles = RemoteBundles(BundleListing(api, workers), contents)
    identified = bundles.identified_bundle(debug_id) if debug_id is not None else None
    holdings = read_holdings(
        api, bundles.listing, target.release, workers, notice, required=identified is None
    )
    if holdings.only_base_names:
        raise NotOffered(
            f"{api.connection.url} does not tell what the scripts and maps that it has hold, so "
            "how it resolves a frame is not known: `hatch-sentry-artifacts list` shows which "
            "scripts it has a map for, and --from looks into a wheel instead"
        )
    dist = f"dist {target.dist}" if target.dist else "no dist"
    return Artifacts(
        f"release {target.release}, {dist}, of {api.connection}",
        tuple(
            _remote_artifact(api, target.release, file, contents) for file in holdings.files or ()
        ),
        target.release,
        target.dist,
        bundles.release_bundles(target.release, holdings.bundles or ()),
        debug_id,
        identified,
    )


def local_bundles(artifacts: Artifacts) -> Callable[[str], EventBundle | None]:
    """Return what finds a debug id among what an upload of a wheel or folder would send."""
    files = artifacts.files or tuple(file for each in artifacts.bundles for file in each.files)
    bundle = EventBundle(None, None, files)

    def find_bundle(debug_id: str) -> EventBundle | None:
        return bundle if any(file.debug_id == debug_id for file in files) else None

    return find_bundle


def _may_be_bundle(options: Options, assets: Sequence[Asset]) -> bool:
    """Return whether an upload would make a bundle of the files."""
    if options.upload_as == AUTO:
        return any(asset.registers_id for asset in assets)
    return options.upload_as == ARTIFACT_BUNDLE


def _local_artifact(asset: Asset, contents: Contents) -> Artifact:
    return Artifact(
        asset.name,
        None,
        asset.size,
        asset.headers,
        contents.keeping(partial(_content, asset)),
        # Whatever has a debug id and is no map counts as a script in a bundle.
        kind=(Kind.MAP if asset.is_map else Kind.SCRIPT).value,
        debug_id=canonical(asset.debug_id) if asset.debug_id else None,
        sha1=asset.sha1,
    )


def _content(asset: Asset) -> bytes:
    with asset.open() as opened:
        return opened.read()


def _remote_artifact(
    api: SentryApi, release: str, file: RemoteFile, contents: Contents
) -> Artifact:
    read = contents.keeping(partial(api.download_release_file, release, file.id))
    return Artifact(
        file.name, file.dist, file.size, file.headers, read, date=file.date, sha1=file.sha1
    )
