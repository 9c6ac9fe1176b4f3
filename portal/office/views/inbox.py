"""The Posteingang: what came in by mail, and what became of it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from portal.audit import trail
from portal.audit.models import Kind
from portal.mail.models import Incoming
from portal.meetings.models import Meeting
from portal.members.models import Person
from portal.members.rules import groups_where_office
from portal.office.actions import mail as actions


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """All that came in, newest first; or what somebody still has to read."""
    is_open = request.GET.get("zustand") == "offen"
    found = _readable(request).defer("text")
    page = Paginator(found.to_look_at() if is_open else found, 50).get_page(request.GET.get("page"))
    return render(request, "office/inbox.html", {"page": page, "is_open": is_open})


@require_safe
def incoming(request: HttpRequest, pk: int) -> HttpResponse:
    """One mail that came in, with what it is about."""
    mail = get_object_or_404(_readable(request), pk=pk)
    trail.record_as(Kind.ACCESS, actor=request.user, verb="Eingang gelesen", thing=mail, organization=mail.group)
    context = {
        "mail": mail,
        "meeting": Meeting.objects.visible_to(request.user).filter(pk=mail.about).first() if mail.about else None,
        "done_by": Person.objects.filter(pk=mail.done_by).first() if mail.done_by else None,
    }
    return render(request, "office/incoming.html", context)


@require_POST
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """It is seen to."""
    mail = get_object_or_404(_readable(request), pk=pk)
    if actions.settle(mail, by=request.user):
        messages.success(request, "Der Eingang ist erledigt.")
    return redirect("office:inbox")


def _readable(request: HttpRequest) -> QuerySet[Incoming]:
    """What this reader may see; for everybody outside the Verwaltung the page does not exist for them."""
    groups = groups_where_office(request.user)
    if not groups:
        raise PermissionDenied
    return Incoming.objects.of_groups(groups)
