"""Befangenheit at an agenda item."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from portal.meetings import rules
from portal.meetings.actions import recusals as actions
from portal.meetings.forms.recusals import RecusalForm
from portal.meetings.models import AgendaItem, Recusal

FORM_METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(FORM_METHODS)
def recusals(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who takes no part in an item, and the form to record one more."""
    item = _item(request, pk)
    recorded = item.recusals.select_related("person", "recorded_by").order_by("person__sort_key")
    people = actions.people_at(item).exclude(recusals__item=item)
    form = RecusalForm(request.POST if request.method == "POST" else None, people=people)
    if form.is_bound and form.is_valid():
        person = actions.record_recusal(item, by=request.user, **form.cleaned_data).person
        messages.success(request, f"Die Befangenheit von {person} ist erfasst.")
        return redirect(item.meeting if person == request.user else _page(item))
    context = {"item": item, "meeting": item.meeting, "recusals": recorded, "form": form}
    return render(request, "meetings/recusals.html", context, status=422 if form.is_bound else 200)


@require_http_methods(FORM_METHODS)
def recusal_lift(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a recorded Befangenheit back, after saying what that opens."""
    recusal = get_object_or_404(Recusal.objects.select_related("person"), pk=pk)
    item = _item(request, recusal.item_id)
    if request.method == "POST":
        if actions.lift_recusal(recusal, by=request.user):
            messages.success(request, f"Die Befangenheit von {recusal.person} ist zurückgenommen.")
        return redirect(_page(item))
    context = {"recusal": recusal, "item": item, "meeting": item.meeting, "cancel_url": _page(item)}
    return render(request, "meetings/recusal_lift.html", context)


def _page(item: AgendaItem) -> str:
    return reverse("meetings:recusals", args=[item.pk])


def _item(request: HttpRequest, pk: UUID) -> AgendaItem:
    item = get_object_or_404(AgendaItem.objects.visible_to(request.user).select_related("meeting"), pk=pk)
    if not rules.may_record_recusal(request.user, item):
        raise PermissionDenied
    return item
