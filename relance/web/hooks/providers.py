"""Turns a provider's call into receipts, or into a reply of a customer; what is not signed is 403 and changes nothing.

The address has a part that nobody can guess, made with the sender; an unknown one is 404. It proves nothing by itself.
"""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from relance.delivery.models import Sender
from relance.delivery.receipts.doors import Door, door_of
from relance.delivery.receipts.take_in import take_in
from relance.delivery.receipts.unheard import CALL, heard, unheard
from relance.lib import clock
from relance.lib.errors import BadInput
from relance.replies.receive import Came, receive

NOTHING_TO_SAY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'  # what we answer goes out as a message of its own


@csrf_exempt
@never_cache
@require_http_methods(["POST", "HEAD", "GET"])
def receipts(request: HttpRequest, hook: UUID, key: UUID | None = None) -> HttpResponse:
    """What became of messages; `key` names the message where the provider has a call for each."""
    sender, door = _found(hook)
    if request.method != "POST":
        return HttpResponse() if door.is_looked_at else HttpResponseNotAllowed(["POST"])
    if door.is_asked(sender) and "Authorization" not in request.headers:
        return _asked()
    _check(request, sender, door)
    at = clock.now()
    take_in(sender.dealer, sender.kind, door.news(request, sender, key, at), channel=sender.channel, at=at)
    return HttpResponse(status=204)


@csrf_exempt
@never_cache
@require_POST
def inbound(request: HttpRequest, hook: UUID) -> HttpResponse:
    """What a customer wrote back."""
    sender, door = _found(hook)
    if door.is_asked(sender) and "Authorization" not in request.headers:
        return _asked()
    _check(request, sender, door)
    heard = door.heard(request, sender) if door.heard else None
    if heard is not None:
        try:
            came = Came(sender.kind)
            receive(sender.dealer, sender=heard.sender, text=heard.text, at=clock.now(), ref=heard.ref, came=came)
        except BadInput:
            pass  # a sender that is no number (a short code, a name): nobody can be answered
    return HttpResponse(NOTHING_TO_SAY, content_type="text/xml")


def _asked() -> HttpResponse:
    return HttpResponse(status=401, headers={"WWW-Authenticate": 'Basic realm="receipts"'})


def _found(hook: UUID) -> tuple[Sender, Door]:
    rows = Sender.objects.across_dealers("the number of the hook says whose it is").filter(hook=hook)
    sender = rows.select_related("dealer").first()
    door = door_of(sender.kind) if sender else None
    if sender is None or door is None:
        raise Http404
    return sender, door


def _check(request: HttpRequest, sender: Sender, door: Door) -> None:
    at = clock.now()
    if not door.is_authentic(request, sender, at):
        unheard(sender.dealer, sender.channel, CALL, says=f"of {sender.kind}", at=at)
        raise PermissionDenied
    heard(sender.dealer, CALL, sender.channel)
