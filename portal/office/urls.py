from django.urls import path

from portal.office import views

app_name = "office"
urlpatterns = [
    path("postausgang/", views.mail_log, name="outbox"),
    path("postausgang/<int:pk>/", views.message, name="message"),
    path("postausgang/<int:pk>/anhang/<int:file>/", views.attachment, name="attachment"),
    path("postausgang/<int:pk>/erneut/", views.retry, name="retry"),
    path("verwaltung/angaben/", views.body, name="body"),
]
