"""Gateways of tests stand on this machine."""

from tests.delivery.conftest import gateways_may_stand_here

__all__ = ["gateways_may_stand_here"]
