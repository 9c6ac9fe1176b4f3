"""An agenda item and its discussion."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from portal.audit.versions import Stale
from portal.meetings import rules
from portal.meetings.actions import comments as actions
from portal.meetings.forms.comments import CommentEditForm, CommentForm, HideForm
from portal.meetings.models import AgendaItem, Comment, Meeting
from portal.meetings.views.thread import thread
from portal.members.rules import is_member

CLOSED = "Die Diskussion wurde inzwischen geschlossen. Ihr Text ist nicht gespeichert, Sie können ihn hier kopieren."
EARLIER = 5


def agenda_item(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One agenda item with its discussion, and the forms to take part in it."""
    items = AgendaItem.objects.visible_to(request.user).with_outcomes(request.user)
    item = get_object_or_404(items.select_related("topic", "meeting__organization").prefetch_related("recusals"), pk=pk)
    if request.method == "POST":
        return _post(request, item)
    first = _first_comment(request, item, request.GET.get("antwort") or request.GET.get("faden"))
    form = CommentForm(item=item, parent=first) if first and "antwort" in request.GET else None
    if first and request.htmx:
        return _strand(request, item, first, form)
    return _page(request, item, form)


def _post(request: HttpRequest, item: AgendaItem) -> HttpResponse:
    """Take in a comment; answer with the part of the page that changes, or send a plain form on to it."""
    if not (rules.may_read_comments(request.user, item) and rules.takes_part(request.user, item.meeting)):
        raise PermissionDenied
    parent = _first_comment(request, item, request.POST.get("parent"))
    form = CommentForm(request.POST, item=item, parent=parent)
    if not rules.may_comment(request.user, item):
        form.add_error(None, CLOSED)
    if form.is_valid():
        comment = actions.comment_on(item, author=request.user, **form.cleaned_data)
        return _posted(request, item, comment)
    if not request.htmx:
        return _page(request, item, form, status=422)
    if parent:
        return _strand(request, item, parent, form, status=422)
    return render(request, "meetings/_composer.html", {"item": item, "form": form}, status=422)


def _posted(request: HttpRequest, item: AgendaItem, comment: Comment) -> HttpResponse:
    if not request.htmx:
        messages.success(request, "Ihr Kommentar ist gespeichert.")
        return redirect(comment)
    if comment.parent:
        return _strand(request, item, comment.parent, new=comment.pk)
    comments = thread(item, request.user, only=comment.pk)
    context = {"item": item, "form": CommentForm(item=item), "comments": comments, "new": comment.pk}
    return render(request, "meetings/_posted.html", context)


def _strand(
    request: HttpRequest,
    item: AgendaItem,
    first: Comment,
    form: CommentForm | None = None,
    *,
    new: UUID | None = None,
    status: int = 200,
) -> HttpResponse:
    """One first comment with its replies, and with the form to add one if that is open."""
    comments = thread(item, request.user, only=first.pk)
    for comment in comments:
        comment.reply_form = form
    context = {"item": item, "comments": comments, "new": new}
    return render(request, "meetings/_strand.html", context, status=status)


def _page(request: HttpRequest, item: AgendaItem, form: CommentForm | None, *, status: int = 200) -> HttpResponse:
    """The whole page; a form that answers a comment stands below that comment."""
    comments = thread(item, request.user)
    answered = next((comment for comment in comments if form and form.answered == comment), None)
    if answered:
        answered.reply_form = form
    context = {
        "item": item,
        "comments": comments,
        "form": form,
        "composer": CommentForm(item=item) if answered or not form else form,
        "is_member": rules.may_read_comments(request.user, item),
        "may_comment": rules.may_comment(request.user, item),
        "comments_until": rules.comments_until(item.meeting),
        "may_close": rules.may_close_discussion(request.user, item),
        "may_edit": rules.may_edit_agenda(request.user, item.meeting),
        "may_record_recusal": rules.may_record_recusal(request.user, item),
        "is_recused": rules.is_recused(request.user, item),
        **_neighbours(request, item),
        **_topic(request, item),
    }
    return render(request, "meetings/agenda_item.html", context, status=status)


def _neighbours(request: HttpRequest, item: AgendaItem) -> dict[str, AgendaItem | None]:
    """The items before and after this one, among those that the reader sees."""
    items = list(item.meeting.items.visible_to(request.user).only("number", "title", "meeting").order_by("number"))
    place = items.index(item)
    return {"before": items[place - 1] if place else None, "after": next(iter(items[place + 1 :]), None)}


def _topic(request: HttpRequest, item: AgendaItem) -> dict[str, object]:
    """The topic and what earlier meetings had on it, for those who see the topic."""
    if not item.topic or not is_member(request.user, item.topic.organization_id):
        return {}
    items = item.topic.items.visible_to(request.user).filter(meeting__start__lt=item.meeting.start)
    items = items.exclude(meeting__state=Meeting.State.CANCELLED).with_outcomes(request.user).defer("text")
    return {"topic": item.topic, "earlier": items.order_by("-meeting__start", "number")[:EARLIER]}


def _first_comment(request: HttpRequest, item: AgendaItem, pk: str | None) -> Comment | None:
    """The comment that an address or a form names, if it can be answered."""
    try:
        named = item.comments.visible_to(request.user).filter(parent=None, pk=UUID(pk or ""))
    except ValueError:
        return None
    return named.select_related("author").first()


def comment_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change one's own comment; what another window has saved meanwhile is shown beside what was typed."""
    comment = _own_comment(request, pk)
    form = CommentEditForm(request.POST if request.method == "POST" else None, instance=comment)
    stored = None
    if form.is_bound and form.is_valid():
        try:
            actions.edit_comment(comment, by=request.user, **form.cleaned_data)
        except Stale as stale:
            stored = stale.current
            form.build_on(stored.version)
        else:
            messages.success(request, "Ihr Kommentar ist geändert.")
            return redirect(comment)
    status = 409 if stored else 422 if form.is_bound else 200
    context = {"comment": comment, "form": form, "stored": stored}
    return render(request, "meetings/comment_edit.html", context, status=status)


def comment_withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take one's own comment back, after saying what that means."""
    comment = _own_comment(request, pk)
    if request.method == "POST":
        actions.withdraw_comment(comment, by=request.user)
        messages.success(request, "Ihr Kommentar ist zurückgezogen.")
        return redirect(comment.item)
    context = {
        "comment": comment,
        "is_answered": comment.replies.filter(withdrawn_at=None).exists(),
        "cancel_url": comment.get_absolute_url(),
    }
    return render(request, "meetings/comment_withdraw.html", context)


def comment_hide(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Hide what somebody else wrote, with a reason, or show it again."""
    comments = Comment.objects.visible_to(request.user).select_related("item__meeting", "author", "hidden_by")
    comment = get_object_or_404(comments, pk=pk)
    if not rules.may_hide_comment(request.user, comment):
        raise PermissionDenied
    if comment.hidden_at:
        return _show_again(request, comment)
    form = HideForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        actions.hide_comment(comment, by=request.user, **form.cleaned_data)
        messages.success(request, "Der Kommentar ist ausgeblendet.")
        return redirect(comment)
    context = {"comment": comment, "form": form, "cancel_url": comment.get_absolute_url()}
    return render(request, "meetings/comment_hide.html", context, status=422 if form.is_bound else 200)


def _show_again(request: HttpRequest, comment: Comment) -> HttpResponse:
    if "einblenden" in request.POST:
        actions.show_comment(comment, by=request.user)
        messages.success(request, "Der Kommentar ist wieder für alle zu lesen.")
    if request.method == "POST":  # a second click on the button that hides finds it hidden
        return redirect(comment)
    context = {"comment": comment, "cancel_url": comment.get_absolute_url()}
    return render(request, "meetings/comment_show.html", context)


def _own_comment(request: HttpRequest, pk: UUID) -> Comment:
    comments = Comment.objects.visible_to(request.user).select_related("item__meeting")
    comment = get_object_or_404(comments, pk=pk)
    if not rules.may_edit_comment(request.user, comment):
        raise PermissionDenied
    return comment


@require_POST
def item_discussion(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Close the discussion of an item, or open it again."""
    items = AgendaItem.objects.visible_to(request.user).select_related("meeting")
    item = get_object_or_404(items, pk=pk)
    if not rules.may_close_discussion(request.user, item):
        raise PermissionDenied
    if request.POST.get("diskussion") == "oeffnen":
        actions.open_discussion(item, by=request.user)
        messages.success(request, "Die Diskussion ist wieder offen.")
    else:
        actions.close_discussion(item, by=request.user)
        messages.success(request, "Die Diskussion ist geschlossen. Was geschrieben wurde, bleibt lesbar.")
    return redirect(item)
