"""Turns a customer's number into a person or company: name, language, ways to be reached, consents."""

from dataclasses import dataclass
from random import Random

from relance.jobs.demo.words import Weighted, words
from relance.jobs.demo.world import HISTORY_DAYS, MINUTES, OLD_CUSTOMERS, World
from relance.lib.fold import fold

PEOPLE, PLACES = words("people"), words("places")
AREAS = [
    (code, area["region"], Weighted([((name, fsas), weight) for name, fsas, weight in area["cities"]]))
    for area in PLACES["areas"]
    for code in area["codes"]
]
LANGUAGE = {region: Weighted(list(shares.items())) for region, shares in PLACES["languages"].items()}
SALESPEOPLE = [ref for ref, _, roles, _ in words("staff")["staff"] if roles == "salesperson"]
VEHICLES_OF_PERSON = Weighted([(0, 8.0), (1, 60.0), (2, 24.0), (3, 6.0), (4, 2.0)])
VEHICLES_OF_COMPANY = Weighted([(0, 5.0), (1, 30.0), (2, 30.0), (3, 20.0), (4, 15.0)])
CHANNELS = Weighted([("", 78.0), ("sms", 9.0), ("email", 7.0), ("postcard", 2.0), ("letter", 1.0), ("phone", 3.0)])
DOMAINS = ("example.com", "example.org", "example.net")
PHONE_FORMS = ("{}-555-{}", "({}) 555-{}", "{} 555 {}", "+1 {} 555 {}")
POSTAL_LETTERS = "ABCEGHJKLMNPRSTVWXYZ"
YEAR = 366
VISITORS, COMPANIES = 0.06, 0.07
CAPITALS, SMALL_LETTERS = 0.06, 0.09  # how some clerks type
NO_CHANNEL, NO_EMAIL, NO_MOBILE = 0.03, 0.23, 0.125  # a quarter without e-mail, 15 % without mobile in all
TWO_LETTER_PHONE = 0.002


@dataclass(slots=True)
class Person:
    """A customer of the sample dealership, with all that will ever be known of him."""

    number: int
    ref: str
    language: str
    created: int
    vehicles: int
    leaves: int  # moved or deceased from then on; 0 never
    before_status: tuple[str, ...]  # the cells of customers.csv left and right of the status
    leaves_as: str
    after_status: tuple[str, ...]
    consents: list[tuple[int, tuple[str, ...]]]  # since when, row of consents.csv


def reseed(random: Random, world: World, number: int, part: int) -> None:
    """Begin the stream of draws of one part (7 the person, 0 to 4 a vehicle) of one customer's life."""
    random.seed((world.seed * 100_000_000 + number) * 8 + part)


def a_person(world: World, random: Random, number: int) -> Person:
    """The customer with this number; always the same for the same world."""
    reseed(random, world, number, 7)
    r = random.random
    region = AREAS[number % len(AREAS)][1]
    language = LANGUAGE[region].pick(r())
    created = _created(world, random, number)
    kind, leaves = r(), r()
    visitor, company = kind < VISITORS, VISITORS <= kind < VISITORS + COMPANIES
    names = _company(random, language) if company else _names(random, language)
    ref = f"C{number:07d}"
    vehicles = 0 if visitor else (VEHICLES_OF_COMPANY if company else VEHICLES_OF_PERSON).pick(r())
    born = "" if company or r() < 0.3 else f"{1940 + int(r() * 66)}-{1 + int(r() * 12):02}-{1 + int(r() * 28):02}"
    return Person(
        number=number,
        ref=ref,
        language=language,
        created=created,
        vehicles=vehicles,
        leaves=created + int(r() * 5 * YEAR * MINUTES) if leaves < 0.04 else 0,
        before_status=(
            ref,
            *names,
            "" if r() < 0.04 else language,
            *_reached_by(random, number, names),
            born,
            "visitor" if visitor else "customer",
            CHANNELS.pick(r()),
            "true" if r() < 0.02 else "false",
        ),
        leaves_as="deceased" if leaves < 0.01 else "moved",
        after_status=(
            SALESPEOPLE[int(r() * len(SALESPEOPLE))] if r() < 0.9 else "",
            world.text(created),
            PEOPLE["sources"][int(r() * len(PEOPLE["sources"]))],
        ),
        consents=_consents(world, random, ref, "fr" if language == "fr" else "en", created),
    )


def customer_row(person: Person, at: int) -> tuple[str, ...]:
    """The row of customers.csv as it stands at a moment."""
    status = person.leaves_as if 0 < person.leaves <= at else "active"
    return (*person.before_status, status, *person.after_status)


def _created(world: World, random: Random, number: int) -> int:
    old, draw, minute = random.random(), random.random(), 8 * 60 + int(random.random() * 240)
    if number >= world.customers:
        day = world.arrival_day(number)
    elif old < OLD_CUSTOMERS:
        day = world.first_day - 1 - int(draw * 3 * YEAR)
    else:
        day = world.first_day + int(draw * (HISTORY_DAYS - 5))
    return world.open_from[day] * MINUTES + minute


def _names(random: Random, language: str) -> tuple[str, str, str, str]:
    """First name, last name, company, mailing name, sometimes in capitals or small letters."""
    r = random.random
    firsts, lasts = PEOPLE["first_names"][language], PEOPLE["last_names"][language]
    first, last = firsts[int(r() * len(firsts))], lasts[int(r() * len(lasts))]
    typed = r()
    if typed < CAPITALS:
        return first.upper(), last.upper(), "", ""
    if typed < SMALL_LETTERS:
        return first.lower(), last.lower(), "", ""
    return first, last, "", ""


def _company(random: Random, language: str) -> tuple[str, str, str, str]:
    r = random.random
    lasts = PEOPLE["last_names"][language]
    last = lasts[int(r() * len(lasts))]
    if language == "fr":
        kinds, endings = PEOPLE["company_first"], PEOPLE["company_last"]["fr"]
        company = f"{kinds[int(r() * len(kinds))]} {last} {endings[int(r() * len(endings))]}"
    else:
        endings = PEOPLE["company_last"]["en"]
        company = f"{last} {endings[int(r() * len(endings))]}"
    return "", "", company, company if r() < 0.5 else ""


def _reached_by(random: Random, number: int, names: tuple[str, ...]) -> tuple[str, ...]:
    """E-mail, mobile, phone, address, city, region, postal code, country. Numbers are of the fictional range."""
    r = random.random
    code, region, cities = AREAS[number % len(AREAS)]
    city, fsas = cities.pick(r())
    silent = r() < NO_CHANNEL
    line = f"01{number // len(AREAS) % 100:02}"
    local = fold(f"{names[0]}.{names[1]}" if names[1] else names[2].split()[0])
    local = "".join(c for c in local if c.isalnum() or c == ".")
    email = "" if r() < NO_EMAIL or silent else f"{local}{number}@{DOMAINS[int(r() * 3)]}"
    mobile = "" if r() < NO_MOBILE or silent else PHONE_FORMS[int(r() * 4)].format(code, line)
    if r() < TWO_LETTER_PHONE:
        mobile = "nd"
    phone = "" if r() < 0.6 or silent else f"{code}-555-01{int(r() * 100):02}"
    streets = PLACES["streets"][region]
    street, house = streets[int(r() * len(streets))], 1 + int(r() * 9800)
    address = f"{house}, {street}" if region == "QC" else f"{house} {street}"
    letters = POSTAL_LETTERS
    postal = f"{fsas[int(r() * len(fsas))]} {int(r() * 10)}{letters[int(r() * 20)]}{int(r() * 10)}"
    if r() < 0.06 or silent:
        return email, mobile, phone, "", "", region, "", "CA"
    return email, mobile, phone, address, city.upper() if r() < CAPITALS else city, region, postal, "CA"


def _consents(world: World, random: Random, ref: str, language: str, created: int) -> list[tuple[int, tuple[str, ...]]]:
    """The entries of the ledger: consent given with proof, implied for half a year, and withdrawals."""
    r = random.random
    entries: list[tuple[int, tuple[str, ...]]] = []
    way, proof, withdraws = r(), r(), r()
    proofs = PEOPLE["proofs"][language]
    words_of_proof = f"{proofs[int(proof * len(proofs))]} {int(proof * 9000) + 1000}"
    if way < 0.45:
        channel = ("any", "email", "sms")[int(r() * 3)]
        row = (ref, channel, "marketing", "granted", world.text(created + 20), "", "counter", words_of_proof)
        entries.append((created + 20, row))
    elif way < 0.55:
        until = world.text(created + 183 * MINUTES)
        entries.append((created, (ref, "any", "marketing", "implied", world.text(created), until, "inquiry", "")))
    if withdraws < 0.06:
        at = created + 30 * MINUTES + int(r() * 3 * YEAR) * MINUTES
        channel = ("any", "sms", "email")[int(r() * 3)]
        purpose = "any" if r() < 0.3 else "marketing"
        entries.append((at, (ref, channel, purpose, "withdrawn", world.text(at), "", "telephone", "")))
    return entries
