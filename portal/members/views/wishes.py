"""Hearing less by mail: the personal link in every mail that nobody has to get."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from portal.members.actions import profile as actions
from portal.members.models import Notify
from portal.members.views.links import by_token


@csrf_exempt  # a mail provider sends the form, without cookie (RFC 8058); who may, says the address alone
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@by_token
@sensitive_variables("token")
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Shows what there is to switch off; the button does it, or the one click in the reader's mail program."""
    person = actions.reader_of(token)
    if person and request.method == "POST":
        person = actions.stop_news(person)
    if person is None:
        return render(request, "members/unsubscribe_invalid.html", status=404)
    is_off = person.notify == Notify.INVITATIONS
    return render(request, "members/unsubscribe.html", {"person": person, "is_off": is_off})
