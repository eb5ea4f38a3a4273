"""Turns addresses outside the desk into their doors; web/urls.py includes them."""

from django.urls import URLPattern, path

from relance.web.hooks.choices import choices_page
from relance.web.hooks.logo import logo
from relance.web.hooks.providers import inbound, receipts
from relance.web.hooks.unsubscribe import unsubscribe_page

# What stands behind hooks/ is said to providers by delivery/links.py (hook_url).
urlpatterns: list[URLPattern] = [
    path("u/<str:token>", unsubscribe_page, name="hooks-unsubscribe"),
    path("p/<str:token>", choices_page, name="hooks-choices"),
    path("logo/<slug:slug>", logo, name="hooks-logo"),  # said by delivery/channels/brand.py
    path("hooks/<uuid:hook>/status/<uuid:key>/", receipts, name="hooks-status"),
    path("hooks/<uuid:hook>/receipts/", receipts, name="hooks-receipts"),
    path("hooks/<uuid:hook>/inbound/", inbound, name="hooks-inbound"),
]
