"""Does the mail run? Signs of health, a mail to oneself, and the switch for all sending."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.mail.models import Pause
from portal.members.rules import groups_where_lead, groups_where_office
from portal.office import health
from portal.office.actions import mail as actions
from portal.office.forms.mail import PauseForm


@require_safe
def operation(request: HttpRequest) -> HttpResponse:
    """All signs on one page."""
    groups = groups_where_office(request.user)
    if not groups:
        raise PermissionDenied
    context = {
        "signs": health.of_mail(groups),
        "pause": Pause.objects.first(),
        "may_pause": bool(groups_where_lead(request.user)),
    }
    return render(request, "office/operation.html", context)


@require_POST
def test_mail(request: HttpRequest) -> HttpResponse:
    """A mail to whoever asks for it."""
    if not groups_where_office(request.user):
        raise PermissionDenied
    message = actions.send_test(by=request.user)
    messages.success(request, f"Die Testnachricht an {message.to} ist geschrieben. Hier steht, was aus ihr wird.")
    return redirect("office:message", message.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def pause(request: HttpRequest) -> HttpResponse:
    """Stop all sending, after saying what that means."""
    if not groups_where_lead(request.user):
        raise PermissionDenied
    form = PauseForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        if actions.pause(by=request.user, reason=form.cleaned_data["reason"]):
            messages.success(request, "Der Versand ist angehalten. Was geschrieben wird, wartet.")
        else:
            messages.info(request, "Der Versand war schon angehalten.")
        return redirect("office:operation")
    context = {"form": form, "cancel_url": reverse("office:operation")}
    return render(request, "office/pause.html", context, status=422 if form.is_bound else 200)


@require_POST
def resume(request: HttpRequest) -> HttpResponse:
    """Send what waits."""
    if not groups_where_lead(request.user):
        raise PermissionDenied
    if actions.resume(by=request.user):
        messages.success(request, "Der Versand läuft wieder. Was gewartet hat, geht jetzt hinaus.")
    return redirect("office:operation")
