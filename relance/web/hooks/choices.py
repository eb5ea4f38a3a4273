"""Turns a customer's own link into the page of his choices, and what he sends back into what he wants from now on.

No sign-in, no cookie, no script: the link is the key, and it opens one customer's choices at one dealer. Looking at the
page changes nothing.
"""

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from relance.dealers.models import LANGUAGES
from relance.lib import clock
from relance.replies.choices import PURPOSES, WAYS, Page, Wanted, choose, dealer_of, page_of, stop_everything
from relance.web.hooks.nobody import nobody

WAY_WORDS = {"sms": _("Text messages"), "email": _("E-mail"), "phone": _("Telephone"), "post": _("Post")}
PURPOSE_WORDS = {
    "service": _("About my visits and my vehicle"),
    "marketing": _("Offers and news"),
}


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def choices_page(request: HttpRequest, token: str) -> HttpResponse:
    """What the reader receives, in which language, about which vehicles; or nothing at all."""
    page = page_of(token)
    if page is None:
        return nobody(request, dealer_of(token))
    done = ""
    if request.method == "POST":
        with override(page.language):
            done = _save(request, page)
        page = page_of(token) or page
    with override(page.language):
        answer = render(request, "hooks/choices.html", {**_shown(page), "done": done})
    answer["X-Robots-Tag"] = "noindex"
    return answer


def _save(request: HttpRequest, page: Page) -> str:
    """What was done: `saved` or `stopped`."""
    at = clock.now()
    if "stop" in request.POST:
        stop_everything(page, words=gettext("Stop everything: no more messages at all"), at=at)
        return "stopped"
    wanted = Wanted(
        was=_pairs(request.POST.getlist("was")),
        now=_pairs(request.POST.getlist("now")),
        language=request.POST.get("language", ""),
        sold=[int(pk) for pk in request.POST.getlist("sold") if pk.isdigit() and len(pk) < 19],
        words="; ".join(f"{WAY_WORDS[way]}: {words}" for way in page.ways for words in PURPOSE_WORDS.values()),
    )
    choose(page, wanted, at=at)
    return "saved"


def _pairs(values: Iterable[str]) -> set[tuple[str, str]]:
    """`sms marketing` as a pair; what is none is left out."""
    pairs = (tuple(value.split(" ")) for value in values)
    return {(pair[0], pair[1]) for pair in pairs if len(pair) == 2 and pair[0] in WAYS and pair[1] in PURPOSES}


def _shown(page: Page) -> dict[str, object]:
    received = page.received(clock.now())
    return {
        "dealer": page.dealer.name,
        "first_name": page.customer.first_name or "",
        "languages": LANGUAGES,
        "language": page.language,
        "ways": [
            {
                "name": WAY_WORDS[way],
                "boxes": [
                    (f"{way} {purpose}", PURPOSE_WORDS[purpose], (way, purpose) in received) for purpose in PURPOSES
                ],
            }
            for way in page.ways
        ],
        "was": [f"{way} {purpose}" for way, purpose in sorted(received)],
        "vehicles": [
            (vehicle.pk, " ".join(str(part) for part in (vehicle.year, vehicle.make, vehicle.model) if part))
            for vehicle in page.vehicles()
            if vehicle.make or vehicle.model
        ],
        "receives": bool(received),
    }
