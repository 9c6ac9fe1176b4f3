from django.urls import path

from portal.members import views

app_name = "members"
urlpatterns = [
    path("mitglieder/", views.members, name="list"),
    path("mitglieder/berufen/", views.appoint, name="appoint"),
    path("mitglieder/fraktion/", views.fraktion_create, name="fraktion_create"),
    path("mitglieder/<uuid:pk>/beenden/", views.end, name="end"),
    path("mitglieder/<uuid:pk>/zugang/", views.resend, name="resend"),
    path("konto/profil/", views.profile, name="profile"),
    path("konto/einladung/<str:token>/", views.accept, name="accept"),
]
