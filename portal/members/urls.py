from django.urls import path
from django.views.generic import RedirectView

from portal.members.views import access, devices, group, profile, sign_in, wishes

app_name = "members"
urlpatterns = [
    path("mitglieder/", group.members, name="list"),
    path("mitglieder/fraktion/", group.fraktion_create, name="fraktion_create"),
    path("mitglieder/zugang/", access.overview, name="access"),
    path("mitglieder/<uuid:pk>/zugang/", access.resend, name="resend"),
    path("mitglieder/<uuid:pk>/zugang/zurueckziehen/", access.revoke, name="revoke"),
    path("mitglieder/<uuid:pk>/zugang/zuruecksetzen/", access.reset, name="reset_access"),
    path("konto/profil/", profile.profile, name="profile"),
    path("konto/kalender/", profile.feed, name="feed"),
    path("konto/anmeldung/", sign_in.Overview.as_view(), name="sign_in"),
    path("konto/anmeldung/webauthn/", RedirectView.as_view(pattern_name="members:sign_in"), name="passkeys"),
    path("konto/anmeldung/webauthn/add/", sign_in.AddPasskey.as_view(), name="passkey_add"),
    path("konto/geraete/", devices.overview, name="devices"),
    path("konto/geraete/abmelden/", devices.end_others, name="devices_end_others"),
    path("konto/geraete/<int:pk>/abmelden/", devices.end, name="device_end"),
    path("abbestellen/<str:token>/", wishes.unsubscribe, name="unsubscribe"),
    path("konto/einladung/<str:token>/", access.accept, name="accept"),
]
