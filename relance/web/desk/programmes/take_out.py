"""Turns a cell of the sheet into files: its people for a word processor, labels, how their paper will look."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.http import Http404, HttpResponse
from django.utils.translation import gettext

from relance.dealers.models import Dealer
from relance.delivery.channels.paper.printing import proof_of
from relance.exports.lists.comma import csv_lines
from relance.exports.lists.workbook import xlsx_of
from relance.exports.mail_merge.labels import addresses, labels_pdf, usual_sheet
from relance.exports.mail_merge.people import MergeList, of_day
from relance.exports.mail_merge.word import LARGEST_TEMPLATE, Own, filled
from relance.lib.errors import BadInput
from relance.plan.models import Automation
from relance.web.desk.frame import show
from relance.web.desk.guard import Desk, desk_page
from relance.web.desk.taken import CSV, EXCEL, OFFICE, file_of

PDF = "application/pdf"


@dataclass(frozen=True)
class Form:
    """One kind of file: how its name ends, what it is, and its content."""

    ending: str
    kind: str
    made: Callable[[Dealer, MergeList, datetime], bytes]


def _labels(dealer: Dealer, merge: MergeList, at: datetime) -> bytes:
    found = addresses(merge)
    if not found:
        raise Http404  # nobody on it has a postal address: the panel offers no labels then
    return labels_pdf(dealer, found, usual_sheet(dealer))


def _proof(channel: str) -> Callable[[Dealer, MergeList, datetime], bytes]:
    def made(dealer: Dealer, merge: MergeList, at: datetime) -> bytes:
        people = [person for person in merge.people if person.channel == channel]
        if not people:
            raise Http404
        return proof_of(dealer, merge.automation.code, channel, people, at=at)

    return made


FORMS = {
    "csv": Form("csv", CSV, lambda dealer, merge, at: b"".join(csv_lines(merge.sheet))),
    "xlsx": Form("xlsx", EXCEL, lambda dealer, merge, at: xlsx_of(merge.sheet)),
    "docx": Form("docx", f"{OFFICE}.wordprocessingml.document", lambda dealer, merge, at: filled(merge)),
    "labels": Form("labels.pdf", PDF, _labels),
    "postcard": Form("postcards-proof.pdf", PDF, _proof("postcard")),
    "letter": Form("letters-proof.pdf", PDF, _proof("letter")),
}


@desk_page("export")
def take_out(desk: Desk, code: str, day: date, form: str) -> HttpResponse:
    """The file; noted in the audit log."""
    wanted = FORMS.get(form)
    if wanted is None:
        raise Http404
    merge = _merge(desk, code, day)
    content = wanted.made(desk.dealer, merge, desk.reader.at)
    name = f"{code}-{day.isoformat()}.{wanted.ending}"
    desk.note("export", f"{name}: {len(merge.people)}")
    return file_of(content, name, wanted.kind)


@desk_page("export", changes=True)
def own_document(desk: Desk, code: str, day: date) -> HttpResponse:
    """The people in a Word document of the dealer's own, a page each; or what is wrong with it."""
    merge, brought = _merge(desk, code, day), desk.request.FILES.get("template")
    try:
        if brought is None or (brought.size or 0) > LARGEST_TEMPLATE:
            raise BadInput(gettext("Choose a Word document (.docx) of at most 20 MB."))
        content = filled(merge, Own(str(brought.name), brought.read()))
    except BadInput as error:
        values = {"fault": str(error), "code": code, "day": day, "fields": [column.name for column in merge.columns]}
        return show(desk, "desk/programmes/own_document.html", values, place="desk-programmes", status=422)
    name = f"{code}-{day.isoformat()}.docx"
    desk.note("export", f"{name}: {len(merge.people)}")
    return file_of(content, name, FORMS["docx"].kind)


def _merge(desk: Desk, code: str, day: date) -> MergeList:
    """The people of a cell whom the reader may see."""
    automation = Automation.objects.of(desk.dealer).filter(code=code).first()
    if automation is None:
        raise Http404
    merge = of_day(desk.dealer, automation, day, at=desk.reader.at)
    if not desk.sees_all:
        seen = set(desk.customers().values_list("pk", flat=True))
        merge = MergeList(desk.dealer, automation, [p for p in merge.people if p.customer_id in seen])
    return merge
