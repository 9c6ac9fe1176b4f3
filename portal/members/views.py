"""The members of the working groups, and one's own account."""

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from portal.members import rules
from portal.members.actions import accounts, seats
from portal.members.forms import AppointForm, EndForm, FraktionForm, PasswordForm, ProfileForm
from portal.members.models import Invitation, Membership, Organization

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def members(request: HttpRequest) -> HttpResponse:
    """Who sits in the working group today: by Fraktion, then the Verwaltung."""
    rows = Membership.objects.visible_to(request.user).current()
    rows = rows.select_related("person", "organization", "on_behalf_of").order_by(
        "organization__name", "on_behalf_of__name", "role", "rank", "person__sort_key"
    )
    groups: dict[Organization, dict[str, list[Membership]]] = {}
    for seat in rows:
        parts = groups.setdefault(seat.organization, {"fraktionen": [], "office": []})
        parts["fraktionen" if seat.on_behalf_of_id else "office"].append(seat)
    context = {
        "groups": groups,
        "lead_of": rules.groups_where_lead(request.user),
        "office_of": rules.groups_where_office(request.user),
    }
    return render(request, "members/list.html", context)


def appoint(request: HttpRequest) -> HttpResponse:
    """Appoint somebody: name and address, function and Fraktion."""
    form = AppointForm(request.POST if request.method == "POST" else None, groups=_groups_where_lead(request))
    if request.method == "POST" and form.is_valid():
        try:
            seat = seats.appoint(by=request.user, person=form.instance, **form.seat)
        except seats.SeatTaken as taken:
            form.add_error(None, str(taken))
        else:
            messages.success(request, f"{seat.person} ist berufen. Der Zugang geht per E-Mail hinaus.")
            return redirect("members:list")
    return render(request, "members/appoint.html", {"form": form}, status=422 if form.is_bound else 200)


def end(request: HttpRequest, pk: str) -> HttpResponse:
    """End a membership, after saying what that means."""
    seat = _seat_of_lead(request, pk)
    form = EndForm(request.POST if request.method == "POST" else None, membership=seat)
    if request.method == "POST" and form.is_valid():
        if seats.end_membership(seat, by=request.user, end_date=form.end_date):
            messages.success(request, f"Die Mitgliedschaft von {seat.person} ist beendet.")
        else:
            messages.info(request, f"Die Mitgliedschaft von {seat.person} war schon beendet.")
        return redirect("members:list")
    return render(request, "members/end.html", {"seat": seat, "form": form}, status=422 if form.is_bound else 200)


def resend(request: HttpRequest, pk: str) -> HttpResponse:
    """Send a fresh access link to somebody who has no password yet."""
    seat = _seat_of_lead(request, pk)
    if seat.person.has_usable_password() or not seat.person.email:
        raise PermissionDenied
    if request.method == "POST":
        accounts.send_access(seat, by=request.user)
        messages.success(request, f"Ein neuer Zugangslink geht an {seat.person}.")
        return redirect("members:list")
    return render(request, "members/resend.html", {"seat": seat})


def fraktion_create(request: HttpRequest) -> HttpResponse:
    groups = _groups_where_lead(request)
    form = FraktionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        group = Organization.objects.get(pk=groups[0])
        fraktion = seats.add_fraktion(by=request.user, organization=group, **form.cleaned_data)
        messages.success(request, f"{fraktion} ist angelegt. Sie können jetzt jemanden für sie berufen.")
        return redirect("members:appoint")
    return render(request, "members/fraktion.html", {"form": form}, status=422 if form.is_bound else 200)


def profile(request: HttpRequest) -> HttpResponse:
    """One's own account: memberships, form of address, wishes for mails."""
    form = ProfileForm(request.POST if request.method == "POST" else None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.instance.save(update_fields=["salutation", "title", "wants_comment_mail", "modified"])
        messages.success(request, "Ihre Angaben sind gespeichert.")
        return redirect("members:profile")
    context = {"form": form, "memberships": request.user.current_memberships}
    return render(request, "members/profile.html", context, status=422 if form.is_bound else 200)


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


def _groups_where_lead(request: HttpRequest) -> list:
    groups = rules.groups_where_lead(request.user)
    if not groups:
        raise PermissionDenied
    return groups


def _seat_of_lead(request: HttpRequest, pk: str) -> Membership:
    seats = Membership.objects.visible_to(request.user).select_related("person", "organization", "on_behalf_of")
    seat = get_object_or_404(seats, pk=pk)
    if not rules.may_end(request.user, seat):
        raise PermissionDenied
    return seat
