"""Turns what a member of the staff is to know into a line for the user who has his reference: unread, then read."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import QuerySet

from relance.dealers.models import Dealer, Membership, User
from relance.delivery.models import Notice
from relance.lib.fold import fold
from relance.outbox.models import Message, Task

KEPT = timedelta(days=90)
STAFF = "staff:"


def tell_of_task(dealer: Dealer, task: Task, *, at: datetime) -> None:
    """A task for somebody: its person hears of it, once."""
    if task.staff is None:
        return
    for user in users_named(dealer, {task.staff.ref_folded}):
        _tell(Notice(dealer=dealer, user_id=user, kind="task", ref=f"task {task.key}", task=task, at=at))


def tell_of_lists(dealer: Dealer, messages: Iterable[Message], *, at: datetime) -> None:
    """What one run has for one person on the staff: one line, whether or not his e-mail arrives."""
    firsts = {(m.recipient, m.run_id): m for m in messages if m.recipient.startswith(STAFF)}
    for (recipient, run), message in firsts.items():
        for user in users_named(dealer, {fold(recipient.removeprefix(STAFF))}):
            _tell(Notice(dealer=dealer, user_id=user, kind="list", ref=f"run {run}", message=message, at=at))


def _tell(notice: Notice) -> None:
    Notice.objects.of(notice.dealer).bulk_create([notice], ignore_conflicts=True)


def users_named(dealer: Dealer, references: set[str]) -> list[int]:
    """The users who have one of these (folded) references at this dealer."""
    rows = Membership.objects.of(dealer).exclude(reference="").values_list("user_id", "reference")
    return [user for user, reference in rows if fold(reference) in references]


def unread(dealer: Dealer, user: User) -> QuerySet[Notice]:
    """What a user has not read yet."""
    return Notice.objects.of(dealer).filter(user=user, read_at=None)


def read_notices(dealer: Dealer, user: User, *, at: datetime, key: int | None = None) -> int:
    """Mark one as read, or all; how many were unread. What is old and read is let go."""
    rows = unread(dealer, user)
    number = (rows if key is None else rows.filter(pk=key)).update(read_at=at)
    Notice.objects.of(dealer).filter(user=user, read_at__lt=at - KEPT).delete()
    return number
