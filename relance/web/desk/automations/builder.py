"""Turns an automation into a page on which it is written: every change is kept at once, saving makes it true."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from relance.audience.fields import CATEGORIES
from relance.audience.find import find
from relance.audience.values import values_of
from relance.delivery.channel import Accepted, ChannelDown
from relance.delivery.senders.trial import send_directly, stays_here, test_of
from relance.lib.errors import BadInput, Failure
from relance.measures.causes import trouble_of
from relance.plan.apply import definition_of
from relance.plan.models import Automation, Sketch
from relance.plan.placeholders import fields_for
from relance.plan.switching.sketches import EMPTY, finish, is_behind, is_changed, keep, new_sketch, sketch_of
from relance.web.desk.automations import beside as side
from relance.web.desk.automations.choices import NO_REPLY_TO, choices, languages_of
from relance.web.desk.automations.form_fields import form_fields
from relance.web.desk.automations.rules_typed import change_rules, rule_fields
from relance.web.desk.automations.typed import read_form
from relance.web.desk.frame import show
from relance.web.desk.guard import Desk, desk_page
from relance.web.desk.results.reckoned import is_asked_for

PLACE = "desk-automations"


@desk_page()
def builder(desk: Desk, name: str) -> HttpResponse:
    """The page of one automation, or of one that is being written; who matches follows, `?full=1` waits for it."""
    sketch = _sketch(desk, name)
    return show(desk, "desk/automations/builder.html", _page(desk, sketch, name), place=PLACE)


@desk_page("automations", changes=True)
def new_automation(desk: Desk) -> HttpResponse:
    """An empty sketch, and its page."""
    sketch = new_sketch(desk.dealer, desk.user, EMPTY, at=desk.reader.at)
    return redirect("desk-automation", slug=desk.dealer.slug, name=sketch.key)


@desk_page("automations", changes=True)
def keep_typed(desk: Desk, name: str) -> HttpResponse:
    """Keep what stands in the fields; what stands beside them is made anew."""
    sketch = _sketch(desk, name)
    keep(sketch, read_form(desk.request.POST, sketch.entry), at=desk.reader.at)
    return _beside(desk, sketch, name)


@desk_page("automations", changes=True)
def reshape(desk: Desk, name: str) -> HttpResponse:
    """Keep what was typed and change the form: another condition, another kind of timing, a channel more."""
    sketch = _sketch(desk, name)
    entry = read_form(desk.request.POST, sketch.entry)
    if act := desk.request.POST.get("do", ""):
        entry["audience"] = change_rules(entry["audience"], act, path=desk.request.POST.get("path", ""))
    keep(sketch, entry, at=desk.reader.at)
    if not desk.is_fragment:
        return redirect("desk-automation", slug=desk.dealer.slug, name=name)
    response = show(desk, "desk/automations/_form.html", _form(desk, sketch, name))
    response["HX-Trigger-After-Swap"] = "sketch-kept"
    return response


@desk_page()
def beside(desk: Desk, name: str) -> HttpResponse:
    """What is wrong, how many match now, the message for one of them."""
    return _beside(desk, _sketch(desk, name), name)


@desk_page()
def matching(desk: Desk, name: str) -> HttpResponse:
    """The exact number, a moment later."""
    definition, _faults = side.read_in(_sketch(desk, name).entry)
    counted = side.matching(desk.dealer, definition, at=desk.reader.at, patiently=True) if definition else None
    return show(desk, "desk/automations/_counted.html", {"counted": counted, "definition": definition})


@desk_page()
def ahead(desk: Desk, name: str) -> HttpResponse:
    """The coming sixty days, and who is gained and lost by saving."""
    sketch = _sketch(desk, name)
    new, _faults = side.read_in(sketch.entry)
    old = definition_of(sketch.automation) if sketch.automation else None
    found = side.ahead(desk.dealer, old, new, at=desk.reader.at) if new else None
    return show(
        desk,
        "desk/automations/_ahead.html",
        {
            "ahead": found,
            "is_new": old is None,
            "is_changed": is_changed(sketch),
            "names": desk.sees_all,
        },
    )


@desk_page("automations", changes=True)
def save(desk: Desk, name: str) -> HttpResponse:
    """Save what stands in the fields, or say why not; nothing that was typed is lost."""
    sketch = _sketch(desk, name)
    keep(sketch, read_form(desk.request.POST, sketch.entry), at=desk.reader.at)
    try:
        automation = finish(sketch, by=str(desk.user), at=desk.reader.at)
    except BadInput as error:
        values = {**_page(desk, sketch, name), "told": str(error)}
        return show(desk, "desk/automations/builder.html", values, place=PLACE, status=422)
    desk.note("automation", automation.code, after={"version": automation.version, "status": automation.status})
    here = reverse("desk-automation", kwargs={"slug": desk.dealer.slug, "name": automation.code})
    return redirect(f"{here}?saved=1")


@desk_page("automations", changes=True)
def send_a_test(desk: Desk, name: str) -> HttpResponse:
    """Send the words of one channel and language, as they stand beside, to an address: marked, counted nowhere."""
    sketch = _sketch(desk, name)
    values = _beside_values(desk, sketch, name)
    fault = _test_fault(desk, sketch, values["said"])
    channel = desk.request.POST.get("words", "").partition("-")[0]
    values["tested"] = {"fault": fault, "stays_here": not fault and stays_here(desk.dealer, channel)}
    if desk.is_fragment:
        return show(desk, "desk/automations/_tested.html", values)
    return show(desk, "desk/automations/builder.html", {**_page(desk, sketch, name), **values}, place=PLACE)


def _test_fault(desk: Desk, sketch: Sketch, said: list[side.Said]) -> str:
    """Send it; what went wrong, or nothing."""
    asked = desk.request.POST.get("words", "")
    one = next((one for one in said if one.can_be_tried and f"{one.channel}-{one.language}" == asked), None)
    if one is None or one.spoken is None:
        return _("This text cannot be sent yet: see the note beside it.")
    address = desk.request.POST.get("address", "").strip()[:254]
    try:
        result = send_directly(desk.dealer, test_of(desk.dealer, one.channel, address, one.spoken), at=desk.reader.at)
    except (BadInput, Failure) as error:
        return str(error)
    except ChannelDown as error:
        return trouble_of(str(error)).line
    is_taken = isinstance(result, Accepted)
    desk.note("test_message", f"{sketch.entry.get('code', '')} {asked}".strip(), after={"accepted": is_taken})
    return "" if is_taken else trouble_of(result.answer).line or _("It was not accepted.")


@desk_page("automations", changes=True)
def discard(desk: Desk, name: str) -> HttpResponse:
    """Forget what was typed since the last saving."""
    sketch = _sketch(desk, name)
    if sketch.pk:
        Sketch.objects.of(desk.dealer).filter(pk=sketch.pk).delete()
    if sketch.automation is None:
        return redirect(PLACE, slug=desk.dealer.slug)
    return redirect("desk-automation", slug=desk.dealer.slug, name=sketch.automation.code)


@desk_page()
def picker(desk: Desk) -> HttpResponse:
    """The real values of one attribute, with how many records have each, as they are typed."""
    typed = next((str(text) for name, text in desk.request.GET.items() if name.endswith("-value")), "")
    category, _dot, attribute = desk.request.GET.get("of", "").partition(".")
    found = []
    if category in CATEGORIES:
        try:
            found = values_of(desk.dealer, CATEGORIES[category], attribute, typed=typed.rpartition(";")[2])
        except KeyError:
            raise Http404 from None
    return show(desk, "desk/automations/_values.html", {"found": found})


@desk_page()
def find_attribute(desk: Desk, name: str) -> HttpResponse:
    """The conditions that a few words may mean, each a button that adds it."""
    words = desk.request.GET.get("words", "")
    return show(desk, "desk/automations/_found.html", {"found": find(words), "words": words.strip(), "name": name})


def _sketch(desk: Desk, name: str) -> Sketch:
    """By the code of an automation, or by the key of a sketch of one's own."""
    try:
        key = UUID(name)
    except ValueError:
        automation = Automation.objects.of(desk.dealer).filter(code=name).first()
        if automation is None:
            raise Http404 from None
        return sketch_of(desk.dealer, desk.user, automation, at=desk.reader.at)
    sketch = Sketch.objects.of(desk.dealer).filter(key=key, user=desk.user, automation=None).first()
    if sketch is None:
        raise Http404
    return sketch


def _beside(desk: Desk, sketch: Sketch, name: str) -> HttpResponse:
    return show(desk, "desk/automations/_beside.html", _beside_values(desk, sketch, name))


def _page(desk: Desk, sketch: Sketch, name: str) -> dict[str, Any]:
    return {
        **_form(desk, sketch, name),
        **_beside_values(desk, sketch, name, counts=is_asked_for(desk)),
        "is_saved": "saved" in desk.request.GET,
        "is_behind": is_behind(sketch),
        "told": "",
    }


def _form(desk: Desk, sketch: Sketch, name: str) -> dict[str, Any]:
    entry = sketch.entry
    return {
        **choices(desk.dealer),
        **form_fields(desk.dealer, entry),
        "sketch": sketch,
        "name": name,
        "entry": entry,
        "automation": sketch.automation,
        "rules": rule_fields(entry.get("audience") or []),
        "languages": languages_of(desk.dealer, entry),
        "no_reply_to": NO_REPLY_TO,
        "merge_fields": fields_for(str(entry.get("subject") or "customer")),
        "may_change": desk.may("automations"),
    }


def _beside_values(desk: Desk, sketch: Sketch, name: str, *, counts: bool = True) -> dict[str, Any]:
    dealer, at = desk.dealer, desk.reader.at
    definition, faults = side.read_in(sketch.entry)
    values: dict[str, Any] = {"name": name, "sketch": sketch, "definition": definition, "counted": None, "matches": []}
    if definition is not None:
        faults = side.findings(definition, dealer)
        if counts:
            counted = side.matching(dealer, definition, at=at)
            matches = side.first_matches(dealer, definition, counted, at=at) if desk.sees_all else []
            values |= {"counted": counted, "matches": matches}
    spoken_by = definition or side.readable(sketch.entry)
    chosen = _chosen(desk, values["matches"])
    said = side.say(dealer, spoken_by, chosen, at=at) if spoken_by else []
    return values | {
        "faults": faults,
        "chosen": chosen,
        "said": said,
        "is_changed": is_changed(sketch),
        "may_change": desk.may("automations"),
        "nobody": _("a made-up customer"),
    }


def _chosen(desk: Desk, matches: list[side.Match]) -> int | None:
    """The match whose message is shown: the chosen one, else the first; nobody: a made-up customer."""
    asked = (desk.request.GET.get("subject") or desk.request.POST.get("preview-subject") or "").strip()
    if asked == "0":
        return None
    known = {match.subject_id for match in matches}
    if asked.isdecimal() and int(asked) in known:
        return int(asked)
    return matches[0].subject_id if matches else None
