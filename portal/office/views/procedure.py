"""The Geschäftsordnung and the Wahlperiode of a working group, set by its lead."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_POST

from portal.members import rules
from portal.members.actions.procedure import set_rules, switch_public_calendar
from portal.members.models import Organization, RulesOfProcedure
from portal.office.actions.term import change_term
from portal.office.forms.procedure import RulesForm
from portal.office.forms.term import TermForm
from portal.office.views.steps import Step, take

TERM = Step(
    "Neue Wahlperiode", "Wahlperiode wechseln", "Der Wechsel der Wahlperiode ist gespeichert.", "office/term.html"
)


def procedure(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Which rules hold, which held before, and those that shall hold from a day on."""
    group = _led(request, pk)
    now = RulesOfProcedure.objects.on(group)
    form = RulesForm(request.POST if request.method == "POST" else None, now=now)
    if form.is_bound and form.is_valid():
        set_rules(group, by=request.user, **form.cleaned_data)
        messages.success(request, "Die Geschäftsordnung ist gespeichert.")
        return redirect("office:procedure", group.pk)
    every = group.rules_of_procedure.order_by("-valid_from")
    context = {"group": group, "form": form, "every": every, "now": now, "today": localdate()}
    return render(request, "office/procedure.html", context, status=422 if form.is_bound else 200)


@require_POST
def public_calendar(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Open or close the calendar of the public meetings; the button says which."""
    group = _led(request, pk)
    on = request.POST.get("step") == "on"
    if switch_public_calendar(group, by=request.user, on=on):
        messages.success(request, f"Der öffentliche Kalender ist {'eingeschaltet' if on else 'ausgeschaltet'}.")
    return redirect("office:procedure", group.pk)


def term(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The assistant for a new Wahlperiode."""
    group = _led(request, pk)
    form = TermForm(request.POST if request.method == "POST" else None, group=group)

    def act() -> list[str]:
        return change_term(group, by=request.user, plan=form.plan)

    return take(request, TERM, form, act, group=group)


def _led(request: HttpRequest, pk: UUID) -> Organization:
    """A working group of the reader, if they lead it."""
    own = [seat.organization_id for seat in request.user.current_memberships]
    group = get_object_or_404(Organization.objects.select_related("term").filter(pk__in=own), pk=pk)
    if not rules.is_lead(request.user, group.pk):
        raise PermissionDenied
    return group
