from django.urls import path

from portal.members.views import access, group, profile

app_name = "members"
urlpatterns = [
    path("mitglieder/", group.members, name="list"),
    path("mitglieder/berufen/", group.appoint, name="appoint"),
    path("mitglieder/fraktion/", group.fraktion_create, name="fraktion_create"),
    path("mitglieder/<uuid:pk>/beenden/", group.end, name="end"),
    path("mitglieder/<uuid:pk>/zugang/", access.resend, name="resend"),
    path("konto/profil/", profile.profile, name="profile"),
    path("konto/kalender/", profile.feed, name="feed"),
    path("konto/einladung/<str:token>/", access.accept, name="accept"),
]
