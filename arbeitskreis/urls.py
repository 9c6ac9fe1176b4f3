"""The map of the portal: German paths, English names."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from portal.office.admin import site as system


@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """For the proxy: the web process answers."""
    return HttpResponse("ok", content_type="text/plain")


handler500 = "arbeitskreis.errors.server_error"
urlpatterns = [
    path("healthz/", healthz, name="healthz"),
    path("", include("portal.members.urls")),
    path("konto/", include("allauth.account.urls")),
    path("konto/anmeldung/", include("allauth.mfa.urls")),
    path("", include("portal.home.urls")),
    path("", include("portal.topics.urls")),
    path("", include("portal.meetings.urls")),
    path("", include("portal.minutes.urls")),
    path("", include("portal.office.urls")),
    path("systemverwaltung/", system.urls),
]
