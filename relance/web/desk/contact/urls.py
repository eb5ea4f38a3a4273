"""Turns the addresses of the contact settings into their pages."""

from django.urls import URLPattern, path

from relance.web.desk.contact import contact_settings

urlpatterns: list[URLPattern] = [
    path("contact-settings/", contact_settings.contact_settings, name="desk-contact-settings"),
    path("contact-settings/save/", contact_settings.save_contact_settings, name="desk-contact-settings-save"),
    path("contact-settings/<str:code>/", contact_settings.preview_of, name="desk-contact-preview"),
]
