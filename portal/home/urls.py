from django.urls import path

from portal.home import views

app_name = "home"
urlpatterns = [
    path("", views.start, name="start"),
    path("impressum/", views.imprint, name="imprint"),
    path("datenschutz/", views.privacy, name="privacy"),
    path("barrierefreiheit/", views.accessibility, name="accessibility"),
    path("hilfe/", views.help_page, name="help"),
    path("darstellung/", views.theme, name="theme"),
    path("themen/", views.topics, name="topics"),
    path("themen/<uuid:pk>/", views.topic, name="topic"),
]
