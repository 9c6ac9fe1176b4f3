"""What the timetable did last, what is late, what is switched off."""

from datetime import timedelta

import pytest
from celery import shared_task
from celery.schedules import crontab
from django.utils import timezone

from arbeitskreis.celery import app
from portal.audit import origin
from portal.audit.origin import Door
from portal.mail import jobs
from portal.mail.models import Job
from portal.mail.tasks import sweep

pytestmark = pytest.mark.django_db
SWEEP = "portal.mail.tasks.sweep"
seen = []


@shared_task(name="tests.look")
def look():
    seen.append(origin.current().door)


@shared_task(name="tests.fail")
def fail():
    raise ValueError("kim.dahlmann@example.org")


def entry(**job):
    return jobs.Entry("Aufgabe", SWEEP, crontab(minute="*/10"), Job(name=SWEEP, **job))


def test_every_task_leaves_when_it_ran_and_comes_from_the_timetable():
    seen.clear()
    look()
    look()
    assert seen == [Door.TASK, Door.TASK]
    job = Job.objects.get(name="tests.look")
    assert (job.last_error, job.is_on) == ("", True)
    assert timezone.now() - job.ran_at < timedelta(seconds=5)


def test_a_failed_task_leaves_the_kind_of_error_and_no_text():
    with pytest.raises(ValueError, match="kim"):
        fail()
    assert Job.objects.get(name="tests.fail").last_error == "ValueError"


def test_a_task_that_is_switched_off_does_nothing():
    assert jobs.switch("tests.look", is_on=False)
    assert not jobs.switch("tests.look", is_on=False)
    seen.clear()
    look()
    assert seen == []
    assert Job.objects.get(name="tests.look").ran_at is None
    assert jobs.switch("tests.look", is_on=True)
    look()
    assert seen == [Door.TASK]


def test_a_task_that_was_switched_off_while_it_ran_stays_off():
    sweep()
    jobs.switch(SWEEP, is_on=False)
    jobs._note(SWEEP, 0)
    assert not Job.objects.get(name=SWEEP).is_on


@pytest.mark.parametrize(
    ("job", "state"),
    [
        ({}, "new"),
        ({"ran_at": timedelta(minutes=1)}, "good"),
        ({"ran_at": timedelta(minutes=30)}, "late"),
        ({"ran_at": timedelta(minutes=1), "last_error": "ValueError"}, "failed"),
        ({"ran_at": timedelta(minutes=30), "is_on": False}, "off"),
    ],
)
def test_state(job, state):
    if "ran_at" in job:
        job = job | {"ran_at": timezone.now() - job["ran_at"]}
    assert entry(**job).state == state


@pytest.mark.parametrize(
    ("schedule", "words"),
    [
        (5.0, "alle 5 Sekunden"),
        (crontab(), "jede Minute"),
        (crontab(minute="*/10"), "alle 10 Minuten"),
        (crontab(minute="7"), "stündlich zur Minute 7"),
        (crontab(hour="3", minute="5"), "täglich um 03:05 Uhr"),
    ],
)
def test_rhythm(schedule, words):
    assert jobs.Entry("Aufgabe", SWEEP, schedule, Job()).rhythm == words


def test_the_timetable_has_a_german_title_and_a_task_that_exists_in_every_line():
    app.loader.import_default_modules()
    table = jobs.timetable()
    assert {line.task for line in table} <= set(app.tasks)
    assert all(line.title[0].isupper() for line in table)
    assert [line.title for line in table] == sorted(line.title for line in table)
