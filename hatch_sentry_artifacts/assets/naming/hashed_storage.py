"""The hint on storages of Django that put hashes into names after the wheel is built."""

from __future__ import annotations

from collections.abc import Sequence

from hatch_sentry_artifacts.assets.asset import Asset
from hatch_sentry_artifacts.assets.naming.rules import DJANGO_APP, DJANGO_FOLDER

_COLLECTED = frozenset({DJANGO_APP.name, DJANGO_FOLDER.name})
_HINT = (
    "projects that let Django or WhiteNoise put hashes into the names of static files "
    "(ManifestStaticFilesStorage) find these scripts only by debug ids: set `debug-ids = "
    '"inject"`, or upload STATIC_ROOT after collectstatic'
)


def hint_on_hashes(assets: Sequence[Asset]) -> str:
    """Return the hint if scripts of Django's apps register no debug ids, else "".

    A wheel cannot tell which storage the projects that install it use.
    """
    needs_names = any(
        asset.rule in _COLLECTED and not (asset.is_map or asset.registers_id) for asset in assets
    )
    return _HINT if needs_names else ""
