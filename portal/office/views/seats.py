"""Seats: appointed, ended, handed over, put in order, corrected; each step shows first what it changes."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from portal.members import rules
from portal.members.actions import seats
from portal.members.models import Membership
from portal.office.forms.seats import AppointForm, EndForm, ReplaceForm, SeatForm, StartForm
from portal.office.views.steps import Step, take

APPOINT = Step("Mitglied berufen", "Berufen und Zugang senden", "Die Berufung ist gespeichert.", "office/appoint.html")
END = Step(
    "Mitgliedschaft beenden",
    "Mitgliedschaft beenden",
    "Die Mitgliedschaft ist beendet.",
    "office/end.html",
    "ak-btn--danger",
)
REPLACE = Step("Mitglied ablösen", "Ablösen und Zugang senden", "Der Wechsel ist gespeichert.", "office/replace.html")
REOPEN = Step("Ende zurücknehmen", "Ende zurücknehmen", "Die Mitgliedschaft geht ohne Ende weiter.")
START = Step("Beginn ändern", "Beginn ändern", "Der neue Beginn ist gespeichert.", "office/start.html")
WITHDRAW = Step(
    "Berufung zurücknehmen", "Berufung zurücknehmen", "Die Berufung ist zurückgenommen.", button_class="ak-btn--danger"
)


def appoint(request: HttpRequest) -> HttpResponse:
    """Appoint somebody: name and address, function and Fraktion."""
    groups = rules.groups_where_lead(request.user)
    if not groups:
        raise PermissionDenied
    asked = {"role": "funktion", "on_behalf_of": "fraktion", "start_date": "ab"}
    wish = {field: request.GET[name] for field, name in asked.items() if name in request.GET}
    form = AppointForm(_typed(request), groups=groups, initial=wish)
    if "seen" in request.POST and form.is_valid() and form.is_done:
        return _stands_already(request)

    def act() -> None:
        seats.appoint(by=request.user, person=form.instance, **form.seat)

    return take(request, APPOINT, form, act)


def seat(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One seat, and what may be done with it."""
    place = _visible(request, pk)
    if not rules.is_office(request.user, place.organization_id):
        raise PermissionDenied
    steps = {
        "end": rules.may_end(request.user, place) and place.has_begun,
        "correct": rules.may_correct(request.user, place),
        "reopen": rules.may_reopen(request.user, place),
        "rank": rules.may_rank(request.user, place),
    }
    return render(request, "office/seat.html", {"seat": place, "may": [step for step, may in steps.items() if may]})


def end(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End a membership, after saying what that means."""
    place = _of_lead(request, pk)
    if not rules.may_end(request.user, place):
        return _stands_already(request)
    form = EndForm(_typed(request), membership=place)

    def act() -> None:
        if not seats.end_membership(place, by=request.user, end_date=form.end_date):
            raise seats.SeatRefused(seats.OVER)

    return take(request, END, form, act, seat=place)


def replace(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Hand a seat over to somebody else in one step."""
    place = _of_lead(request, pk)
    if not rules.may_end(request.user, place):
        return _stands_already(request)
    form = ReplaceForm(_typed(request), membership=place)

    def act() -> None:
        seats.replace(place, by=request.user, person=form.instance, first_day=form.cleaned_data["first_day"])

    return take(request, REPLACE, form, act, seat=place)


def reopen(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take back an end that is still ahead."""
    place = _of_lead(request, pk)
    if not rules.may_reopen(request.user, place):
        return _stands_already(request)
    form = SeatForm(request.POST, membership=place)
    return take(request, REOPEN, form, lambda: seats.reopen(place, by=request.user), seat=place)


def start(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give an appointment that has not begun another first day."""
    place = _of_lead(request, pk)
    if not rules.may_correct(request.user, place):
        return _stands_already(request)
    form = StartForm(_typed(request), membership=place)

    def act() -> None:
        seats.correct_start(place, by=request.user, start_date=form.cleaned_data["start_date"])

    return take(request, START, form, act, seat=place)


def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take back an appointment that has not begun."""
    place = _of_lead(request, pk)
    if not rules.may_correct(request.user, place):
        return _stands_already(request)
    form = SeatForm(request.POST, membership=place)
    return take(request, WITHDRAW, form, lambda: seats.withdraw(place, by=request.user), seat=place)


def order(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The deputies of a Fraktion in the order in which they are asked; a button moves one by a place."""
    place = _of_lead(request, pk)
    if not rules.may_rank(request.user, place):
        return _stands_already(request)
    status, deputies = 200, list(seats.deputies_beside(place))
    if request.method == "POST":
        moved = next((deputy for deputy in deputies if str(deputy.pk) == request.POST.get("seat")), None)
        if moved is None:
            raise Http404
        direction = "up" if request.POST.get("direction") == "up" else "down"
        try:
            seats.move_deputy(moved, by=request.user, direction=direction, seen=_ids(request))
        except seats.Reordered:
            status = 409
        else:
            return redirect("office:order", place.pk)
    context = {"seat": place, "deputies": deputies, "has_changed": status == 409}
    return render(request, "office/order.html", context, status=status)


def _typed(request: HttpRequest):
    return request.POST if request.method == "POST" else None


def _ids(request: HttpRequest) -> list[UUID]:
    """The order that was on the screen."""
    try:
        return [UUID(pk) for pk in request.POST.getlist("order")]
    except ValueError:
        return []


def _visible(request: HttpRequest, pk: UUID) -> Membership:
    places = Membership.objects.visible_to(request.user).select_related("person", "organization", "on_behalf_of")
    return get_object_or_404(places, pk=pk)


def _of_lead(request: HttpRequest, pk: UUID) -> Membership:
    place = _visible(request, pk)
    if not rules.may_appoint(request.user, place.organization_id):
        raise PermissionDenied
    return place


def _stands_already(request: HttpRequest) -> HttpResponse:
    """A second click, or somebody else was faster: nothing is left to do here."""
    messages.info(request, "Das ist schon geschehen, oder jemand anderes war schneller. So steht es jetzt.")
    return redirect("members:list")
