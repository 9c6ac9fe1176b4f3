"""Where one is signed in."""

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from portal.members.actions import devices


def overview(request: HttpRequest) -> HttpResponse:
    """The devices on which one is signed in, this one first."""
    rows = devices.signed_in(request.user)
    here = request.session.session_key
    context = {"devices": sorted(rows, key=lambda row: row.session_key != here), "here": here}
    return render(request, "members/devices.html", context)


@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign out on one other device."""
    own = UserSession.objects.filter(user=request.user).exclude(session_key=request.session.session_key)
    devices.end(get_object_or_404(own, pk=pk), by=request.user)
    messages.success(request, "Das Gerät ist abgemeldet.")
    return redirect("members:devices")


@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere else."""
    if devices.end_others(request.user, session_key=request.session.session_key):
        messages.success(request, "Alle anderen Geräte sind abgemeldet.")
    else:
        messages.info(request, "Sie sind nur auf diesem Gerät angemeldet.")
    return redirect("members:devices")
