"""The commits of an upload's release: set, or shown; what is missing for that stops nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hatch_sentry_artifacts.configuration.options import Options
from hatch_sentry_artifacts.configuration.values import AUTO
from hatch_sentry_artifacts.console import Console
from hatch_sentry_artifacts.errors import SentryArtifactsError
from hatch_sentry_artifacts.sentry.api import SentryApi
from hatch_sentry_artifacts.upload_strategies.origin import Origin

# The rest is imported late: most uploads need neither git nor this.
if TYPE_CHECKING:
    from hatch_sentry_artifacts.commits.plan import Plan
    from hatch_sentry_artifacts.sentry.releases.commits import ReleaseCommits


@dataclass(frozen=True)
class CommitsStep:
    """The step of an upload that is about the commits of the release `version`."""

    version: str
    options: Options
    origin: Origin
    console: Console

    @property
    def is_wanted(self) -> bool:
        """Whether the release is to get its commits."""
        return self.options.commits == AUTO

    def send(self, api: SentryApi) -> None:
        """Set the commits, and tell how many since what, or why none."""
        from hatch_sentry_artifacts.commits.setting import carry_out, summary
        from hatch_sentry_artifacts.sentry.releases.commits import ReleaseCommits

        server = ReleaseCommits(api)

        def carry(plan: Plan) -> str:
            carry_out(plan, self.version, server)
            return summary(plan, self.version)

        self._with_plan(server, carry)

    def look(self, api: SentryApi | None) -> None:
        """Tell which commits the release would get; without `api`, as far as is known here."""
        from hatch_sentry_artifacts.commits.setting import effects, summary
        from hatch_sentry_artifacts.sentry.releases.commits import ReleaseCommits

        def show(plan: Plan) -> str:
            for line in effects(plan.commits):
                self.console.info(line)
            return summary(plan, self.version, dry_run=True)

        if self.is_wanted:
            self._with_plan(ReleaseCommits(api) if api else None, show)

    def _with_plan(self, server: ReleaseCommits | None, use: Callable[[Plan], str]) -> None:
        """Make a plan, and tell what `use` returns of it, or what is wrong."""
        from hatch_sentry_artifacts.commits.plan import Request, make_plan

        request = Request.of(self.version, self.options, self.origin.checkout)
        try:
            plan = make_plan(request, server)
            for remark in plan.remarks:
                self.console.info(remark)
            self.console.info(use(plan))
        except SentryArtifactsError as error:
            *lines, last = error.lines
            self.console.warning(*lines, f"{last}; the upload goes on")
