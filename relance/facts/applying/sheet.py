"""Turns a batch of rows into columns tidied one after the other: a list for each field, a place for each row."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from relance.lib.fold import fold
from relance.lib.rows import sorted_json

Row = dict[str, Any]


@dataclass
class Sheet:
    """The fields of a batch of rows as the database takes them, beside what is stored under the same ids."""

    olds: list[Row | None]  # by place
    columns: dict[str, list[Any]] = field(default_factory=dict)
    typed: dict[int, dict[str, str]] = field(default_factory=dict)  # by place: what was typed, where tidying changed it

    def now(self, name: str) -> list[Any]:
        """A field as it will be: as the rows say, else as it was."""
        if name in self.columns:
            return self.columns[name]
        return [old and old[name] for old in self.olds]

    def put(self, name: str, values: list[Any]) -> None:
        """A field's values."""
        self.columns[name] = values

    def put_folded(self, name: str, values: list[Any]) -> None:
        """A field's values, and the same as rules compare them."""
        self.columns[name] = values
        self.columns[f"{name}_folded"] = [None if value is None else fold(value) for value in values]

    def keep_typed(self, name: str, typed: list[Any], shown: list[Any]) -> None:
        """Note the original of every value that is not shown as it was typed."""
        if typed == shown:
            return
        for place, (before, after) in enumerate(zip(typed, shown, strict=True)):
            if before != after:
                self.typed.setdefault(place, {})[name] = before

    def only(self, places: list[int]) -> "Sheet":
        """The rows at these places."""
        if len(places) == len(self.olds):
            return self
        columns = {name: [values[place] for place in places] for name, values in self.columns.items()}
        return Sheet([self.olds[place] for place in places], columns)

    def subjects(self, places: list[int]) -> list[tuple[int, int | None]]:
        """Customer and vehicle of the rows at these places."""
        customers, vehicles = self.columns["customer_id"], self.columns.get("vehicle_id")
        return [(customers[place], vehicles[place] if vehicles else None) for place in places]

    def rows(self, places: list[int]) -> list[Row]:
        """The rows at these places, each with its fields by name."""
        names = tuple(self.columns)
        columns = self.columns.values()
        return [dict(zip(names, [column[place] for column in columns], strict=True)) for place in places]


def json_text(value: Any) -> str | None:
    """A list or mapping as it is kept: always the same text for the same value."""
    if value is None:
        return None
    return _list_text(value) if isinstance(value, tuple) else sorted_json(value)


@lru_cache(maxsize=2_000)
def _list_text(value: tuple[Any, ...]) -> str:
    return sorted_json(value)
