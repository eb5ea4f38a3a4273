"""Turns a dealer's settings file into one typed object: everything about a dealer that is a choice.

Form, docs and checks are made from these fields; `description` is the sentence that stands beside each.
The sentences are English here; pages show their translations. In YAML a bare `on`, `off`, `yes`, `no` reads as true or
false: both spellings mean the word.
"""

from collections.abc import Mapping
from datetime import date, time
from typing import Annotated, Any, Literal

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from relance.lib.moments import WEEKDAYS
from relance.lib.schema import Code, OnOff, Strict, WallTime

Regime = Literal["casl", "tcpa", "gdpr", "none"]
CHANNELS = ("sms", "email", "postcard", "letter", "phone", "staff")
GDPR_COUNTRIES = frozenset(
    "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO GB".split()  # noqa: SIM905 codes
)


def none_word(value: Any) -> Any:
    """`none` (the word) as None."""
    return None if value == "none" else value


def _end_of_day(value: Any) -> Any:
    """24:00 is the end of the day, and so is 00:00 where something ends (all that a browser's field can say)."""
    return time.max if value in ("24:00", "24:00:00", "00:00", "00:00:00", time()) else value


EndTime = Annotated[WallTime, BeforeValidator(_end_of_day)]


class Hours(BaseModel):
    """From the first time up to, not with, the second; until `time.max` is to the end of the day."""

    model_config = ConfigDict(frozen=True)
    opens: WallTime
    closes: EndTime

    @model_validator(mode="before")
    @classmethod
    def _from_pair(cls, value: Any) -> Any:
        if isinstance(value, (list, tuple)) and len(value) == 2:
            return {"opens": value[0], "closes": value[1]}
        if not isinstance(value, (Mapping, Hours)):
            raise ValueError(gettext('write two times, such as ["08:00", "18:00"]'))
        return value

    @model_validator(mode="after")
    def _in_order(self) -> "Hours":
        if self.opens >= self.closes:
            told = gettext("closes ({closes}) must be later than opens ({opens})")
            raise ValueError(told.format(closes=f"{self.closes:%H:%M}", opens=f"{self.opens:%H:%M}"))
        return self

    @property
    def ends(self) -> str:
        """The second time as written; the end of the day is 24:00."""
        return "24:00" if self.closes == time.max else f"{self.closes:%H:%M}"


class ClosedDays(Strict):
    """Days on which the dealer is closed although the weekday is open."""

    public_holidays: Literal["all", "none"] | list[str] = Field(
        "none", description=_("Public holidays on which you are closed: all, none, or a list of their English names.")
    )
    own: list[date] = Field(default_factory=list, description=_("Your own closed days."))


class QuietHours(Strict):
    """When customers may be spoken to."""

    may_send: Hours = Field(
        Hours(opens=time(8), closes=time(21)), description=_("Nothing is sent outside these hours.")
    )


class FrequencyCap(Strict):
    """At most so many marketing messages to one person in so many days."""

    messages: int = Field(1, ge=1, le=100, description=_("At most …"))
    days: int = Field(1, ge=1, le=366, description=_("… in this many days."))


class StatusMap(Strict):
    """The business system's own codes, each with the word it stands for."""

    appointment: dict[
        str, Literal["proposed", "booked", "confirmed", "rescheduled", "arrived", "completed", "canceled", "no_show"]
    ] = Field(default_factory=dict, description=_("What each code of an appointment means."))
    repair_order: dict[str, Literal["open", "ready", "closed"]] = Field(
        default_factory=dict, description=_("What each code of a repair order means.")
    )


class Guards(Strict):
    """Guards against mistakes; each can be switched off (docs/outbox.md, docs/intake.md)."""

    blast: OnOff = Field(True, description=_("A run that reaches unusually many waits for approval."))
    ceiling: OnOff = Field(True, description=_("At most six automatic messages to one person in 24 hours."))
    rejects: OnOff = Field(True, description=_("A file with more than 5 % rejected rows is not applied."))
    shrink: OnOff = Field(True, description=_("A complete feed that is 40 % shorter than the last is not applied."))
    stale: OnOff = Field(True, description=_("A run whose data are older than it needs waits for a new feed."))

    @model_validator(mode="before")
    @classmethod
    def _all_at_once(cls, value: Any) -> Any:
        if value in (True, False, "on", "off"):
            return dict.fromkeys(cls.model_fields, value)
        return value


class ChannelSwitches(Strict):
    """Which ways of speaking are switched on."""

    sms: OnOff = Field(True, description=_("Whether text messages leave; if not, the next channel is used."))
    email: OnOff = Field(True, description=_("Whether e-mails leave; if not, the next channel is used."))
    postcard: OnOff = Field(True, description=_("Whether postcards are made for printing."))
    letter: OnOff = Field(True, description=_("Whether letters are made for printing."))
    phone: OnOff = Field(True, description=_("Whether calls are given to the staff as tasks."))
    staff: OnOff = Field(True, description=_("E-mails and lists to the staff."))


class Paper(Strict):
    """How postcards and letters look and are printed."""

    colour: str = Field(
        "#1f5fa8",
        pattern=r"^#[0-9a-fA-F]{6}$",
        description=_("Your colour, on paper and in e-mails, for example #1f5fa8."),
    )
    size: Literal["letter", "a4"] | None = Field(None, description=_("The paper in the printer; empty: by country."))
    cards_on_a_sheet: Literal[1, 2, 4] = Field(
        2, description=_("Postcards on a sheet: 2 on letter or A4, 4 on tabloid or A3, 1 for a print shop.")
    )
    window: Literal["left", "right"] | None = Field(
        None, description=_("Where the envelope's window is; empty: by country.")
    )
    postage: str | None = Field(
        None,
        max_length=120,
        description=_("What is printed where the stamp goes, such as a permit; empty: room for a stamp."),
    )


class Promotion(Strict):
    """What stands in every marketing e-mail and letter while it runs."""

    text: dict[Literal["en", "fr", "es", "et"], str] = Field(description="The promotion in each of your languages.")
    since: date = Field(description="The first day.")
    until: date = Field(description="The last day.")

    @model_validator(mode="after")
    def _in_order(self) -> "Promotion":
        if self.since > self.until:
            told = gettext("since ({since}) must not be later than until ({until})")
            raise ValueError(told.format(since=self.since, until=self.until))
        return self

    def words(self, language: str, on: date) -> str | None:
        """Its text in this language; None on days on which it does not run."""
        texts: Mapping[str, str] = self.text  # type: ignore[assignment]
        return texts.get(language) if self.since <= on <= self.until else None


class Preferences(Strict):
    """Everything about a dealer that is a choice, with its default."""

    legal_name: str | None = Field(None, description=_("The registered name, if it is different."))
    business: Literal["dealer", "fleet", "rv_dealer", "golf_carts", "repair_shop"] = Field(
        "dealer", description=_("What kind of business this is.")
    )
    owner: str | None = Field(None, description=_("The person whose name signs your messages."))
    address: str | None = Field(None, description=_("The postal address that every e-mail carries."))
    phone: str | None = Field(None, description=_("The number customers are asked to call."))
    email: str | None = Field(None, description=_("Where replies to e-mails go."))
    website: str | None = Field(None, description=_("The dealer's own site."))
    feedback: str | None = Field(None, description=_("A feedback form (https://…) or an address (mailto:…)."))
    review_links: list[str] = Field(default_factory=list, description=_("Pages on which customers may review you."))
    languages: list[Literal["en", "fr", "es", "et"]] = Field(
        default_factory=list, description=_("The languages your messages are written in; empty means the dealer's own.")
    )
    region: str | None = Field(None, description=_("Province or state, for its public holidays."))
    currency: str | None = Field(None, description=_("Three letters, for example CAD; empty means the country's."))
    opening_hours: dict[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], Hours] | None = Field(
        None, description=_("Hours per weekday; a weekday left out is closed; nothing at all means always open.")
    )
    closed_days: ClosedDays = Field(default_factory=ClosedDays)
    quiet_hours: QuietHours = Field(default_factory=QuietHours)
    channels: ChannelSwitches = Field(default_factory=ChannelSwitches)
    consent_regime: Regime | None = Field(None, description=_("Which law applies; empty means by country."))
    unsubscribe: Literal["marketing", "everything"] = Field(
        "marketing", description=_("What the one-click link stops: marketing, or everything (sets do-not-mail).")
    )
    stop_reaches: Literal["its_channel", "every_channel"] | None = Field(
        None,
        description=_(
            "What a STOP by text withdraws: texts and calls, or every channel; empty means by law "
            "(every channel under tcpa)."
        ),
    )
    stop_answer: Literal["relance", "provider"] = Field(
        "relance", description=_("Who confirms a STOP or START: relance, or the provider, when it answers by itself.")
    )
    frequency_cap: Annotated[FrequencyCap | None, BeforeValidator(none_word)] = Field(
        default_factory=FrequencyCap,
        description=_("The most marketing messages one person may get in that time; none for no limit."),
    )
    promotion: Promotion | None = Field(
        None,
        description=_(
            "It is shown in marketing e-mails and letters. First line: first and last day; then a line per language, "
            "as en = …"
        ),
    )
    status_map: StatusMap = Field(default_factory=StatusMap)
    accessories: dict[Code, str] = Field(
        default_factory=dict, max_length=10, description=_("Up to ten accessory codes and their names.")
    )
    paper: Paper = Field(default_factory=Paper)
    attribution_days: int = Field(
        30, ge=1, le=180, description=_("A visit within so many days after a message counts as its result.")
    )
    price_per_vehicle: float = Field(0.5, ge=0, description=_("Price per vehicle and month, for the economics page."))
    two_steps: Literal["nobody", "crm_managers", "everybody"] = Field(
        "nobody", description=_("Who must sign in with a code from a phone as well as the password.")
    )
    guards: Guards = Field(default_factory=Guards)
    late_rows: Literal["ask", "send"] = Field(
        "ask", description=_("People whom a feed brings after their run: ask someone first, or send automatically.")
    )

    def regime(self, country: str) -> Regime:
        """The consent regime: as set, else by country (CA casl, US tcpa, EU/EEA gdpr, else casl)."""
        if self.consent_regime:
            return self.consent_regime
        if country in GDPR_COUNTRIES:
            return "gdpr"
        return "tcpa" if country == "US" else "casl"

    def asks_two_steps(self, role: str) -> bool:
        """Whether a person of this role must sign in with a code, too."""
        return self.two_steps == "everybody" or (self.two_steps == "crm_managers" and role == "crm_manager")

    def hours_on(self, weekday: int) -> Hours | None:
        """Opening hours of a weekday (0 = Monday); None when closed. Without any hours every day is open all day."""
        if self.opening_hours is None:
            return Hours(opens=time(0), closes=time(23, 59, 59, 999999))
        return self.opening_hours.get(WEEKDAYS[weekday])  # type: ignore[call-overload, no-any-return]
