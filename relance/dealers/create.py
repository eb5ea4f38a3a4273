"""Turns a slug, a name, a place and a settings file into a new dealer, or into one line that says what is wrong."""

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from relance.dealers.models import LANGUAGES, Dealer
from relance.dealers.preferences import Preferences
from relance.lib.errors import BadInput, unknown_word
from relance.lib.schema import read

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
COUNTRY = re.compile(r"[A-Z]{2}")
LONGEST_SLUG = 60


def create_dealer(  # noqa: PLR0913 a dealer has these seven parts
    slug: str, *, name: str, timezone: str, language: str, country: str, settings: Any, at: datetime
) -> Dealer:
    """A new dealer; BadInput on every fault, and when the slug is taken."""
    check_slug(slug)
    if not name.strip():
        raise BadInput("--name is empty: write the name that customers know")
    if timezone not in available_timezones():
        raise BadInput(unknown_word(gettext("time zone"), timezone, available_timezones()))
    if language not in dict(LANGUAGES):
        raise BadInput(f"unknown language '{language}', allowed: {', '.join(dict(LANGUAGES))}")
    if not COUNTRY.fullmatch(country.upper()):
        raise BadInput(f"'{country}' is not a country: write two letters, for example CA")
    preferences = read(Preferences, settings or {}, "settings")
    dealer = Dealer(
        slug=slug,
        name=name.strip(),
        timezone=ZoneInfo(timezone).key,
        language=language,
        country=country.upper(),
        settings=preferences.model_dump(mode="json", exclude_unset=True),
        created_at=at,
    )
    try:
        with transaction.atomic():
            dealer.save(force_insert=True)
    except IntegrityError:
        raise BadInput(f"there is a dealer '{slug}' already: choose another slug") from None
    return dealer


def check_slug(slug: str) -> None:
    """BadInput unless `slug` can stand in an address and name a folder."""
    if not SLUG.fullmatch(slug) or len(slug) > LONGEST_SLUG:
        raise BadInput(
            f"'{slug}' is not a slug: small letters, digits and single hyphens, "
            f"at most {LONGEST_SLUG}, for example old-mill-garage"
        )
