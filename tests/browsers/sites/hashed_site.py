"""The same site as it is in production, with the settings of the recipe."""

from django_site import *  # noqa: F403
from settings import *  # noqa: F403

DEBUG = False
