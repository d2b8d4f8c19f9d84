"""Every failure that a user can meet: a root class, and a class per kind with its exit code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

UPLOAD_FAILED = 1
USAGE = 2
REFUSED = 3
NOTHING_TO_UPLOAD = 4


class SentryArtifactsError(Exception):
    """The root: its message says what happened, where, and what to do; it never holds a token.

    `lines` are those of the message: whatever line ends are in one of them are foreign. `hint` is
    what to do besides, where only a caller knows it.
    """

    exit_code: ClassVar[int] = UPLOAD_FAILED

    def __init__(self, *lines: str) -> None:
        self.lines = lines
        self.hint = ""
        super().__init__("\n".join(lines))


class ConfigurationError(SentryArtifactsError):
    """Options, environment or command line are wrong; `problems` holds one line each."""

    exit_code = USAGE

    def __init__(self, problems: str | Sequence[str]) -> None:
        self.problems = (problems,) if isinstance(problems, str) else tuple(problems)
        super().__init__(*self.problems)


class CredentialsMissing(ConfigurationError):
    """No token, organization or project is known; a build that was not told to upload skips it."""


class ReleaseMissing(ConfigurationError):
    """The server has no such release."""


class ReleaseInUse(SentryArtifactsError):
    """The server does not delete a release that something else on it needs."""

    exit_code = REFUSED


class DistributionError(SentryArtifactsError):
    """A wheel or folder that cannot be read, or holds what cannot be uploaded safely."""

    exit_code = USAGE


class NamesError(SentryArtifactsError):
    """Files whose URL names collide or cannot be formed."""

    exit_code = USAGE


class ValidationError(SentryArtifactsError):
    """Findings about scripts and maps that `validate = "error"` does not let pass."""


class NothingToUpload(SentryArtifactsError):
    """No file of the distribution is selected."""

    exit_code = NOTHING_TO_UPLOAD


class ServerUnreachable(SentryArtifactsError):
    """No usable response, after every retry: connection faults, time-outs, 5xx, rate limits."""


class UnexpectedResponse(SentryArtifactsError):
    """A response that Sentry does not send here; `status` is its HTTP status."""

    def __init__(self, message: str, *, status: int) -> None:
        super().__init__(message)
        self.status = status


class NotFound(UnexpectedResponse):
    """404: the resource does not exist, or is hidden from this token."""


class AlreadyExists(UnexpectedResponse):
    """409: the release holds a file of that name and dist already.

    `maybe_applied`: an earlier attempt of the same request may have stored it.
    """

    def __init__(self, message: str, *, maybe_applied: bool) -> None:
        super().__init__(message, status=409)
        self.maybe_applied = maybe_applied


class ServerRefused(SentryArtifactsError):
    """The server knows no such token, organization or project, or does not let the token do it."""

    exit_code = REFUSED


class NotSentry(ServerRefused):
    """The url is not that of a Sentry server, nor of one like it."""


class FilesHidden(ServerRefused):
    """The server does not let the token look into files."""


class NotOffered(ServerRefused):
    """The server has no such way to upload; the message names the one that it has."""


class BundleRejected(SentryArtifactsError):
    """The server could not assemble the bundle, or not in time."""


class UploadIncomplete(SentryArtifactsError):
    """Some files are not on the server; the report says which."""


class UploadConflict(UploadIncomplete):
    """The release holds other content under a name, and `on-conflict = "error"`."""


class ReleaseKept(SentryArtifactsError):
    """A build that nobody ordered would change what a release holds; the build goes on."""


class HistoryError(SentryArtifactsError):
    """The commits of a release are not known: no git, no repository, or too little of its history.

    No upload fails for it.
    """

    exit_code = NOTHING_TO_UPLOAD


class OutputError(SentryArtifactsError):
    """The output of a command cannot be written."""
