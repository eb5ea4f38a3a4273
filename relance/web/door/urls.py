"""Turns the addresses of the way in, and of one's own account, into pages."""

from django.urls import URLPattern, path

from relance.web.door import invitation, me, second_step, sign_in

urlpatterns: list[URLPattern] = [
    path("", sign_in.home, name="home"),
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-in/code/", second_step.sign_in_code, name="sign-in-code"),
    path("sign-in/link/<str:who>/<str:token>/", sign_in.sign_in_link, name="sign-in-link"),
    path("invitation/<str:token>/", invitation.invitation, name="invitation"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("language/", sign_in.language, name="language"),
    path("me/", me.me, name="me"),
    path("me/password/", me.change_password, name="me-password"),
    path("me/second-step/", me.second_step, name="me-second-step"),
    path("me/second-step/off/", me.second_step_off, name="me-second-step-off"),
    path("me/codes/", me.codes, name="me-codes"),
    path("me/sessions/end/", me.sign_out_elsewhere, name="me-sessions-end"),
]
