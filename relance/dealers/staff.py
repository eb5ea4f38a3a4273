"""Turns what is typed of a member of the staff into his row, so that no feed undoes it; retires him, brings him back.

The feed owns every field that nobody typed. A typed one stays until it is given back to the feed (docs/decisions/0152).
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from relance.dealers.models import LANGUAGES, ROLES, Dealer, Staff
from relance.lib.addresses import read_email, read_phone
from relance.lib.errors import BadInput
from relance.lib.fold import fold

FIELDS = ("name", "roles", "email", "mobile", "language")
MOST_REF, MOST_NAME = 64, 200
Values = Mapping[str, str | list[str] | None]


def read_typed(dealer: Dealer, values: Values) -> dict[str, str | list[str] | None]:
    """What was typed, as the row keeps it; BadInput says what cannot be used."""
    name = " ".join(str(values.get("name") or "").split())[:MOST_NAME]
    if not name:
        raise BadInput(_("Enter the name."))
    email = str(values.get("email") or "").strip()
    if email and not read_email(email)[1]:
        raise BadInput(_("This is not an e-mail address: %(text)s") % {"text": email})
    mobile = str(values.get("mobile") or "").strip()
    if mobile and not read_phone(mobile, dealer.country).usable:
        raise BadInput(_("This number cannot be called: %(text)s") % {"text": mobile})
    language = str(values.get("language") or "")
    roles = [role for role in ROLES if role in (values.get("roles") or [])]
    return {
        "name": name,
        "roles": roles,
        "email": email[:254] or None,
        "mobile": mobile[:32] or None,
        "language": language if language in dict(LANGUAGES) else None,
    }


@transaction.atomic
def add_staff(dealer: Dealer, reference: str, values: Values) -> Staff:
    """Somebody whom no feed has brought yet. When one does, what was typed stays."""
    reference = reference.strip()[:MOST_REF]
    if not reference:
        raise BadInput(_("Enter the reference by which visits and sales name this person."))
    if Staff.objects.of(dealer).filter(ref_folded=fold(reference)).exists():
        raise BadInput(_("Someone already has this reference: change that person, or choose another one."))
    typed = read_typed(dealer, values)
    person = Staff(dealer=dealer, ref=reference, ref_folded=fold(reference), typed=typed)
    for name, value in typed.items():
        setattr(person, name, value)
    person.save()
    return person


@transaction.atomic
def change_staff(person: Staff, values: Values) -> tuple[dict[str, object], dict[str, object]]:
    """Keep what was typed differently; what it was and what it is now. What stayed the same stays the feed's."""
    new = read_typed(person.dealer, values)
    changed = [name for name in FIELDS if (getattr(person, name) or None) != (new[name] or None)]
    before = {name: getattr(person, name) for name in changed}
    for name in changed:
        setattr(person, name, new[name])
        person.typed[name] = new[name]
    person.save(update_fields=[*changed, "typed"])
    return before, {name: new[name] for name in changed}


def give_back(person: Staff) -> None:
    """Let the next feed say everything of him again."""
    person.typed, person.digest = {}, ""  # without a digest the feed's row counts as new, even if it is the same
    person.save(update_fields=["typed", "digest"])


def retire(person: Staff, *, at: datetime) -> None:
    """He hears nothing any more and stands in no list; past visits keep his name."""
    person.retired_at = person.retired_at or at
    person.save(update_fields=["retired_at"])


def bring_back(person: Staff) -> None:
    """He works here again."""
    person.retired_at = None
    person.save(update_fields=["retired_at"])


def keep_typed(dealer: Dealer) -> None:
    """After a feed has spoken: what was typed by hand is what counts. Inside the feed's transaction."""
    for person in Staff.objects.of(dealer).exclude(typed={}):
        for name, value in person.typed.items():
            setattr(person, name, value)
        person.save(update_fields=list(person.typed))
