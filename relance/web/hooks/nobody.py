"""Turns a customer's link that leads to nobody into a page that says so: he was erased, or it is no link of ours."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from relance.dealers.models import Dealer


def nobody(request: HttpRequest, dealer: Dealer | None) -> HttpResponse:
    """In the browser's language. A good link of somebody erased is done already, also for a mail program's click."""
    return render(request, "hooks/nobody.html", {"dealer": dealer}, status=200 if dealer else 404)
