"""Every entry of the library with whom it is for and who must be left alone; a new entry needs a line in for_whom/."""

from tests.journeys.library.for_whom.contact_settings import CONTACT_SETTINGS
from tests.journeys.library.for_whom.journey import JOURNEY
from tests.journeys.library.for_whom.loyalty import LOYALTY
from tests.journeys.library.for_whom.maintenance import MAINTENANCE
from tests.journeys.library.for_whom.other import OTHER
from tests.journeys.library.for_whom.recipes import RECIPES
from tests.journeys.library.for_whom.sales import SALES
from tests.journeys.library.worlds import Case

CASES: dict[str, Case] = CONTACT_SETTINGS | SALES | MAINTENANCE | OTHER | LOYALTY | JOURNEY | RECIPES
