"""Turns a group of customers into the rule fields of the builder, and what stands in them into the group."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from relance.audience.compile import Question
from relance.audience.count import Counted, count
from relance.audience.sentence import entry_in_words
from relance.audience.tree import read_tree
from relance.lib.errors import BadInput
from relance.lib.fold import fold
from relance.plan.models import CustomerGroup
from relance.plan.switching.groups import SUBJECTS, save_group
from relance.web.desk.automations.choices import SUBJECTS as SUBJECT_WORDS
from relance.web.desk.automations.choices import attribute_choices
from relance.web.desk.automations.rules_typed import change_rules, read_rules, rule_fields
from relance.web.desk.frame import show
from relance.web.desk.guard import Desk, desk_page
from relance.web.lists.listing import Column, Listing
from relance.web.lists.memory import Memory
from relance.web.lists.order import Key

PLACE = "desk-campaigns"
NEW = 0  # the number of a group that does not exist yet


@dataclass(frozen=True)
class GroupLine:
    """One group of the list: its rules in words, and how many belong to it now."""

    group: CustomerGroup
    rules: list[str]
    counted: Counted | None


def _line(group: CustomerGroup, at: datetime) -> GroupLine:
    try:
        tree = read_tree(group.audience, path="audience")
    except BadInput as error:
        return GroupLine(group, [str(error)], None)
    counted = count(Question(group.dealer, tree, group.subject, group.scope, at))
    return GroupLine(group, [entry_in_words(rule) for rule in tree], counted)


def _every_group(desk: Desk) -> list[CustomerGroup]:
    return list(CustomerGroup.objects.of(desk.dealer).select_related("dealer"))


def _columns(_desk: Desk) -> list[Column[GroupLine]]:
    return [
        Column("name", _("Name"), lambda line: line.group.name),
        Column("subject", _("About"), lambda line: SUBJECT_WORDS[line.group.subject]),
        Column("rules", _("Rules"), lambda line: " · ".join(line.rules)),
        Column("number", _("Belong to it now"), lambda line: line.counted.exact if line.counted else None),
    ]


GROUPS = Listing(
    name="groups",
    place=PLACE,
    title=_("Groups"),
    source=Memory(
        keys=(
            Key("name", _("Name"), lambda group: fold(group.name)),
            Key("made", _("Made"), lambda group: group.pk, down=True),
        ),
        rows=_every_group,
        whole=lambda desk, groups: [_line(group, desk.reader.at) for group in groups],
        tie=lambda group: group.pk,
    ),
    columns=_columns,
    prefix="groups-",  # the page has the mailings too
)


@desk_page()
def group_page(desk: Desk, group: int) -> HttpResponse:
    """The group, or an empty one to begin with."""
    found = _group(desk, group)
    return _page(desk, found, _as_kept(found))


@desk_page("automations", changes=True)
def reshape(desk: Desk, group: int) -> HttpResponse:
    """The fields after a condition more or less, with everything that was typed."""
    found, typed = _group(desk, group), _typed(desk)
    if act := desk.request.POST.get("do", ""):
        typed["audience"] = change_rules(typed["audience"], act)
    if not desk.is_fragment:
        return _page(desk, found, typed)
    response = show(desk, "desk/campaigns/_group_fields.html", _values(desk, found, typed))
    response["HX-Trigger-After-Swap"] = "group-shaped"
    return response


@desk_page("automations", changes=True)
def matching(desk: Desk, group: int) -> HttpResponse:
    """How many belong to it as it is typed."""
    _group(desk, group)
    return show(desk, "desk/campaigns/_group_counted.html", _counted(desk, _typed(desk)))


@desk_page("automations", changes=True)
def save(desk: Desk, group: int) -> HttpResponse:
    """Keep it, or say what is wrong."""
    found, typed = _group(desk, group), _typed(desk)
    try:
        if found.pk and found.name != typed["name"] and typed["name"]:
            CustomerGroup.objects.of(desk.dealer).filter(pk=found.pk).update(name=_free(desk, typed["name"]))
        elif not found.pk:
            _free(desk, typed["name"])
        kept = save_group(desk.dealer, typed["name"], typed["audience"], subject=typed["subject"], at=desk.reader.at)
    except BadInput as error:
        return _page(desk, found, typed, told=str(error), status=422)
    desk.note("campaign", kept.name, after={"rules": len(kept.audience)})
    return redirect(PLACE, slug=desk.dealer.slug)


def _free(desk: Desk, name: str) -> str:
    """The name, when no other group has it."""
    if CustomerGroup.objects.of(desk.dealer).filter(name=name).exists():
        raise BadInput(gettext("There is a group of this name already."))
    return name


@desk_page("automations", changes=True)
def remove(desk: Desk, group: int) -> HttpResponse:
    """Forget the group; mailings keep the rules that they were made with."""
    found = _group(desk, group)
    if not found.pk:
        raise Http404
    CustomerGroup.objects.of(desk.dealer).filter(pk=found.pk).delete()
    desk.note("campaign", found.name, before={"rules": len(found.audience)})
    return redirect(PLACE, slug=desk.dealer.slug)


def _group(desk: Desk, number: int) -> CustomerGroup:
    if number == NEW:
        return CustomerGroup(dealer=desk.dealer, name="", subject="customer", audience=[])
    found = CustomerGroup.objects.of(desk.dealer).filter(pk=number).first()
    if found is None:
        raise Http404
    return found


def _as_kept(group: CustomerGroup) -> dict[str, Any]:
    return {"name": group.name, "subject": group.subject, "audience": group.audience}


def _typed(desk: Desk) -> dict[str, Any]:
    typed = desk.request.POST
    subject = typed.get("subject", "customer")
    return {
        "name": typed.get("name", "").strip()[:80],
        "subject": subject if subject in SUBJECTS else "customer",
        "audience": read_rules(typed),
    }


def _page(
    desk: Desk, group: CustomerGroup, typed: dict[str, Any], *, told: str = "", status: int = 200
) -> HttpResponse:
    values = {**_values(desk, group, typed), **_counted(desk, typed), "told": told}
    return show(desk, "desk/campaigns/group.html", values, place=PLACE, status=status)


def _values(desk: Desk, group: CustomerGroup, typed: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "group": group,
        "number": group.pk or NEW,
        "typed": typed,
        "rules": rule_fields(typed["audience"]),
        "subjects": [(name, SUBJECT_WORDS[name]) for name in SUBJECTS],
        "attributes": attribute_choices(desk.dealer),
        "accessories": desk.dealer.preferences.accessories.items(),
        "may_change": desk.may("automations"),
    }


def _counted(desk: Desk, typed: Mapping[str, Any]) -> dict[str, Any]:
    try:
        tree = read_tree(typed["audience"], path="audience")
    except BadInput:
        return {"counted": None}  # what is wrong stands beside its rule
    question = Question(desk.dealer, tree, typed["subject"], "customer", desk.reader.at)
    return {"counted": count(question, patiently=True)}
