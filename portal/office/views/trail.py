"""The trail for the lead: who did what, when and from where, and whether it is whole."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from portal.audit import trail as audit
from portal.audit.models import Inspection, Kind, Line, LineQuerySet
from portal.members.models import Membership
from portal.members.rules import groups_where_lead
from portal.office.forms.trail import TrailForm
from portal.office.trail import COLUMNS, Names, cells
from portal.ui import sheet

PAGE = 50


@require_safe
def trail(request: HttpRequest) -> HttpResponse:
    """What happened in one's working groups, newest first; older lines by the number of the last one shown."""
    seats = _seats(request)
    form = _form(request, seats)
    lines = _lines(request, seats, form)
    if (before := request.GET.get("vor", "")).isdecimal():
        lines = lines.filter(pk__lt=int(before))
    page = list(lines.select_related("actor")[: PAGE + 1])
    names = Names(seats, page[:PAGE])
    context = {
        "form": form,
        "rows": [names.row(line) for line in page[:PAGE]],
        "older": page[PAGE - 1].pk if len(page) > PAGE else None,
        "is_filtered": any(form.cleaned_data.values()) if form.is_valid() else True,
        "inspection": Inspection.objects.filter(pk=1).first(),
    }
    return render(request, "office/trail.html", context)


@require_safe
def export(request: HttpRequest) -> StreamingHttpResponse | HttpResponse:
    """The same lines as a table; that somebody took them stands in the trail too."""
    seats = _seats(request)
    form = _form(request, seats)
    if not form.is_valid():
        return redirect("office:trail")
    lines = _lines(request, seats, form).select_related("actor")
    for group in groups_where_lead(request.user):
        audit.record_as(Kind.EXPORT, actor=request.user, verb="Verlauf heruntergeladen", thing=None, organization=group)
    body = map(cells, lines.iterator(chunk_size=500))
    name = f"Verlauf-{timezone.localdate()}.csv"
    headers = {"Content-Disposition": content_disposition_header(True, name), "Cache-Control": "no-store"}
    return StreamingHttpResponse(sheet.rows(COLUMNS, body), content_type="text/csv; charset=utf-8", headers=headers)


def _seats(request: HttpRequest) -> list[Membership]:
    """Every seat, past and present, of the groups that the reader leads."""
    groups = groups_where_lead(request.user)
    if not groups:
        raise PermissionDenied
    seats = Membership.objects.filter(organization__in=groups).select_related("person", "on_behalf_of")
    return list(seats.order_by("person__sort_key"))


def _form(request: HttpRequest, seats: list[Membership]) -> TrailForm:
    return TrailForm(request.GET, people=dict.fromkeys(seat.person for seat in seats))


def _lines(request: HttpRequest, seats: list[Membership], form: TrailForm) -> LineQuerySet:
    """Lines of the reader's groups, and of their present members' accounts; filtered as the form says."""
    present = {seat.person_id for seat in seats if seat.is_current}
    lines = Line.objects.of_groups(groups_where_lead(request.user), present).order_by("-pk")
    return lines.filter(form.conditions()) if form.is_valid() else lines
