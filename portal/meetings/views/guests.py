"""Guests of a meeting: who they are, what they may read, and how they come and go."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from portal.audit.versions import Stale
from portal.meetings import rules
from portal.meetings.actions import guests as actions
from portal.meetings.forms.guests import GuestForm, PartForm
from portal.meetings.models import AgendaItem, Guest, Meeting, Visibility
from portal.members.actions import accounts
from portal.pdf.engine import PdfError

FORM_METHODS = ["GET", "HEAD", "POST"]
STALE = "Die Einladung wurde inzwischen geändert. Bitte senden Sie noch einmal ab."


@require_safe
def guests(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who is invited as a guest, and to what."""
    meeting = get_object_or_404(_meetings(request), pk=pk)
    if not rules.may_remove_guests(request.user, meeting):
        raise PermissionDenied
    rows = list(meeting.guests.select_related("person").prefetch_related("items").order_by("person__sort_key"))
    readable = {item.pk: item for item in meeting.items.visible_to(request.user)}
    for row in rows:
        row.meeting = meeting
        row.may_send_access = rules.may_send_guest_access(request.user, row)
        row.named = [readable.get(item.pk) or item.barred() for item in row.items.all()]
    context = {"meeting": meeting, "guests": rows, "may_invite": rules.may_invite_guests(request.user, meeting)}
    return render(request, "meetings/guests.html", context)


@require_http_methods(FORM_METHODS)
def guest_invite(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Invite somebody, known by the address or new."""
    meeting = get_object_or_404(_meetings(request), pk=pk)
    if not rules.may_invite_guests(request.user, meeting):
        raise PermissionDenied
    form = GuestForm(request.POST if request.method == "POST" else None, offered=_offered(request, meeting))
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            guest = actions.invite_guest(meeting, by=request.user, person=form.instance, **form.part)
        except (Stale, ValidationError, PdfError) as refused:
            form.add_error(None, _words(refused))
            status = 409
        else:
            messages.success(request, f"{guest.person} {_told(meeting)}")
            return redirect("meetings:guests", meeting.pk)
    context = {"meeting": meeting, "form": form, "cancel_url": _page(meeting)}
    return render(request, "meetings/guest_invite.html", context, status=status)


@require_http_methods(FORM_METHODS)
def guest_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Open another part of the agenda to a guest."""
    guest = _guest(request, pk)
    meeting = guest.meeting
    if not rules.may_invite_guests(request.user, meeting):
        raise PermissionDenied
    offered = _offered(request, meeting)
    form = PartForm(request.POST if request.method == "POST" else None, offered=offered, guest=guest)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            actions.change_guest(guest, by=request.user, **form.part)
        except (Stale, PdfError) as refused:
            form.add_error(None, _words(refused))
            status = 409
        else:
            messages.success(request, f"Die Einladung von {guest.person} ist gespeichert.")
            return redirect("meetings:guests", meeting.pk)
    context = {"meeting": meeting, "guest": guest, "form": form, "cancel_url": _page(meeting)}
    return render(request, "meetings/guest_edit.html", context, status=status)


@require_http_methods(FORM_METHODS)
def guest_access(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Send the link to the portal once more, for a mail that got lost or is too old."""
    guest = _guest(request, pk)
    meeting = guest.meeting
    if not rules.may_send_guest_access(request.user, guest):
        raise PermissionDenied
    if request.method == "POST":
        accounts.send_guest_access(guest.person, by=request.user, occasion=meeting.label, group=meeting.organization)
        messages.success(request, f"Ein neuer Zugangslink geht an {guest.person}.")
        return redirect("meetings:guests", meeting.pk)
    context = {"meeting": meeting, "guest": guest, "cancel_url": _page(meeting)}
    return render(request, "meetings/guest_access.html", context)


@require_http_methods(FORM_METHODS)
def guest_remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take an invitation back, after saying what that ends."""
    guest = _guest(request, pk)
    meeting = guest.meeting
    if not rules.may_remove_guests(request.user, meeting):
        raise PermissionDenied
    if request.method == "POST":
        if actions.remove_guest(guest, by=request.user):
            messages.success(request, f"{guest.person} ist kein Gast dieser Sitzung mehr.")
        return redirect("meetings:guests", meeting.pk)
    context = {"meeting": meeting, "guest": guest, "cancel_url": _page(meeting)}
    return render(request, "meetings/guest_remove.html", context)


def _meetings(request: HttpRequest) -> QuerySet[Meeting]:
    return Meeting.objects.visible_to(request.user).select_related("organization", "location")


def _guest(request: HttpRequest, pk: UUID) -> Guest:
    """A guest of a meeting that the reader sees."""
    guests = Guest.objects.filter(meeting__in=_meetings(request).values("pk"))
    return get_object_or_404(guests.select_related("person", "meeting__organization", "meeting__location"), pk=pk)


def _offered(request: HttpRequest, meeting: Meeting) -> QuerySet[AgendaItem]:
    """What can be opened to a guest: items that are not public anyway, and not closed to whoever invites."""
    return meeting.items.visible_to(request.user).exclude(visibility=Visibility.PUBLIC).order_by("number")


def _page(meeting: Meeting) -> str:
    return reverse("meetings:guests", args=[meeting.pk])


def _told(meeting: Meeting) -> str:
    if meeting.state == Meeting.State.DRAFT:
        return "steht auf der Liste und erfährt davon mit der Einladung."
    return "ist eingeladen, die E-Mail geht hinaus."


def _words(refused: Stale | ValidationError | PdfError) -> list[str]:
    if isinstance(refused, ValidationError):
        return refused.messages
    return [STALE if isinstance(refused, Stale) else str(refused)]
