"""Turns any list of the desk into a file: what the filters leave, every page of it, in the order that was chosen."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase

from relance.web.desk.automations.listed import AUTOMATIONS
from relance.web.desk.bell.bell import NOTICES
from relance.web.desk.campaigns.groups import GROUPS
from relance.web.desk.campaigns.mailings import MAILINGS
from relance.web.desk.customers.customers import CUSTOMERS
from relance.web.desk.customers.doubles import PAIRS
from relance.web.desk.frame import show
from relance.web.desk.guard import Desk, desk_page
from relance.web.desk.outbox.outbox_list import MESSAGES
from relance.web.desk.programmes.people import PEOPLE_OF_A_DAY
from relance.web.desk.programmes.print_files import PRINT_FILES
from relance.web.desk.results.quality import LAST_RUNS
from relance.web.desk.results.retention import COHORTS, MODEL_YEARS
from relance.web.desk.results.statistics import STATISTICS
from relance.web.desk.settings.audit_log import AUDIT
from relance.web.desk.settings.feeds import IMPORTS
from relance.web.desk.settings.people import PEOPLE
from relance.web.desk.settings.staff import STAFF
from relance.web.desk.settings.suppressed import SUPPRESSIONS
from relance.web.desk.taken import sheet_file
from relance.web.desk.tasks.staff_lists import STAFF_LISTS
from relance.web.desk.tasks.task_list import CALLS_TO_MAKE, DONE, TO_DO
from relance.web.lists.listing import Listing

MOST = 50_000  # rows of a workbook: more keep a reader waiting for a minute; CSV has no end
# Every list that can be taken away gets a row here; tests/contracts/test_lists.py walks them.
ALL: tuple[Listing[Any], ...] = (
    PEOPLE_OF_A_DAY,
    MESSAGES,
    PRINT_FILES,
    AUTOMATIONS,
    MAILINGS,
    GROUPS,
    TO_DO,
    DONE,
    CALLS_TO_MAKE,
    STAFF_LISTS,
    CUSTOMERS,
    PAIRS,
    STATISTICS,
    MODEL_YEARS,
    COHORTS,
    LAST_RUNS,
    IMPORTS,
    STAFF,
    PEOPLE,
    SUPPRESSIONS,
    AUDIT,
    NOTICES,
)
LISTS: Mapping[str, Listing[Any]] = {listing.name: listing for listing in ALL}


@desk_page("export")
def list_file(desk: Desk, name: str, form: str) -> HttpResponseBase:
    """A list as CSV or as an Excel workbook, for whoever may open its page; noted in the audit log."""
    listing = LISTS.get(name)
    if listing is None:
        raise Http404
    desk.must(listing.act)
    if form == "xlsx" and listing.is_longer_than(desk, MOST):
        csv = desk.request.get_full_path().replace(f"{name}.xlsx", f"{name}.csv", 1)
        values = {"listing": listing, "most": MOST, "csv": csv}
        return show(desk, "desk/lists/too_long.html", values, place=listing.place, status=422)
    answer = sheet_file(listing.sheet(desk), f"{desk.dealer.slug}-{name}", form)
    desk.note("export", name)
    return answer
