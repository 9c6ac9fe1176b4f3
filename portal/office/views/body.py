"""The data of the Kommune."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from portal.audit import trail
from portal.members.models import Body
from portal.members.rules import groups_where_lead
from portal.office.forms.body import BodyForm


def body(request: HttpRequest) -> HttpResponse:
    """Name, letterhead and legal texts of the Kommune."""
    if not groups_where_lead(request.user):
        raise PermissionDenied
    form = BodyForm(request.POST if request.method == "POST" else None, instance=Body.objects.get_solo())
    if request.method == "POST" and form.is_valid():
        trail.record(actor=request.user, verb="Angaben der Kommune geändert", thing=form.save())
        return redirect("office:body")
    return render(request, "office/body.html", {"form": form}, status=422 if form.is_bound else 200)
