from django.urls import path

from portal.office.views import body, postbox, trail

app_name = "office"
urlpatterns = [
    path("postausgang/", postbox.mail_log, name="outbox"),
    path("postausgang/<int:pk>/", postbox.message, name="message"),
    path("postausgang/<int:pk>/anhang/<int:file>/", postbox.attachment, name="attachment"),
    path("postausgang/<int:pk>/erneut/", postbox.retry, name="retry"),
    path("verwaltung/angaben/", body.body, name="body"),
    path("verwaltung/verlauf/", trail.trail, name="trail"),
    path("verwaltung/verlauf/tabelle/", trail.export, name="trail_export"),
]
