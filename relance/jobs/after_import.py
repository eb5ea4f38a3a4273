"""Turns the end of an import into what follows from it: the people who came too late for a run hear all the same."""

import logging
from datetime import datetime

from relance.dealers.models import Dealer
from relance.outbox.runs.late import late_rows, send_late

log = logging.getLogger("relance.import")


def after_import(dealer: Dealer, *, at: datetime) -> None:
    """Say who came late; where the dealer wants it (`late_rows: send`), send them the same run."""
    for late in late_rows(dealer, at=at):
        code = late.run.automation.code
        if dealer.preferences.late_rows == "send":
            send_late(dealer, late.run, by="relance", at=at)
            log.info("%s: %s people of %s came late and were taken up", dealer.slug, late.count, code)
        else:
            log.info("%s: %s people of %s came after their run: relance runs shows them", dealer.slug, late.count, code)
