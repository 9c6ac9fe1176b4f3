"""Answering an invitation: signed in, or by the personal link of a mail."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from portal.meetings import rules
from portal.meetings.actions import proof, seats
from portal.meetings.actions import replies as actions
from portal.meetings.actions.seats import Represented
from portal.meetings.forms.replies import SUBSTITUTE, AnswerForm
from portal.meetings.models import Attendance, Meeting
from portal.members.models import Role
from portal.members.views.links import by_token

Answer = Attendance.Answer
CHOSEN = {"zusage": Answer.ACCEPTED, "absage": Answer.DECLINED, "vertretung": SUBSTITUTE}
SAVED = {Answer.ACCEPTED: "Ihre Zusage ist gespeichert.", Answer.DECLINED: "Ihre Absage ist gespeichert."}
TOO_LATE = "Eine Antwort ist nicht mehr möglich: Die Sitzung hat begonnen oder ist abgesagt."


@require_POST
def rsvp(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Keep the reader's own answer."""
    meetings = Meeting.objects.visible_to(request.user).select_related("organization", "location")
    meeting = get_object_or_404(meetings, pk=pk)
    attendance = meeting.attendances.filter(person=request.user, invited_at__isnull=False).first()
    if attendance is None:
        raise PermissionDenied
    attendance.meeting = meeting
    if not rules.may_answer(request.user, attendance):
        messages.error(request, TOO_LATE)
        return redirect(meeting)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, attendance, form)
    try:
        kept = actions.answer(attendance, by=request.user, **form.reply)
    except Represented as represented:
        return _ask_again(request, attendance, form, represented.deputy)
    messages.success(request, _saved(kept))
    return redirect(_back(request) or meeting)


def _saved(kept: Attendance) -> str:
    """What was kept, and what it means for the seat."""
    seat = seats.seat_of(kept)
    if kept.role == Role.DEPUTY and kept.answer == Answer.DECLINED:
        return "Ihre Absage ist gespeichert. Danke, dass Sie geantwortet haben."
    if seat and seat.question and kept.role == Role.DELEGATE:
        return f"{SAVED[kept.answer]} {seat.question.person} ist um Vertretung gebeten."
    return SAVED[kept.answer]


def _back(request: HttpRequest) -> str:
    """The page of the portal from which the answer came, if it says so."""
    back = request.POST.get("next", "")
    return back if back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None) else ""


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@by_token
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """The personal link of a mail: shows the two answers, and keeps the one that is sent by button."""
    attendance = actions.asked_by(token)
    if attendance is None:
        refused = actions.refused_by(token)
        name, status = ("answer_refused", 200) if refused else ("answer_invalid", 404)
        return render(request, f"meetings/{name}.html", {"attendance": refused}, status=status)
    if request.method == "GET":
        proof.note_opening(attendance.meeting, attendance.person, by_link=True)
    form = AnswerForm(request.POST if request.method == "POST" else None, initial={"note": attendance.note})
    if not form.is_bound or not form.is_valid():
        return _page(request, attendance, form)
    try:
        actions.answer(attendance, by=attendance.person, **form.reply)
    except Represented as represented:
        return _ask_again(request, attendance, form, represented.deputy)
    return redirect(request.path)


def _ask_again(request: HttpRequest, attendance: Attendance, form: AnswerForm, deputy: Attendance) -> HttpResponse:
    """The delegate comes after all: say first who would have to be released for that."""
    context = {
        "meeting": attendance.meeting,
        "deputy": deputy,
        "note": form.cleaned_data["note"],
        "next": _back(request),
        "cancel_url": request.path if request.resolver_match.url_name == "answer" else attendance.meeting,
    }
    return render(request, "meetings/take_back.html", context, status=409)


def _page(request: HttpRequest, attendance: Attendance, form: AnswerForm) -> HttpResponse:
    chosen = form.cleaned_data.get("answer") if form.is_bound else CHOSEN.get(request.GET.get("antwort", ""))
    seat = seats.seat_of(attendance)
    can_pass_on = attendance.role == Role.DELEGATE and seats.can_pass_on(attendance.person, seat)
    context = {
        "attendance": attendance,
        "meeting": attendance.meeting,
        "person": attendance.person,
        "form": form,
        "seat": seat,
        "can_pass_on": can_pass_on,
        "chosen": Answer.DECLINED if chosen == SUBSTITUTE and not can_pass_on else chosen,
    }
    return render(request, "meetings/answer.html", context, status=422 if form.is_bound else 200)
