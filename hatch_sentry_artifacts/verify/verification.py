"""Verifies a site as a whole: its scripts, the release that it tells, and what it shows to all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from hatch_sentry_artifacts.assets.scripts.sdk_release import releases_said
from hatch_sentry_artifacts.assets.source_maps.references import is_inline
from hatch_sentry_artifacts.explain.urls import candidates, map_url
from hatch_sentry_artifacts.verify.addresses import origin, web_address
from hatch_sentry_artifacts.verify.exploration import (
    Exploration,
    SeenPage,
    SeenScript,
    explore,
)
from hatch_sentry_artifacts.verify.judging import (
    FAULTS,
    Judgement,
    Truth,
    Verdict,
    judge,
    map_reference,
)
from hatch_sentry_artifacts.verify.site import Site, SiteFault

_MOST_READ = 8 * 1024 * 1024
_MOST_SAID = 10


@dataclass(frozen=True)
class Verification:
    """What came of it. `said` are the releases that pages tell Sentry, where they are literals.

    `public_maps` are addresses of source maps that anyone can read.
    """

    label: str
    release: str | None
    site: Exploration
    judgements: Sequence[Judgement]
    said: Sequence[str]
    public_maps: Sequence[str]

    @property
    def own(self) -> Sequence[Judgement]:
        """The judgements of the site's own scripts."""
        return [each for each in self.judgements if each.verdict is not Verdict.FOREIGN]

    @property
    def faults(self) -> Sequence[Judgement]:
        """Those that are no good, the worst kind first."""
        order = list(Verdict)
        found = [each for each in self.judgements if each.verdict in FAULTS]
        return sorted(found, key=lambda each: order.index(each.verdict))

    @property
    def says_other_release(self) -> bool:
        """Whether the pages say a release, but none says the one that is verified."""
        return bool(self.said) and self.release is not None and self.release not in self.said

    @property
    def ok(self) -> bool:
        """Whether the next error of each script would be readable."""
        bad = self.faults or self.site.faults or self.says_other_release
        return not bad and bool(self.own)


def verify(
    given: Sequence[str], site: Site, truth: Truth, *, release: str | None, most_pages: int
) -> Verification:
    """Open the `given` URLs and judge all scripts that they load; `release` is None if unknown."""
    seen = explore(given, site, truth.names, most_pages)
    own = [
        script
        for script in seen.scripts
        if origin(script.url) in seen.origins or not truth.names.isdisjoint(candidates(script.url))
    ]
    return Verification(
        truth.artifacts.label,
        release,
        seen,
        [judge(script, truth, own=script in own) for script in seen.scripts],
        tuple(islice(dict.fromkeys(_releases(seen.pages, own)), _MOST_SAID)),
        tuple(_public_maps(own, site)),
    )


def _releases(pages: Sequence[SeenPage], scripts: Sequence[SeenScript]) -> Sequence[str]:
    texts = [page.inline for page in pages]
    texts += [script.fetched.content for script in scripts if script.fetched]
    return [
        release
        for text in texts
        if len(text) <= _MOST_READ and (b"release" in text or b"SENTRY_RELEASE" in text)
        for release in releases_said(text.decode("utf-8", "replace"))
    ]


def _public_maps(scripts: Sequence[SeenScript], site: Site) -> Sequence[str]:
    """Return the addresses of maps that the site gives to anyone who follows its references."""
    found = []
    for script in scripts:
        reference = map_reference(script)
        if reference is None or is_inline(reference):
            continue
        address = web_address(map_url(script.url, reference))
        if not address or address in found:
            continue
        try:
            content = site.fetch(address).content
        except SiteFault:
            continue
        if b'"mappings"' in content or b'"sections"' in content:
            found.append(address)
    return found
