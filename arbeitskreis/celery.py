"""The Celery app and the timetable. A task asks the database what is due, so a missed or double run does no harm."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "arbeitskreis.settings")

app = Celery("arbeitskreis", task_cls="arbeitskreis.timetable:TimetableTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

app.conf.beat_schedule = {
    "E-Mails verschicken": {
        "task": "portal.mail.tasks.sweep",
        "schedule": 5.0,
        "options": {"queue": "mail", "expires": 4},
    },
    "Verlauf verketten": {
        "task": "portal.audit.tasks.extend",
        "schedule": crontab(),
        "options": {"queue": "mail", "expires": 50},
    },
    "Verlauf prüfen": {
        "task": "portal.audit.tasks.examine",
        "schedule": crontab(hour="3", minute="40"),
        "options": {"queue": "mail", "expires": 3600},
    },
    "An Sitzungen erinnern": {
        "task": "portal.meetings.tasks.remind",
        "schedule": crontab(minute="*/10"),
        "options": {"queue": "mail", "expires": 540},
    },
    "Neuigkeiten melden": {
        "task": "portal.home.tasks.tell_the_news",
        "schedule": crontab(minute="*/20", hour="6-20"),
        "options": {"queue": "mail", "expires": 1140},
    },
    "Aufbewahrungsfristen anwenden": {
        "task": "portal.office.tasks.keep_the_periods",
        "schedule": crontab(hour="2", minute="20"),
        "options": {"queue": "mail", "expires": 3600},
    },
    "Postfach lesen": {
        "task": "portal.office.tasks.collect_mail",
        "schedule": crontab(),
        "options": {"queue": "mail", "expires": 50},
    },
    "Vertretungen anfragen": {
        "task": "portal.meetings.tasks.tend_seats",
        "schedule": crontab(minute="*/5"),
        "options": {"queue": "mail", "expires": 240},
    },
    "Terminumfragen begleiten": {
        "task": "portal.meetings.tasks.tend_polls",
        "schedule": crontab(minute="*/10"),
        "options": {"queue": "mail", "expires": 540},
    },
}
