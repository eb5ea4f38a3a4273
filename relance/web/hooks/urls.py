"""Turns addresses outside the desk into their doors; web/urls.py includes them."""

from django.urls import URLPattern, path

from relance.web.hooks.unsubscribe import unsubscribe_page

urlpatterns: list[URLPattern] = [path("u/<str:token>", unsubscribe_page, name="hooks-unsubscribe")]
