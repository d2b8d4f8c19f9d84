"""`name-guessed`: the last rule named a file of what looks like an application."""

from __future__ import annotations

import pytest

from hatch_sentry_artifacts.assets.asset import Finding
from hatch_sentry_artifacts.assets.collect import collect
from hatch_sentry_artifacts.assets.distribution.opening import Distribution
from hatch_sentry_artifacts.assets.naming.naming import Prefixes
from hatch_sentry_artifacts.configuration.options import DEFAULT_PATTERNS
from tests.assets.naming.support import members_of, metadata

ID = "0f9a1c2e-1111-4222-8333-444455556666"
REGISTERED = (
    '!function(){try{var e="undefined"!=typeof window?window:{},n=(new e.Error).stack;'
    f'n&&(e._sentryDebugIds=e._sentryDebugIds||{{}},e._sentryDebugIds[n]="{ID}")}}catch(e){{}}}}();'
)
FLASK = metadata("Requires-Dist: Flask>=3")
SCRIPTS = {"shop/web/a.js": "a()", "shop/web/b.js": "b()"}


def guesses(files: dict[str, str], paths: Prefixes | None = None) -> list[Finding]:
    distribution = Distribution("shop.whl", members_of(files), "shop", "1.0")
    found = collect(distribution, include=DEFAULT_PATTERNS, paths=paths).findings
    return [each for each in found if each.rule == "name-guessed"]


def test_one_finding_names_all_scripts_and_the_framework() -> None:
    (found,) = guesses({**SCRIPTS, **FLASK})
    assert (found.path, found.others) == ("shop/web/a.js", ("shop/web/b.js",))
    assert "requires flask" in found.message
    assert "`paths`" in found.message


@pytest.mark.parametrize(
    "lines",
    [(), ("Requires-Dist: attrs",), ("Requires-Dist: Flask; extra == 'web'",)],
)
def test_what_is_no_application_has_no_guesses(lines: tuple[str, ...]) -> None:
    assert guesses({**SCRIPTS, **metadata(*lines)}) == []


def test_a_name_that_paths_says_is_no_guess() -> None:
    assert guesses({**SCRIPTS, **FLASK}, {"shop/web": "~/x"}) == []


def test_a_script_that_registers_its_id_needs_no_name() -> None:
    assert guesses({"shop/web/a.js": REGISTERED, **FLASK}) == []


def test_a_copy_of_a_script_with_a_sure_name_is_no_guess() -> None:
    application = "app = Flask(__name__)"
    files = {"shop/__init__.py": application, "shop/static/a.js": "a()", "shop/copy/a.js": "a()"}
    assert guesses({**files, **FLASK}) == []


def test_what_nobody_can_say_is_left_to_debug_ids() -> None:
    (found,) = guesses({**SCRIPTS, **metadata("Requires-Dist: dash")})
    assert "; let events find it by its debug id" in found.message
    assert "`paths`" not in found.message
