"""Turns the link of a message into a page with one button (GET), and into the withdrawal (POST, RFC 8058).

Mail programs post here by themselves: no cookie, no sign-in, no redirect, no second question.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from relance.delivery.unsubscribe import dealer_of, reader_of, unsubscribe
from relance.lib import clock
from relance.plan.saying.links import choices_path
from relance.web.hooks.nobody import nobody
from relance.web.hooks.words import page_words


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe_page(request: HttpRequest, token: str) -> HttpResponse:
    """One click ends marketing on every channel, or everything, as the dealer has chosen."""
    reader = reader_of(token)
    if reader is None:
        return nobody(request, dealer_of(token))
    words = page_words(reader.language)
    question = words.question(reader.stops, reader.dealer.name)
    if request.method == "POST":
        unsubscribe(reader, at=clock.now(), words=f"{question} [{words.button}]")
    shown = {
        "words": words,
        "dealer": reader.dealer.name,
        "question": question,
        "answer": words.answer(reader.stops, reader.dealer.name),
        "choices": choices_path(reader.dealer.pk, reader.customer.pk),
        "is_done": request.method == "POST",
    }
    with override(reader.language):
        return render(request, "hooks/unsubscribe.html", shown)
