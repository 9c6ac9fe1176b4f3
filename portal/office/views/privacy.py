"""Handing out and erasing the data of a person."""

from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods

from portal.members.models import Membership, Person
from portal.members.rules import groups_where_lead
from portal.office.privacy import erasure, rules
from portal.office.privacy.export import export as data_of

FORM_METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(FORM_METHODS)
def own_data(request: HttpRequest) -> HttpResponse:
    """All that the portal holds of the reader, to take along."""
    if request.method == "POST":
        return _hand_out(request, request.user)
    return render(request, "office/own_data.html")


def people(request: HttpRequest) -> HttpResponse:
    """Whoever is or was in the lead's working groups, with what the law lets them ask for."""
    seats = Membership.objects.select_related("organization", "on_behalf_of").order_by("start_date")
    rows = _in_care(request).prefetch_related(Prefetch("memberships", queryset=seats)).order_by("sort_key", "pk")
    today = localdate()
    found = [(row, any(not seat.end_date or seat.end_date > today for seat in row.memberships.all())) for row in rows]
    context = {
        "current": [person for person, is_member in found if is_member],
        "others": [person for person, is_member in found if not is_member],
    }
    return render(request, "office/people.html", context)


@require_http_methods(FORM_METHODS)
def export(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The same for somebody who has asked in writing."""
    person = get_object_or_404(_in_care(request), pk=pk)
    if request.method == "POST":
        return _hand_out(request, person)
    return render(request, "office/export.html", {"person": person, "cancel_url": reverse("office:people")})


@require_http_methods(FORM_METHODS)
def erase(request: HttpRequest, pk: UUID) -> HttpResponse:
    """First the list of what goes and what stays, then the deed."""
    person = get_object_or_404(_in_care(request), pk=pk)
    if request.method == "POST":
        return _erase(request, person)
    return _plan_of(request, person)


@reauthentication_required
def _erase(request: HttpRequest, person: Person) -> HttpResponse:
    try:
        erasure.erase(person, by=request.user)
    except ValidationError:
        return _plan_of(request, person, status=409)
    messages.success(request, "Die Daten sind gelöscht. Was bleibt, trägt keinen Namen mehr.")
    return redirect("office:people")


def _plan_of(request: HttpRequest, person: Person, status: int = 200) -> HttpResponse:
    """What would happen, or what stands in the way."""
    context = {"person": person, "cancel_url": reverse("office:people"), "reason": rules.why_not_erased(person)}
    if not context["reason"]:
        context |= {"plan": erasure.plan(person), "places": erasure.places(person, request.user)}
    return render(request, "office/erase.html", context, status=status)


def _in_care(request: HttpRequest) -> "QuerySet[Person]":
    if not groups_where_lead(request.user):
        raise PermissionDenied
    return rules.in_care_of(request.user)


@reauthentication_required
def _hand_out(request: HttpRequest, person: Person) -> HttpResponse:
    """The file, to somebody who has just shown again who they are."""
    response = HttpResponse(data_of(person, by=request.user), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="Auskunft-{localdate():%Y-%m-%d}.zip"'
    return response
