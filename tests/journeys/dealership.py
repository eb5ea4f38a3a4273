"""Turns a machine of hypothesis into a dealership with one clock and one provider, of which nothing is left."""

from typing import Any

import pytest
from django.db import transaction
from hypothesis.stateful import RuleBasedStateMachine

from relance.delivery import claim, hand_over
from relance.delivery import deliver as deliver_module
from tests.builders import A_DAY


class Dealership(RuleBasedStateMachine):
    """Every run of the machine is one transaction that is taken back at its end."""

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.patch, self.at = pytest.MonkeyPatch(), A_DAY
        for module in (claim, hand_over, deliver_module):
            self.patch.setattr(module, "now", lambda: self.at)

    def sends_to(self, provider: Any) -> None:
        """Whatever leaves is handed over to this one."""
        self.patch.setattr(deliver_module, "channel_for", lambda sending: provider)

    def teardown(self) -> None:
        """As if nothing had been."""
        self.patch.undo()
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)
