"""One's own page."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from portal.members.forms import ProfileForm


def profile(request: HttpRequest) -> HttpResponse:
    """One's own account: memberships, form of address, wishes for mails."""
    form = ProfileForm(request.POST if request.method == "POST" else None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.instance.save(update_fields=["salutation", "title", "wants_comment_mail", "modified"])
        messages.success(request, "Ihre Angaben sind gespeichert.")
        return redirect("members:profile")
    context = {"form": form, "memberships": request.user.current_memberships}
    return render(request, "members/profile.html", context, status=422 if form.is_bound else 200)
