"""What holds for every answer to somebody who is signed in."""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

STARTED, SEEN = "signed_in_at", "seen_at"
RENEW_SECONDS = 300  # so that reading does not write a session row for every page

Handler = Callable[[HttpRequest], HttpResponse]


def signed_in(get_response: Handler) -> Handler:
    """End a sign-in that idled or lasted too long; keep pages of those signed in out of every cache."""

    def handle(request: HttpRequest) -> HttpResponse:
        if SESSION_KEY in request.session:
            _hold_to_lifetime(request)
        response = get_response(request)
        if SESSION_KEY in request.session:
            response.headers.setdefault("Cache-Control", "no-store")
            patch_vary_headers(response, ["Cookie"])
        return response

    return handle


def _hold_to_lifetime(request: HttpRequest) -> None:
    now = int(time.time())
    if reason := _expiry(request.session, now):
        logout(request)
        messages.info(request, f"{reason} Bitte melden Sie sich wieder an.")
    elif not _is_background(request) or SEEN not in request.session:
        _renew(request.session, now)


def _expiry(session: SessionBase, now: int) -> str:
    """Why the sign-in is over, or nothing."""
    if now - session.get(STARTED, now) >= settings.SESSION_ABSOLUTE_SECONDS:
        return "Ihre Anmeldung ist nach zwölf Stunden abgelaufen."
    if now - session.get(SEEN, now) >= settings.SESSION_IDLE_SECONDS:
        return "Sie waren längere Zeit nicht aktiv und wurden zu Ihrer Sicherheit abgemeldet."
    return ""


def _is_background(request: HttpRequest) -> bool:
    """A fragment that a script fetches may be polling, which is no sign of a person."""
    return request.method == "GET" and "HX-Request" in request.headers


def _renew(session: SessionBase, now: int) -> None:
    session.setdefault(STARTED, now)
    if now - session.get(SEEN, 0) >= RENEW_SECONDS:
        session[SEEN] = now
