"""Words a verification: the fault first, then each script, and at the end what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from hatch_sentry_artifacts.verify.judging import Judgement, Verdict
from hatch_sentry_artifacts.verify.verification import Verification

_WORDS = {
    Verdict.RESOLVES: "resolves",
    Verdict.UNREACHABLE: "unreachable",
    Verdict.OTHER_NAME: "other name",
    Verdict.OTHER_BUILD: "other build",
    Verdict.CHANGED: "changed",
    Verdict.NOT_UPLOADED: "not uploaded",
    Verdict.NO_MAP: "no map",
    Verdict.UNRESOLVED: "unresolved",
    Verdict.UNKNOWN: "not known",
    Verdict.FOREIGN: "not yours",
}
_ADVICE = {
    Verdict.UNREACHABLE: "Let the site serve every script that its pages load.",
    Verdict.OTHER_NAME: (
        "Say the prefix under which the site serves the files in `paths`, and upload again; or let "
        'events find them by debug id: `debug-ids = "inject"`.'
    ),
    Verdict.OTHER_BUILD: (
        "Clear the caches between the site and its visitors, or wait for the end of the roll-out; "
        "and upload the wheel that is deployed, not another build of it."
    ),
    Verdict.CHANGED: (
        "Switch off what changes scripts between the server and the browser, such as a CDN's "
        "minification, for these paths."
    ),
    Verdict.NOT_UPLOADED: (
        "Upload the wheel that is deployed: `hatch-sentry-artifacts upload WHEEL`; if it was, "
        "`include`, `exclude` or `paths` left these scripts out."
    ),
    Verdict.NO_MAP: (
        "Let the bundler write source maps, and upload again; `upload --dry-run` tells what is "
        "missing."
    ),
    Verdict.UNRESOLVED: "Build scripts and maps together, and upload both again.",
}
_SHOWN_MAPS = 3
_NOTHING = "Give the address of a page that loads the scripts, or of a script."


def report_lines(found: Verification, *, everything: bool) -> Iterator[str]:
    """Yield the lines for people; foreign scripts are only counted unless `everything` is shown."""
    yield headline(found)
    yield ""
    body = list(_body(found, everything=everything))
    if body:
        yield from (*body, "")
    yield advice(found)


def _body(found: Verification, *, everything: bool) -> Iterator[str]:
    for judgement in found.judgements:
        if judgement.verdict is not Verdict.FOREIGN or everything:
            yield from _script_lines(judgement)
    foreign = sum(each.verdict is Verdict.FOREIGN for each in found.judgements)
    if foreign and not everything:
        scripts = "script" if foreign == 1 else "scripts"
        yield f"{foreign} {scripts} of other hosts, which were not uploaded"
    yield from (fault for fault in found.site.faults if fault != headline(found))
    if found.site.left_out:
        yield (
            f"{found.site.left_out} more were not fetched, since the limit of files, bytes or time "
            "is reached"
        )
    yield from _notes(found)


def headline(found: Verification) -> str:
    """Return one line: whether errors would be readable, else the worst fault."""
    if not found.own:
        faults = found.site.faults
        return faults[0] if faults else f"no script of the site's own is loaded: {_count(found)}"
    if found.says_other_release:
        said = ", ".join(found.said)
        return f"the page tells Sentry release {said}, but the files are in {found.release}"
    return _worst(found) or _sound(found)


def _worst(found: Verification) -> str | None:
    if found.faults:
        first = found.faults[0]
        rest = f" (1 of {len(found.faults)} faults)" if len(found.faults) > 1 else ""
        url = first.script.url
        told = first.reason if first.reason.startswith(url) else f"{url}: {first.reason}"
        return f"{_WORDS[first.verdict]}: {told}{rest}"
    return found.site.faults[0] if found.site.faults else None


def _sound(found: Verification) -> str:
    unknown = sum(each.verdict is Verdict.UNKNOWN for each in found.own)
    if unknown:
        return f"{unknown} of {_scripts(len(found.own))} could not be looked into, {_count(found)}"
    resolve = "resolves" if len(found.own) == 1 else "resolve"
    return f"{_scripts(len(found.own))} {resolve} in {found.label}"


def advice(found: Verification) -> str:
    """Return one sentence that says what to do."""
    if found.says_other_release:
        return f'Let `Sentry.init` say `release: "{found.release}"`, or upload to the one it says.'
    if found.faults:
        return _ADVICE[found.faults[0].verdict]
    if not found.own or found.site.faults:
        return _NOTHING
    return _advice_without_fault(found)


def _advice_without_fault(found: Verification) -> str:
    if any(each.verdict is Verdict.UNKNOWN for each in found.own):
        return (
            "To look into the files, use a token with the scope project:releases, or --from WHEEL."
        )
    if found.site.left_out:
        return "Give the addresses of other pages or scripts, to look at the rest, too."
    if found.public_maps:
        return (
            'Nothing has to be done; to keep the sources to yourself, set `source-maps = "strip"`.'
        )
    return "Nothing has to be done: the next error will be readable."


def json_object(found: Verification) -> dict[str, Any]:
    """Return the verification for programs."""
    return {
        "ok": found.ok,
        "headline": headline(found),
        "advice": advice(found),
        "release": found.release,
        "pages": [page.url for page in found.site.pages],
        "page_faults": list(found.site.faults),
        "left_out": found.site.left_out,
        "said_releases": list(found.said),
        "public_maps": list(found.public_maps),
        "summary": dict(Counter(each.verdict.value for each in found.judgements)),
        "scripts": [_as_json(each) for each in found.judgements],
    }


def _script_lines(judgement: Judgement) -> Iterator[str]:
    word = _WORDS[judgement.verdict]
    yield f"{word:12}  {judgement.script.url}"
    details = []
    if judgement.reason:
        details.append(judgement.reason.removeprefix(judgement.script.url).lstrip(": "))
    elif judgement.name:
        details.append(f"as {judgement.name}")
    if judgement.samples:
        details.append(f"{judgement.resolved} of {judgement.samples} places lead to an original")
    if judgement.debug_id:
        details.append(f"debug id {judgement.debug_id}")
    if judgement.script.by != judgement.script.url and judgement.verdict is not Verdict.RESOLVES:
        details.append(f"loaded by {judgement.script.by}")
    yield from (f"{'':14}{detail}" for detail in details)


def _notes(found: Verification) -> Iterator[str]:
    if found.own and not found.said:
        yield (
            "no page says its release as a literal: see that `Sentry.init` is given "
            f"{found.release or 'that of the upload'}"
        )
    elif found.said and not found.says_other_release:
        yield f"the pages tell Sentry release {', '.join(found.said)}"
    for address in found.public_maps[:_SHOWN_MAPS]:
        yield f"readable for anyone: {address}"
    if len(found.public_maps) > _SHOWN_MAPS:
        yield f"and {len(found.public_maps) - _SHOWN_MAPS} more source maps"


def _as_json(judgement: Judgement) -> dict[str, Any]:
    return {
        "url": judgement.script.url,
        "loaded_by": judgement.script.by,
        "verdict": judgement.verdict.value,
        "reason": judgement.reason or None,
        "name": judgement.name,
        "debug_id": judgement.debug_id,
        "samples": judgement.samples,
        "resolved": judgement.resolved,
    }


def _count(found: Verification) -> str:
    pages = len(found.site.pages)
    return f"{pages} {'page' if pages == 1 else 'pages'} and {_scripts(len(found.judgements))} seen"


def _scripts(count: int) -> str:
    return f"{count} {'script' if count == 1 else 'scripts'}"
