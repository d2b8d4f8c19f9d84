"""What is sent compressed is what was compressed, by whichever compressor is installed."""

from __future__ import annotations

import gzip as standard

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hatch_sentry_artifacts.sentry.http import compression


@given(content=st.binary(max_size=3000), compressible=st.booleans())
def test_content_comes_back(*, content: bytes, compressible: bool) -> None:
    packed = compression.gzip(content, compressible=compressible)
    assert standard.decompress(packed) == content


@pytest.mark.parametrize("fast", [False, True])
def test_what_compresses_gets_smaller_and_what_does_not_is_wrapped(
    monkeypatch: pytest.MonkeyPatch, *, fast: bool
) -> None:
    if fast:
        pytest.importorskip("isal")
    monkeypatch.setattr(compression, "_HAS_ISAL", fast)
    content = b'{"mappings":"AAAA,IAAI"}' * 5000
    packed = compression.gzip(content, compressible=True)
    assert len(packed) < len(content) / 20
    assert standard.decompress(packed) == content
    wrapped = compression.gzip(content, compressible=False)
    assert len(content) < len(wrapped) < len(content) + 100
    assert standard.decompress(wrapped) == content
