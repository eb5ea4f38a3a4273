"""Turns the address in the head of an e-mail into the dealer's logo: the same for everybody, asked by anybody."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from relance.delivery.channels.brand import logo_for_mails

AN_HOUR = 3600  # seconds for which a mail program may keep it


@require_safe
@cache_control(public=True, max_age=AN_HOUR)
def logo(request: HttpRequest, slug: str) -> HttpResponse:
    """The picture as it lies in the home."""
    found = logo_for_mails(slug)
    if found is None:
        raise Http404
    content, kind = found
    return HttpResponse(content, content_type=kind)
