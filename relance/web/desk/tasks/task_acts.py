"""Turns a button of a task into what it says: an outcome, done, mine, later, arrived or not, undo."""

from datetime import datetime
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from relance.delivery.safety.resolve import WORDS, resolve_unsure, take_back
from relance.outbox.tasks import close_task, give_to, put_off, reopen_task
from relance.replies.calls import OUTCOMES, Said, outcomes_of, say
from relance.replies.calls import undo as undo_outcome
from relance.replies.doubt import DECISIONS, OPT_OUT, decide, wish_of
from relance.web.desk.frame import show
from relance.web.desk.guard import Desk, desk_page
from relance.web.desk.tasks.task_list import CALLS
from relance.web.desk.tasks.tasks import IN_A_FIELD, call_of, later, my_staff, panel, the_task
from relance.web.desk.words import CALL_OUTCOMES

NOTE = 1_000


@desk_page("tasks", changes=True)
def say_outcome(desk: Desk, key: UUID) -> HttpResponse:
    """What came of a call."""
    found, posted = the_task(desk, key), desk.request.POST
    outcome = posted.get("outcome", "")
    if found.kind not in CALLS or outcome not in OUTCOMES:
        raise Http404
    again = _moment(desk, posted.get("again")) if outcome == "call_back" else None
    seen = posted.get("seen", "")
    said = Said(
        outcome,
        str(desk.user),
        desk.reader.at,
        int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 4 else -1,
        posted.get("note", "").strip()[:NOTE],
        again,
    )
    kept = say(desk.dealer, found, said)
    if kept:
        desk.note("consent" if outcome == "do_not_call" else "task", f"{found.key} {outcome}")
    return _answer(desk, key, slow=not kept)


@desk_page("tasks", changes=True)
def finish(desk: Desk, key: UUID) -> HttpResponse:
    """Done, without a call."""
    found = the_task(desk, key)
    if found.kind == "unsure" or wish_of(desk.dealer, found) is not None:
        raise Http404
    note = desk.request.POST.get("note", "").strip()[:NOTE]
    kept = close_task(desk.dealer, found, outcome="done", by=str(desk.user)[:200], at=desk.reader.at, note=note)
    if kept:
        desk.note("task", f"{found.key} done")
    return _answer(desk, key, slow=not kept)


@desk_page("tasks", changes=True)
def decide_wish(desk: Desk, key: UUID) -> HttpResponse:
    """A doubtful wish: it was an opt-out, or it was none."""
    found, outcome = the_task(desk, key), desk.request.POST.get("outcome", "")
    if outcome not in DECISIONS or wish_of(desk.dealer, found) is None:
        raise Http404
    kept = decide(desk.dealer, found, outcome, by=str(desk.user), at=desk.reader.at)
    if kept:
        desk.note("consent" if outcome == OPT_OUT else "task", f"{found.key} {outcome}")
    return _answer(desk, key, slow=not kept)


@desk_page("tasks", changes=True)
def take(desk: Desk, key: UUID) -> HttpResponse:
    """Mine from now on; or, when it is mine, anybody's again."""
    found, mine = the_task(desk, key), my_staff(desk)
    if mine is None:
        raise Http404
    give_to(desk.dealer, found, None if found.staff_id == mine.pk else mine)
    return _answer(desk, key)


@desk_page("tasks", changes=True)
def wait(desk: Desk, key: UUID) -> HttpResponse:
    """Later, at a moment of one's choosing."""
    found, due_at = the_task(desk, key), _moment(desk, desk.request.POST.get("again"))
    if due_at is not None and put_off(desk.dealer, found, due_at=due_at):
        desk.note("task", f"{key} later")
    return _answer(desk, key)


@desk_page("tasks", changes=True)
def resolve(desk: Desk, key: UUID) -> HttpResponse:
    """What a person knows of a message that nobody could tell about: it arrived, send it again, leave it."""
    found, word = the_task(desk, key), desk.request.POST.get("word", "")
    if found.message is None or word not in WORDS:
        raise Http404
    moved = resolve_unsure(desk.dealer, [found.message], word=word, by=str(desk.user), at=desk.reader.at)
    if moved:
        desk.note("resolved", f"{found.message.key} {word}")
    return _answer(desk, key, slow=not moved)


@desk_page("tasks", changes=True)
def undo(desk: Desk, key: UUID) -> HttpResponse:
    """The last thing that was said of it, taken back."""
    found = the_task(desk, key)
    if found.outcome == OPT_OUT or (found.kind == "unsure" and found.message is None):
        raise Http404
    if found.kind == "unsure" and found.message is not None:
        kept = take_back(desk.dealer, found.message, by=str(desk.user), at=desk.reader.at)
    elif found.kind in CALLS and outcomes_of(desk.dealer, found):
        kept = undo_outcome(desk.dealer, found)
    else:
        kept = reopen_task(desk.dealer, found)
    if kept:
        desk.note("task", f"{found.key} undone")
    return _answer(desk, key, slow=found.kind == "unsure" and not kept)


def _answer(desk: Desk, key: UUID, *, slow: bool = False) -> HttpResponse:
    """The panel as it is now; the card when the button stood in a call list."""
    if desk.request.POST.get("at") == "calls":
        if not desk.is_fragment:
            return redirect("desk-call-list", slug=desk.dealer.slug)
        values = {"call": call_of(desk, the_task(desk, key)), "may_work": True, "outcomes": CALL_OUTCOMES, "slow": slow}
        values["later"] = later(desk).strftime(IN_A_FIELD)
        return show(desk, "desk/tasks/_call.html", values)
    if not desk.is_fragment:
        return redirect("desk-task", slug=desk.dealer.slug, key=key)
    response = panel(desk, key, slow=slow)
    response["HX-Trigger"] = "tasks-changed"
    return response


def _moment(desk: Desk, text: str | None) -> datetime | None:
    """A moment of a field, at the dealer's; None for one that is none or is past."""
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    moment = found.replace(tzinfo=desk.dealer.zone) if found.tzinfo is None else found
    return moment if moment > desk.reader.at else None
