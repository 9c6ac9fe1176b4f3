from django.urls import path

from portal.minutes.views import attendance, entries, minutes

app_name = "minutes"
urlpatterns = [
    path("sitzungen/<uuid:pk>/niederschrift/", minutes.create, name="create"),
    path("niederschriften/eintrag/<uuid:pk>/", entries.entry, name="entry"),
    path("niederschriften/<uuid:pk>/", minutes.detail, name="detail"),
    path("niederschriften/<uuid:pk>/anwesenheit/", attendance.attendance, name="attendance"),
    path("niederschriften/<uuid:pk>/rahmen/", minutes.frame, name="frame"),
    path("niederschriften/<uuid:pk>/abschliessen/", minutes.finalise, name="finalise"),
    path("niederschriften/<uuid:pk>/niederschrift.pdf", minutes.pdf, name="pdf"),
]
