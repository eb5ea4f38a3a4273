"""Turns a few words into the attributes that they may mean: by their labels, and by what other systems call them."""

from collections.abc import Iterator

from relance.audience.fields import CATEGORIES, Attribute, Category
from relance.lib.fold import fold

# What people call it elsewhere, in the four languages: folded word or phrase → category.attribute.
CALLED = {
    "invoice": "repair_order_closed.last_time",
    "facture": "repair_order_closed.last_time",
    "factura": "repair_order_closed.last_time",
    "arve": "repair_order_closed.last_time",
    "last visit": "repair_order_closed.last_time",
    "last service": "repair_order_closed.last_time",
    "derniere visite": "repair_order_closed.last_time",
    "ultima visita": "repair_order_closed.last_time",
    "viimane kulastus": "repair_order_closed.last_time",
    "ro": "repair_order_opened.last_time",
    "work order": "repair_order_opened.last_time",
    "bon de travail": "repair_order_opened.last_time",
    "orden de trabajo": "repair_order_opened.last_time",
    "tookask": "repair_order_opened.last_time",
    "mileage": "vehicle.odometer",
    "kilometrage": "vehicle.odometer",
    "kilometraje": "vehicle.odometer",
    "labisoit": "vehicle.odometer",
    "brand": "vehicle.make",
    "marque": "vehicle.make",
    "marca": "vehicle.make",
    "mark": "vehicle.make",
    "booking": "appointment.next_one",
    "rendez-vous": "appointment.next_one",
    "cita": "appointment.next_one",
    "broneering": "appointment.next_one",
    "no-show": "appointment.status",
    "delivery": "sale.delivered_on",
    "purchase": "sale.delivered_on",
    "vehicle delivery date": "sale.delivered_on",
    "livraison": "sale.delivered_on",
    "achat": "sale.delivered_on",
    "entrega": "sale.delivered_on",
    "compra": "sale.delivered_on",
    "uleandmine": "sale.delivered_on",
    "ost": "sale.delivered_on",
    "lease end": "sale.term_end_on",
    "fin de bail": "sale.term_end_on",
    "fin de location": "sale.term_end_on",
    "fin del leasing": "sale.term_end_on",
    "liisingu lopp": "sale.term_end_on",
    "birthday": "customer.birth_date",
    "anniversaire": "customer.birth_date",
    "cumpleanos": "customer.birth_date",
    "sunnipaev": "customer.birth_date",
    "seller": "sale.salesperson",
    "vendeur": "sale.salesperson",
    "vendedor": "sale.salesperson",
    "muuja": "sale.salesperson",
    "recall": "vehicle.open_recall",
    "rappel": "vehicle.open_recall",
    "garantie": "vehicle.warranty_end_on",
    "garantia": "vehicle.warranty_end_on",
    "garantii": "vehicle.warranty_end_on",
    "csi": "survey.score",
    "nps": "survey.score",
    "answer": "message_received.last_time",
    "declined work": "deferred_work.status",
    "recommended work": "deferred_work.last_time",
}
MOST = 12
Found = tuple[Category, Attribute]


def find(words: str) -> list[Found]:
    """The attributes that a few words may mean in the language that is active, the nearest first."""
    asked = fold(words)
    if not asked:
        return []
    scored = [(score, number, found) for number, found in enumerate(_all()) if (score := _score(asked, *found))]
    return [found for _, _, found in sorted(scored, key=lambda one: (-one[0], one[1]))][:MOST]


def _all() -> Iterator[Found]:
    for category in CATEGORIES.values():
        for attribute in category.attributes.values():
            yield category, attribute


def _score(asked: str, category: Category, attribute: Attribute) -> int:
    """How near: another system's name for it, its own label, all words somewhere in label and category."""
    path = f"{category.name}.{attribute.name}"
    if any(target == path and (asked in called or called in asked.split()) for called, target in CALLED.items()):
        return 4
    label = fold(str(attribute.label))
    if asked == label:
        return 3
    whole = fold(f"{category.label} {attribute.label} {path.replace('_', ' ')}")
    return 2 if asked in label else int(all(word in whole for word in asked.split()))
