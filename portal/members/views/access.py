"""How appointed persons come in: the one-time link."""

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from portal.members.actions import accounts
from portal.members.forms import PasswordForm
from portal.members.models import Invitation
from portal.members.views.group import seat_of_lead

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def resend(request: HttpRequest, pk: str) -> HttpResponse:
    """Send a fresh access link to somebody who has no password yet."""
    seat = seat_of_lead(request, pk)
    if seat.person.has_usable_password() or not seat.person.email:
        raise PermissionDenied
    if request.method == "POST":
        accounts.send_access(seat, by=request.user)
        messages.success(request, f"Ein neuer Zugangslink geht an {seat.person}.")
        return redirect("members:list")
    return render(request, "members/resend.html", {"seat": seat})


@never_cache
@login_not_required
@sensitive_post_parameters("password", "repeated")
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """The one-time link of an appointment: set a password and come in."""
    invitation = Invitation.objects.select_related("person").filter(token_hash=Invitation.hash_of(token)).first()
    if invitation is None or not invitation.is_open or not invitation.person.is_active:
        return render(request, "members/access_gone.html", status=404)
    form = PasswordForm(request.POST if request.method == "POST" else None, person=invitation.person)
    if request.method == "POST" and form.is_valid():
        person = accounts.accept_invitation(invitation, password=form.cleaned_data["password"])
        if person is None:
            return render(request, "members/access_gone.html", status=404)
        login(request, person, backend=BACKEND)
        messages.success(request, "Willkommen! Ihr Zugang ist eröffnet.")
        return redirect(get_adapter(request).get_login_redirect_url(request))
    context = {"form": form, "person": invitation.person, "action": reverse("members:accept", args=[token])}
    return render(request, "members/accept.html", context, status=422 if form.is_bound else 200)
