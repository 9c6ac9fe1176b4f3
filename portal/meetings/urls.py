from django.urls import path

from portal.meetings.views import agenda, comments, feed, invitation, meetings, recusals, replies, seats

app_name = "meetings"
urlpatterns = [
    path("sitzungen/", meetings.meeting_list, name="list"),
    path("sitzungen/neu/", meetings.create, name="create"),
    path("sitzungen/<uuid:pk>/", meetings.detail, name="detail"),
    path("sitzungen/<uuid:pk>/bearbeiten/", meetings.edit, name="edit"),
    path("sitzungen/<uuid:pk>/kopieren/", meetings.copy, name="copy"),
    path("sitzungen/<uuid:pk>/einladen/", invitation.invite, name="invite"),
    path("sitzungen/<uuid:pk>/einladen/vorschau.pdf", invitation.invite_preview, name="invite_preview"),
    path("sitzungen/<uuid:pk>/verlegen/", invitation.move, name="move"),
    path("sitzungen/<uuid:pk>/absagen/", invitation.cancel, name="cancel"),
    path("sitzungen/<uuid:pk>/beginnen/", meetings.start, name="start"),
    path("sitzungen/<uuid:pk>/beenden/", meetings.finish, name="finish"),
    path("sitzungen/<uuid:pk>/antwort/", replies.rsvp, name="rsvp"),
    path("sitzungen/<uuid:pk>/reihenfolge/", agenda.reorder, name="reorder"),
    path("sitzungen/<uuid:pk>/tops/neu/", agenda.item_create, name="item_create"),
    path("sitzungen/<uuid:pk>/einladung.pdf", invitation.invitation_pdf, name="invitation_pdf"),
    path("sitzungen/<uuid:pk>/termin.ics", invitation.calendar_file, name="ics"),
    path("sitze/<uuid:pk>/", seats.seat, name="seat"),
    path("tops/<uuid:pk>/", comments.agenda_item, name="agenda_item"),
    path("tops/<uuid:pk>/bearbeiten/", agenda.item_edit, name="item_edit"),
    path("tops/<uuid:pk>/loeschen/", agenda.item_delete, name="item_delete"),
    path("tops/<uuid:pk>/schieben/", agenda.item_move, name="item_move"),
    path("tops/<uuid:pk>/diskussion/", comments.item_discussion, name="item_discussion"),
    path("tops/<uuid:pk>/befangenheit/", recusals.recusals, name="recusals"),
    path("befangenheit/<uuid:pk>/zuruecknehmen/", recusals.recusal_lift, name="recusal_lift"),
    path("kommentare/<uuid:pk>/bearbeiten/", comments.comment_edit, name="comment_edit"),
    path("kommentare/<uuid:pk>/zurueckziehen/", comments.comment_withdraw, name="comment_withdraw"),
    path("antwort/<str:token>/", replies.answer, name="answer"),
    path("kalender/<str:token>.ics", feed.feed, name="feed"),
]
