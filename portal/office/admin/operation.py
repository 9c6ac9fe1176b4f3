"""Does everything run? One page for those who operate the portal: health and timetable."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_POST, require_safe

from portal.audit import trail
from portal.mail import jobs, kick
from portal.mail.models import Job
from portal.office import health

STATES = {
    "good": "läuft",
    "new": "noch nicht gelaufen",
    "late": "überfällig",
    "failed": "gescheitert",
    "off": "ausgeschaltet",
}
GOOD = {"good": True, "new": None, "late": False, "failed": False, "off": False}


@require_safe
def overview(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """Signs of health, then the timetable with its buttons."""
    table = [(entry, STATES[entry.state], GOOD[entry.state]) for entry in jobs.timetable()]
    return TemplateResponse(
        request, "admin/operation.html", context | {"title": "Betrieb", "signs": health.all_signs(), "table": table}
    )


@require_POST
def operate(request: HttpRequest, task: str) -> HttpResponse:
    """Run a task of the timetable now, or switch it off or on."""
    entry = next((entry for entry in jobs.timetable() if entry.task == task), None)
    if entry is None:
        raise Http404
    if "run" in request.POST:
        _run(request, entry)
    elif (is_on := request.POST.get("switch")) in {"on", "off"} and jobs.switch(task, is_on=is_on == "on"):
        _record(request, entry, f"Aufgabe {'eingeschaltet' if is_on == 'on' else 'ausgeschaltet'}")
    return redirect("admin:operation")


def _run(request: HttpRequest, entry: jobs.Entry) -> None:
    if kick.ask_for(entry.task):
        _record(request, entry, "Aufgabe von Hand gestartet")
        messages.success(request, f"„{entry.title}“ ist gestartet. Laden Sie die Seite gleich neu.")
    else:
        messages.error(request, "Der Hintergrunddienst ist nicht erreichbar. Läuft der Broker?")


def _record(request: HttpRequest, entry: jobs.Entry, verb: str) -> None:
    job, _ = Job.objects.get_or_create(name=entry.task)
    trail.record(actor=request.user, verb=verb, thing=job, task=entry.task)
