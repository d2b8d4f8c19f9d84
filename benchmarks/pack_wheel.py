"""Pack a tree of scripts and maps into a wheel."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def pack_wheel(static: Path, wheel: Path) -> None:
    """Pack `static` as bench/static/… into a valid wheel, compressed with deflate."""
    info = "bench-1.0.dist-info"
    texts = {
        "bench/__init__.py": "",
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: bench\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: benchmark\n"
        "Root-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = io.StringIO()
    rows = csv.writer(record, lineterminator="\n")
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:

        def add(name: str, content: bytes) -> None:
            member = zipfile.ZipInfo(name, date_time=(2020, 2, 2, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            archive.writestr(member, content)
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=")
            rows.writerow([name, f"sha256={digest.decode()}", len(content)])

        for path in sorted(static.rglob("*")):
            if path.is_file():
                add(f"bench/static/{path.relative_to(static).as_posix()}", path.read_bytes())
        for name, text in texts.items():
            add(name, text.encode())
        rows.writerow([f"{info}/RECORD", "", ""])
        archive.writestr(f"{info}/RECORD", record.getvalue())
