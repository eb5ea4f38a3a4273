"""Bad input is one clear line and exit 2, and nothing has changed."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from relance.dealers.models import Dealer
from relance.environment import VARIABLES, database_settings, read_environment
from relance.lib.errors import BadInput
from tests import builders

A_COMMAND = ("dealer", "create", "north", "--name", "North", "--timezone", "America/Toronto")


def assert_one_clear_line(answer, *words):
    assert answer.status == 2, answer
    assert answer.out == ""
    assert len(answer.err.strip().splitlines()) == 1, answer.err
    assert answer.err.startswith("relance: ")
    for word in words:
        assert word in answer.err


def test_an_unknown_command_offers_the_nearest(relance):
    assert_one_clear_line(relance("improt"), "unknown command 'improt'", "did you mean 'import'?")


@pytest.mark.parametrize("words", [("import", "north"), ("backup",), ("restore",)])
def test_a_path_that_is_too_long_for_the_system_is_bad_input(db, relance, words):
    builders.a_dealer()
    answer = relance(*words, "x" * 300)
    assert (answer.status, answer.out) == (2, "")
    assert answer.err.splitlines()[-1] == "relance: a path is longer than this system allows: use a shorter one"


def test_a_holiday_that_the_country_does_not_have_is_told_when_a_dealer_is_made(db, relance, tmp_path):
    settings = tmp_path / "settings.yaml"
    settings.write_text("closed_days: {public_holidays: [Good Friday, Canadian Day]}", encoding="utf-8")
    answer = relance(*A_COMMAND, "--settings", str(settings))
    assert answer.status == 0
    warning = answer.err.splitlines()[0]
    assert warning.startswith("warning: settings.closed_days.public_holidays: unknown public holiday 'Canadian Day'")


def test_an_unknown_environment_variable_offers_the_nearest():
    with pytest.raises(BadInput, match=r"RELANCE_PROT.*did you mean 'RELANCE_PORT'"):
        read_environment({"RELANCE_PROT": "8001"})


@pytest.mark.parametrize(("name", "value"), [("RELANCE_PORT", "eighty"), ("RELANCE_DEBUG", "perhaps")])
def test_an_unreadable_environment_variable_is_named(name, value):
    with pytest.raises(BadInput, match=f"{name}='{value}' cannot be read"):
        read_environment({name: value})


def test_an_empty_environment_variable_means_its_default():
    assert read_environment({"RELANCE_PORT": ""})["RELANCE_PORT"] == 8000


def test_every_default_can_be_read():
    assert set(read_environment({})) == {variable.name for variable in VARIABLES}


def test_an_unknown_database_is_named():
    with pytest.raises(BadInput, match=r"RELANCE_DATABASE_URL: unknown database 'mysql'"):
        database_settings("mysql://here/relance", Path("/nowhere"))


def test_the_database_url_may_name_a_socket():
    found = database_settings("postgres://postgres@/relance?host=%2Frun%2Fpg", Path("/nowhere"))
    assert (found["NAME"], found["HOST"]) == ("relance", "/run/pg")


def test_options_of_the_database_url_replace_our_own():
    ours = database_settings("postgres://postgres@/relance", Path("/nowhere"))
    theirs = database_settings("postgres://postgres@/relance?options=-c%20jit%3Doff", Path("/nowhere"))
    assert (ours["OPTIONS"]["options"], theirs["OPTIONS"]["options"]) == ("-c random_page_cost=1.1", "-c jit=off")
    waiting = database_settings("postgres://postgres@/relance?connect_timeout=60", Path("/nowhere"))
    assert (ours["OPTIONS"]["connect_timeout"], waiting["OPTIONS"]["connect_timeout"]) == ("5", "60")


@pytest.mark.django_db
def test_an_unknown_dealer_offers_the_nearest(relance):
    builders.a_dealer("north-garage")
    answer = relance("messages", "nort-garage")
    assert_one_clear_line(answer, "unknown dealer 'nort-garage'", "did you mean 'north-garage'?")


@pytest.mark.django_db
def test_without_any_dealer_the_line_says_how_to_make_one(relance):
    assert_one_clear_line(relance("messages", "north"), "there is no dealer yet", "relance dealer create north")


@pytest.mark.django_db
@pytest.mark.parametrize("command", ["plan", "deliver"])
@pytest.mark.parametrize("moment", ["tomorrow", "2026-13-01", "2026-02-30T10:00", "", "9999-12-31T23:59", "0001-01-01"])
def test_a_moment_that_is_no_moment(relance, command, moment):
    builders.a_dealer("north")
    assert_one_clear_line(relance(command, "north", "--at", moment), "is not a moment", "2026-03-01T10:00")


@pytest.mark.django_db
def test_a_missing_argument_points_to_the_help(relance):
    assert_one_clear_line(relance("messages"), "relance messages --help")


@pytest.mark.django_db
def test_an_unknown_option_points_to_the_help(relance):
    builders.a_dealer("north")
    assert_one_clear_line(relance("messages", "north", "--jsno"), "--jsno", "relance messages --help")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("opening_ours: {}", ["opening_ours", "did you mean 'opening_hours'?"]),
        ('opening_hours: {mon: ["18:00", "08:00"]}', ["opening_hours.mon", "later than"]),
        ("quiet_hours: {may_sent: []}", ["quiet_hours", "may_sent", "did you mean 'may_send'?"]),
        ("status_map: {appointment: {NS: no_shwo}}", ["status_map.appointment", "did you mean 'no_show'?"]),
        ("- a list", ["settings"]),
        ("a: b: c", ["settings.yaml"]),
    ],
)
def test_a_faulty_settings_file_makes_no_dealer(relance, tmp_path, line, words):
    path = tmp_path / "settings.yaml"
    path.write_text(line)
    assert_one_clear_line(relance(*A_COMMAND, "--settings", path), *words)
    assert not Dealer.objects.exists()


@pytest.mark.django_db
def test_a_settings_file_that_is_not_there(relance, tmp_path):
    assert_one_clear_line(relance(*A_COMMAND, "--settings", tmp_path / "none.yaml"), "none.yaml")


@pytest.mark.django_db
def test_an_unknown_time_zone_offers_the_nearest(relance):
    answer = relance("dealer", "create", "north", "--name", "North", "--timezone", "America/Toronot")
    assert_one_clear_line(answer, "America/Toronot", "America/Toronto")


@pytest.mark.django_db
def test_a_database_that_is_newer_than_the_code(relance):
    MigrationRecorder(connection).record_applied("facts", "9999_of_tomorrow")
    assert_one_clear_line(relance(*A_COMMAND), "newer than this relance", "facts.9999_of_tomorrow")
    assert not Dealer.objects.exists()


@pytest.mark.process
def test_a_home_that_cannot_be_written(process, tmp_path):
    (tmp_path / "file").write_text("not a folder")
    answer = process("messages", "north", environ={"RELANCE_HOME": str(tmp_path / "file" / "home")})
    assert_one_clear_line(answer, str(tmp_path / "file" / "home"), "RELANCE_HOME")


@pytest.mark.process
def test_an_unknown_variable_stops_a_process_before_it_makes_a_home(process):
    assert_one_clear_line(process("messages", "north", environ={"RELANCE_PROT": "1"}), "did you mean 'RELANCE_PORT'?")
    assert not process.home.exists()


@pytest.mark.process
def test_a_process_says_what_it_made(process):
    made = process(*A_COMMAND)
    assert (made.status, made.err.count("Traceback")) == (0, 0), made.err
    assert_one_clear_line(process(*A_COMMAND), "north")


@pytest.mark.process
def test_the_overview_needs_no_home(tmp_path):
    done = subprocess.run([sys.executable, "-m", "relance"], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0
    assert "relance plan" in done.stdout
    assert list(tmp_path.iterdir()) == []
