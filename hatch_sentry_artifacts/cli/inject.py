"""`inject`: debug ids for the scripts and source maps of a folder."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hatch_sentry_artifacts.assets.distribution.folder import NO_FILE, list_folder
from hatch_sentry_artifacts.assets.distribution.opening import members_of
from hatch_sentry_artifacts.assets.distribution.patterns import Selection
from hatch_sentry_artifacts.assets.kinds import is_script, is_script_map, is_staged
from hatch_sentry_artifacts.assets.names import HOST
from hatch_sentry_artifacts.assets.naming.inference import find_naming
from hatch_sentry_artifacts.assets.naming.naming import name_if_possible, names_if_possible
from hatch_sentry_artifacts.cli.arguments import add_options, read_context
from hatch_sentry_artifacts.console import Console, some_of
from hatch_sentry_artifacts.errors import (
    UPLOAD_FAILED,
    ConfigurationError,
    NothingToUpload,
)

if TYPE_CHECKING:
    from hatch_sentry_artifacts.assets.rewriting.injection_report import Injection, InjectionReport
    from hatch_sentry_artifacts.assets.splices import Splice

_WIDEST = 100
_MORE = "like these"


def add_parser(commands: Any, summary: str) -> None:
    """Add the command to the parser's `commands`; `summary` is its line in their list."""
    parser = commands.add_parser(
        "inject",
        usage="%(prog)s [options] FOLDER",
        help=summary,
        description="Gives each script of a folder and its source map a debug id, in place. What "
        "has one keeps it. Compressed copies and integrity hashes are kept true. Files that are "
        "neither script nor map are left alone.",
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="where the scripts lie")
    parser.add_argument(
        "--dry-run", "-n", action="store_true", help="show what would change, and change nothing"
    )
    add_options(parser, ("paths", "include", "exclude"))
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Inject; return 1 if some scripts could not get an id."""
    from hatch_sentry_artifacts.assets.rewriting.injection import inject_files

    folder: Path = parsed.folder
    if not folder.is_dir():
        raise ConfigurationError(f"{folder}: there is no such folder; wheels are injected as built")
    options = read_context(parsed).options
    top = folder.resolve()
    listing = list_folder(top)
    # So patterns hold for the same paths as in the wheel that is built from a package's folder.
    sources = {f"{top.name}/{path}": file for path, file in listing.files.items()}
    links = [
        f"{top.name}/{path}"
        for path in (*listing.links, *listing.left_alone)
        if listing.left_alone.get(path) != NO_FILE
    ]
    odd = [f"{top.name}/{path}" for path, reason in listing.left_alone.items() if reason == NO_FILE]
    sources = _sweep_leftovers(sources, dry_run=parsed.dry_run)
    selection = Selection(options.include, options.exclude)
    selected = [path for path in sources if selection.holds(path)]
    linked = [path for path in links if selection.holds(path)]
    if not any(map(is_script, selected)):
        raise NothingToUpload(
            f"{folder}: nothing to inject: looked for {', '.join(options.include)} "
            f"among its {len(sources)} files"
            + (f", and none of the {len(selected)} found is a script" if selected else "")
        )
    naming = find_naming(options.paths, members_of(sources), selected)
    result = inject_files(
        sources,
        selected,
        names=names_if_possible(selected, naming),
        # Also a map that can have no URL name gets its id.
        other_name=lambda path: (
            None
            if selection.leaves_out(path)
            else name_if_possible(path, naming) or f"{HOST}{path}"
        ),
        dry_run=parsed.dry_run,
    )
    if parsed.dry_run:
        for line in _preview(result, sources):
            console.result(line)
    for line in _counted(list(filter(selection.holds, odd)), "are no files, and were left alone"):
        console.warning(line)
    for warning in (*_warnings(result, selected, linked), *_same_ids(result.outcomes, sources)):
        console.warning(warning)
    return _conclude(result, console, dry_run=parsed.dry_run)


def _sweep_leftovers(sources: Mapping[str, Path], *, dry_run: bool) -> dict[str, Path]:
    """Delete the staged files of a run that was killed."""
    left = {path for path in sources if is_staged(path)}
    if not dry_run:
        for path in left:
            with suppress(OSError):
                sources[path].unlink()
    return {path: file for path, file in sources.items() if path not in left}


def _conclude(result: InjectionReport, console: Console, *, dry_run: bool) -> int:
    failed = [each for each in result.outcomes if each.error]
    for line in some_of([f"{each.pair.script}: {each.error}" for each in failed], more=_MORE):
        console.error(line)
    done = [each for each in result.outcomes if not each.error]
    changed = sum(1 for each in done if each.steps)
    written = len(result.written)
    got, are = ("would get", "would change") if dry_run else ("got", "changed")
    console.info(
        f"{changed} of {len(result.outcomes)} scripts {got} a debug id, {len(done) - changed} had "
        f"all; {written} files {are}" + (f"; {len(failed)} failed" if failed else "")
    )
    return UPLOAD_FAILED if failed else 0


def _warnings(result: InjectionReport, selected: list[str], linked: list[str]) -> Iterator[str]:
    from hatch_sentry_artifacts.assets.source_maps.pairing import is_named_by_content

    alone = [f"{path}: {reason}" for path, reason in result.alone.items()]
    yield from _counted(alone, "maps belong to no script, and were left as they are", "; ")
    paired = {each.pair.source_map for each in result.outcomes}
    others = [
        path for path in selected if not (is_script(path) or is_script_map(path) or path in paired)
    ]
    yield from _counted(others, "files are no scripts or maps of any, and were left as they are")
    contents = [f"{path} is {content}" for path, content in sorted(result.other_content.items())]
    yield from _counted(
        contents, "files are no JavaScript, despite their names, and were left as they are"
    )
    two = [each.pair.script for each in result.outcomes if each.other_ids]
    yield from _counted(
        two,
        "scripts register more than one debug id: their events have the last one, so that one "
        "counts; let only one tool make debug ids",
    )
    yield from _counted(linked, "symbolic links were left as they are")
    named = [path for path in result.written if is_named_by_content(path)]
    yield from _counted(
        named,
        "changed files have a hash of their former content in their names: browsers that keep a "
        "former version of such a file will not load the new one",
    )


def _counted(paths: list[str], what: str, between: str = ", ") -> Iterator[str]:
    if paths:
        shown = between.join(paths[:3]) + (f"{between}…" if len(paths) > 3 else "")
        yield f"{len(paths)} {what}: {shown}"


def _same_ids(outcomes: Iterable[Injection], sources: Mapping[str, Path]) -> Iterator[str]:
    """Yield a warning for scripts that share an id but are no copies: a bundler's mistake."""
    owners: dict[str, list[str]] = {}
    for each in outcomes:
        if each.debug_id:
            owners.setdefault(each.debug_id, []).append(each.pair.script)
    for debug_id, scripts in owners.items():
        if any(not _same(scripts[0], each, sources) for each in scripts[1:]):
            yield (
                f"{' and '.join(scripts[:3])} have the debug id {debug_id}, though they differ: "
                "Sentry cannot tell them apart; let only one tool make debug ids"
            )


def _same(one: str, other: str, sources: Mapping[str, Path]) -> bool:
    from hatch_sentry_artifacts.assets.rewriting.staging import read_source
    from hatch_sentry_artifacts.assets.scripts.comments import same_code

    return same_code(read_source(sources, one), read_source(sources, other))


def _preview(result: InjectionReport, sources: Mapping[str, Path]) -> Iterator[str]:
    for each in result.outcomes:
        yield from _changes(each.pair.script, sources, each.script_splices)
        if each.pair.source_map:
            yield from _changes(each.pair.source_map, sources, each.map_splices)
        rest = set(each.written) - {each.pair.script, each.pair.source_map}
        yield from (f"+++ {path} (compressed again)" for path in sorted(rest))
    yield from (f"+++ {path} (integrity hashes, or compressed again)" for path in result.texts)


def _changes(path: str, sources: Mapping[str, Path], splices: Iterable[Splice]) -> Iterator[str]:
    """Yield the changes as in a diff, each with line and column, shortened."""
    ordered = sorted(splices, key=lambda splice: splice.at)
    if not ordered:
        return
    from hatch_sentry_artifacts.assets.rewriting.staging import read_source

    content = read_source(sources, path)
    yield f"--- {path}"
    yield f"+++ {path}"
    for at, removed, text in ordered:
        line = content.count(b"\n", 0, at) + 1
        column = at - content.rfind(b"\n", 0, at)
        yield f"@@ line {line}, column {column} @@"
        if removed:
            yield "-" + _short(content[at : at + removed])
        yield from ("+" + _short(each) for each in text.splitlines() if each)


def _short(text: bytes) -> str:
    shown = text.decode("utf-8", "replace")
    if len(shown) <= _WIDEST:
        return shown
    return f"{shown[: _WIDEST // 2]} … {shown[-_WIDEST // 2 :]}"
