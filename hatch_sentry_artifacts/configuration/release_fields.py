"""What a release is told of where it comes from: its `ref` and `url`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hatch_sentry_artifacts.configuration.build_runs import run_page
from hatch_sentry_artifacts.configuration.checkout import Checkout
from hatch_sentry_artifacts.configuration.options import Options
from hatch_sentry_artifacts.configuration.release_name import fill
from hatch_sentry_artifacts.errors import ConfigurationError
from hatch_sentry_artifacts.sentry.releases.fields import ref_problem, url_problem

_PROBLEMS = {"url": url_problem, "ref": ref_problem}


@dataclass(frozen=True)
class ReleaseFields:
    """Fields of a release: those that the options name, and what the environment tells.

    A new release gets both. One that is there gets what the options name, where it has nothing.
    """

    named: Mapping[str, str]
    found: Mapping[str, str]

    @property
    def of_new(self) -> Mapping[str, str]:
        """The fields of a release that is created."""
        return {**self.found, **self.named}

    @property
    def ref(self) -> str | None:
        """What the release is made from."""
        return self.of_new.get("ref")


NO_FIELDS = ReleaseFields({}, {})


def release_fields(
    options: Options,
    name: str | None,
    version: str | None,
    *,
    owner: str,
    checkout: Checkout,
    environment: Mapping[str, str],
) -> ReleaseFields:
    """Return the fields of a release of `name` and `version`, of which `owner` may have none.

    What the environment tells is left out where Sentry would refuse it. Raises ConfigurationError
    for what the options name, and Sentry refuses.
    """
    templates = {"url": options.release_url, "ref": options.release_ref}
    named = {
        key: fill(f"release-{key}", template, name, version, owner=owner, hint="leave it out")
        for key, template in templates.items()
        if template is not None
    }
    problems = [
        f"release-{key}: {value!r} {problem}"
        for key, value in named.items()
        if (problem := _PROBLEMS[key](value))
    ]
    if problems:
        raise ConfigurationError(problems)
    found = {"url": run_page(environment), "ref": checkout.commit}
    usable = {key: value for key, value in found.items() if value and not _PROBLEMS[key](value)}
    return ReleaseFields(named, usable)
