from django.urls import path

from portal.office.views import body, inbox, operation, postbox, privacy, procedure, seats, trail

app_name = "office"
urlpatterns = [
    path("postausgang/", postbox.mail_log, name="outbox"),
    path("postausgang/<int:pk>/", postbox.message, name="message"),
    path("postausgang/<int:pk>/anhang/<int:file>/", postbox.attachment, name="attachment"),
    path("postausgang/<int:pk>/erneut/", postbox.retry, name="retry"),
    path("posteingang/", inbox.inbox, name="inbox"),
    path("posteingang/<int:pk>/", inbox.incoming, name="incoming"),
    path("posteingang/<int:pk>/erledigt/", inbox.settle, name="settle"),
    path("verwaltung/mailbetrieb/", operation.operation, name="operation"),
    path("verwaltung/mailbetrieb/test/", operation.test_mail, name="test_mail"),
    path("verwaltung/mailbetrieb/anhalten/", operation.pause, name="pause"),
    path("verwaltung/mailbetrieb/fortsetzen/", operation.resume, name="resume"),
    path("mitglieder/berufen/", seats.appoint, name="appoint"),
    path("mitglieder/<uuid:pk>/", seats.seat, name="seat"),
    path("mitglieder/<uuid:pk>/beenden/", seats.end, name="end"),
    path("mitglieder/<uuid:pk>/abloesen/", seats.replace, name="replace"),
    path("mitglieder/<uuid:pk>/fortsetzen/", seats.reopen, name="reopen"),
    path("mitglieder/<uuid:pk>/beginn/", seats.start, name="start"),
    path("mitglieder/<uuid:pk>/zuruecknehmen/", seats.withdraw, name="withdraw"),
    path("mitglieder/<uuid:pk>/reihenfolge/", seats.order, name="order"),
    path("konto/daten/", privacy.own_data, name="own_data"),
    path("verwaltung/personen/", privacy.people, name="people"),
    path("verwaltung/personen/<uuid:pk>/auskunft/", privacy.export, name="export"),
    path("verwaltung/personen/<uuid:pk>/loeschen/", privacy.erase, name="erase"),
    path("mitglieder/geschaeftsordnung/<uuid:pk>/", procedure.procedure, name="procedure"),
    path("mitglieder/geschaeftsordnung/<uuid:pk>/kalender/", procedure.public_calendar, name="public_calendar"),
    path("mitglieder/wahlperiode/<uuid:pk>/", procedure.term, name="term"),
    path("verwaltung/angaben/", body.body, name="body"),
    path("verwaltung/verlauf/", trail.trail, name="trail"),
    path("verwaltung/verlauf/tabelle/", trail.export, name="trail_export"),
]
