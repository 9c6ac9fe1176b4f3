"""Inviting, moving and calling off, and what people take along: the letter and the calendar entry."""

from collections.abc import Callable
from copy import copy
from functools import wraps
from uuid import UUID

from csp.constants import NONE
from csp.decorators import csp
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from portal.audit import trail
from portal.audit.models import Kind
from portal.audit.versions import Stale
from portal.meetings import rules
from portal.meetings.actions import changes, circle, ics, revision
from portal.meetings.actions import invitation as actions
from portal.meetings.actions.sight import sight_of
from portal.meetings.emails import PDF_NAME, is_reachable
from portal.meetings.forms.invitation import CancelForm, InviteForm, MoveForm
from portal.meetings.models import Meeting, Revision
from portal.meetings.views.fristen import notice_today
from portal.meetings.views.planning import point_out_day
from portal.members.models import Person
from portal.members.rules import is_member
from portal.pdf.engine import PdfError

FORM_METHODS = ["GET", "HEAD", "POST"]
STALE = "Die Sitzung wurde inzwischen geändert. Bitte prüfen Sie, was jetzt verschickt würde."
ONCE = "Niemand erhält die Nachricht doppelt."
ENDED = {
    Meeting.State.CANCELLED: f"Die Sitzung ist schon abgesagt. {ONCE}",
    Meeting.State.RUNNING: "Die Sitzung hat inzwischen begonnen. Niemand erhält eine Nachricht.",
    Meeting.State.FINISHED: "Die Sitzung ist inzwischen beendet. Niemand erhält eine Nachricht.",
}
NOT_SENT = "Nicht verschickt ist, was Sie als Grund eingegeben haben: „{}“"
file_only = csp({"default-src": [NONE], "sandbox": True, "frame-ancestors": [NONE]})


def tells_of_the_end(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Whoever sends a form of a meeting that was called off or has begun meanwhile reads that; see `_in_vain`."""

    @wraps(view)
    def answer(request: HttpRequest, pk: UUID) -> HttpResponse:
        try:
            return view(request, pk)
        except PermissionDenied:
            ended = Meeting.objects.visible_to(request.user).filter(pk=pk, state__in=ENDED).first()
            if request.method != "POST" or ended is None or not rules.may_send(request.user, ended):
                raise
            typed = "; ".join(filter(None, map(request.POST.get, ("reason", "note", "late_reason"))))
            unsent = "" if typed.split() == ended.cancel_reason.split() else typed
            return _in_vain(request, ended, ENDED[ended.state], unsent)

    return answer


def _in_vain(request: HttpRequest, meeting: Meeting, words: str, unsent: str) -> HttpResponse:
    """Nothing is left to do after a second click, or after somebody else; what was typed in vain is given back."""
    messages.info(request, " ".join([words, *([NOT_SENT.format(unsent.strip())] if unsent.strip() else [])]))
    return redirect(meeting)


@require_http_methods(FORM_METHODS)
@tells_of_the_end
def invite(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say who will get what, then send it: the first invitation, or what has changed since."""
    meeting = _meeting(request, pk, _may_send)
    plan = actions.plan(meeting, request.user)
    form = _invite_form(request.POST if request.method == "POST" else None, meeting, plan)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            sent = _send(meeting, request.user, form.cleaned_data)
        except Stale:
            return _stale(request, pk, form)
        except (ValidationError, PdfError) as refused:
            _say(form, refused)
        else:
            messages.success(request, _sent_words(sent, plan))
            return redirect(meeting)
    context = {"meeting": meeting, "plan": plan, "form": form, "cancel_url": meeting.get_absolute_url()}
    return render(request, "meetings/invite.html", context, status=status)


def _may_send(person: Person, meeting: Meeting) -> bool:
    return rules.may_invite(person, meeting) or rules.may_update_invitation(person, meeting)


def _invite_form(posted: dict | None, meeting: Meeting, plan: actions.Plan, late_reason: str = "") -> InviteForm:
    shown = {"version": meeting.version, "revision": meeting.revision, "seen": plan.seen, "late_reason": late_reason}
    return InviteForm(posted, initial=shown, late=plan.deadline.kind if plan.is_late else None)


def _send(meeting: Meeting, person: Person, seen: dict) -> Revision:
    send = actions.invite if rules.may_invite(person, meeting) else actions.send_changes
    reason = seen.get("late_reason", "")
    return send(meeting, by=person, version=seen["version"], seen=seen["seen"], late_reason=reason)


def _sent_words(sent: Revision, plan: actions.Plan) -> str:
    if sent.number > 1:
        return "Die Änderung ist verschickt."
    count = len(plan.people.reached)
    return (
        f"Die Einladung ist verschickt. {count} {'Person erhält' if count == 1 else 'Personen erhalten'} eine E-Mail."
    )


def _stale(request: HttpRequest, pk: UUID, old: InviteForm) -> HttpResponse:
    """Somebody was faster: either it is sent already, or it has to be looked at again."""
    meeting = _meeting(request, pk, _may_send)
    if meeting.revision > old.cleaned_data["revision"]:
        messages.info(request, "Die Einladung ist schon verschickt. Niemand erhält sie doppelt.")
        return redirect(meeting)
    plan = actions.plan(meeting, request.user)
    form = _invite_form(None, meeting, plan, old.cleaned_data.get("late_reason", ""))
    context = {"meeting": meeting, "plan": plan, "form": form, "stale": STALE, "cancel_url": meeting.get_absolute_url()}
    return render(request, "meetings/invite.html", context, status=409)


@require_safe
@file_only
def invite_preview(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The letter as it would be sent now."""
    meeting = _meeting(request, pk, _may_send)
    try:
        content = revision.preview(meeting, by=request.user)
    except PdfError as refused:
        messages.error(request, str(refused))
        return redirect("meetings:invite", meeting.pk)
    return _file(content, f"Vorschau-{PDF_NAME.format(meeting=meeting)}", "application/pdf")


@require_http_methods(FORM_METHODS)
@tells_of_the_end
def move(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Another time or place, told to everybody who was invited."""
    meeting = _meeting(request, pk, rules.may_move)
    posted = request.POST if request.method == "POST" else None
    form = MoveForm(posted, instance=copy(meeting), initial=MoveForm.initial_of(meeting))
    context = {
        "meeting": meeting,
        "plan": actions.plan(meeting, request.user),
        "notice": notice_today(meeting),
        "form": form,
        "cancel_url": meeting.get_absolute_url(),
    }
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        typed = {"note": form.cleaned_data["note"], "late_reason": form.cleaned_data["late_reason"], **form.plan}
        try:
            actions.move(meeting, by=request.user, version=form.cleaned_data["version"] or 0, **typed)
        except Stale:
            current = _meeting(request, pk, rules.may_move)
            differences = form.build_on(current)
            if not differences:
                is_mine = current.revisions.get(number=current.revision).created_by_id == request.user.pk
                unsent = "" if is_mine else typed["note"]
                return _in_vain(request, current, f"Die Sitzung ist schon so geändert. {ONCE}", unsent)
            context |= {"meeting": current, "differences": differences}
            status = 409
        except (ValidationError, PdfError) as refused:
            _say(form, refused)
        else:
            messages.success(request, "Die Sitzung ist geändert. Alle Eingeladenen erhalten eine E-Mail.")
            meeting.refresh_from_db(fields=["start"])
            point_out_day(request, meeting)
            return redirect(meeting)
    return render(request, "meetings/move.html", context, status=status)


@require_http_methods(FORM_METHODS)
@tells_of_the_end
def cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Call the meeting off, after saying who is told."""
    meeting = _meeting(request, pk, rules.may_cancel)
    form = CancelForm(request.POST if request.method == "POST" else None, meeting=meeting)
    status, stale = 422 if form.is_bound else 200, ""
    if form.is_bound and form.is_valid():
        try:
            actions.cancel(meeting, by=request.user, **form.cleaned_data)
        except Stale:
            meeting = _meeting(request, pk, rules.may_cancel)
            typed = request.POST.copy()
            typed["version"] = str(meeting.version)
            form = CancelForm(typed, meeting=meeting)
            status, stale = 409, "Die Sitzung wurde inzwischen geändert. Soll sie trotzdem entfallen?"
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, "Die Sitzung ist abgesagt.")
            return redirect(meeting)
    asked = [row.person for row in circle.around(meeting).stay]
    context = {
        "meeting": meeting,
        "reached": [person for person in asked if is_reachable(person)],
        "unreachable": [person for person in asked if not is_reachable(person)],
        "form": form,
        "stale": stale,
        "cancel_url": meeting.get_absolute_url(),
    }
    return render(request, "meetings/cancel.html", context, status=status)


@require_safe
@file_only
def invitation_pdf(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The newest letter that was sent, for members and guests."""
    meeting = _own_meeting(request, pk)
    try:
        content = revision.letter_for(meeting, request.user)
    except PdfError as refused:
        messages.error(request, str(refused))
        return redirect(meeting)
    if content is None:
        raise Http404
    group = meeting.organization_id
    trail.record_as(Kind.ACCESS, actor=request.user, verb="Einladung abgerufen", thing=meeting, organization=group)
    return _file(content, PDF_NAME.format(meeting=meeting), "application/pdf")


@require_safe
@file_only
def calendar_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The meeting for one's own calendar, for members and guests."""
    meeting = _own_meeting(request, pk)
    frozen = changes.last_sent(meeting) or changes.snapshot(meeting)
    items = changes.items_of(frozen, sight_of(meeting, request.user))
    name = f"Sitzung-{meeting.number}-{meeting.year}.ics"
    return _file(ics.file(meeting, items), name, "text/calendar; charset=utf-8")


def _meeting(request: HttpRequest, pk: UUID, may: Callable[[Person, Meeting], bool]) -> Meeting:
    meetings = Meeting.objects.visible_to(request.user).select_related("organization", "location")
    meeting = get_object_or_404(meetings, pk=pk)
    if not may(request.user, meeting):
        raise PermissionDenied
    return meeting


def _own_meeting(request: HttpRequest, pk: UUID) -> Meeting:
    """A published meeting to which the reader belongs; to others it does not exist here."""
    meetings = Meeting.objects.visible_to(request.user).published().select_related("organization", "location")
    meeting = get_object_or_404(meetings, pk=pk)
    guest_at = Meeting.objects.with_guest(request.user).filter(pk=pk)
    if not (is_member(request.user, meeting.organization_id) or guest_at.exists()):
        raise Http404
    return meeting


def _say(form: Form, refused: ValidationError | PdfError) -> None:
    """Why it was refused, next to the field if the form has it."""
    if isinstance(refused, PdfError):
        form.add_error(None, str(refused))
    elif set(getattr(refused, "error_dict", {})) <= set(form.fields):
        form.add_error(None, refused)
    else:
        form.add_error(None, refused.messages)


def _file(content: bytes, name: str, content_type: str) -> HttpResponse:
    headers = {"Content-Disposition": content_disposition_header(True, name), "Cache-Control": "no-store"}
    return HttpResponse(content, content_type=content_type, headers=headers)
