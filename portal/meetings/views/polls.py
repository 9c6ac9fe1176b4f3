"""Finding a date: the polls of one's groups, how each stands, the answers, and what becomes of it."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Min
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.audit.versions import Stale
from portal.meetings import rules
from portal.meetings.actions import polls as actions
from portal.meetings.emails import is_reachable
from portal.meetings.forms.polls import CallOffForm, ChangeForm, DatesForm, DecideForm, OfferForm
from portal.meetings.models import DatePoll, DateVoice, Meeting, tally_of
from portal.members.models import Organization
from portal.members.rules import groups_where_office, is_clerk, is_lead
from portal.members.views.links import by_token

PER_PAGE = 20
FORM_METHODS = ["GET", "HEAD", "POST"]
SAVED = "Ihre Antwort ist gespeichert. Sie können sie ändern, bis der Termin feststeht."
ENDED = "Diese Terminumfrage ist schon beendet."


@require_safe
def polls(request: HttpRequest) -> HttpResponse:
    """The polls of one's working groups: those that run, then the others."""
    if not request.user.current_memberships:
        raise PermissionDenied
    visible = DatePoll.objects.visible_to(request.user).select_related("organization", "location", "chosen")
    visible = visible.annotate(first_start=Min("options__start")).order_by("-created")
    running = DatePoll.objects.open().values("pk")
    context = {
        "running": visible.filter(pk__in=running).with_question_to(request.user),
        "page": Paginator(visible.exclude(pk__in=running), PER_PAGE).get_page(request.GET.get("page")),
        "may_offer": bool(groups_where_office(request.user)),
    }
    return render(request, "meetings/polls.html", context)


@require_http_methods(FORM_METHODS)
def create(request: HttpRequest) -> HttpResponse:
    """Offer dates; says beforehand who will be asked."""
    groups = list(Organization.objects.filter(pk__in=groups_where_office(request.user)))
    if not groups:
        raise PermissionDenied
    form = OfferForm(request.POST if request.method == "POST" else None, initial=_as_last_time(groups), groups=groups)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            poll = _offer(request, form, groups)
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, "Die Terminumfrage ist verschickt. Alle Gefragten erhalten eine E-Mail.")
            return redirect(poll)
    to_ask = actions.to_ask(group.pk for group in groups)
    asked = [(group, _by_mail([seat.person for seat in to_ask[group.pk]])) for group in groups]
    offered = DatePoll.objects.filter(created_by=request.user).count()
    return render(request, "meetings/poll_form.html", {"form": form, "asked": asked, "offered": offered}, status=status)


def _offer(request: HttpRequest, form: OfferForm, groups: list[Organization]) -> DatePoll:
    typed = form.cleaned_data
    return actions.offer_dates(
        typed.get("organization") or groups[0],
        by=request.user,
        title=typed["title"],
        dates=form.dates,
        answer_by=typed["answer_by"],
        location=typed["location"],
    )


def _as_last_time(groups: list[Organization]) -> dict[str, object]:
    """What the form proposes: the place of the last meeting."""
    last = Meeting.objects.filter(organization__in=groups).exclude(state=Meeting.State.CANCELLED)
    return {"location": last.order_by("-start").values_list("location", flat=True).first()}


def _by_mail(people: list) -> dict[str, list]:
    """Those whom mail reaches, and the others."""
    reached = [person for person in people if is_reachable(person)]
    return {"reached": reached, "unreachable": [person for person in people if person not in reached]}


@require_http_methods(FORM_METHODS)
def poll(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who can come when, what is recommended, and the reader's own answer."""
    poll = _poll(request, pk)
    tally = tally_of(poll)
    own = next((voice for voice in tally.voices if voice.person_id == request.user.pk), None)
    said = {one.option.pk: choice for voice, cells in tally.rows if voice is own for one, choice in cells}
    form = DatesForm(request.POST if request.method == "POST" else None, poll=poll, said=said)
    if form.is_bound:
        if own is None:
            raise PermissionDenied
        if not poll.is_open or form.is_valid():
            _keep(request, own, form)
            return redirect(poll)
    context = {
        "poll": poll,
        "tally": tally,
        "own": own,
        "form": form if own and poll.is_open else None,
        "may_close": rules.may_close_poll(request.user, poll),
        "may_invite": is_lead(request.user, poll.organization_id) or is_clerk(request.user, poll.organization_id),
        "sees_meeting": poll.meeting and Meeting.objects.visible_to(request.user).filter(pk=poll.meeting.pk).exists(),
    }
    return render(request, "meetings/poll.html", context, status=422 if form.is_bound else 200)


def _keep(request: HttpRequest, own: DateVoice, form: DatesForm) -> None:
    try:
        actions.answer(own, by=request.user, choices=form.choices if form.is_valid() else {})
    except PermissionDenied:
        messages.error(request, "Ihre Antwort ist nicht gespeichert: Die Terminumfrage ist beendet.")
    else:
        messages.success(request, SAVED)


@require_POST
def decide(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Make one of the dates a meeting, and go on to it or to its invitation."""
    poll = _poll_of_office(request, pk)
    form = DecideForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Wählen Sie einen der Termine.")
        return redirect(poll)
    try:
        meeting = actions.decide(poll, option=form.cleaned_data["option"], by=request.user)
    except ValidationError as refused:
        messages.error(request, refused.messages[0])
        return redirect(poll)
    told = f"Der Termin steht fest, alle Gefragten erhalten eine E-Mail. Die {meeting.label} ist als Entwurf angelegt."
    messages.success(request, told)
    if form.cleaned_data["invite"] and rules.may_invite(request.user, meeting):
        return redirect("meetings:invite", meeting.pk)
    return redirect(meeting)


@require_http_methods(FORM_METHODS)
def call_off(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End the poll without a date, after saying who is told."""
    poll = _poll_of_office(request, pk)
    if not poll.is_open:
        messages.info(request, ENDED)
        return redirect(poll)
    form = CallOffForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            actions.call_off(poll, by=request.user, reason=form.cleaned_data["reason"])
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, "Die Terminumfrage ist beendet. Alle Gefragten erhalten eine E-Mail.")
            return redirect(poll)
    asked = _by_mail([voice.person for voice in tally_of(poll).voices])
    context = {"poll": poll, "form": form, "cancel_url": poll.get_absolute_url(), **asked}
    return render(request, "meetings/poll_call_off.html", context, status=422 if form.is_bound else 200)


@require_http_methods(FORM_METHODS)
def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change what a poll offers; what somebody else has saved meanwhile is shown beside what was typed."""
    poll = _poll_of_office(request, pk)
    if not poll.is_open:
        messages.info(request, ENDED)
        return redirect(poll)
    form = _change_form(poll, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        version = form.cleaned_data["version"]
        wanted = {"add": form.dates, "take_back": form.cleaned_data["take_back"], **form.texts}
        try:
            added = actions.change(poll, by=request.user, version=version, **wanted)
        except Stale as stale:
            return _show_stale(request, pk, form.differences(stale.current))
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            told = " Alle Gefragten erhalten eine E-Mail zu den neuen Terminen." if added else ""
            messages.success(request, f"Die Terminumfrage ist gespeichert.{told}")
            return redirect(poll)
    context = {"form": form, "poll": poll}
    return render(request, "meetings/poll_edit.html", context, status=422 if form.is_bound else 200)


def _show_stale(request: HttpRequest, pk: UUID, differences: list[tuple[str, str, str]]) -> HttpResponse:
    """What was typed on top of the poll as it is now; saving once more replaces that."""
    poll = _poll(request, pk)
    data = request.POST.copy()
    data["version"] = str(poll.version)
    context = {"form": _change_form(poll, data), "poll": poll, "differences": differences}
    return render(request, "meetings/poll_edit.html", context, status=409)


def _change_form(poll: DatePoll, data: QueryDict | None) -> ChangeForm:
    standings = [one for one in tally_of(poll).standings if one.option.is_ahead]
    return ChangeForm(data, poll=poll, unwanted=[one.option for one in standings if not (one.yes or one.maybe)])


@login_not_required
@require_http_methods(FORM_METHODS)
@by_token
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """The personal link of a mail: shows the dates with the own answers, and keeps what is sent."""
    voice = actions.asked_by(token)
    if voice is None:
        return render(request, "meetings/poll_answer_invalid.html", status=404)
    said = dict(voice.answers.values_list("option", "choice"))
    form = DatesForm(request.POST if request.method == "POST" else None, poll=voice.poll, said=said)
    if form.is_bound and form.is_valid():
        try:
            actions.answer(voice, by=voice.person, choices=form.choices)
        except PermissionDenied:
            return render(request, "meetings/poll_answer_invalid.html", status=404)
        return redirect(request.path)
    context = {"voice": voice, "poll": voice.poll, "form": form}
    return render(request, "meetings/poll_answer.html", context, status=422 if form.is_bound else 200)


def _poll_of_office(request: HttpRequest, pk: UUID) -> DatePoll:
    """A poll for those who may change it."""
    poll = _poll(request, pk)
    if not rules.may_schedule(request.user, poll.organization_id):
        raise PermissionDenied
    return poll


def _poll(request: HttpRequest, pk: UUID) -> DatePoll:
    polls = DatePoll.objects.visible_to(request.user).select_related("organization", "location", "chosen", "meeting")
    return get_object_or_404(polls.prefetch_related("options"), pk=pk)
