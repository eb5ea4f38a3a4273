"""The headers of every answer (R42): nothing stored, framed, sniffed or sent on; over https cookies are the host's."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse

from tests.builders import a_user
from tests.web.routes import Route, routes
from tests.web.sample import a_busy_dealer

pytestmark = pytest.mark.django_db
HOOKS = ("hooks-status", "hooks-receipts", "hooks-inbound")  # machines call them: they show nothing
EVERYTHING = [route for route in routes() if route.name not in HOOKS]


def address(route: Route) -> str:
    return reverse(route.name, kwargs={**route.values(), **({"slug": "north"} if "slug" in route.parts else {})})


@pytest.mark.process
@pytest.mark.parametrize("who", ["nobody", "a manager"])
def test_every_answer_carries_its_headers(client: Client, who: str) -> None:
    dealer = a_busy_dealer()
    if who == "a manager":
        client.force_login(a_user(dealer))
    for route in EVERYTHING:
        answer = client.get(address(route))
        policy = answer["Content-Security-Policy"]
        assert "unsafe" not in policy, route.name
        for part in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"):
            assert part in policy, route.name
        assert answer["X-Frame-Options"] == "DENY", route.name
        assert answer["X-Content-Type-Options"] == "nosniff", route.name
        assert answer["Referrer-Policy"] == "same-origin", route.name
        assert "no-store" in answer["Cache-Control"], route.name


def test_over_https_browsers_are_told_to_stay_there(client: Client, settings: Any) -> None:
    settings.SECURE_HSTS_SECONDS = 365 * 86_400
    answer = client.get("/sign-in/", secure=True)
    assert answer["Strict-Transport-Security"] == "max-age=31536000"


def test_a_session_s_cookie_is_out_of_reach(client: Client) -> None:
    a_user(a_busy_dealer())
    client.post("/sign-in/", {"email": "manager@dealer.example", "password": "a long password"})
    for name in (django_settings.SESSION_COOKIE_NAME, django_settings.DEVICE_COOKIE_NAME):
        cookie = client.cookies[name]
        assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["path"] == "/" and not cookie["domain"]


@pytest.mark.process
def test_with_an_https_address_the_cookies_are_the_hosts_own_and_nothing_is_to_be_mended(tmp_path: Path) -> None:
    names = (
        "SESSION_COOKIE_NAME",
        "CSRF_COOKIE_NAME",
        "DEVICE_COOKIE_NAME",
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
    )
    asks = f"import json, relance.settings as s; print(json.dumps([getattr(s, n) for n in {names!r}]))"
    environ = {
        **{name: value for name, value in os.environ.items() if not name.startswith("RELANCE_")},
        "RELANCE_HOME": str(tmp_path),
        "RELANCE_URL": "https://relance.dealer.example",
    }
    told = subprocess.run([sys.executable, "-c", asks], env=environ, capture_output=True, text=True, check=True)
    assert json.loads(told.stdout) == ["__Host-relance", "__Host-relance-form", "__Host-relance-device", True, True]
    check = [
        sys.executable,
        "-m",
        "django",
        "check",
        "--deploy",
        "--fail-level",
        "WARNING",
        "--settings",
        "relance.settings",
    ]
    done = subprocess.run(check, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
