"""The Geschäftsordnung: set for days to come, never for days gone by."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.audit.models import Line
from portal.members.models import RulesOfProcedure


def days(number):
    return timezone.localdate() + timedelta(days=number)


@pytest.fixture
def typed():
    return {
        "valid_from": days(10).isoformat(),
        "invitation_days": 14,
        "supplement_days": 4,
        "proposal_days": 20,
        "comment_days": "",
        "minutes_days": 28,
        "objection_days": 10,
        "remind_silent_days": 6,
        "remind_coming_days": 2,
        "deputy_access": "when_called_in",
        "deputy_answer_hours": 24,
    }


def post(client, group, typed):
    return client.post(reverse("office:procedure", args=[group.pk]), typed)


def test_new_rules_hold_from_their_day_on(client, lead, group, typed):
    RulesOfProcedure.objects.create(organization=group, valid_from=days(-100), invitation_days=7)
    client.force_login(lead)
    assert post(client, group, typed).status_code == 302
    assert [RulesOfProcedure.objects.on(group, days(n)).invitation_days for n in (-5, 9, 10)] == [7, 7, 14]
    line = Line.objects.get(verb="Geschäftsordnung festgelegt")
    assert (line.actor, line.detail["deputy_access"]) == (lead, "when_called_in")


def test_every_frist_is_kept(client, lead, group, typed):
    client.force_login(lead)
    post(client, group, typed)
    figures = "supplement_days", "proposal_days", "comment_days", "minutes_days", "objection_days"
    assert RulesOfProcedure.objects.values_list(*figures).get() == (4, 20, None, 28, 10)
    page = client.get(reverse("office:procedure", args=[group.pk])).text
    for words in ("4 volle Tage", "20 volle Tage", "bis zum Ende der Sitzung", "28 volle Tage", "10 volle Tage"):
        assert words in page


def test_page_shows_every_rule_and_starts_with_those_of_today(client, lead, group, typed):
    RulesOfProcedure.objects.create(organization=group, valid_from=days(-100), invitation_days=7)
    client.force_login(lead)
    post(client, group, typed)
    page = client.get(reverse("office:procedure", args=[group.pk]))
    assert [rules.invitation_days for rules in page.context["every"]] == [14, 7]
    assert page.context["form"].initial["invitation_days"] == 7


def test_rules_to_come_can_be_corrected_and_a_second_click_is_silent(client, lead, group, typed):
    client.force_login(lead)
    post(client, group, typed)
    post(client, group, typed)
    post(client, group, typed | {"invitation_days": 21})
    assert RulesOfProcedure.objects.get().invitation_days == 21
    assert Line.objects.filter(verb="Geschäftsordnung festgelegt").count() == 2


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"valid_from": (timezone.localdate() - timedelta(days=1)).isoformat()}, "Was gegolten hat, bleibt."),
        ({"invitation_days": 61}, "Geben Sie eine ganze Zahl von 0 bis 60 ein."),
        ({"deputy_answer_hours": 0}, "Geben Sie eine ganze Zahl von 1 bis 336 ein."),
        ({"deputy_access": "never"}, "ist keine gültige Auswahl"),
    ],
)
def test_what_cannot_be_is_said(client, lead, group, typed, changes, message):
    client.force_login(lead)
    page = post(client, group, typed | changes)
    assert page.status_code == 422
    assert message in page.text
    assert not RulesOfProcedure.objects.exists()
