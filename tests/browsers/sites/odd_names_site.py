"""The site of Django, where the page knows the names of its scripts."""

from django_site import *  # noqa: F403
from django_site import TEMPLATES


def names(_request: object) -> dict[str, list[str]]:
    """Return what the page knows."""
    from shop.names import NAMES

    return {"names": NAMES}


TEMPLATES = [{**TEMPLATES[0], "OPTIONS": {"context_processors": [f"{__name__}.names"]}}]
