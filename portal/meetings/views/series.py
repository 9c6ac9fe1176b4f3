"""Several meetings planned in one go."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from portal.meetings.actions.series import schedule_series
from portal.meetings.forms.series import SeriesForm, usual
from portal.meetings.models import Meeting
from portal.members.models import Organization
from portal.members.rules import groups_where_office

CHANGED = "Die Angaben haben sich geändert. Bitte prüfen Sie die Termine noch einmal."
NONE_CHOSEN = "Wählen Sie mindestens einen Termin aus."


@require_http_methods(["GET", "HEAD", "POST"])
def series(request: HttpRequest) -> HttpResponse:
    """A rhythm gives days; those that stay ticked become drafts."""
    groups = list(Organization.objects.filter(pk__in=groups_where_office(request.user)))
    if not groups:
        raise PermissionDenied
    if request.method != "POST":
        last = Meeting.objects.filter(organization__in=groups).exclude(state="cancelled").order_by("-start").first()
        return _page(request, SeriesForm(initial=usual(last), groups=groups, reader=request.user))
    form = SeriesForm(request.POST, groups=groups, reader=request.user)
    is_valid = form.is_valid()
    if form.has_days:
        form.tick(request.POST.getlist("days"), request.POST.getlist("proposed"))
    if not is_valid:
        return _page(request, form, status=422)
    if request.POST.get("step") != "create":
        return _page(request, form)
    if not form.is_as_seen:
        form.add_error(None, CHANGED)
        return _page(request, form, status=409)
    return _create(request, form)


def _create(request: HttpRequest, form: SeriesForm) -> HttpResponse:
    times = [(proposal.start, proposal.end) for proposal in form.proposals if proposal.is_chosen]
    if not times:
        form.add_error(None, NONE_CHOSEN)
        return _page(request, form, status=422)
    try:
        made = schedule_series(
            form.group, by=request.user, times=times, source=form.cleaned_data["source"], **form.plan
        )
    except ValidationError as refused:
        form.add_error(None, refused)
        return _page(request, form, status=409)
    if made:
        words = "1 Entwurf ist" if len(made) == 1 else f"{len(made)} Entwürfe sind"
        messages.success(request, f"{words} angelegt. Eingeladen ist noch niemand.")
    else:
        messages.info(request, "Diese Entwürfe gibt es schon. Nichts ist doppelt angelegt.")
    return redirect("meetings:list")


def _page(request: HttpRequest, form: SeriesForm, *, status: int = 200) -> HttpResponse:
    """The form, and below it the days if the form gives any; else what was ticked goes along until it does."""
    context: dict[str, object] = {"form": form}
    if form.has_days:
        context |= {"proposals": form.proposals, "sign": form.sign}
    elif form.is_bound:
        kept = [(name, day) for name in ("days", "proposed") for day in request.POST.getlist(name)]
        context |= {"kept": kept, "sign": request.POST.get("seen", "")}
    return render(request, "meetings/series.html", context, status=status)
