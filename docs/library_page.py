"""Turns the shipped library into its page of docs/: what each entry does, and what its texts cost as an SMS."""

from collections.abc import Iterator

from relance.lib.language import LANGUAGES
from relance.lib.sms import size_of
from relance.plan.render import parse
from relance.plan.shipped import FAMILIES, Entry, definition_of, entries, unavailable
from relance.plan.wording_check import sample_sms

OPENING = """\
Every entry has wording in English, French, Spanish and Estonian. Numbers are the default and can be set; 0 switches an
entry off. Two entries of one theme would speak to the same people about the same thing: one of them is enough."""
SIZES = """\
Parts, characters and encoding as Rideau Motors sends it to Marie (in French to François, in Spanish to María, in
Estonian to Tõnu), with the line that says how to stop. GSM-7 holds 160 characters in one part and 153 in each of
several, UCS-2 70 and 67; an accent that GSM-7 lacks is never dropped, so a day in *août* or a *sábado* may cost a
third part."""
HEADINGS = {
    "contact_settings": "Contact settings",
    "sales": "Sales (V)",
    "maintenance": "Maintenance (E)",
    "other": "Other (P)",
    "loyalty": "Loyalty programmes (L)",
    "journey": "Journey (J)",
    "recipes": "Recipes of other systems (R)",
}


def library_page(mark: str) -> Iterator[str]:
    """Every entry by family, then the size of every SMS."""
    shipped = entries()
    yield from ("# The library", "", mark, "", OPENING)
    for family in FAMILIES:
        yield from ("", f"## {HEADINGS[family]}", "")
        yield "| code | name | about | theme | purpose | numbers | runs | channels |"
        yield "|---|---|---|---|---|---|---|---|"
        yield from (_line(entry) for entry in shipped if entry.family == family)
    waiting = [entry for entry in shipped if unavailable(entry)]
    if waiting:
        yield from ("", "## Not to be switched on yet", "")
        yield from (f"* `{entry.code}`: {'; '.join(unavailable(entry))}." for entry in waiting)
    yield from (
        "",
        "## SMS sizes",
        "",
        SIZES,
        "",
        f"| code | {' | '.join(LANGUAGES)} |",
        f"|---|{'---|' * len(LANGUAGES)}",
    )
    yield from (_sizes(entry) for entry in shipped if "sms" in entry.wording and not entry.better)


def _line(entry: Entry) -> str:
    numbers = ", ".join(f"{parameter.name} {_shown(parameter.default)}" for parameter in entry.parameters)
    better = f" (better: `{entry.better}`)" if entry.better else ""
    cells = (
        f"`{entry.code}`",
        entry.name["en"] + better,
        entry.subject,
        entry.theme,
        entry.purpose,
        numbers,
        _schedule(definition_of(entry.code)["schedule"]),
        " → ".join(entry.spoken_on),
    )
    return f"| {' | '.join(cells)} |"


def _shown(value: int | str | list[str]) -> str:
    return f"({', '.join(value)})" if isinstance(value, list) else str(value)


def _schedule(schedule: dict[str, object]) -> str:
    parts = [str(schedule["kind"]), *(str(schedule[key]) for key in ("holiday", "at", "closed_day") if key in schedule)]
    days = schedule.get("days")
    return " ".join([*parts[:1], *(days if isinstance(days, list) else []), *parts[1:]])


def _sizes(entry: Entry) -> str:
    cells = []
    for language in LANGUAGES:
        size = size_of(sample_sms(parse(entry.wording["sms"][language].body), language))  # type: ignore[index]
        cells.append(f"{size.parts} · {size.length} {size.encoding}")
    return f"| `{entry.code}` | {' | '.join(cells)} |"
