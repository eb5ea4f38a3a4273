"""`automations apply | export | library`: a file in, a file out, what is shipped."""

import json

import pytest

from relance.plan.models import Automation
from tests.builders import a_dealer

pytestmark = pytest.mark.django_db
FILE = """
automations:
  - code: SR180
    name: Service recall
    purpose: service
    subject: repair_order
    schedule: {kind: daily, at: "10:00"}
    channels: [sms]
    wording: {sms: {en: {body: "Hello."}}}
    status: on
"""


@pytest.fixture
def dealer():
    return a_dealer()


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text(FILE, encoding="utf-8")
    return path


def test_apply_says_what_became_of_the_file(dealer, file, relance):
    first, second = relance("automations", "apply", "north", file), relance("automations", "apply", "north", file)
    assert (first.status, first.err.splitlines()[-1]) == (0, "1 added, 0 changed, 0 unchanged")
    assert second.err.splitlines()[-1] == "0 added, 0 changed, 1 unchanged"


def test_export_writes_what_apply_reads(dealer, file, relance, tmp_path):
    relance("automations", "apply", "north", file)
    shown = relance("automations", "export", "north").out
    written = tmp_path / "b.yaml"
    assert relance("automations", "export", "north", written).status == 0
    assert written.read_text(encoding="utf-8") == shown
    assert relance("automations", "apply", "north", written).err.splitlines()[-1].endswith("1 unchanged")


def test_a_fault_is_one_line_and_nothing_is_changed(dealer, file, relance):
    file.write_text(FILE.replace("repair_order", "repair_ordr"), encoding="utf-8")
    answer = relance("automations", "apply", "north", file)
    assert answer.status == 2
    assert "automations[0] (SR180).subject" in answer.err
    assert "did you mean 'repair_order'?" in answer.err
    assert not Automation.objects.of(dealer).exists()


def test_a_file_that_is_not_there_or_cannot_be_written_is_told(dealer, tmp_path, relance):
    for word, path in (("apply", tmp_path / "none.yaml"), ("export", tmp_path / "no folder" / "a.yaml")):
        answer = relance("automations", word, "north", path)
        assert (answer.status, len(answer.err.splitlines())) == (2, 1)


def test_the_library_is_listed(relance):
    lines = [json.loads(line) for line in relance("automations", "library", "--json").out.splitlines()]
    assert {"code", "programme", "name"} <= set(lines[0])
    assert len(lines) > 20
