"""Pages across rooms: start page, topics, and what the law asks for."""

from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import Case, OuterRef, Subquery, Value, When
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from portal.home import board
from portal.home.context import THEMES
from portal.meetings.models import AgendaItem, Meeting
from portal.members.rules import groups_where_office
from portal.topics.models import Topic
from portal.topics.rules import may_edit_topic

YEAR = 365 * 24 * 60 * 60


def start(request: HttpRequest) -> HttpResponse:
    """One look says what to do."""
    return render(request, "home/start.html", board.read(request.user))


def topics(request: HttpRequest) -> HttpResponse:
    """All topics: those in work first, each with the last and the next time on an agenda."""
    now = timezone.now()
    items = AgendaItem.objects.visible_to(request.user).filter(topic=OuterRef("pk"))
    items = items.exclude(meeting__state=Meeting.State.CANCELLED)
    past = items.filter(meeting__end__lte=now).order_by("-meeting__start", "number")
    ahead = items.filter(meeting__end__gt=now).order_by("meeting__start", "number")
    found = Topic.objects.visible_to(request.user).select_related("organization", "responsible")
    found = found.annotate(last_id=Subquery(past.values("pk")[:1]), next_id=Subquery(ahead.values("pk")[:1]))
    rank = Case(*(When(state=state, then=Value(n)) for n, state in enumerate(Topic.State.values)))
    rows = list(found.order_by(rank, "title"))
    shown = AgendaItem.objects.select_related("meeting").in_bulk(
        [pk for row in rows for pk in (row.last_id, row.next_id) if pk]
    )
    for row in rows:
        row.last_item, row.next_item = shown.get(row.last_id), shown.get(row.next_id)
    context = {"topics": rows, "may_create": bool(groups_where_office(request.user))}
    return render(request, "home/topics.html", context)


def topic(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One topic with its time line of agenda items."""
    found = Topic.objects.visible_to(request.user).select_related("organization", "responsible")
    topic = get_object_or_404(found, pk=pk)
    items = topic.items.visible_to(request.user).with_outcomes(request.user).defer("text")
    context = {
        "topic": topic,
        "items": items.order_by("-meeting__start", "number"),
        "may_edit": may_edit_topic(request.user, topic),
    }
    return render(request, "home/topic.html", context)


@login_not_required
def imprint(request: HttpRequest) -> HttpResponse:
    return render(request, "home/imprint.html")


@login_not_required
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "home/privacy.html")


@login_not_required
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "home/accessibility.html")


@login_not_required
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "home/help.html")


@login_not_required
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the wish for light or dark pages in a cookie, and go back."""
    back = request.POST.get("next", "")
    if not (back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)):
        back = reverse("home:start")
    response = HttpResponseRedirect(back)
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        cookie = {"max_age": YEAR, "httponly": True, "samesite": "Lax", "secure": settings.HTTPS}
        response.set_cookie("theme", chosen, **cookie)
    else:
        response.delete_cookie("theme", samesite="Lax")
    return response
