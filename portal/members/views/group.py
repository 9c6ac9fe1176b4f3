"""The members of the working groups."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from portal.members import rules
from portal.members.actions import seats
from portal.members.forms import AppointForm, EndForm, FraktionForm
from portal.members.models import Membership, Organization


def members(request: HttpRequest) -> HttpResponse:
    """Who sits in the working group today: by Fraktion, then the Verwaltung."""
    rows = Membership.objects.visible_to(request.user).current()
    rows = rows.select_related("person", "organization", "on_behalf_of").order_by(
        "organization__name", "on_behalf_of__name", "role", "rank", "person__sort_key"
    )
    groups: dict[Organization, dict[str, list[Membership]]] = {}
    for seat in rows:
        parts = groups.setdefault(seat.organization, {"fraktionen": [], "office": []})
        parts["fraktionen" if seat.on_behalf_of_id else "office"].append(seat)
    context = {
        "groups": groups,
        "lead_of": rules.groups_where_lead(request.user),
        "office_of": rules.groups_where_office(request.user),
    }
    return render(request, "members/list.html", context)


def appoint(request: HttpRequest) -> HttpResponse:
    """Appoint somebody: name and address, function and Fraktion."""
    form = AppointForm(request.POST if request.method == "POST" else None, groups=_groups_where_lead(request))
    if request.method == "POST" and form.is_valid():
        try:
            seat = seats.appoint(by=request.user, person=form.instance, **form.seat)
        except seats.SeatTaken as taken:
            form.add_error(None, str(taken))
        else:
            messages.success(request, f"{seat.person} ist berufen. Der Zugang geht per E-Mail hinaus.")
            return redirect("members:list")
    return render(request, "members/appoint.html", {"form": form}, status=422 if form.is_bound else 200)


def end(request: HttpRequest, pk: str) -> HttpResponse:
    """End a membership, after saying what that means."""
    seat = seat_of_lead(request, pk)
    form = EndForm(request.POST if request.method == "POST" else None, membership=seat)
    if request.method == "POST" and form.is_valid():
        if seats.end_membership(seat, by=request.user, end_date=form.end_date):
            messages.success(request, f"Die Mitgliedschaft von {seat.person} ist beendet.")
        else:
            messages.info(request, f"Die Mitgliedschaft von {seat.person} war schon beendet.")
        return redirect("members:list")
    return render(request, "members/end.html", {"seat": seat, "form": form}, status=422 if form.is_bound else 200)


def fraktion_create(request: HttpRequest) -> HttpResponse:
    groups = _groups_where_lead(request)
    form = FraktionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        group = Organization.objects.get(pk=groups[0])
        fraktion = seats.add_fraktion(by=request.user, organization=group, **form.cleaned_data)
        messages.success(request, f"{fraktion} ist angelegt. Sie können jetzt jemanden für sie berufen.")
        return redirect("members:appoint")
    return render(request, "members/fraktion.html", {"form": form}, status=422 if form.is_bound else 200)


def _groups_where_lead(request: HttpRequest) -> list:
    groups = rules.groups_where_lead(request.user)
    if not groups:
        raise PermissionDenied
    return groups


def seat_of_lead(request: HttpRequest, pk: str) -> Membership:
    """A current membership that the reader may end; 404 or 403 otherwise."""
    seats = Membership.objects.visible_to(request.user).select_related("person", "organization", "on_behalf_of")
    seat = get_object_or_404(seats, pk=pk)
    if not rules.may_end(request.user, seat):
        raise PermissionDenied
    return seat
