"""Turns a rule tree, a subject and a reference moment into one query, which count, plan, forecast and why all ask.

How rules bind to records is docs/audience.md: own conditions read the subject; own ★ demand that the subject
is the picked record; record rules of another category agree on one record; its ★ stand alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, Exists, Model, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from relance.audience.compare import COMPARISONS, POSITIVES, compare
from relance.audience.fields import CATEGORIES, GONE, SUBJECTS, Asked, Category
from relance.audience.operators import COUNT, DAYS, FLAG, PICK
from relance.audience.ranges import Ranges
from relance.audience.reference import Clock, Recipe, Ref
from relance.audience.tree import AnyOf, Rule, Tree, rules_of
from relance.dealers.models import Dealer
from relance.lib.moments import day_of

SAY_SO = {*POSITIVES, "is_true"}  # comparisons that nothing satisfies whose value is unknown or false


@dataclass(frozen=True)
class Question:
    """A tree asked about a kind of subject of a dealer at a reference moment."""

    dealer: Dealer
    tree: Tree
    subject: str
    scope: str
    at: datetime
    symbolic: bool = False  # the reference moment stays open: what depends on it stands in the query as `Ref`s

    @property
    def day(self) -> date:
        """D: the calendar day of the reference moment in the dealer's zone."""
        return day_of(self.at, self.dealer.zone)


def shape(question: Question) -> tuple[int, ...]:
    """How many day ranges each rule has on this day: what decides, beside the tree, how the statement reads."""
    return tuple(len(r.does.days(r.value, question.day)) for r in rules_of(question.tree) if r.does.days)


def subjects(question: Question) -> QuerySet[Model]:
    """The subjects for which every rule holds; sold and scrapped vehicles, and appointments of them, never are."""
    return _all(question).filter(*conditions(question, finding=True)).filter(_present(question.subject))


def holding(question: Question) -> QuerySet[Model]:
    """The same without looking at gone vehicles: what the hand-over asks, so that it can say which of both it is."""
    return _all(question).filter(*conditions(question))


def _all(question: Question) -> QuerySet[Model]:
    rows: QuerySet[Model] = SUBJECTS[question.subject].objects.of(question.dealer)  # type: ignore[attr-defined]
    return rows


def conditions(question: Question, *, finding: bool = False) -> list[Q]:
    """One condition per entry of the tree; record rules of another category come together as one.

    `finding`: asked of everybody, so that what finds the few comes first; else of subjects that are known already.
    """
    compiler = _Compiler(question)
    selective = any(isinstance(e, Rule) and e.does.bounded and compiler.is_own(e.about) for e in question.tree)
    begin_here = finding and not selective
    together: dict[tuple[str, str | None], list[Rule | AnyOf]] = {}
    own: list[Q] = []
    alone: list[Q] = []
    for entry in question.tree:
        bound = _bound_to(entry)
        if bound is not None and compiler.is_history(CATEGORIES[bound[0]]):
            together.setdefault(bound, []).append(entry)
        elif isinstance(entry, AnyOf):
            alone.append(compiler.any_of(entry, begin_here=begin_here))
        else:
            (own if compiler.is_own(entry.about) else alone).append(compiler.rule(entry))
    agreed = [compiler.one_record(entries, begin_here=begin_here) for entries in together.values()]
    return [*own, *alone, *agreed]  # what indexes answer alone goes before what reads rows


def single(question: Question, rule: Rule) -> Q:
    """One rule by itself, for `why`: a record rule asks whether any record satisfies it."""
    compiler = _Compiler(question)
    if not rule.is_pick and compiler.is_history(rule.about):
        return compiler.one_record([rule], begin_here=False)
    return compiler.rule(rule)


def asked_of(question: Question, prefix: str) -> Asked:
    """What the expression of an attribute needs to know, on the record that `prefix` leads to."""
    return Asked(question.dealer, _Compiler(question).value, prefix)


def history_of(question: Question, row: Model, rule: Rule) -> QuerySet[Model] | None:
    """The records among which a rule looks or picks for one subject; None when it reads the subject's own row."""
    compiler = _Compiler(question)
    if not rule.is_pick and not compiler.is_history(rule.about):
        return None
    theirs, ours = compiler.tie(rule.about)
    rows = compiler.history(rule.about, rule.of)
    if compiler.has_no_history(rule.about):
        return rows.none()
    rows = rows.filter(**{theirs: getattr(row, ours)}) if getattr(row, ours) is not None else rows.none()
    return compiler.candidates(rule, rows) if rule.is_pick else rows


def _bound_to(entry: Rule | AnyOf) -> tuple[str, str | None] | None:
    """The category (and `of`) whose one record an entry is about; None for ★ and for an `any` that mixes them."""
    rules = entry.rules if isinstance(entry, AnyOf) else (entry,)
    bindings = {(rule.about.name, rule.of) for rule in rules}
    if len(bindings) != 1 or any(rule.is_pick for rule in rules):
        return None
    return bindings.pop()


def _present(subject: str) -> Q:
    column = {"vehicle": "status", "appointment": "vehicle__status"}.get(subject)
    return Q() if column is None else Q(**{f"{column}__isnull": True}) | ~Q(**{f"{column}__in": GONE})


class _Compiler:
    """What the conditions of one question share."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.clock = Clock(question.at, question.dealer.zone)
        self.dealer = question.dealer
        self.ranges = Ranges(self.clock, self.value)

    def value(self, recipe: Recipe, output_field: Any = None) -> Any:
        """What a recipe makes of the reference moment: now, or, in a symbolic question, when it is asked."""
        if self.question.symbolic:
            return Ref(recipe, output_field)
        found = recipe(self.clock)
        return found if output_field is None else Value(found, output_field)

    # Where a category's record stands towards the subject.

    def is_own(self, category: Category) -> bool:
        """Whether the category's records are the subjects themselves."""
        return category.record == self.question.subject

    def is_history(self, category: Category) -> bool:
        """Whether one record of many must be found: not the subject, and not its own customer or vehicle."""
        if self.is_own(category) or category.record == "customer":
            return False
        return category.record != "vehicle" or self.question.subject == "customer"

    def prefix(self, category: Category) -> str:
        return "" if self.is_own(category) else f"{category.record}__"

    def history(self, category: Category, of: str | None = None) -> QuerySet[Model]:
        """The records of a category, of the dealer."""
        return self._listed(category.model.objects.of(self.dealer), category, of)  # type: ignore[attr-defined]

    def tied(self, category: Category, of: str | None = None) -> QuerySet[Model]:
        """The same, for whoever ties them to the records of a subject: those are of its dealer.

        To ask each of them for its dealer would mean to read its row where an index already has the answer.
        """
        rows = category.model.objects.across_dealers("tied to a subject of this dealer")  # type: ignore[attr-defined]
        return self._listed(rows, category, of)

    def _listed(self, rows: QuerySet[Model], category: Category, of: str | None) -> QuerySet[Model]:
        rows = rows.filter(category.listed)
        if category.record == "vehicle":
            rows = rows.filter(Q(status__isnull=True) | ~Q(status__in=GONE))
        if of is not None:
            rows = rows.filter(code=of)
        return rows

    def tie(self, category: Category) -> tuple[str, str]:
        """(column of the record, column of the subject) that say whose history is asked."""
        subject = self.question.subject
        if category.record == "deferred_work" and subject == "repair_order":
            return "repair_order", "pk"
        if self.question.scope == "vehicle" and category.record != "vehicle":
            return "vehicle", "pk" if subject == "vehicle" else "vehicle_id"
        return "customer", "pk" if subject == "customer" else "customer_id"

    def has_no_history(self, category: Category) -> bool:
        """With `scope: vehicle` a customer has no vehicle, so no history."""
        return self.tie(category)[0] == "vehicle" and self.question.subject == "customer"

    def of_subject(self, category: Category, of: str | None = None) -> QuerySet[Model]:
        """The history, tied to the subject of the outer query."""
        theirs, ours = self.tie(category)
        rows = self.tied(category, of)
        return rows.none() if self.has_no_history(category) else rows.filter(**{theirs: OuterRef(ours)})

    # Rules.

    def rule(self, rule: Rule) -> Q:
        """One rule as a condition on the subject."""
        if rule.asks.kind == COUNT:
            return self.times(rule)
        if rule.asks.kind == PICK:
            return self.own_pick(rule) if self.is_own(rule.about) else self.pick(rule)
        if self.is_history(rule.about):
            return self.one_record([rule], begin_here=False)
        return self.record(rule, self.prefix(rule.about))

    def record(self, rule: Rule, prefix: str) -> Q:
        """A record rule on the record that `prefix` leads to."""
        attribute, operator = rule.asks, rule.does
        asked = Asked(self.dealer, self.value, prefix)
        target = attribute.column(asked) if callable(attribute.column) else prefix + attribute.column
        if operator.days is not None:
            return self.ranges.on_days(target, rule, is_day=attribute.kind == DAYS)
        if operator.minutes is not None:
            return self.ranges.on_minutes(target, rule)
        known = Q() if isinstance(target, str) or attribute.kind != FLAG else _there(asked)
        found = COMPARISONS[operator.compare](target, attribute, rule.value, known)
        needs_a_value = operator.compare in POSITIVES or (operator.compare == "is_known" and attribute.kind != FLAG)
        return attribute.among(asked) & found if attribute.among and needs_a_value else found

    def one_record(self, entries: Sequence[Rule | AnyOf], *, begin_here: bool) -> Q:
        """One record of the history satisfies all entries. `begin_here`: let an index find the records first."""
        first = entries[0] if isinstance(entries[0], Rule) else entries[0].rules[0]
        category = first.about
        found = [
            reduce(or_, (self.record(rule, "") for rule in entry.rules))
            if isinstance(entry, AnyOf)
            else self.record(entry, "")
            for entry in entries
        ]
        few = any(isinstance(entry, Rule) and entry.does.bounded for entry in entries)
        if begin_here and few and not self.has_no_history(category):
            theirs, ours = self.tie(category)
            owners = self.history(category, first.of).filter(*found).values(f"{theirs}_id")
            return Q(**{f"{ours}__in": owners})
        return Q(Exists(self.of_subject(category, first.of).filter(*found)))

    def any_of(self, entry: AnyOf, *, begin_here: bool) -> Q:
        """One is enough. `begin_here`: when each holds for few, indexes find those before anybody is asked."""
        holds = reduce(or_, (self.rule(rule) for rule in entry.rules))
        ways = [self.way_in(rule) for rule in entry.rules] if begin_here else [None]
        found = [way for way in ways if way is not None]
        if len(found) < len(ways) or len({column for column, _ in found}) > 1:
            return holds
        column, first = found[0]
        return Q(**{f"{column}__in": first.union(*(rows for _, rows in found[1:]))}) & holds

    def way_in(self, rule: Rule) -> tuple[str, QuerySet[Any]] | None:
        """(Column of the subject, its values): an index finds them, and nobody else satisfies the rule; or None."""
        category, attribute, is_own = rule.about, rule.asks, self.is_own(rule.about)
        asks_many = rule.is_pick or self.is_history(category)
        if attribute.kind == COUNT or not (is_own or (asks_many and not self.has_no_history(category))):
            return None
        rows = _all(self.question) if is_own else self.history(category, rule.of)
        if rule.does.bounded:
            rows = rows.filter(self.when(rule) if rule.is_pick else self.record(rule, ""))
        elif attribute.among and rule.does.compare in SAY_SO:
            rows = rows.filter(attribute.among(Asked(self.dealer, self.value, "")))
        else:
            return None
        theirs, ours = ("pk", "pk") if is_own else self.tie(category)
        return ours, rows.values(theirs)

    def pick(self, rule: Rule) -> Q:
        """★ of another category: the picked record, by itself."""
        candidates = self.candidates(rule, self.of_subject(rule.about, rule.of))
        if rule.operator in ("exists", "does_not_exist"):
            return Q(Exists(candidates)) if rule.operator == "exists" else ~Q(Exists(candidates))
        if rule.does.days is not None and len(self.clock.ranges(rule)) == 1:
            beyond = self.ranges.beyond(rule)
            none_beyond = Q() if beyond is None else ~Q(Exists(candidates.filter(beyond)))
            return Q(Exists(candidates.filter(self.when(rule)))) & none_beyond
        same_owner = {self.tie(rule.about)[0]: OuterRef(f"{self.tie(rule.about)[0]}_id")}
        others = self.candidates(rule, self.tied(rule.about, rule.of).filter(**same_owner))
        return Q(Exists(candidates.filter(self.when(rule)).exclude(Exists(_better(rule, others)))))

    def own_pick(self, rule: Rule) -> Q:
        """★ of the subject's category: the subject is the picked record."""
        owner, ours = self.tie(rule.about)
        others = self.candidates(rule, self.tied(rule.about).filter(**{owner: OuterRef(ours)}))
        if rule.operator == "does_not_exist":
            return ~Q(Exists(others))
        value = Q() if rule.operator == "exists" else self.when(rule)
        theirs = Q(**{f"{owner}__isnull": False}) if ours != "pk" else Q()
        eligible = self.can_be_picked(rule, by_days=_reaches_several_days(self.clock, rule))
        return value & theirs & eligible & ~Q(Exists(_better(rule, others)))

    def times(self, rule: Rule) -> Q:
        """★times: how many at or before the reference moment; 0, never unknown."""
        rows = self.candidates(rule, self.of_subject(rule.about, rule.of))
        if (rule.operator, rule.value) in (("equal", 0), ("less_than", 1), ("at_most", 0)):
            return ~Q(Exists(rows))
        if (rule.operator, rule.value) in (("more_than", 0), ("at_least", 1), ("not_equal", 0)):
            return Q(Exists(rows))
        owner = self.tie(rule.about)[0]
        number = Coalesce(Subquery(rows.order_by().values(owner).annotate(n=Count("pk")).values("n")), 0)
        return COMPARISONS[rule.does.compare](number, rule.asks, rule.value, Q())

    # Which record is picked.

    def can_be_picked(self, rule: Rule, *, by_days: bool = False) -> Q:
        """On the right side of the reference moment, and of a status that counts; `by_days` are the way in."""
        category, moment = rule.about, rule.about.moment
        limit = self.value(_day if category.moment_is_day else _moment)
        looked_at = Coalesce(moment, moment) if by_days else moment
        lookup, overlooked = ("gt", category.not_next) if rule.asks.pick == "next" else ("lte", category.not_last)
        side = compare(looked_at, lookup, limit)
        side &= Q() if by_days else category.listed
        if overlooked is None:
            return side
        return side & (Q(status__isnull=True) | ~overlooked)

    def candidates(self, rule: Rule, rows: QuerySet[Model]) -> QuerySet[Model]:
        return rows.filter(self.can_be_picked(rule))

    def when(self, rule: Rule) -> Q:
        """The picked record's moment against the operator."""
        operator, category = rule.does, rule.about
        if operator.days is not None:
            return self.ranges.on_days(category.moment, rule, is_day=category.moment_is_day)
        assert operator.minutes is not None  # exists and does_not_exist never come here
        return self.ranges.on_minutes(category.moment, rule)


def _reaches_several_days(clock: Clock, rule: Rule) -> bool:
    """Whether the rule is a choice of single days: SQLite would rather walk the whole history up to now."""
    return bool(rule.does.days) and len(clock.ranges(rule)) > 1


def _better(rule: Rule, rows: QuerySet[Model]) -> QuerySet[Model]:
    """Those of `rows` that go before the outer record: later (or sooner, ahead), then the greater id."""
    moment = rule.about.moment
    ref = "ref"
    beyond, not_behind = ("lt", "lte") if rule.asks.pick == "next" else ("gt", "gte")
    outer = OuterRef(moment)
    return rows.filter(Q(**{f"{moment}__{not_behind}": outer})).filter(
        Q(**{f"{moment}__{beyond}": outer}) | Q(**{f"{ref}__gt": OuterRef(ref)})
    )


# Recipes: what a rule makes of the clock.


def _moment(clock: Clock) -> datetime:
    return clock.at


def _day(clock: Clock) -> date:
    return clock.day


def _there(asked: Asked) -> Q:
    """A derived flag of a vehicle is unknown where there is no vehicle."""
    return Q(**{f"{asked.key('pk')}__isnull": False}) if asked.prefix else Q()
