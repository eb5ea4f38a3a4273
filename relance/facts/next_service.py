"""Placeholder."""
from relance.dealers.models import Dealer


def recompute(dealer: Dealer, vehicle_ids: list[int] | None = None) -> None:
    """Placeholder."""
