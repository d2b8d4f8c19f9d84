"""Every case, in one list."""

from __future__ import annotations

from . import (
    cases_access,
    cases_addresses,
    cases_archives,
    cases_assemble,
    cases_bundle_files,
    cases_bundles,
    cases_changes,
    cases_chunks,
    cases_commits,
    cases_deploys,
    cases_downloads,
    cases_headers,
    cases_lists,
    cases_lookup,
    cases_names,
    cases_release_fields,
    cases_release_status,
    cases_releases,
    cases_uploads,
)
from .step import Case

CASES: tuple[Case, ...] = (
    *cases_addresses.CASES,
    *cases_access.CASES,
    *cases_releases.CASES,
    *cases_release_fields.CASES,
    *cases_release_status.CASES,
    *cases_deploys.CASES,
    *cases_uploads.CASES,
    *cases_names.CASES,
    *cases_headers.CASES,
    *cases_lists.CASES,
    *cases_downloads.CASES,
    *cases_changes.CASES,
    *cases_archives.CASES,
    *cases_commits.CASES,
    *cases_chunks.CASES,
    *cases_assemble.CASES,
    *cases_bundles.CASES,
    *cases_bundle_files.CASES,
    *cases_lookup.CASES,
)
