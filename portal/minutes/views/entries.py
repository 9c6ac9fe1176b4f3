"""The editor of one entry, made for writing while people talk."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from portal.audit.versions import Stale
from portal.meetings.rules import may_record_recusal
from portal.minutes import actions
from portal.minutes.forms.entries import EntryForm, OutcomeFormSet, stored_outcomes
from portal.minutes.models import Entry
from portal.minutes.rules import speaks_of_resolution
from portal.minutes.views.access import hold_to_draft, mind_the_end, retyped

RESOLUTION = (
    "TOP {} ist gespeichert. Ein Ergebnis spricht von einem Beschluss: Der Arbeitskreis gibt Empfehlungen; "
    "Beschlüsse fassen Ausschuss und Rat."
)


@mind_the_end
def entry(request: HttpRequest, pk: str) -> HttpResponse:
    """Write text and results of one item; what somebody else saved meanwhile is shown beside it."""
    entry = get_object_or_404(Entry.objects.visible_to(request.user).for_pages().with_minutes(), pk=pk)
    hold_to_draft(request, entry.minutes)
    form, outcomes = EntryForm(instance=entry), OutcomeFormSet(initial=stored_outcomes(entry), prefix="ergebnis")
    if request.method != "POST":
        return _page(request, entry, form, outcomes)
    form = EntryForm(request.POST, instance=entry)
    outcomes = OutcomeFormSet(request.POST, initial=stored_outcomes(entry), prefix="ergebnis")
    if not (form.is_valid() and outcomes.is_valid()):
        return _page(request, entry, form, outcomes, status=422)
    try:
        _save(request, entry, form, outcomes)
    except Stale as stale:
        typed = EntryForm(retyped(request.POST, version=stale.current.version), instance=entry)
        return _page(request, entry, typed, outcomes, stored=stale.current, status=409)
    return redirect(_next(request, entry) if "next" in request.POST else f"{entry.get_absolute_url()}#id_text")


def _save(request: HttpRequest, entry: Entry, form: EntryForm, outcomes: OutcomeFormSet) -> None:
    wordings = [actions.Wording(row["pk"], row["kind"], row["text"]) for row in outcomes.kept]
    actions.save_entry(entry, by=request.user, outcomes=wordings, **form.cleaned_data)
    if any(speaks_of_resolution(wording.text) for wording in wordings):
        messages.warning(request, RESOLUTION.format(entry.item.number))
    else:
        messages.success(request, f"TOP {entry.item.number} ist gespeichert.")


def _next(request: HttpRequest, entry: Entry) -> str:
    """The editor of the next item; after the last one, the whole."""
    later = entry.minutes.entries.visible_to(request.user).filter(item__number__gt=entry.item.number).first()
    return f"{later.get_absolute_url()}#id_text" if later else entry.minutes.get_absolute_url()


def _page(
    request: HttpRequest,
    entry: Entry,
    form: EntryForm,
    outcomes: OutcomeFormSet,
    *,
    stored: Entry | None = None,
    status: int = 200,
) -> HttpResponse:
    entries = entry.minutes.entries.read_by(request.user)
    readable = [row for row in entries if not row.is_barred]
    place = readable.index(entry)
    context = {
        "entry": entry,
        "item": entry.item,
        "minutes": entry.minutes,
        "meeting": entry.minutes.meeting,
        "entries": entries,
        "previous": readable[place - 1] if place else None,
        "is_last": place == len(readable) - 1,
        "comments": entry.item.comments.visible_to(request.user).standing().count(),
        "may_record_recusal": may_record_recusal(request.user, entry.item),
        "new_items": entry.minutes.meeting.items.filter(entry=None),
        "form": form,
        "outcomes": outcomes,
        "stored": stored,
    }
    return render(request, "minutes/entry.html", context, status=status)
