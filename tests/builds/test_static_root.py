"""What Django's `collectstatic` leaves: hashed names of scripts and maps, below STATIC_URL."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from hatch_sentry_artifacts.assets.collect import collect
from hatch_sentry_artifacts.assets.distribution.opening import open_distribution
from hatch_sentry_artifacts.configuration.options import DEFAULT_PATTERNS

PROGRAM = """
import sys
import django
from django.conf import settings
from django.core.management import call_command

settings.configure(
    STATIC_URL="/assets/",
    STATIC_ROOT=sys.argv[2],
    STATICFILES_DIRS=[sys.argv[1]],
    INSTALLED_APPS=["django.contrib.staticfiles"],
    STORAGES={"staticfiles": {"BACKEND": sys.argv[3]}},
)
django.setup()
call_command("collectstatic", interactive=False)
"""
SOURCE_MAP = '{"version":3,"sources":["a.ts"],"sourcesContent":["a();"],"mappings":"AAAA"}'
HASH = re.compile(r"\.[0-9a-f]{12}(?=\.)")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "storage"),
    [
        ("django", "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"),
        ("whitenoise", "whitenoise.storage.CompressedManifestStaticFilesStorage"),
    ],
)
def test_hashed_scripts_have_their_hashed_maps(module: str, storage: str, tmp_path: Path) -> None:
    pytest.importorskip("django")
    pytest.importorskip(module)
    folder = tmp_path / "static" / "shop"
    folder.mkdir(parents=True)
    (folder / "app.js").write_text("a();\n//# sourceMappingURL=app.js.map\n", "utf-8")
    (folder / "app.js.map").write_text(SOURCE_MAP, "utf-8")
    root = tmp_path / "root"
    command = [sys.executable, "-c", PROGRAM, str(folder.parent), str(root), storage]
    subprocess.run(command, check=True, capture_output=True, timeout=120)

    with open_distribution(root) as distribution:
        found = collect(distribution, include=DEFAULT_PATTERNS, paths={"root": "~/assets"})
        inferred = collect(distribution, include=DEFAULT_PATTERNS)

    assert not found.findings
    hashed = [each for each in found.assets if HASH.search(each.name)]
    assert sorted(HASH.sub("", each.name) for each in hashed) == [
        "~/assets/shop/app.js",
        "~/assets/shop/app.js.map",
    ]
    script, source_map = sorted(hashed, key=lambda each: each.is_map)
    assert f"~/assets/shop/{script.headers['Sourcemap']}" == source_map.name
    # Without `paths`, for Django's own default.
    assert {each.name.replace("~/static/", "~/assets/") for each in inferred.assets} == {
        each.name for each in found.assets
    }
