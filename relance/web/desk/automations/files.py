"""Turns automations into a YAML file, and a file into automations: first what it would change, then the change."""

from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _

from relance.lib.errors import BadInput
from relance.lib.yaml_file import read_yaml_text
from relance.plan.apply import Applied, apply_definitions, export, read_automations
from relance.web.desk.frame import show
from relance.web.desk.guard import Desk, desk_page
from relance.web.desk.taken import file_of

PLACE = "desk-automations"
MOST = 1_000_000  # characters


@desk_page()
def give_out(desk: Desk) -> HttpResponse:
    """Every automation, as `relance automations apply` reads it."""
    desk.note("export", "automations")
    return file_of(export(desk.dealer), f"{desk.dealer.slug}-automations.yaml", "application/yaml; charset=utf-8")


@desk_page()
def take_in(desk: Desk) -> HttpResponse:
    """The page on which a file is pasted or chosen."""
    return show(desk, "desk/automations/file.html", {"may_change": desk.may("automations")}, place=PLACE)


@desk_page("automations", changes=True)
def apply_file(desk: Desk) -> HttpResponse:
    """What the file would change; with `sure`, the change itself. All of it or nothing."""
    text = desk.request.POST.get("text", "")
    chosen = desk.request.FILES.get("file")
    values = {"text": text, "may_change": desk.may("automations")}
    try:
        if chosen is not None:
            text = values["text"] = _text_of(chosen.read(MOST + 1))
        if not text.strip():
            raise BadInput(_("Choose a file, or paste its text."))
        applied = _apply(desk, text, sure="sure" in desk.request.POST)
    except BadInput as error:
        return show(desk, "desk/automations/file.html", {**values, "told": str(error)}, place=PLACE, status=422)
    if "sure" in desk.request.POST:
        desk.note("automation", "a file", after={"new": applied.added, "changed": applied.changed})
    # What the file leaves as it is has been warned of before.
    applied.warnings = [one for one in applied.warnings if one.partition(":")[0] not in applied.unchanged]
    values |= {"applied": applied, "is_sure": "sure" in desk.request.POST}
    return show(desk, "desk/automations/file.html", values, place=PLACE)


def _text_of(content: bytes) -> str:
    if len(content) > MOST:
        raise BadInput(_("A file of automations has at most %(most)s characters.") % {"most": f"{MOST:,}"})
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(_("The file is not UTF-8 text.")) from None


def _apply(desk: Desk, text: str, *, sure: bool) -> Applied:
    entries = read_automations(read_yaml_text(text[:MOST], _("The file")), _("The file"))
    with transaction.atomic():
        applied = apply_definitions(desk.dealer, entries, at=desk.reader.at, by=str(desk.user))
        if not sure:
            transaction.set_rollback(True)
    return applied
