"""What a VIN tells, who is asked for it, and that the feed always wins."""

import pytest

from relance.facts.applying.tidy import decoders
from relance.facts.applying.tidy.decoders import Decoded, complete
from relance.facts.models import Vehicle
from relance.facts.vins import decode_waiting
from tests.builders import a_dealer
from tests.intake.feed_files import a_feed, taken_in

COACH, CAR, EUROPEAN = "1M8GDM9AXKP042788", "JM3KFBDM6K0123456", "WVWZZZ1JZXW000001"
COLUMNS = "id,customer_id,vin,make,model,year\n"


def fed(dealer, folder, rows):
    """The vehicles after an import of these rows and the job behind it."""
    folder.mkdir(exist_ok=True)
    run = taken_in(dealer, a_feed(folder, customers="id\n1\n", vehicles=COLUMNS + rows))
    decode_waiting(dealer)
    return run, {vehicle.ref: vehicle for vehicle in Vehicle.objects.of(dealer)}


def test_the_fast_decoder_tells_make_and_year_of_a_north_american_vin():
    assert complete(COACH, Decoded(model="MC9")) == (decoders.fast("1M8GDM9A0KP").make, "MC9", 1989)


def test_the_slow_decoder_tells_the_model():
    assert complete(CAR, Decoded()) == ("Mazda", "CX-5", 2019)


def test_a_vin_without_check_digit_tells_its_make_only():
    found = complete(EUROPEAN, Decoded())
    assert found.make == "Volkswagen"
    assert (found.model, found.year) == (None, None)


def test_of_another_make_no_model_is_taken():
    assert complete(CAR, Decoded(make="Ford")).model is None


def test_a_vin_that_is_wrong_tells_nothing():
    assert complete("1M8GDM9A1KP042788", Decoded()) == (None, None, None)


def test_the_slow_decoder_is_not_asked_when_nothing_is_missing(monkeypatch):
    monkeypatch.setattr(decoders, "slow", lambda head: pytest.fail("asked"))
    complete(COACH, Decoded(model="MC9"))


def test_vins_that_begin_alike_are_asked_once(monkeypatch):
    decoders.slow.cache_clear()
    for last in ("123456", "123457", "123458"):
        for digit in "0123456789X":
            complete(f"JM3KFBDM{digit}K0{last[1:]}5"[:17], Decoded())
    assert decoders.slow.cache_info().misses <= 1


@pytest.mark.django_db
class TestTheJob:
    def test_fills_only_what_the_feed_leaves_empty(self, tmp_path):
        _, found = fed(a_dealer(), tmp_path, f"V1,1,{CAR},,,\nV2,1,{CAR},Mazda,CX5,\nV3,1,{CAR},Mazda,CX5,2018\n")
        assert (found["V1"].make, found["V1"].model, found["V1"].model_folded) == ("Mazda", "CX-5", "cx-5")
        assert found["V1"].decoded == ["make", "model", "year"]
        assert (found["V2"].model, found["V2"].year, found["V2"].decoded) == ("CX5", 2019, ["year"])
        assert (found["V3"].year, found["V3"].decoded) == (2018, [])

    def test_the_import_itself_does_not_wait_for_it(self, tmp_path):
        dealer = a_dealer()
        taken_in(dealer, a_feed(tmp_path, customers="id\n1\n", vehicles=f"{COLUMNS}V1,1,{CAR},,,\n"))
        assert (Vehicle.objects.of(dealer).get().make, Vehicle.objects.of(dealer).get().vin_waits) == (None, True)
        assert (decode_waiting(dealer), decode_waiting(dealer)) == (1, 0)

    def test_the_same_feed_again_changes_nothing(self, tmp_path):
        dealer = a_dealer()
        fed(dealer, tmp_path, f"V1,1,{CAR},,,\n")
        run, found = fed(dealer, tmp_path, f"V1,1,{CAR},,,\n")
        assert [line["updated"] for line in run.files] == [0, 0]
        assert found["V1"].model == "CX-5"

    def test_another_cell_changes_and_the_decoded_ones_stay(self, tmp_path):
        dealer = a_dealer()
        fed(dealer, tmp_path, f"V1,1,{CAR},,,\n")
        _, found = fed(dealer, tmp_path, f"V1,1,{CAR},,,2018\n")
        assert (found["V1"].model, found["V1"].year, found["V1"].decoded) == ("CX-5", 2018, ["make", "model"])

    def test_another_vin_takes_away_what_the_first_one_told(self, tmp_path):
        dealer = a_dealer()
        fed(dealer, tmp_path, f"V1,1,{CAR},,,\n")
        _, found = fed(dealer, tmp_path, f"V1,1,{EUROPEAN},,,\n")
        assert (found["V1"].make, found["V1"].model, found["V1"].year) == ("Volkswagen", None, None)

    def test_a_make_that_the_feed_takes_away_comes_from_the_vin(self, tmp_path):
        dealer = a_dealer()
        fed(dealer, tmp_path, f"V1,1,{CAR},Madza,CX-5,2019\n")
        _, found = fed(dealer, tmp_path, f"V1,1,{CAR},,CX-5,2019\n")
        assert (found["V1"].make, found["V1"].decoded) == ("Mazda", ["make"])

    def test_an_unusable_vin_is_kept_flagged_and_said(self, tmp_path):
        run, found = fed(a_dealer(), tmp_path, "V1,1,1M8GDM9A1KP042788,,,\n")
        assert (found["V1"].vin, found["V1"].vin_usable, found["V1"].vin_waits) == ("1M8GDM9A1KP042788", False, None)
        assert run.notes == ["vehicles.csv: a VIN that cannot be right, 1 row"]
