"""Whatever a wheel, a map, a file of configuration or a server holds: an error, and soon.

The counts are printed (`-s`). A crash says its number: `python -m tests.campaigns.inputs --one N`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from typing import Any

import pytest

from .extent import MOST_MEGABYTES, PYTHON, SEED, runs

_INPUTS = runs(4_000, 100_000)
_BATCH = 500
_SECONDS = 600
_UNIT = 1 if sys.platform == "darwin" else 1024  # bytes of `ru_maxrss`


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no such measure of a child's memory")
def test_no_input_crashes_hangs_or_takes_much_memory() -> None:
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    slowest, peak = 0.0, 0
    for first in range(SEED, SEED + _INPUTS, _BATCH):
        said, error, used = _run(first)
        peak = max(peak, used)
        if said is None:
            wrong.append(f"the batch from {first} on ended: {error}")
            continue
        counts.update(said["counts"])
        slowest = max(slowest, said["slowest"])
        wrong += [f"{number}: {trace}" for number, trace in said["crashes"].items()]
    for kind, count in sorted(counts.items()):
        print(f"\n{count:8} {kind}", end="")
    print(f"\n{_INPUTS:8} in all; {len(wrong)} wrong; slowest {slowest:.2f} s; peak {peak} MB")
    assert not wrong, "\n".join(wrong[:10])
    assert peak < MOST_MEGABYTES


def _run(first: int) -> tuple[dict[str, Any] | None, str, int]:
    """Run a batch; return what it said, what it wrote besides, and its peak in MB."""
    process = subprocess.Popen(
        [*PYTHON, "-m", "tests.campaigns.inputs", str(first), str(_BATCH)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    with process.stdout, process.stderr:
        out, error = process.stdout.read(), process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    megabytes = usage.ru_maxrss * _UNIT // 1_000_000
    return (json.loads(out) if process.returncode == 0 else None), error[-3000:], megabytes
