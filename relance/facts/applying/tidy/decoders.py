"""Turns a VIN into make, model and model year, offline: by a fast decoder, and a slow one for what is still missing.

Each is remembered by the first eleven signs (without the check digit): what follows them is a number in a row of alike.
"""

import warnings
from functools import lru_cache
from typing import NamedTuple

from vin import VIN as SlowVin
from vininfo import Vin

from relance.lib.addresses import has_check_digit, read_vin
from relance.lib.fold import fold

NEWER_CYCLE = 2010  # the year letters come round every thirty years; a letter in seventh place means the newer round
REST = "000000"


class Decoded(NamedTuple):
    """What the VIN alone says."""

    make: str | None = None
    model: str | None = None
    year: int | None = None


NOTHING = Decoded()


def complete(vin: str, known: Decoded) -> Decoded:
    """What is known of a vehicle, with what its usable VIN adds; of another make than its own it adds no model.

    Of a VIN without check digit only the make counts: its tenth sign is no year.
    """
    if not read_vin(vin)[1] or None not in known:
        return known
    head, is_north_american = vin[:8] + "0" + vin[9:11], has_check_digit(vin)
    known = _with(known, fast(head) if is_north_american else Decoded(make=fast(head).make))
    if None in known and is_north_american:
        known = _with(known, slow(head))
    return known


def _with(known: Decoded, found: Decoded) -> Decoded:
    make = known.make or found.make
    is_same_make = found.make is None or make is None or fold(found.make) == fold(make)
    return Decoded(make, known.model or (found.model if is_same_make else None), known.year or found.year)


@lru_cache(maxsize=50_000)
def fast(head: str) -> Decoded:
    """Make and year in some ten microseconds."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            vin = Vin(head + REST)
            make, years = vin.manufacturer, vin.years
        except Exception:  # the decoder knows many forms by heart; one it stumbles over is one it does not know
            return NOTHING
    newer = head[6].isalpha()
    year = next((year for year in years or () if (year >= NEWER_CYCLE) is newer), None)
    return Decoded(None if not make or "UnsupportedBrand" in make else make, None, year)


@lru_cache(maxsize=50_000)
def slow(head: str) -> Decoded:
    """Make, model and year of North American cars and light trucks, in a millisecond or more."""
    try:
        vin = SlowVin(head + REST, fix_check_digit=True)
        return Decoded(vin.make or None, vin.model or None, vin.model_year or None)
    except Exception:  # as above
        return NOTHING
