"""One's own page, and one's calendar address."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from portal.members import rules
from portal.members.actions import profile as actions
from portal.members.forms import ProfileForm
from portal.members.models import CalendarFeed


def profile(request: HttpRequest) -> HttpResponse:
    """One's own account: memberships, form of address, wishes for mails; for those who have left, to read only."""
    may_edit = rules.may_edit_profile(request.user)
    if request.method == "POST" and not may_edit:
        raise PermissionDenied
    form = ProfileForm(request.POST if request.method == "POST" else None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        actions.update_profile(request.user, **form.cleaned_data)
        messages.success(request, "Ihre Angaben sind gespeichert.")
        return redirect("members:profile")
    context = {
        "form": form,
        "memberships": request.user.memberships.select_related("organization", "on_behalf_of").order_by("start_date"),
        "may_edit": may_edit,
        "feed": CalendarFeed.objects.filter(person=request.user).first(),
    }
    return render(request, "members/profile.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables("token", "context")
def feed(request: HttpRequest) -> HttpResponse:
    """One's own calendar address: set up, replaced or ended; shown this once, since only its hash is kept."""
    if not rules.may_have_feed(request.user):
        raise PermissionDenied
    if request.method == "POST" and request.POST.get("step") == "end":
        if actions.close_feed(request.user):
            messages.success(request, "Ihr Kalenderabo ist beendet. Die Adresse gilt nicht mehr.")
        return redirect("members:feed")
    token = actions.open_feed(request.user) if request.method == "POST" else ""
    context = {
        "feed": CalendarFeed.objects.filter(person=request.user).first(),
        "calendars": request.user.public_calendars,
        "address": settings.BASE_URL + reverse("meetings:feed", args=[token]) if token else "",
    }
    return render(request, "members/feed.html", context)
