"""Turns what went wrong into a page that says what to do next."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


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
    """500: without any row of the database, which may be what is at fault."""
    return render(request, "faults/500.html", status=500)
