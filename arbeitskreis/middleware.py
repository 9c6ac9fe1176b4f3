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
from django.shortcuts import redirect
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme

from portal.members.actions import devices
from portal.members.models import Person
from portal.members.rules import lacks_second_factor

STARTED, SEEN, LISTED = "signed_in_at", "seen_at", "listed_as"
RENEW_SECONDS = 300  # so that reading does not write a session row for every page

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}

# What somebody may open who still has to set up a second factor; the pages that do so are called mfa_…
BEFORE_SECOND_FACTOR = {
    "account_logout",
    "account_reauthenticate",
    "healthz",
    "home:accessibility",
    "home:help",
    "home:imprint",
    "home:privacy",
    "home:theme",
    "members:passkey_add",
    "members:sign_in",
    "members:unsubscribe",
}

Handler = Callable[[HttpRequest], HttpResponse]
View = Callable[..., HttpResponseBase]
# Forms whose answer must not tell by its time whether there is such an account.
EVENLY_ANSWERED = {
    "account_confirm_login_code",
    "account_login",
    "account_request_login_code",
    "account_reset_password",
}


def even_answers(get_response: Handler) -> Handler:
    """Answer the forms of sign-in after the same time: for an open account, a closed one, and none at all."""

    def handle(request: HttpRequest) -> HttpResponse:
        begun = time.monotonic()
        response = get_response(request)
        if request.method == "POST" and _view_name(request) in EVENLY_ANSWERED:
            time.sleep(max(0, settings.SIGN_IN_ANSWER_SECONDS - (time.monotonic() - begun)))
        return response

    return handle


def _view_name(request: HttpRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else ""


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
        _renew(request, now)


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


def _renew(request: HttpRequest, now: int) -> None:
    """Note that a person was there, and on which device; a new password gives the session a new key."""
    session = request.session
    session.setdefault(STARTED, now)
    is_due = now - session.get(SEEN, 0) >= RENEW_SECONDS
    if is_due:
        session[SEEN] = now
    if (is_due or session.get(LISTED) != session.session_key) and isinstance(request.user, Person):
        devices.note(request, request.user)
        session[LISTED] = session.session_key


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


class SecondFactorMiddleware:
    """Whose function asks for a second factor gets no page but its set-up until there is one."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, arguments: tuple[object, ...], named: dict[str, object]
    ) -> HttpResponseRedirect | None:
        name = _view_name(request)
        if name in BEFORE_SECOND_FACTOR or name.startswith("mfa_") or not lacks_second_factor(request.user):
            return None
        return redirect("members:sign_in")
