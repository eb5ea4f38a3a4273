"""Dealers, groups, users and staff as rows."""

from functools import cached_property
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

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

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserRows] = UserRows()

    def __str__(self) -> str:
        return self.name or self.email


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

    objects: RowsOf["Membership"] = RowsOf()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["dealer", "user"], name="membership_once"),
        ]


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
