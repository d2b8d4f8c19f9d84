"""Endpoints of commits: those of a release, what came before it, and the repositories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, jsonify, request

from hatch_sentry_artifacts.local_server import access
from hatch_sentry_artifacts.local_server.commit_bodies import in_order
from hatch_sentry_artifacts.local_server.paging import paginate
from hatch_sentry_artifacts.local_server.responses import ApiError, internal_error, not_found

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hatch_sentry_artifacts.local_server.commit_bodies import NewCommit, Ref
    from hatch_sentry_artifacts.local_server.commit_store import Repository, StoredCommit
    from hatch_sentry_artifacts.local_server.release_store import Release

endpoints = Blueprint("commits", __name__, url_prefix="/api/0")

_PROVIDERS = {"integrations:github": "GitHub", "integrations:gitlab": "GitLab"}


@endpoints.get("/organizations/<organization>/repos/")
def list_repositories(organization: str) -> Response:
    """List the repositories of the organization by name, page by page."""
    access.require(access.REPOSITORIES)
    if organization != access.settings().organization:
        raise not_found()
    query = request.args.get("query", "")
    # None is deleted here.
    there = request.args.get("status", "active") in {"", "active"}
    repositories, links = paginate(
        lambda offset, limit: access.store().commits.repositories(
            organization, query, offset=offset, limit=limit if there else 0
        )
    )
    response = jsonify([_repository(each) for each in repositories])
    response.headers["Link"] = links
    return response


@endpoints.get("/organizations/<organization>/releases/<version>/commits/")
def list_commits(organization: str, version: str) -> Response:
    """List the commits of the release, the newest first, page by page."""
    access.require(access.RELEASES)
    release = access.find_release(organization, None, version)
    commits, links = paginate(
        lambda offset, limit: access.store().commits.of_release(release, offset=offset, limit=limit)
    )
    response = jsonify([{**commit_document(each), "releases": _of(each)} for each in commits])
    response.headers["Link"] = links
    return response


def set_commits(release: Release, commits: Sequence[NewCommit] | None) -> None:
    """Set the release's commits, unless there are none. Raises ApiError 500 as `in_order` does."""
    if commits:
        access.store().commits.set(release, in_order(list(commits)))


def set_refs(release: Release, refs: Sequence[Ref]) -> None:
    """Set the newest commits of repositories. Raises ApiError 400 for one that is unknown."""
    names = [ref.repository for ref in refs]
    if unknown := access.store().commits.unknown(release.organization, names):
        raise ApiError(400, {"refs": [f"Invalid repository names: {','.join(unknown)}"]})
    access.store().commits.set_heads(release, {ref.repository: ref.commit for ref in refs})


def clear_commits(release: Release) -> None:
    """Take all commits from the release. Raises ApiError 500 if that is not of one repository."""
    if not access.store().commits.clear(release):
        raise internal_error()


def commits_of(release: Release) -> dict[str, Any]:
    """Return what the document of a release says of its commits."""
    count, last = access.store().commits.summary(release)
    authors = {each.email: _author(each) for each in access.store().commits.of_release(release)}
    return {
        "commitCount": count,
        "lastCommit": commit_document(last) if last else None,
        "authors": [author for author in authors.values() if author],
    }


def commit_document(commit: StoredCommit) -> dict[str, object]:
    """Return the JSON of a commit."""
    return {
        "id": commit.sha,
        "message": commit.message,
        "dateCreated": commit.date_created,
        "pullRequest": None,
        "suspectCommitType": "",
        "repository": _repository(commit.repository),
        "author": _author(commit),
    }


def _author(commit: StoredCommit) -> dict[str, object]:
    return {} if commit.email is None else {"name": commit.author, "email": commit.email}


def _of(commit: StoredCommit) -> list[dict[str, object]]:
    return [
        {"version": version, "shortVersion": version}
        for version in access.store().commits.releases_of(commit)
    ]


def _repository(repository: Repository) -> dict[str, object]:
    provider = repository.provider
    name = _PROVIDERS.get(provider, provider) if provider else "Unknown Provider"
    return {
        "id": str(repository.id),
        "name": repository.name,
        "url": repository.url,
        "provider": {"id": provider or "unknown", "name": name},
        "status": "active",
        "dateCreated": repository.date_created,
        "integrationId": None,
        "externalSlug": repository.name if provider else None,
    }
