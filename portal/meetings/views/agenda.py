"""The agenda of a meeting: what a reader sees of it, and how it is changed."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from portal.audit.versions import Stale
from portal.meetings import rules
from portal.meetings.actions import agenda as actions
from portal.meetings.forms.agenda import ItemForm
from portal.meetings.models import AgendaItem, Meeting
from portal.meetings.views.programme import programme

CHANGED = "Die Tagesordnung wurde inzwischen geändert. Hier ist der neue Stand."
STEPS = {"-1": -1, "1": 1}


@require_http_methods(["GET", "HEAD", "POST"])
def item_create(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put an item on the agenda."""
    meeting = _meeting(request, pk)
    form = ItemForm(
        request.POST if request.method == "POST" else None,
        initial={"before": actions.usual_place(meeting)},
        meeting=meeting,
        may_publish=rules.may_publish_item(request.user, meeting),
        reader=request.user,
    )
    if not form.is_bound:
        return _form_page(request, form, meeting)
    if answer := _ask_again(request, form, meeting):
        return answer
    try:
        before = form.cleaned_data["before"]
        item = actions.add_item(meeting, by=request.user, before=before, **form.fields_of_item)
    except ValidationError as refused:
        form.add_error(None, refused)
        return _form_page(request, form, meeting, status=409)
    messages.success(request, f"TOP {item.number} „{item.title}“ steht auf der Tagesordnung.")
    if "next" in request.POST:
        return redirect("meetings:item_create", meeting.pk)
    return redirect(_place_of(item, "top"))


@require_http_methods(["GET", "HEAD", "POST"])
def item_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change an item; what somebody else has saved meanwhile is shown beside what was typed."""
    item = _item(request, pk)
    meeting = item.meeting
    form = ItemForm(
        request.POST if request.method == "POST" else None,
        instance=item,
        meeting=meeting,
        may_publish=rules.may_publish_item(request.user, meeting),
        reader=request.user,
    )
    if not form.is_bound:
        return _form_page(request, form, meeting)
    if answer := _ask_again(request, form, meeting):
        return answer
    try:
        version = form.cleaned_data["version"] or 0
        item = actions.edit_item(item, by=request.user, version=version, **form.fields_of_item)
    except Stale as stale:
        return _form_page(request, form, meeting, status=409, differences=form.build_on(stale.current))
    except ValidationError as refused:
        form.add_error(None, refused)
        return _form_page(request, form, meeting, status=409)
    messages.success(request, f"TOP {item.number} „{item.title}“ ist gespeichert.")
    return redirect(_place_of(item, "top"))


def _ask_again(request: HttpRequest, form: ItemForm, meeting: Meeting) -> HttpResponse | None:
    """What stands between a filled form and saving it: errors, or the question whether to make the item public."""
    if not form.is_valid():
        return _form_page(request, form, meeting, status=422)
    if "back" in request.POST:
        return _form_page(request, form, meeting)
    if form.publishes and "confirmed" not in request.POST:
        return render(request, "meetings/item_publish.html", {"form": form, "meeting": meeting, "item": form.instance})
    return None


def _form_page(
    request: HttpRequest, form: ItemForm, meeting: Meeting, *, status: int = 200, **context: object
) -> HttpResponse:
    item = None if form.instance._state.adding else form.instance
    context |= {"form": form, "meeting": meeting, "item": item}
    return render(request, "meetings/item_form.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def item_delete(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take an item off the agenda, after saying what that means, or say why it has to stay."""
    item = _item(request, pk)
    reasons = actions.reasons_to_keep(item)
    if request.method == "POST":
        try:
            actions.delete_item(item, by=request.user)
        except ValidationError as refused:
            reasons = refused.messages
        else:
            messages.success(request, f"„{item.title}“ steht nicht mehr auf der Tagesordnung.")
            return redirect(reverse("meetings:detail", args=[item.meeting_id]) + "#tagesordnung")
    context = {"item": item, "meeting": item.meeting, "reasons": reasons, "cancel_url": _place_of(item, "top")}
    return render(request, "meetings/item_delete.html", context, status=409 if request.method == "POST" else 200)


@require_POST
def item_move(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One place up or down; the focus stays on the button that was pressed."""
    item = _item(request, pk)
    step = STEPS.get(request.POST.get("step", ""))
    if step is None:
        return HttpResponse(status=400)
    try:
        item = actions.move_item(item, by=request.user, step=step)
    except ValidationError as refused:
        return _answer(request, item.meeting, refused.messages[0], status=409)
    if request.htmx:
        return _answer(request, item.meeting, f"„{item.title}“ ist jetzt TOP {item.number}.")
    return redirect(_place_of(item, "auf" if step < 0 else "ab"))


@require_POST
def reorder(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The whole agenda in the order of the fields `item`."""
    meeting = _meeting(request, pk)
    try:
        order = [UUID(item) for item in request.POST.getlist("item")]
    except ValueError:
        return HttpResponse(status=400)
    try:
        actions.reorder(meeting, by=request.user, order=order)
    except Stale:
        return _answer(request, meeting, CHANGED, status=409)
    except ValidationError as refused:
        return _answer(request, meeting, refused.messages[0], status=409)
    return _answer(request, meeting, "Die neue Reihenfolge ist gespeichert.")


def _answer(request: HttpRequest, meeting: Meeting, text: str, *, status: int = 200) -> HttpResponse:
    """The agenda as it is now: alone for htmx, else on its page."""
    if request.htmx:
        meeting.refresh_from_db()
        context = {"meeting": meeting, "announcement": text, "is_refused": status == 409}
        context |= programme(meeting, request.user)
        return render(request, "meetings/_agenda.html", context, status=status)
    messages.add_message(request, messages.WARNING if status == 409 else messages.SUCCESS, text)
    return redirect(meeting.get_absolute_url() + "#tagesordnung")


def _place_of(item: AgendaItem, mark: str) -> str:
    """Where the item stands on the page of its meeting."""
    return f"{reverse('meetings:detail', args=[item.meeting_id])}#{mark}-{item.pk}"


def _meeting(request: HttpRequest, pk: UUID) -> Meeting:
    meeting = get_object_or_404(Meeting.objects.visible_to(request.user), pk=pk)
    if not rules.may_edit_agenda(request.user, meeting):
        raise PermissionDenied
    return meeting


def _item(request: HttpRequest, pk: UUID) -> AgendaItem:
    item = get_object_or_404(AgendaItem.objects.visible_to(request.user).select_related("meeting"), pk=pk)
    if not rules.may_edit_agenda(request.user, item.meeting):
        raise PermissionDenied
    return item
