"""Turns what went wrong into a page that says what to do next."""

import sys

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from relance.lib.database.trouble import Trouble, trouble_of

STATUS: dict[Trouble, int] = {"full": 507, "read_only": 503, "busy": 503, "away": 503}
AGAIN = "30"  # seconds


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return render(request, "faults/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None, reason: str = "") -> HttpResponse:
    """403, and a form whose token is missing or old."""
    return render(request, "faults/403.html", {"is_form": bool(reason)}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: absent and foreign look alike."""
    return render(request, "faults/404.html", status=404)


def fault(request: HttpRequest) -> HttpResponse:
    """500, or what is wrong with the database: without any row of it."""
    trouble = trouble_of(sys.exception())
    if trouble is None:
        return render(request, "faults/500.html", status=500)
    values = {"trouble": trouble, "is_reading": request.method in ("GET", "HEAD")}
    response = render(request, "faults/database.html", values, status=STATUS[trouble])
    response.headers["Retry-After"] = AGAIN
    return response
