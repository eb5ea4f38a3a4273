"""Who is there twice, and two customers who become one."""

from datetime import timedelta
from itertools import combinations, permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relance.delivery.safety.resolve import resolve_unsure
from relance.facts.consent import Entry, ledger_of, record, state_of
from relance.facts.models import Customer, Merge, Vehicle
from relance.facts.persons.matching import alike, offers, set_apart
from relance.lib.errors import BadInput
from relance.outbox.models import HoldBack, Message
from relance.outbox.recheck import ONE_PERSON, Refusal, recheck
from relance.outbox.runs.merged import merge
from relance.plan.models import Occurrence
from tests.builders import (
    A_DAY,
    a_customer,
    a_dealer,
    a_message,
    a_repair_order,
    a_vehicle,
    an_automation,
)  # fmt: skip
from tests.intake.feed_files import a_feed, taken_in

pytestmark = pytest.mark.django_db
LATER = A_DAY + timedelta(days=1)


def two(dealer, **of_second):
    """Two customers who look like one."""
    first = a_customer(dealer, ref="K", email="ann@example.org")
    return first, a_customer(dealer, ref="G", email="ann@example.org", **of_second)


def merged(dealer, keep, gone, at=LATER):
    return merge(dealer, keep, gone, by="kim", at=at)


class TestWhoIsThereTwice:
    def test_the_same_name_and_address_are_offered_with_the_reason(self):
        dealer = a_dealer()
        two(dealer)
        [offer] = offers(dealer)
        assert (offer.keep.ref, offer.gone.ref, offer.because()) == ("K", "G", "e-mail address")

    @pytest.mark.parametrize("other", [{"name": "Bob Lee"}, {"email_usable": False}, {"email": "bob@example.org"}])
    def test_another_name_or_an_unusable_address_is_nobody_twice(self, other):
        dealer = a_dealer()
        a_customer(dealer, email="ann@example.org")
        a_customer(dealer, **{"email": "ann@example.org", **other})
        assert offers(dealer) == []

    def test_two_who_are_two_are_not_offered_again(self):
        dealer = a_dealer()
        set_apart(dealer, *two(dealer), by="kim", at=A_DAY)
        assert offers(dealer) == []

    def test_three_who_are_alike_are_three_pairs_and_one_is_left_when_one_is_gone(self):
        dealer = a_dealer()
        three = [a_customer(dealer, name="Ann Lee", name_folded="ann lee", email="ann@example.org") for _ in range(3)]
        a_customer(dealer, name="Ann Lee", name_folded="ann lee", email="other@example.org")
        keys = [row.pk for row in three]
        pairs = alike(dealer)
        assert [(pair.first, pair.second) for pair in pairs] == list(combinations(keys, 2))
        Customer.objects.of(dealer).filter(pk=keys[0]).delete()
        assert [(offer.keep.pk, offer.gone.pk) for offer in offers(dealer, pairs)] == [(keys[1], keys[2])]

    def test_another_dealers_customer_is_nobody_twice(self):
        a_customer(a_dealer("south"), email="ann@example.org")
        dealer = a_dealer()
        a_customer(dealer, email="ann@example.org")
        assert offers(dealer) == []


class TestTwoBecomeOne:
    def test_history_and_vehicles_go_over_and_it_is_written_down(self):
        dealer = a_dealer()
        keep, gone = two(dealer)
        a_vehicle(gone)
        a_repair_order(gone, "2026-05-04T10:00")
        row = merged(dealer, keep, gone)
        assert Vehicle.objects.of(dealer).get().customer == keep
        assert (row.gone_ref, row.gone["email"], row.by) == ("G", "ann@example.org", "kim")
        assert row.moved == {"facts.Vehicle": 1, "facts.RepairOrder": 1}
        assert list(Customer.objects.of(dealer)) == [keep]

    def test_what_the_kept_one_lacks_is_filled_and_what_he_has_stays(self):
        dealer = a_dealer()
        keep = a_customer(dealer, ref="K", mobile=None, mobile_usable=None, city="Laval")
        gone = a_customer(dealer, ref="G", mobile="+15145550199", city="Québec", do_not_mail=True)
        merged(dealer, keep, gone)
        kept = Customer.objects.of(dealer).get()
        assert (kept.mobile, kept.mobile_usable, kept.city, kept.do_not_mail) == ("+15145550199", True, "Laval", True)

    def test_nobody_becomes_one_with_himself_or_with_another_dealers(self):
        dealer = a_dealer()
        keep, _ = two(dealer)
        for other in (keep, a_customer(a_dealer("south"))):
            with pytest.raises(BadInput, match="not two of this dealer"):
                merged(dealer, keep, other)

    def test_hold_backs_go_over(self):
        dealer = a_dealer()
        keep, gone = two(dealer)
        HoldBack(dealer=dealer, automation=an_automation(dealer), customer=gone, at=A_DAY, by="kim").save()
        merged(dealer, keep, gone)
        assert HoldBack.objects.of(dealer).get().customer == keep

    def test_of_three_the_first_ids_still_lead_to_the_last(self):
        dealer = a_dealer()
        keep, gone = two(dealer)
        last = a_customer(dealer, ref="L")
        merged(dealer, keep, gone)
        merged(dealer, last, keep)
        assert set(Merge.objects.of(dealer).values_list("gone_ref", "kept__ref")) == {("G", "L"), ("K", "L")}


class TestMessages:
    @pytest.mark.parametrize(("mine", "theirs"), [("ready", "ready"), ("sent", "ready"), ("ready", "sent")])
    def test_what_both_were_to_hear_is_heard_once(self, mine, theirs):
        dealer = a_dealer()
        keep, gone = two(dealer)
        automation = an_automation(dealer)
        for customer, state in ((keep, mine), (gone, theirs)):
            a_message(customer, automation, state=state)
        Occurrence.objects.of(dealer).update(key="2026")
        merged(dealer, keep, gone)
        states = sorted(Message.objects.of(dealer).filter(customer=keep).values_list("state", flat=True))
        assert states == sorted(["canceled", "sent" if "sent" in (mine, theirs) else "ready"])

    def test_of_three_who_become_one_nobody_speaks_again(self):
        dealer = a_dealer()
        keep, gone = two(dealer)
        last, automation = a_customer(dealer, ref="L"), an_automation(dealer)
        for customer, state in ((keep, "sent"), (gone, "ready"), (last, "ready")):
            a_message(customer, automation, state=state)
        Occurrence.objects.of(dealer).update(key="2026")
        merged(dealer, keep, gone)
        merged(dealer, last, keep)
        assert sorted(Message.objects.of(dealer).values_list("state", flat=True)) == ["canceled", "canceled", "sent"]

    @pytest.mark.parametrize("first", [0, 1])
    def test_two_in_doubt_for_the_same_reason_do_not_both_go_again(self, first):
        dealer = a_dealer()
        keep, gone = two(dealer)
        automation = an_automation(dealer)
        both = [a_message(customer, automation, state="unsure") for customer in (keep, gone)]
        Occurrence.objects.of(dealer).update(key="2026")
        merged(dealer, keep, gone)
        both = list(Message.objects.of(dealer).order_by("pk"))
        both = [both[first], both[1 - first]]
        resolve_unsure(dealer, both[:1], word="sent", by="kim", at=LATER)
        resolve_unsure(dealer, both[1:], word="again", by="kim", at=LATER)
        [answer] = recheck(dealer, both[1:], at=LATER).values()
        assert answer == Refusal("no_longer_true", ONE_PERSON)

    def test_of_two_that_go_again_together_one_goes(self):
        dealer = a_dealer()
        keep, gone = two(dealer)
        automation = an_automation(dealer)
        for customer in (keep, gone):
            a_message(customer, automation, state="unsure")
        Occurrence.objects.of(dealer).update(key="2026")
        merged(dealer, keep, gone)
        both = list(Message.objects.of(dealer).order_by("pk"))
        resolve_unsure(dealer, both, word="again", by="kim", at=LATER)
        answers = recheck(dealer, both, at=LATER)
        assert [isinstance(answers[message.pk], Refusal) for message in both] == [False, True]

    def test_a_once_key_of_the_gone_one_counts_for_the_kept_one(self):
        dealer = a_dealer()
        keep, gone = two(dealer)
        message = a_message(gone, an_automation(dealer), state="sent")
        merged(dealer, keep, gone)
        message.refresh_from_db(from_queryset=Message.objects.of(dealer))
        assert (message.customer_id, message.subject_id, message.subject_ref) == (keep.pk, keep.pk, "K")
        assert Occurrence.objects.of(dealer).get().subject_id == keep.pk


class TestTheNextFeed:
    ROWS = "id,first_name,email,city\nK,Ann,,Laval\nG,Ann,ann@example.org,Québec\n"

    def test_does_not_bring_the_gone_one_back(self, tmp_path):
        dealer = a_dealer()
        feed = a_feed(tmp_path, customers=self.ROWS, vehicles="id,customer_id\nV,G\n")
        taken_in(dealer, feed)
        people = {row.ref: row for row in Customer.objects.of(dealer)}
        merged(dealer, people["K"], people["G"])
        run = taken_in(dealer, feed)
        assert [(line["unchanged"], line["inserted"], line["rejected"]) for line in run.files] == [(2, 0, 0), (1, 0, 0)]
        assert [row.ref for row in Customer.objects.of(dealer)] == ["K"]

    def test_what_names_the_gone_one_lands_on_the_kept_one(self, tmp_path):
        dealer = a_dealer()
        taken_in(dealer, a_feed(tmp_path, customers=self.ROWS))
        people = {row.ref: row for row in Customer.objects.of(dealer)}
        merged(dealer, people["K"], people["G"])
        taken_in(dealer, a_feed(tmp_path, vehicles="id,customer_id\nV2,G\n"))
        assert Vehicle.objects.of(dealer).get().customer_id == people["K"].pk

    def test_a_new_row_of_the_gone_one_fills_only_what_is_missing(self, tmp_path):
        dealer = a_dealer()
        taken_in(dealer, a_feed(tmp_path, customers=self.ROWS))
        people = {row.ref: row for row in Customer.objects.of(dealer)}
        merged(dealer, people["K"], people["G"])
        feed = a_feed(tmp_path, customers="id,mobile,city,do_not_mail\nG,514 555 0101,Gaspé,yes\n")
        assert taken_in(dealer, feed).files[0]["updated"] == 1
        kept = Customer.objects.of(dealer).get()
        assert (kept.ref, kept.mobile, kept.city, kept.do_not_mail) == ("K", "+15145550101", "Laval", True)
        assert taken_in(dealer, feed).files[0]["unchanged"] == 1


ENTRIES = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from(["any", "sms", "email"]),
        st.sampled_from(["any", "marketing"]),
        st.sampled_from(["granted", "implied", "withdrawn"]),
        st.sampled_from(["feed", "person", "staff"]),
        st.integers(0, 3),
    ),
    max_size=6,
)


def states(dealer, customers, at):
    ledger = ledger_of(dealer, [customer.pk for customer in customers])
    return [
        {(c, p): state_of(ledger.get(customer.pk, []), channel=c, purpose=p, at=at) for c in ("sms", "email")
         for p in ("service", "marketing")}
        for customer in customers
    ]  # fmt: skip


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entries=ENTRIES)
def test_in_whichever_order_three_become_one_the_stricter_consent_stays(entries):
    found = []
    for number, order in enumerate(permutations(range(3))):
        dealer = a_dealer(f"d{Customer.objects.across_dealers('a name that is free').count()}-{number}")
        people = [a_customer(dealer) for _ in range(3)]
        for whose, channel, purpose, status, by, day in entries:
            values = {"channel": channel, "purpose": purpose, "by": by, "at": A_DAY - timedelta(days=9 - day)}
            record(dealer, [people[whose].pk], Entry(status=status, **values), recorded_at=A_DAY)
        before = states(dealer, people, LATER)
        first, second, third = (people[at] for at in order)
        merged(dealer, first, second, at=LATER)
        merged(dealer, third, first, at=LATER + timedelta(minutes=1))
        [after] = states(dealer, [third], LATER + timedelta(hours=1))
        for about, state in after.items():
            assert (state == "withdrawn") == any(one[about] == "withdrawn" for one in before)
        found.append(after)
    assert all(one == found[0] for one in found)
