"""The questions of the library as one would write them by hand, in SQLite's SQL: the lower bound of a day's plan.

Each takes the moments and days that it names (`:day0` is the first moment of the reference day, `:day0-2` two days
before it, `:at` the reference moment, `:on+7` a date) and answers with the ids of its subjects.
"""

LATER_RO = """not exists (select 1 from facts_repairorder l where l.customer_id = r.customer_id and l.closed_at <= :at
  and l.closed_at >= r.closed_at and (l.closed_at > r.closed_at or l.ref > r.ref))"""
LATEST = "from facts_repairorder r where r.dealer_id = :dealer and " + LATER_RO
WITH_EMAIL = """exists (select 1 from facts_customer c where c.id = {}.customer_id
  and c.email_folded is not null)"""
NOT_INTERNAL = "(r.billing is null or r.billing <> 'internal')"
PRESENT = "not exists (select 1 from facts_vehicle v where v.id = a.vehicle_id and v.status in ('sold', 'scrapped'))"
AHEAD = """exists (select 1 from facts_appointment a where a.customer_id = {}.customer_id and a.start_at > :at
  and (a.status is null or a.status not in ('canceled', 'no_show', 'completed')))"""
BEFORE_MISSED = """(not exists (select 1 from facts_repairorder l where l.customer_id = a.customer_id
    and l.opened_at <= :at)
  or (select max(l.opened_at) from facts_repairorder l where l.customer_id = a.customer_id
    and l.opened_at <= :at) < :day0-1)"""


def _closed(days: int) -> str:
    return f"r.closed_at >= :day0-{days} and r.closed_at < :day0-{days - 1}"


def _of_appointments(days: int, statuses: str) -> str:
    return (
        f"select a.id from facts_appointment a where a.dealer_id = :dealer and a.start_at >= :day0+{days} "
        f"and a.start_at < :day0+{days + 1} and {statuses} and {PRESENT}"
    )


QUESTIONS: dict[str, str] = {
    "C_REM1": _of_appointments(14, "a.status in ('proposed', 'booked') and " + WITH_EMAIL.format("a")),
    "C_REM2": _of_appointments(7, "a.status in ('proposed', 'booked', 'confirmed') and " + WITH_EMAIL.format("a")),
    "C_NOSHOW": _of_appointments(
        -1,
        "a.status in ('booked', 'confirmed', 'proposed', 'rescheduled', 'no_show') and "
        + BEFORE_MISSED
        + " and "
        + WITH_EMAIL.format("a"),
    ),
    "C_THANKS": f"select r.id {LATEST} and {_closed(2)} and {NOT_INTERNAL} and {WITH_EMAIL.format('r')}",
    "C_DEFER": f"select r.id {LATEST} and {_closed(30)} and {NOT_INTERNAL} "
    "and exists (select 1 from facts_deferredwork d where d.repair_order_id = r.id and d.status = 'open') "
    f"and {WITH_EMAIL.format('r')}",
    "C_INACT": f"select r.id {LATEST} and ({_closed(90)} or {_closed(180)} or {_closed(270)} or {_closed(360)}) "
    f"and {NOT_INTERNAL} and {WITH_EMAIL.format('r')}",
    "J_CSI": f"select r.id {LATEST} and {_closed(1)} and {NOT_INTERNAL}",
    "J_SIX": f"select r.id {LATEST} and r.closed_at >= :day0-180 and r.closed_at < :day0-173 and {NOT_INTERNAL} "
    "and r.vehicle_id is not null and not exists (select 1 from facts_repairorder o where o.vehicle_id = r.vehicle_id "
    f"and o.state in ('open', 'ready')) and not {AHEAD.format('r')}",
    "J_TOMORROW": _of_appointments(1, "(a.status is null or a.status not in ('canceled', 'completed', 'no_show'))"),
    "J_MISSED": "select a.id from facts_appointment a where a.dealer_id = :dealer and a.start_at <= :at-120m "
    "and a.start_at >= :at-130m and (a.status is null or a.status not in ('canceled', 'rescheduled', 'arrived', "
    f"'completed')) and {PRESENT} and {BEFORE_MISSED}",
    "V03": "select s.id from facts_sale s where s.dealer_id = :dealer and s.deal in ('lease', 'loan') "
    "and s.term_end_on in (:months)",
    "V06": "select s.id from facts_sale s where s.dealer_id = :dealer and s.delivered_on in (:years)",
    "E01": "select v.id from facts_vehicle v where v.dealer_id = :dealer and v.next_service_on >= :on+23 "
    "and v.next_service_on <= :on+30 and (v.status is null or v.status not in ('sold', 'scrapped')) "
    "and not exists (select 1 from facts_repairorder o where o.vehicle_id = v.id and o.state in ('open', 'ready')) "
    f"and not {AHEAD.format('v').replace('a.customer_id = v.customer_id', 'a.vehicle_id = v.id')}",
}
