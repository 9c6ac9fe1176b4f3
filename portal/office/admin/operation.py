"""Does everything run? One page for those who operate the portal: health and timetable."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.timesince import timesince
from django.views.decorators.http import require_POST, require_safe

from portal.audit import trail
from portal.audit.models import Head, Inspection, Line
from portal.mail import jobs, kick
from portal.mail.models import Heartbeat, Job, Message

QUIET = timedelta(minutes=2)
WAITING = timedelta(minutes=5)
A_DAY = timedelta(hours=26)
STATES = {
    "good": "läuft",
    "new": "noch nicht gelaufen",
    "late": "überfällig",
    "failed": "gescheitert",
    "off": "ausgeschaltet",
}
GOOD = {"good": True, "new": None, "late": False, "failed": False, "off": False}


@dataclass(frozen=True)
class Sign:
    """One sign of health: what it is about, what is the case, whether that is good."""

    name: str
    text: str
    is_good: bool


@require_safe
def overview(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """Signs of health, then the timetable with its buttons."""
    table = [(entry, STATES[entry.state], GOOD[entry.state]) for entry in jobs.timetable()]
    return TemplateResponse(
        request, "admin/operation.html", context | {"title": "Betrieb", "signs": signs(), "table": table}
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


def signs() -> list[Sign]:
    """What an operator looks at first."""
    now = timezone.now()
    return [_worker(now), _outbox(now), _failed(), _loose(now), _inspected(now)]


def _worker(now: datetime) -> Sign:
    beat = Heartbeat.objects.filter(name="mail").first()
    text = f"zuletzt tätig vor {timesince(beat.at, now)}" if beat else "hat sich noch nie gemeldet"
    return Sign("Hintergrunddienst", text, bool(beat) and now - beat.at < QUIET)


def _outbox(now: datetime) -> Sign:
    due = Message.objects.due(now)
    oldest = due.order_by("not_before").values_list("not_before", flat=True).first()
    if oldest is None:
        return Sign("Postausgang", "nichts wartet", True)
    return Sign(
        "Postausgang", f"{due.count()} warten, die älteste seit {timesince(oldest, now)}", now - oldest < WAITING
    )


def _failed() -> Sign:
    number = Message.objects.dead().count()
    return Sign("Nicht zustellbare E-Mails", str(number), not number)


def _loose(now: datetime) -> Sign:
    loose = Line.objects.filter(sequence=None)
    oldest = loose.order_by("pk").values_list("at", flat=True).first()
    head = Head.objects.filter(pk=1).first() or Head()
    text = f"{head.sequence} Zeilen verkettet, {loose.count()} warten"
    return Sign("Verlauf", text, oldest is None or now - oldest < WAITING)


def _inspected(now: datetime) -> Sign:
    inspection = Inspection.objects.filter(pk=1).first()
    if inspection is None:
        return Sign("Prüfung des Verlaufs", "noch nicht geprüft", True)
    return Sign("Prüfung des Verlaufs", inspection.report, not inspection.findings and now - inspection.at < A_DAY)
