"""The way to a draft: for its clerk, and without losing a word when somebody has closed it meanwhile."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render

from portal.members.rules import is_clerk
from portal.minutes.actions import Finalised
from portal.minutes.models import Minutes

View = Callable[[HttpRequest, str], HttpResponse]
CLOSED = "Die Niederschrift ist inzwischen abgeschlossen und lässt sich nicht mehr ändern."


def draft_of(request: HttpRequest, pk: str) -> Minutes:
    """The draft behind a page that writes."""
    minutes = get_object_or_404(Minutes.objects.visible_to(request.user).for_pages(), pk=pk)
    hold_to_draft(request, minutes)
    return minutes


def hold_to_draft(request: HttpRequest, minutes: Minutes) -> None:
    """Let only the clerk pass, and only as long as there is a draft."""
    if not is_clerk(request.user, minutes.meeting.organization_id):
        raise PermissionDenied
    if minutes.is_final:
        raise Finalised(minutes)


def mind_the_end(view: View) -> View:
    """Whoever comes too late is shown the final minutes, and the text that could not be saved."""

    @wraps(view)
    def answer(request: HttpRequest, pk: str) -> HttpResponse:
        try:
            return view(request, pk)
        except Finalised as closed:
            texts = [text for name, text in request.POST.items() if name.endswith(("text", "remarks")) and text]
            if texts:
                context = {"minutes": closed.minutes, "texts": texts}
                return render(request, "minutes/too_late.html", context, status=409)
            messages.info(request, CLOSED)
            return redirect(closed.minutes)

    return answer


def retyped(data: QueryDict, **fresh: object) -> QueryDict:
    """What was typed, on top of what is stored now."""
    typed = data.copy()
    for name, value in fresh.items():
        typed[name] = value
    return typed
