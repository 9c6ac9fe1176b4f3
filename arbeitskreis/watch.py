"""What the trail has to know about a request: from where it comes, and whether it was refused."""

import logging
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any
from uuid import UUID

from allauth.account.adapter import get_adapter
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from portal.audit import origin, refusals
from portal.audit.origin import Door
from portal.members.models import Person

REFUSALS = {403, 429}
LINKS = {"meetings:answer", "meetings:feed", "meetings:poll_answer", "members:accept", "members:unsubscribe"}

logger = logging.getLogger(__name__)


class Watch:
    """Stands before everything else, so that nothing is refused unseen."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with origin.coming_from(Door.PORTAL, client_address(request)):
            response = self.get_response(request)
            if is_refusal(request, response.status_code):
                note_refusal(request, response.status_code)
        return response

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> None:
        """Mail links and the Systemverwaltung are doors of their own."""
        match = request.resolver_match
        if match and match.view_name in LINKS:
            origin.through(Door.LINK)
        elif match and match.app_name == "admin":
            origin.through(Door.ADMIN)


def client_address(request: HttpRequest) -> str:
    """The address by which the sign-in counts attempts too; empty if it cannot be known."""
    try:
        return str(ip_address(get_adapter().get_client_ip(request)))
    except (ImproperlyConfigured, PermissionDenied, ValueError):
        return ""


def reader(request: HttpRequest) -> Person | None:
    """Who is signed in."""
    user = getattr(request, "user", None)
    return user if isinstance(user, Person) else None


def is_refusal(request: HttpRequest, status: int) -> bool:
    """What somebody signed in may not see answers 404, like what does not exist."""
    if status in REFUSALS:
        return True
    return status == 404 and bool(object_of(request)) and reader(request) is not None


def object_of(request: HttpRequest) -> str:
    """The id in the address; never a token, which would be a secret."""
    kwargs = request.resolver_match.kwargs if request.resolver_match else {}
    return next((str(value) for value in kwargs.values() if isinstance(value, (UUID, int))), "")


def note_refusal(request: HttpRequest, status: int) -> None:
    """The answer stands, whether or not the trail can be written."""
    page = request.resolver_match.view_name if request.resolver_match else ""
    try:
        refusals.note(
            actor=reader(request), page=page, thing_id=object_of(request), status=status, method=request.method or ""
        )
    except DatabaseError:
        logger.exception("A refusal could not be recorded")
