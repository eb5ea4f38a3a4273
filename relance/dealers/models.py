"""Dealers, groups, users and staff as rows."""

from functools import cached_property
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.crypto import salted_hmac

from relance.dealers.access import DealerRow, ReferenceField, RowsOf
from relance.dealers.preferences import Preferences, Regime

LANGUAGES = [("en", "English"), ("fr", "Français"), ("es", "Español"), ("et", "Eesti")]


class Group(models.Model):
    """Several dealers under one roof."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)


class Dealer(models.Model):
    """One rooftop: the tenant, and the sharding key."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    group = models.ForeignKey(Group, null=True, on_delete=models.SET_NULL, related_name="dealers")
    timezone = models.CharField(max_length=60)
    language = models.CharField(max_length=2, default="en", choices=LANGUAGES)
    country = models.CharField(max_length=2, default="CA")
    settings = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name

    @cached_property
    def zone(self) -> ZoneInfo:
        """The dealer's time zone."""
        return ZoneInfo(self.timezone)

    @cached_property
    def preferences(self) -> Preferences:
        """The settings, typed."""
        return Preferences.model_validate(self.settings)

    @property
    def regime(self) -> Regime:
        """The consent regime in force."""
        return self.preferences.regime(self.country)


class UserRows(BaseUserManager["User"]):
    """Users are found by their e-mail address, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person who signs in. What he may see is decided by his memberships."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=2, blank=True, choices=LANGUAGES)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    last_dealer = models.ForeignKey(
        Dealer, null=True, on_delete=models.SET_NULL, related_name="+"
    )  # whose desk he left
    stamp = models.PositiveIntegerField(default=0)  # counted up to end every session of this user

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserRows] = UserRows()

    def __str__(self) -> str:
        return self.name or self.email

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session must know to be good: it ends with a new password, and with a new stamp."""
        known = f"{self.password} {self.stamp}"
        return salted_hmac("relance.dealers.session", known, secret=secret, algorithm="sha256").hexdigest()


ROLES = (
    "salesperson",
    "advisor",
    "finance_manager",
    "sales_manager",
    "renewals_director",
    "service_manager",
    "general_manager",
    "crm_manager",
)


class Membership(DealerRow):
    """A user's place at one dealer."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=24, default="crm_manager", choices=[(r, r) for r in (*ROLES, "read_only")])
    reference = ReferenceField(blank=True, default="")  # of the staff member whom visits and sales name
    suspended_at = models.DateTimeField(null=True)  # he cannot come in, and nothing is forgotten

    objects: RowsOf["Membership"] = RowsOf()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["dealer", "user"], name="membership_once"),
        ]


class Invitation(DealerRow):
    """A place at a dealer that waits for somebody to take it: by a link, once, for a week; stored hashed."""

    email = models.EmailField()
    role = models.CharField(max_length=24, choices=[(r, r) for r in (*ROLES, "read_only")])
    reference = ReferenceField(blank=True, default="")
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.CharField(max_length=254)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)  # taken, or taken back

    objects: RowsOf["Invitation"] = RowsOf()

    class Meta:
        indexes: ClassVar[list[Any]] = [models.Index(fields=["dealer", "email"], name="invitation_of")]


class SettingsVersion(DealerRow):
    """All settings of a dealer as they were: to see what was changed, and to bring it back."""

    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.CharField(max_length=254, blank=True)
    house = models.JSONField()  # dealers/house.py

    objects: RowsOf["SettingsVersion"] = RowsOf()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["dealer", "number"], name="settings_version_once")
        ]


class DeskSession(models.Model):
    """A session as its owner sees it: since when, from where, with which browser."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=40, unique=True)
    begun_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ip = models.CharField(max_length=45, blank=True)
    browser = models.CharField(max_length=200, blank=True)


class GroupMembership(models.Model):
    """A user's place at every dealer of a group, those to come included; his place at one dealer comes first."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="+", db_index=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=24, choices=[(r, r) for r in (*ROLES, "read_only")])

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["group", "user"], name="group_membership_once"),
        ]


class Staff(DealerRow):
    """A staff member as the business system knows him: a reference that visits and sales carry. No sign-in."""

    ref = ReferenceField()
    ref_folded = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    roles = models.JSONField(default=list)
    email = models.CharField(max_length=254, null=True)
    mobile = models.CharField(max_length=32, null=True)
    language = models.CharField(max_length=8, null=True)
    digest = models.CharField(max_length=32, default="")
    typed = models.JSONField(default=dict)  # what was typed by hand, by field: no feed undoes it
    retired_at = models.DateTimeField(null=True)  # hears nothing any more; no feed brings him back

    objects: RowsOf["Staff"] = RowsOf()

    class Meta:
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["dealer", "ref"], name="staff_once")]


class AuditEntry(DealerRow):
    """One thing that somebody did: never changed, never deleted; each carries the digest of the one before."""

    number = models.PositiveBigIntegerField()  # 1, 2, 3 … per dealer, without a gap
    at = models.DateTimeField()
    by = models.CharField(max_length=254)  # an e-mail address, "operator" or "relance"
    act = models.CharField(max_length=40)  # a short stable word, dealers/audit.py
    what = models.CharField(max_length=300, blank=True)  # to what: "message 0e9c…", "user kim@dealer.example"
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    ip = models.CharField(max_length=45, blank=True)
    digest = models.CharField(max_length=64)

    objects: RowsOf["AuditEntry"] = RowsOf()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["dealer", "number"], name="audit_entry_once")
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["dealer", "act", "number"], name="audit_by_act"),
            models.Index(fields=["dealer", "by", "number"], name="audit_by_person"),
        ]


class AuditMark(DealerRow):
    """Where the log of a dealer ends, sealed: rows cut off at the end are missed. Also the lock of its writers."""

    number = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)
    seal = models.CharField(max_length=64, blank=True)

    objects: RowsOf["AuditMark"] = RowsOf()

    class Meta:
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["dealer"], name="audit_mark_once")]
