"""Turns a VIN into make and model year, offline, remembered by its first eleven signs."""

import warnings
from functools import lru_cache
from typing import NamedTuple

from vininfo import Vin

from relance.lib.addresses import has_check_digit, read_vin

NEWER_CYCLE = 2010  # the year letters come round every thirty years; a letter in seventh place means the newer round


class Decoded(NamedTuple):
    """What the VIN alone says."""

    make: str | None = None
    year: int | None = None


def decode(vin: str) -> Decoded:
    """Make and model year of a usable VIN; of a VIN without check digit only the make (its tenth sign is no year)."""
    if not read_vin(vin)[1]:
        return Decoded()
    found = _by_head(vin[:8] + "0" + vin[9:11])
    return found if has_check_digit(vin) else Decoded(found.make, None)


@lru_cache(maxsize=100_000)
def _by_head(head: str) -> Decoded:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            vin = Vin(head + "000000")
            make, years = vin.manufacturer, vin.years
        except Exception:  # the decoder knows many forms by heart; one it stumbles over is one it does not know
            return Decoded()
    newer = head[6].isalpha()
    year = next((year for year in years or () if (year >= NEWER_CYCLE) is newer), None)
    return Decoded(None if not make or "UnsupportedBrand" in make else make, year)
