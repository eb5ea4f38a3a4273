"""Who may do what: the table of roles."""

import pytest

from relance.dealers.models import ROLES
from relance.dealers.rights import ACTS, RIGHTS, rights_of

EVERYONE = (*ROLES, "read_only")


def test_every_role_has_its_row() -> None:
    assert set(RIGHTS) == set(EVERYONE)


def test_a_role_that_nobody_knows_may_do_nothing() -> None:
    assert not rights_of("owner").may("look")


def test_an_act_that_nobody_knows_is_a_fault() -> None:
    with pytest.raises(KeyError):
        rights_of("crm_manager").may("lokk")


@pytest.mark.parametrize("act", ["settings", "users", "erase", "imports", "automations"])
def test_only_the_crm_manager_runs_the_house(act: str) -> None:
    assert [role for role in EVERYONE if rights_of(role).may(act)] == ["crm_manager"]


def test_the_crm_manager_may_do_everything() -> None:
    assert rights_of("crm_manager").acts == set(ACTS)


@pytest.mark.parametrize("role", ["read_only", "general_manager"])
def test_who_watches_changes_nothing(role: str) -> None:
    assert rights_of(role).acts <= {"look", "results", "export", "audit"}


def test_a_manager_decides_in_his_own_department() -> None:
    assert rights_of("service_manager").may("approve", "repair_order")
    assert not rights_of("service_manager").may("approve", "sale")
    assert rights_of("sales_manager").may("approve", "sale")
    assert not rights_of("sales_manager").may("approve", "appointment")


def test_what_is_about_the_customer_belongs_to_both_departments() -> None:
    for role in ("service_manager", "sales_manager"):
        assert rights_of(role).may("hold_back", "customer")
