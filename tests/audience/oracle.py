"""Turns a rule tree and a world into the subjects that are due, in plain Python, from the contract and nothing else.

It shares no code with the compiler: no tables, no ranges, no queries. What it says is what the query must find.
"""

import unicodedata
from datetime import date, datetime, timedelta
from typing import Any

from relance.audience.tree import AnyOf, Rule, Tree
from tests.audience.worlds import Facts, World, shifted

NEGATIVES = {"is_not", "is_none_of", "does_not_contain", "is_absent", "not_equal"}
RECORD = {
    "repair_order_opened": "repair_order", "repair_order_closed": "repair_order", "work_order": "repair_order",
    "order": "sale", "sale": "sale", "message_sent": "touch", "message_received": "touch", "survey": "touch",
    "call": "touch",
}  # fmt: skip
MOMENT = {
    "appointment": "start_at", "repair_order_opened": "opened_at", "repair_order_closed": "closed_at",
    "order": "ordered_at", "sale": "delivered_on", "deferred_work": "recommended_at",
}  # fmt: skip
TOUCHES = {"message_sent": "sent", "message_received": "received", "survey": "survey", "call": "call"}
PICKS = {"next_one", "last_one", "last_time"}


def plain(text: Any) -> str:
    """Case, accents and outer blanks do not matter."""
    letters = unicodedata.normalize("NFKD", str(text).strip().casefold())
    bare = "".join(c for c in letters if not unicodedata.combining(c))
    return bare.replace("œ", "oe").replace("ł", "l")


class Oracle:
    """Who is due in one world, for one kind of subject and scope."""

    def __init__(self, world: World, subject: str, scope: str) -> None:
        self.world, self.subject, self.scope = world, subject, scope
        self.by_ref = {
            table: {row["ref"]: row for row in getattr(world, table)}
            for table in ("customer", "vehicle", "repair_order")
        }

    def due(self, tree: Tree) -> set[str]:
        """The refs of the subjects for which every rule holds and whose vehicle is not gone."""
        return {row["ref"] for row in getattr(self.world, self.subject) if self.holds(tree, row) and not self.gone(row)}

    def gone(self, row: Facts) -> bool:
        if self.subject not in ("vehicle", "appointment"):
            return False
        vehicle = row if self.subject == "vehicle" else self.by_ref["vehicle"].get(row["vehicle"] or "")
        return vehicle is not None and vehicle["status"] in ("sold", "scrapped")

    def holds(self, tree: Tree, row: Facts) -> bool:
        """Every entry; record rules of one other category must be true of one and the same record."""
        together: dict[tuple[str, str | None], list[list[Rule]]] = {}
        for entry in tree:
            rules = list(entry.rules) if isinstance(entry, AnyOf) else [entry]
            names = {(category(rule), rule.of) for rule in rules}
            if len(names) == 1 and not any(is_star(rule) for rule in rules) and self.is_searched(rules[0]):
                together.setdefault(names.pop(), []).append(rules)
            elif not any(self.single(rule, row) for rule in rules):
                return False
        return all(
            any(
                all(any(self.of_record(r, record) for r in rules) for rules in entries)
                for record in self.history(*key, row)
            )
            for key, entries in together.items()
        )

    def single(self, rule: Rule, row: Facts) -> bool:
        """One rule by itself."""
        if rule.attribute == "times":
            return compared(rule.operator, len(self.candidates(rule, row)), rule.value)
        if is_star(rule):
            return self.star(rule, row)
        if self.is_searched(rule):
            return any(self.of_record(rule, record) for record in self.history(category(rule), rule.of, row))
        return self.of_record(rule, self.own_record(rule, row))

    def star(self, rule: Rule, row: Facts) -> bool:
        """The picked record; of the subject's own category the subject must be it."""
        picked = self.picked(rule, row)
        if rule.operator == "does_not_exist":
            return picked is None
        if picked is None or (record_of(rule) == self.subject and picked["ref"] != row["ref"]):
            return False
        return rule.operator == "exists" or self.operate(rule, picked[moment_of(rule)])

    def picked(self, rule: Rule, row: Facts) -> Facts | None:
        found = self.candidates(rule, row)
        if not found:
            return None
        key = moment_of(rule)
        moments = [record[key] for record in found]
        best = min(moments) if rule.attribute == "next_one" else max(moments)
        return max((record for record in found if record[key] == best), key=lambda record: record["ref"])

    def candidates(self, rule: Rule, row: Facts) -> list[Facts]:
        """The records on the right side of the reference moment, of a status that counts."""
        key = moment_of(rule)
        found = []
        for record in self.history(category(rule), rule.of, row):
            moment = record[key]
            now = self.world.at if isinstance(moment, datetime) else self.world.day
            if rule.attribute == "next_one":
                if moment > now and record["status"] not in ("canceled", "no_show", "completed"):
                    found.append(record)
            elif moment <= now and not (category(rule) == "appointment" and record["status"] == "canceled"):
                found.append(record)
        return found

    # Whose records.

    def is_searched(self, rule: Rule) -> bool:
        """Whether the rule is about some record of many, not about the subject or its own customer or vehicle."""
        record = record_of(rule)
        return record not in (self.subject, "customer") and (record != "vehicle" or self.subject == "customer")

    def history(self, name: str, of: str | None, row: Facts) -> list[Facts]:
        """The records of a category that belong to the subject."""
        records = [record for record in getattr(self.world, RECORD.get(name, name)) if self.lists(name, of, record)]
        if name == "deferred_work" and self.subject == "repair_order":
            return [record for record in records if record["repair_order"] == row["ref"]]
        if self.scope == "vehicle" and name != "vehicle":
            vehicle = row["ref"] if self.subject == "vehicle" else row.get("vehicle")
            return [record for record in records if vehicle is not None and record["vehicle"] == vehicle]
        customer = row["ref"] if self.subject == "customer" else row["customer"]
        return [record for record in records if record["customer"] == customer]

    def lists(self, name: str, of: str | None, record: Facts) -> bool:
        if name in TOUCHES:
            return record["kind"] == TOUCHES[name] and (of is None or record["code"] == of)
        if name == "vehicle":
            return record["status"] not in ("sold", "scrapped")
        return name not in MOMENT or record[MOMENT[name]] is not None

    def own_record(self, rule: Rule, row: Facts) -> Facts | None:
        record = record_of(rule)
        if record == self.subject:
            return row
        return self.by_ref[record].get(row[record] or "")

    # Values.

    def of_record(self, rule: Rule, record: Facts | None) -> bool:
        value = None if record is None else self.value(rule, record)
        return self.operate(rule, value)

    def value(self, rule: Rule, record: Facts) -> Any:
        name, about = rule.attribute, category(rule)
        if name.startswith("meta_"):
            return record["meta"].get(name.removeprefix("meta_"))
        if about == "vehicle" and name in ("odometer", "age_years", "in_shop", "open_recall", "accessory"):
            return getattr(self, name)(record)
        if about == "appointment" and name in ("make", "model"):
            return (self.by_ref["vehicle"].get(record["vehicle"] or "") or {}).get(name)
        if RECORD.get(about) == "sale" and name in ("make", "model") and record[name] is None:
            return (self.by_ref["vehicle"].get(record["vehicle"] or "") or {}).get(name)
        if name == "status" and RECORD.get(about) == "repair_order":
            return record["raw_status"]
        columns = {
            "date": "start_at", "time": "start_at", "vehicle_delivery_date": "delivered_on", "package": "packages",
            "answered_at": "happened_at",
            "outcome": "text",
        }  # fmt: skip
        if name == "happened_at":  # of a sale: when it was ordered
            return record["ordered_at" if about == "sale" else MOMENT.get(about, "happened_at")]
        return record[columns.get(name, name)]

    def odometer(self, record: Facts) -> float | None:
        if record["line"] is None:
            return None
        last, per_day = record["line"]
        return max(last, last / 2 + per_day * (self.world.day - date(1970, 1, 1)).days)

    def age_years(self, record: Facts) -> int | None:
        return None if record["year"] is None else self.world.day.year - record["year"]

    def in_shop(self, record: Facts) -> bool:
        return any(o["vehicle"] == record["ref"] and o["state"] != "closed" for o in self.world.repair_order)

    def accessory(self, record: Facts) -> list[str] | None:
        return record["accessories"]

    def open_recall(self, record: Facts) -> str | None:
        theirs = [o for o in self.world.repair_order if o["vehicle"] == record["ref"]]
        done = {plain(title) for o in theirs for title in o["packages"] or []}
        for recall in self.world.recall:
            if record["vin"] is not None and plain(recall["vin"]) == plain(record["vin"]):
                campaign = plain(recall["campaign"])
                return None if any(campaign in title for title in done) else campaign
        return None

    def operate(self, rule: Rule, value: Any) -> bool:
        """The operator: false for an unknown value, except is_unknown and the negatives."""
        word = rule.operator
        if word in ("is_known", "is_unknown"):
            return (value is None) == (word == "is_unknown")
        if value is None:
            return word in NEGATIVES
        if isinstance(value, bool):
            return value == (word == "is_true")
        if isinstance(value, datetime):
            if "minutes" in word:
                return by_minutes(word, value, rule.value, self.world.at)
            value = value.astimezone(self.world.zone).date()
        if isinstance(value, date):
            return by_day(word, value, rule.value, self.world.day)
        return compared(word, value, rule.value)


def category(rule: Rule) -> str:
    return "repair_order_opened" if rule.category == "work_order" else rule.category


def record_of(rule: Rule) -> str:
    return RECORD.get(rule.category, rule.category)


def is_star(rule: Rule) -> bool:
    return rule.attribute in PICKS or rule.attribute == "times"


def moment_of(rule: Rule) -> str:
    return MOMENT.get(category(rule), "happened_at")


def by_minutes(word: str, moment: datetime, n: int, now: datetime) -> bool:
    away = timedelta(minutes=n)
    return {
        "at_most_minutes_ago": now - away <= moment <= now,
        "less_than_minutes_ago": now - away < moment <= now,
        "at_least_minutes_ago": moment <= now - away,
        "more_than_minutes_ago": moment < now - away,
        "in_at_most_minutes": now < moment <= now + away,
        "in_at_least_minutes": moment >= now + away,
    }[word]


def by_day(word: str, day: date, value: Any, today: date) -> bool:
    """The table of docs/rules.md, line by line. `ago` and `ahead` are whole days."""
    ago = (today - day).days
    ahead = -ago
    match word:
        case "exactly_days_ago":
            return ago == value
        case "in_exactly_days":
            return ahead == value
        case "at_most_days_ago":
            return 0 <= ago <= value
        case "less_than_days_ago":
            return 0 <= ago < value
        case "at_least_days_ago":
            return ago >= value
        case "more_than_days_ago":
            return ago > value
        case "days_ago_between":
            return value[0] <= ago <= value[1]
        case "in_days_between":
            return value[0] <= ahead <= value[1]
        case "in_at_most_days":
            return 0 <= ahead <= value
        case "in_less_than_days":
            return 0 <= ahead < value
        case "in_at_least_days":
            return ahead >= value
        case "in_more_than_days":
            return ahead > value
        case "exactly_months_ago":
            return shifted(day, value) == today
        case "in_exactly_months":
            return shifted(day, -value) == today
        case "anniversary":
            is_common = shifted(date(today.year, 1, 31), 1).day == 28
            shown = (2, 28) if is_common and (day.month, day.day) == (2, 29) else (day.month, day.day)
            return day.year < today.year and shown == (today.month, today.day)
        case "days_ago_in_series":
            return in_series(ago, value["first"], value["every"], value["before"])
        case "on" | "before" | "after":
            return {"on": day == value, "before": day < value, "after": day > value}[word]
    raise AssertionError(word)


def in_series(n: int, first: int, every: int, before: int) -> bool:
    if first == 0 or n < first or (before and n >= before):
        return False
    return n == first if every == 0 else (n - first) % every == 0


def compared(word: str, value: Any, wanted: Any) -> bool:
    """Numbers, texts, titles and accessories: titles match when one of them does, a negative when none does."""
    if isinstance(value, list):
        positive = {
            "is_not": "is",
            "is_none_of": "is_one_of",
            "does_not_contain": "contains",
            "is_absent": "is_present",
        }
        if word in positive:
            return not any(compared(positive[word], one, wanted) for one in value)
        return any(compared(word, one, wanted) for one in value)
    if isinstance(value, str):
        return as_text(word, plain(value), wanted)
    match word:
        case "equal":
            return value == wanted
        case "not_equal":
            return value != wanted
        case "less_than":
            return value < wanted
        case "at_most":
            return value <= wanted
        case "more_than":
            return value > wanted
        case "at_least":
            return value >= wanted
        case "between":
            return wanted[0] <= value <= wanted[1]
    raise AssertionError(word)


def as_text(word: str, text: str, wanted: Any) -> bool:
    one_of = [plain(each) for each in wanted] if isinstance(wanted, tuple) else []
    single = "" if isinstance(wanted, tuple) else plain(wanted)
    return {
        "is": text == single,
        "is_present": text == single,
        "is_not": text != single,
        "is_one_of": text in one_of,
        "is_none_of": text not in one_of,
        "contains": single in text,
        "does_not_contain": single not in text,
        "starts_with": text.startswith(single),
    }[word]
