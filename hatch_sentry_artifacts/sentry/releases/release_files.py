"""Uploads files to a release: skips those that are there, replaces those that differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from threading import Lock

from hatch_sentry_artifacts.amounts import size_text
from hatch_sentry_artifacts.assets.asset import Asset
from hatch_sentry_artifacts.errors import (
    DistributionError,
    SentryArtifactsError,
    ServerRefused,
    ServerUnreachable,
    UnexpectedResponse,
    UploadConflict,
)
from hatch_sentry_artifacts.outcome import Outcome, Status
from hatch_sentry_artifacts.parallel import run_parallel
from hatch_sentry_artifacts.sentry.releases.asides import Leftovers
from hatch_sentry_artifacts.sentry.releases.contents import Contents
from hatch_sentry_artifacts.sentry.releases.release_plan import Step
from hatch_sentry_artifacts.sentry.releases.replacing import Replacing
from hatch_sentry_artifacts.sentry.remote_file import RemoteFile

# After three files in a row without an attempt left, the server is taken for unreachable.
_GONE_AFTER = 3
# A server may close the connection for a file over its limit, while others are still possible.
_LARGE_BYTES = 8 * 1024 * 1024


def refuse_conflicts(
    steps: Sequence[Step], version: str, *, on_conflict: str, others: Sequence[str]
) -> None:
    """Raise UploadConflict for names with other content that must not be replaced.

    `others` are the projects, besides those that are configured, that the release is linked to.
    """
    names = [f"  {step.asset.name}" for step in steps if step.change == "changed"]
    if not names:
        return
    if on_conflict == "error":
        raise UploadConflict(
            f"release {version} holds other content under these names, so nothing was uploaded:",
            *names,
            'release a new version, or set on-conflict to "replace" or "keep"',
            *([_shared(others)] if others else []),
        )
    if on_conflict == "replace" and others:
        raise UploadConflict(
            f"release {version} holds other content under these names, which may be that of "
            "another package, so nothing was uploaded:",
            *names,
            _shared(others),
        )


def _shared(others: Sequence[str]) -> str:
    """Return a hint for a release that other projects share."""
    return (
        f"the release is also linked to {', '.join(others)}, since releases belong to the whole "
        'organization. Give each package its own, with `release = "{name}@{version}"`; or, '
        "if it is one package, name all of its projects in `project`"
    )


class ReleaseFiles:
    """Sends the files of one release and dist. `on_conflict` is the option of that name.

    `others` returns the projects, besides the configured ones, that the release is linked to: its
    files may be theirs, and are then never replaced. It is called again for a content that appeared
    during the upload. `leftovers` are those of earlier runs.
    """

    def __init__(
        self,
        contents: Contents,
        leftovers: Leftovers,
        *,
        on_conflict: str,
        others: Callable[[], Sequence[str]],
        workers: int,
        stop: Callable[[], None],
    ) -> None:
        self._contents = contents
        self._replacing = Replacing(contents, leftovers, self._warn)
        self._on_conflict = on_conflict
        self._others = others
        self._workers = workers
        self._stop_transport = stop
        self._lock = Lock()
        self._gone = 0
        self._stopped_by: SentryArtifactsError | None = None
        self.warnings: list[str] = []

    @property
    def refusal(self) -> ServerRefused | None:
        """The error after which the server takes no more files; None without one."""
        return self._stopped_by if isinstance(self._stopped_by, ServerRefused) else None

    def send(self, steps: Sequence[Step], done: Callable[[Outcome], None]) -> list[Outcome]:
        """Do every step, and clean up; one that fails does not stop the others.

        `done` is called for each step, in this thread.
        """
        outcomes: dict[str, Outcome] = {}
        # The largest first, so that no large one runs alone at the end.
        ordered = sorted(steps, key=lambda step: step.asset.size, reverse=True)
        sent = run_parallel(
            self._carry_out,
            ordered,
            workers=self._workers,
            name="send",
            hurry=self._stop_transport,
        )
        with closing(sent):
            for outcome in sent:
                outcomes[outcome.asset.name] = outcome
                done(outcome)
        if self._stopped_by is None:
            there = (each for each in outcomes.values() if each.status is not Status.FAILED)
            self._replacing.sweep(outcome.asset.name for outcome in there)
        return [outcomes[step.asset.name] for step in steps]

    def _carry_out(self, step: Step) -> Outcome:
        if step.same:
            return Outcome(step.asset, Status.UNCHANGED)
        if self._stopped_by is not None:
            return self._not_sent(step.asset)
        try:
            status = (
                self._upload(step.asset)
                if step.there is None
                else self._resolve(step.asset, step.there)
            )
        except ServerRefused as error:
            self._stop(error)
            return Outcome(step.asset, Status.FAILED, str(error))
        except ServerUnreachable as error:
            return self._unreachable(step.asset, error)
        except (UnexpectedResponse, DistributionError, UploadConflict) as error:
            return Outcome(step.asset, Status.FAILED, _explained(step.asset, error))
        with self._lock:
            self._gone = 0
        return Outcome(step.asset, status)

    def _upload(self, asset: Asset) -> Status:
        if self._replacing.adopt(asset):
            return Status.UPLOADED
        stored = self._contents.store(asset)
        if isinstance(stored, Status):
            return stored
        if self._on_conflict == "replace" and (others := self._others()):
            raise UploadConflict(
                f"it has other content, which may be that of another package: {_shared(others)}"
            )
        return self._resolve(asset, stored)

    def _resolve(self, asset: Asset, there: RemoteFile) -> Status:
        """Resolve a conflict with other content of the asset's name, as `on_conflict` says."""
        if self._on_conflict == "keep":
            return Status.KEPT
        if self._on_conflict == "error":
            raise UploadConflict(
                "other content was stored under this name meanwhile; release a new version, or "
                'set on-conflict to "replace" or "keep"'
            )
        return self._replacing.replace(asset, there)

    def _warn(self, message: str) -> None:
        with self._lock:
            if message not in self.warnings:
                self.warnings.append(message)

    def _unreachable(self, asset: Asset, error: ServerUnreachable) -> Outcome:
        large = asset.size >= _LARGE_BYTES
        with self._lock:
            self._gone += not large
            gone = self._gone >= _GONE_AFTER
        if gone:
            self._stop(error)
        hint = f"; its {size_text(asset.size)} may be over the server's limit" if large else ""
        return Outcome(asset, Status.FAILED, f"{error}{hint}")

    def _stop(self, error: SentryArtifactsError) -> None:
        with self._lock:
            if self._stopped_by is None:
                self._stopped_by = error
        self._stop_transport()

    def _not_sent(self, asset: Asset) -> Outcome:
        return Outcome(
            asset, Status.FAILED, f"not sent, since the upload stopped: {self._stopped_by}"
        )


def _explained(asset: Asset, error: SentryArtifactsError) -> str:
    if isinstance(error, UnexpectedResponse) and error.status == 413:
        return (
            f"the server, or a proxy before it, does not take {size_text(asset.size)} at once "
            "(413): raise its limit for uploads, or leave the file out with `exclude`"
        )
    return str(error)
