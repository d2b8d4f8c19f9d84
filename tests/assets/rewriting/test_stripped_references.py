"""Scripts lose the references to maps that a wheel leaves out."""

from __future__ import annotations

from pathlib import Path

import pytest

from hatch_sentry_artifacts.assets.rewriting.shipment import prepare_shipment
from tests.assets.debug_ids.support import MAP, write


@pytest.mark.parametrize(
    ("reference", "stays"),
    [
        ("file:///home/ci/build/app.js.map", False),
        ("FILE:/home/ci/build/app.js.map", False),
        ("C:\\build\\app.js.map", False),
        ("c:/build/app.js.map", False),
        ("https://cdn.example/maps/app.js.map", True),
    ],
)
def test_a_reference_to_the_disk_of_who_built_it_goes(
    tmp_path: Path, reference: str, *, stays: bool
) -> None:
    script = f"a()\n//# sourceMappingURL={reference}\n".encode()
    folder = write(tmp_path / "project", {"app.js": script, "app.js.map": MAP})
    shipment = prepare_shipment(
        {path: folder / path for path in ("app.js", "app.js.map")},
        tmp_path / "changed",
        include=["*.js", "*.js.map"],
        exclude=[],
        paths=None,
        inject=False,
        strip=True,
    )
    assert shipment.left_out == {"app.js.map"}
    shipped = shipment.changed.get("app.js", folder / "app.js").read_bytes()
    assert (b"sourceMappingURL" in shipped) == stays
