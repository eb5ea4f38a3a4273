"""Turns the addresses of the outbox into its pages."""

from django.urls import URLPattern, path

from relance.web.desk.outbox import outbox, standing

urlpatterns: list[URLPattern] = [
    path("outbox/", outbox.outbox, name="desk-outbox"),
    path("outbox/halt/", outbox.halt_sending, name="desk-halt"),
    path("outbox/release/", outbox.release_sending, name="desk-let-sending-go"),
    path("outbox/marketing/<slug:channel>/goes-on/", standing.marketing_goes_on, name="desk-marketing-goes-on"),
    path("outbox/<uuid:key>/", outbox.message, name="desk-message"),
    path("outbox/<uuid:key>/file/", outbox.message_file, name="desk-message-file"),
    path("outbox/<uuid:key>/cancel/", outbox.cancel_message, name="desk-cancel"),
    path("outbox/<uuid:key>/approve/", outbox.approve_message, name="desk-approve"),
    path("outbox/<uuid:key>/bring-back/", outbox.bring_back_message, name="desk-bring-back"),
    path("outbox/<uuid:key>/send-by-hand/", outbox.send_message_by_hand, name="desk-send-by-hand"),
]
