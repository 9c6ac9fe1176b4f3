"""Who has to sign in, for how long, and what holds for every answer to somebody who has."""

import time
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme

STARTED, SEEN = "signed_in_at", "seen_at"
RENEW_SECONDS = 300  # so that reading does not write a session row for every page

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}

Handler = Callable[[HttpRequest], HttpResponse]
View = Callable[..., HttpResponseBase]


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


class SignInMiddleware(LoginRequiredMiddleware):
    """Closed by default. Whoever is sent to sign in from a button comes back to the page that held it."""

    def handle_no_permission(self, request: HttpRequest, view_func: View) -> HttpResponseRedirect:
        if request.method in SAFE_METHODS:
            return super().handle_no_permission(request, view_func)
        return redirect_to_login(_page_of_the_button(request), self.get_login_url(view_func))


def _page_of_the_button(request: HttpRequest) -> str:
    """The path of the page on this site from which the request came; the start page where that is unknown."""
    page = request.headers.get("Referer", "")
    own = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
    return urlsplit(page).path if own else "/"
