"""The members of the working groups."""

from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.timezone import localdate

from portal.members import rules
from portal.members.actions import seats
from portal.members.forms import FraktionForm
from portal.members.models import Membership, Organization, Role


def members(request: HttpRequest) -> HttpResponse:
    """Who sits in the working group on a day: by Fraktion, then the Verwaltung; today also who comes later."""
    day, is_valid = _day(request)
    is_today = day == localdate()
    rows = Membership.objects.visible_to(request.user)
    rows = rows.lasting() if is_today else rows.on(day)
    rows = rows.select_related("person", "organization", "on_behalf_of").order_by(
        "organization__name", "on_behalf_of__name", "role", "rank", "start_date", "person__sort_key"
    )
    groups: dict[Organization, dict[str, list]] = {}
    for seat in rows:
        parts = groups.setdefault(seat.organization, {"fraktionen": [], "office": [], "later": [], "free": []})
        part = "fraktionen" if seat.on_behalf_of_id else "office"
        parts[part if seat.start_date <= day else "later"].append(seat)
    lead_of = rules.groups_where_lead(request.user)
    if is_today and lead_of:
        _add_free_seats(groups, lead_of)
    context = {
        "groups": groups,
        "lead_of": lead_of,
        "office_of": rules.groups_where_office(request.user),
        "day": day,
        "is_today": is_today,
        "is_valid": is_valid,
    }
    return render(request, "members/list.html", context)


def _day(request: HttpRequest) -> tuple[date, bool]:
    """The day that the reader asks for, and whether it is one; else today."""
    asked = request.GET.get("stand", "")
    try:
        day = parse_date(asked)
    except ValueError:
        day = None
    return day or localdate(), bool(day) or not asked


def _add_free_seats(groups: dict[Organization, dict[str, list]], lead_of: list) -> None:
    """The Fraktionen that could send somebody and have nobody, or nobody from a day on, in the groups of the lead."""
    fraktionen = list(Organization.objects.filter(kind=Organization.Kind.FRAKTION, end_date=None))
    for organization, parts in groups.items():
        if organization.pk in lead_of:
            delegates = [seat for seat in (*parts["fraktionen"], *parts["later"]) if seat.role == Role.DELEGATE]
            until = {seat.on_behalf_of_id: seat.end_date for seat in delegates}
            free = [fraktion for fraktion in fraktionen if fraktion.pk not in until or until[fraktion.pk]]
            parts["free"] = [(fraktion, until.get(fraktion.pk)) for fraktion in free]


def fraktion_create(request: HttpRequest) -> HttpResponse:
    groups = _groups_where_lead(request)
    form = FraktionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        group = Organization.objects.get(pk=groups[0])
        fraktion = seats.add_fraktion(by=request.user, organization=group, **form.cleaned_data)
        messages.success(request, f"{fraktion} ist angelegt. Sie können jetzt jemanden für sie berufen.")
        return redirect("office:appoint")
    return render(request, "members/fraktion.html", {"form": form}, status=422 if form.is_bound else 200)


def _groups_where_lead(request: HttpRequest) -> list:
    groups = rules.groups_where_lead(request.user)
    if not groups:
        raise PermissionDenied
    return groups
