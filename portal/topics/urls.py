from django.urls import path

from portal.topics import views

app_name = "topics"
urlpatterns = [
    path("themen/neu/", views.create, name="create"),
    path("themen/<uuid:pk>/bearbeiten/", views.edit, name="edit"),
]
