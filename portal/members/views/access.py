"""How appointed persons come in: the one-time link, from both sides."""

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.webauthn.internal.auth import begin_registration
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from portal.members import rules
from portal.members.actions import accounts
from portal.members.forms import PasskeyForm, PasswordForm
from portal.members.models import Invitation, Membership


def overview(request: HttpRequest) -> HttpResponse:
    """Who has not come in yet, and how the link of each stands; then all others."""
    groups = rules.groups_where_lead(request.user)
    if not groups:
        raise PermissionDenied
    seats = Membership.objects.filter(organization__in=groups).lasting().with_newest_link()
    seats = seats.select_related("person", "organization", "on_behalf_of").order_by("person__sort_key", "start_date")
    waiting = [seat for seat in seats if not seat.person.has_opened_account]
    inside = [seat for seat in seats if rules.may_reset_access(request.user, seat)]
    return render(request, "members/access.html", {"waiting": waiting, "inside": inside, "now": timezone.now()})


def resend(request: HttpRequest, pk: str) -> HttpResponse:
    """Send a fresh one-time link to somebody who has not come in yet."""
    seat = _seat(request, pk, rules.may_send_access)
    if request.method == "POST":
        accounts.send_access(seat, by=request.user)
        messages.success(request, f"Ein neuer Zugangslink geht an {seat.person}.")
        return redirect("members:access")
    return render(request, "members/resend.html", {"seat": seat, "cancel_url": reverse("members:access")})


def revoke(request: HttpRequest, pk: str) -> HttpResponse:
    """Make a one-time link void that went to the wrong address or person."""
    seat = _seat(request, pk, rules.may_send_access)
    if request.method == "POST":
        if accounts.revoke_access(seat, by=request.user):
            messages.success(request, f"Der Zugangslink von {seat.person} gilt nicht mehr.")
        else:
            messages.info(request, f"{seat.person} hat zurzeit keinen gültigen Zugangslink.")
        return redirect("members:access")
    return render(request, "members/revoke.html", {"seat": seat, "cancel_url": reverse("members:access")})


def reset(request: HttpRequest, pk: str) -> HttpResponse:
    """For a lost device or password: close all ways in and send a new link."""
    seat = _seat(request, pk, rules.may_reset_access)
    if request.method == "POST":
        accounts.reset_access(seat, by=request.user)
        messages.success(request, f"Der Zugang ist zurückgesetzt. Ein neuer Link geht an {seat.person}.")
        return redirect("members:access")
    return render(request, "members/reset_access.html", {"seat": seat, "cancel_url": reverse("members:access")})


@never_cache
@login_not_required
@sensitive_post_parameters("password", "repeated", "credential")
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """The one-time link of an appointment: choose a password or make a passkey, and come in."""
    found = Invitation.objects.select_related("person", "membership").filter(token_hash=Invitation.hash_of(token))
    invitation = found.first()
    if invitation is None or not invitation.is_open:
        return _gone(request, invitation)
    posted = request.POST if request.method == "POST" else None
    by_passkey = posted is not None and "credential" in posted
    forms = {
        "form": PasswordForm(None if by_passkey else posted, person=invitation.person),
        "passkey_form": PasskeyForm(posted if by_passkey else None, user=invitation.person),
    }
    sent = forms["passkey_form" if by_passkey else "form"]
    if sent.is_bound and sent.is_valid():
        return (_enter_by_passkey if by_passkey else _enter_by_password)(request, invitation, sent)
    options = begin_registration(invitation.person, passwordless=True)
    context = {**forms, "person": invitation.person, "js_data": {"creation_options": options}}
    return render(request, "members/accept.html", context, status=422 if sent.is_bound else 200)


def _enter_by_password(request: HttpRequest, invitation: Invitation, form: PasswordForm) -> HttpResponse:
    person = accounts.accept_with_password(invitation, password=form.cleaned_data["password"])
    if person is None:
        return _gone(request, invitation)
    record_authentication(request, person, method="password", reauthenticated=True)
    messages.success(request, "Willkommen! Ihr Zugang ist eröffnet.")
    return perform_login(request, person)


def _enter_by_passkey(request: HttpRequest, invitation: Invitation, form: PasskeyForm) -> HttpResponse:
    passkey = accounts.accept_with_passkey(
        invitation, name=form.cleaned_data["name"], credential=form.cleaned_data["credential"]
    )
    if passkey is None:
        return _gone(request, invitation)
    post_authentication(request, passkey, reauthenticated=True, passwordless=True)
    messages.success(request, "Willkommen! Ihr Zugang ist eröffnet. Notieren Sie noch diese Notfallcodes.")
    return perform_login(request, passkey.user, redirect_url=reverse("mfa_view_recovery_codes"))


def _gone(request: HttpRequest, invitation: Invitation | None) -> HttpResponse:
    """A second click by somebody who is in already leads on; for all others the page says what to do."""
    if invitation is not None and request.user == invitation.person:
        return redirect("home:start")
    return render(request, "members/access_gone.html", status=404)


def _seat(request: HttpRequest, pk: str, may) -> Membership:
    """A seat that has not ended, for the lead: 404 where the reader does not see it, 403 where the rule says no."""
    seats = Membership.objects.visible_to(request.user).lasting()
    seat = get_object_or_404(seats.select_related("person", "organization", "on_behalf_of"), pk=pk)
    if not may(request.user, seat):
        raise PermissionDenied
    return seat
