"""Reads the address of a remote: which repository it is, without what is secret in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from hatch_sentry_artifacts.repository.git import Git

# In this order: of a fork, `upstream` is what it was made of.
_PREFERRED = ("upstream", "origin")
_SCHEME = re.compile(r"(?:git\+)?(?:https?|ssh|git|ftps?)(?:\+ssh)?://", re.IGNORECASE)
# `git@host:owner/name`, but no path of Windows, whose drive is one letter.
_SCP = re.compile(r"(\[[^\]]+\]|[\w.-]{2,}):(?!//|:)(.+)")
_AZURE = re.compile(r"(?:v3/)?(?:[^/]+/)?(?!_git/)([^/]+)/(?:_git/)?([^/]+)", re.IGNORECASE)
# Bitbucket's own servers have clones below scm/.
_BITBUCKET = re.compile(r"projects/([^/]+)/repos/([^/]+)(?:/.*)?", re.IGNORECASE)
_BITBUCKET_CLONE = re.compile(r"scm/(?=[^/]+/[^/]+\Z)", re.IGNORECASE)
# Some hosts have another name for ssh.
_SSH_HOST = re.compile(r"(?:alt)?ssh\.(?=.+\..)")
_AZURE_HOST = re.compile(r"(?:.*\.)?dev\.azure\.com|.*\.visualstudio\.com", re.IGNORECASE)


@dataclass(frozen=True)
class RemoteRepository:
    """A repository: its `name`, as `owner/name`, and its `host`, None where only that is known."""

    name: str
    host: str | None = None

    @property
    def key(self) -> str:
        """The name without case, and without the spaces that Sentry shows around a slash."""
        return re.sub(r"\s*/\s*", "/", self.name).strip().lower()


def read_address(address: str) -> RemoteRepository | None:
    """Return the repository at an address; None for a path, or what is none.

    What stands before the host, and after the path, may be secret: it is not looked at.
    """
    text = address.strip()
    scheme = _SCHEME.match(text)
    if scheme:
        rest = re.split(r"[?#]", text[scheme.end() :], maxsplit=1)[0]
        host, _, path = rest.rpartition("@")[2].partition("/")
        host = re.sub(r":\d*$", "", host)
    elif scp := _SCP.fullmatch(text.rpartition("@")[2]):
        host, path = scp[1], re.split(r"[?#]", scp[2], maxsplit=1)[0]
    else:
        return None
    shown = "".join(character for character in unquote(path) if character.isprintable())
    name = _name(host.lower(), shown)
    return RemoteRepository(name, _host(host)) if name and host else None


def read_name(text: str) -> RemoteRepository:
    """Return the repository that a user or CI service names, by its name or by its address."""
    # What only looks like an address may have a secret before its host, too.
    name = text.rpartition("@")[2] if "://" in text else text
    return read_address(text) or RemoteRepository(name.strip().strip("/"))


def remote_address(git: Git) -> str | None:
    """Return the address of the remote that the repository belongs to, as it is configured.

    It may hold secrets.
    """
    said = git.answer("config", "--null", "--get-regexp", r"^remote\..*\.url$")
    pairs = (each.partition("\n") for each in (said or "").split("\0") if each)
    addresses: dict[str, str] = {}
    for key, _, value in pairs:
        addresses.setdefault(key.removeprefix("remote.").removesuffix(".url"), value)
    for name in _PREFERRED:
        if name in addresses:
            return addresses[name]
    return next(iter(addresses.values())) if len(addresses) == 1 else None


def _name(host: str, path: str) -> str:
    path = path.strip("/").removesuffix(".git").strip("/")
    if _AZURE_HOST.fullmatch(host) and (azure := _AZURE.fullmatch(path)):
        return f"{azure[1]}/{azure[2]}"
    if bitbucket := _BITBUCKET.fullmatch(path):
        return f"{bitbucket[1]}/{bitbucket[2]}"
    return _BITBUCKET_CLONE.sub("", path, count=1)


def _host(host: str) -> str:
    host = _SSH_HOST.sub("", host.lower(), count=1)
    return "dev.azure.com" if _AZURE_HOST.fullmatch(host) else host
