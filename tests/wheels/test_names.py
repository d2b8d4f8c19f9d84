"""Names that are inferred for published wheels: right, or told as guesses; never wrong."""

from __future__ import annotations

import pytest

from tests.wheels.names import READ, SEEN, compare
from tests.wheels.published import download

pytestmark = pytest.mark.slow
KNOWN = {**SEEN, **READ}


@pytest.mark.parametrize("requirement", KNOWN)
def test_no_name_of_a_published_wheel_is_a_wrong_guess(requirement: str) -> None:
    known = KNOWN[requirement]
    count = compare(download(requirement), known)
    assert count.wrong == 0
    knowable = any(url is not None for url in known.values())
    assert (count.right > 0) == knowable
    assert (count.told > 0) == (None in known.values())
