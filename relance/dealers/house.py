"""Turns a dealer into one typed object with every setting there is, and a changed one into a new version of it."""

from datetime import datetime
from typing import Any, Literal, Self
from zoneinfo import available_timezones

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from pydantic import Field, field_validator, model_validator

from relance.dealers.audit import changed
from relance.dealers.hours import unknown_holidays
from relance.dealers.models import Dealer, SettingsVersion
from relance.dealers.preferences import Preferences
from relance.lib.errors import unknown_word

OWN_COLUMNS = ("name", "timezone", "language", "country")


class House(Preferences):
    """The preferences, and what stands in columns of its own."""

    name: str = Field(min_length=1, max_length=200, description=_("The name customers know."))
    timezone: str = Field(description=_("The time zone in which you open and close, for example America/Toronto."))
    language: Literal["en", "fr", "es", "et"] = Field("en", description=_("The language in which you write."))
    country: str = Field("CA", pattern=r"^[A-Z]{2}$", description=_("Two letters; law and holidays follow from it."))

    @field_validator("timezone")
    @classmethod
    def _is_a_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError(unknown_word(gettext("time zone"), value, available_timezones()))
        return value

    @model_validator(mode="after")
    def _knows_its_holidays(self) -> Self:
        chosen = self.closed_days.public_holidays
        unknown = unknown_holidays(self.country, self.region, chosen) if isinstance(chosen, list) else []
        if unknown:
            raise ValueError(unknown[0])
        return self


def stored(dealer: Dealer) -> dict[str, Any]:
    """Every setting that was made, as a file has it; defaults are left out."""
    return {**dealer.settings, **{name: getattr(dealer, name) for name in OWN_COLUMNS}}


@transaction.atomic
def save(dealer: Dealer, house: House, *, by: str, at: datetime) -> tuple[dict[str, Any], dict[str, Any]]:
    """Make these the dealer's settings, as a new version; returns what differs, before and after."""
    dealer = Dealer.objects.select_for_update().get(pk=dealer.pk)
    present, wanted = _plain(House.model_validate(stored(dealer))), _plain(house)
    before, after = changed(present, wanted)
    if not before and not after:
        return before, after
    last = SettingsVersion.objects.of(dealer).aggregate(last=Max("number"))["last"] or 0
    if not last:  # as it was before anything was changed here
        _keep(dealer, 1, present, by="", at=dealer.created_at)
        last = 1
    _keep(dealer, last + 1, wanted, by=by, at=at)
    for name in OWN_COLUMNS:
        setattr(dealer, name, wanted[name])
    dealer.settings = {name: value for name, value in wanted.items() if name not in OWN_COLUMNS}
    dealer.save(update_fields=[*OWN_COLUMNS, "settings"])
    return before, after


def _plain(house: House) -> dict[str, Any]:
    """As a file has it, each thing written in one way; defaults are left out."""
    own = {name: getattr(house, name) for name in OWN_COLUMNS}
    return {**house.model_dump(mode="json", exclude_defaults=True), **own}


def _keep(dealer: Dealer, number: int, house: dict[str, Any], *, by: str, at: datetime) -> None:
    SettingsVersion.objects.create(dealer=dealer, number=number, house=house, by=by, at=at)
