from django.urls import path

from portal.meetings.views import comments

app_name = "meetings"
urlpatterns = [
    path("tops/<uuid:pk>/", comments.agenda_item, name="agenda_item"),
    path("tops/<uuid:pk>/diskussion/", comments.item_discussion, name="item_discussion"),
    path("kommentare/<uuid:pk>/bearbeiten/", comments.comment_edit, name="comment_edit"),
    path("kommentare/<uuid:pk>/zurueckziehen/", comments.comment_withdraw, name="comment_withdraw"),
]
