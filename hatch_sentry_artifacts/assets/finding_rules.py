"""Every rule of findings in one place: what it means, where it comes from, what helps.

The documentation's page of findings is made of this, and messages lead there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

ADDRESS = "https://hatch-sentry-artifacts.github.io/hatch-sentry-artifacts/findings/"


@dataclass(frozen=True, slots=True)
class FindingRule:
    """A rule by its `name`: `meaning` for stack traces, usual `cause`, and `cure`; in Markdown."""

    name: str
    meaning: str
    cause: str
    cure: str


FINDING_RULES = (
    FindingRule(
        "no-map",
        "Scripts have no source map, so that Sentry shows minified lines.",
        "Bundlers write no source maps unless they are told to. The message names the tool that "
        "wrote the script, if it leaves a mark.",
        "Turn the bundler's switch for source maps on; [Bundlers](bundlers.md) has it for each. "
        "Scripts that are not minified need no map. Leave out what is not yours with `exclude`.",
    ),
    FindingRule(
        "missing-map",
        "A script refers to a source map that is not among the files to upload.",
        "The build left the map out, `include`, `exclude` or `paths` do, or the comment is an "
        "old one of a library.",
        "Let the build take the map along (`artifacts` in Hatch, package data in setuptools), "
        'and set `source-maps = "strip"` if it is not to ship. Exclude the script if nobody '
        "needs its map.",
    ),
    FindingRule(
        "map-left-out",
        "The map that a script refers to is on disk, beside the script, but not in the wheel.",
        "Bundles are usually ignored by git, and build back ends leave out what git ignores; or "
        "package data names `*.js` alone.",
        'Include the map in the build: `artifacts = ["src/shop/static/*"]` in Hatch, package data '
        'in setuptools. Set `source-maps = "strip"` if users shall not get it.',
    ),
    FindingRule(
        "map-without-script",
        "A source map belongs to none of the scripts, so that no trace is resolved with it.",
        "The script was renamed, is left out, or refers to another map; or the map is that of "
        "another build.",
        "Fix the script's `sourceMappingURL` comment, or leave the map out with `exclude`.",
    ),
    FindingRule(
        "bad-map",
        "Sentry cannot read a source map, or it is not that of its script.",
        "A build that was interrupted, a map that a tool wrote over a longer one, a map of an "
        "earlier build, or JSON that is no map.",
        "Remove the build's output, and build it again.",
    ),
    FindingRule(
        "empty-map",
        "A source map has no content.",
        "A build that was interrupted, or a placeholder.",
        "Build it again, or leave it out with `exclude`.",
    ),
    FindingRule(
        "empty-script",
        "A script is empty that once had content.",
        "Only its compressed copy ships, or the build was interrupted.",
        "Ship the plain file, too: events are resolved with what browsers run, uncompressed.",
    ),
    FindingRule(
        "no-sources-content",
        "A source map lacks the texts of its sources: Sentry shows file and line, but no code.",
        "The bundler was told to leave `sourcesContent` out.",
        'Let the bundler write it (most do by default), or set `sources-content = "embed"`, '
        "which reads the texts while the wheel is built.",
    ),
    FindingRule(
        "not-utf-8",
        "A script or map is not UTF-8. Sentry does not find such a file in an artifact bundle, and "
        "may read a release file wrongly.",
        "A tool that writes Latin-1 or UTF-16.",
        "Let the build write UTF-8.",
    ),
    FindingRule(
        "not-javascript",
        "A file that is called like a script holds something else, and gets no debug id.",
        "JSON, HTML or bytecode in a `.js` file.",
        "Give it another name, or leave it out with `exclude` if no trace needs it.",
    ),
    FindingRule(
        "two-debug-ids",
        "A script registers several debug ids. Its events have the last one, so that one counts.",
        "Two tools put ids in, such as a bundler's plugin and a later step.",
        "Let only one tool make debug ids.",
    ),
    FindingRule(
        "same-debug-id",
        "Scripts of different content have one debug id: Sentry would take one map for all.",
        "A script was copied and changed after it had got its id.",
        "Let the build give each its own id, after the last change.",
    ),
    FindingRule(
        "debug-id-unused",
        "Debug ids are put into scripts, but the files are sent where nothing is found by them.",
        '`upload-as = "release-files"` together with `debug-ids = "inject"`.',
        'Leave `upload-as` out, or set it to `"artifact-bundle"`.',
    ),
    FindingRule(
        "name-guessed",
        "A script is named after its path in the wheel, but the wheel looks like an application "
        "that serves it elsewhere.",
        "The URL is computed when the application runs, so that nothing in the wheel says it.",
        "Say the prefix in [`paths`](names.md), or let events find the file by its debug id: "
        '`debug-ids = "inject"`.',
    ),
    FindingRule(
        "name-cannot-match",
        "No browser reports that name, so no event finds the file by it.",
        "A prefix in `paths` is spelled otherwise than browsers spell URLs, or Jupyter serves the "
        "folder elsewhere.",
        "Write the prefix as the message says.",
    ),
    FindingRule(
        "unused-path",
        "A key of `paths` holds no file of the wheel, so what it was meant for may be left out.",
        "A typo, or a path in the project (`src/shop/static`) instead of one in the wheel "
        "(`shop/static`).",
        "Fix the key; `upload --dry-run` shows the names that it gives.",
    ),
)


def about(rules: Iterable[str]) -> str:
    """Return the line that leads to the documentation of these rules, at least one."""
    names = sorted(set(rules))
    if len(names) == 1:
        return f"about {names[0]}: {ADDRESS}#{names[0]}"
    return f"about {', '.join(names)}: {ADDRESS}"
