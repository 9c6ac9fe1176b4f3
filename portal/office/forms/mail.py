"""Choosing from the outbox, and stopping it."""

from datetime import date, datetime, time, timedelta

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Row
from django import forms
from django.db.models import Q, QuerySet
from django.utils.timezone import make_aware

from portal.mail.models import Message

RETURNED = "returned"
STATES = [("", "Alle"), *Message.Status.choices, (RETURNED, "zurückgekommen")]


class OutboxForm(forms.Form):
    """By state, words and days; what makes no sense is left out."""

    zustand = forms.ChoiceField(label="Zustand", choices=STATES, required=False)
    suche = forms.CharField(label="Name, Adresse oder Betreff", max_length=100, required=False)
    von = forms.DateField(
        label="Von", required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    bis = forms.DateField(
        label="Bis", required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )

    def __init__(self, data: dict) -> None:
        super().__init__(data)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(Row("zustand", "suche"), Row("von", "bis"))
        self.is_valid()

    @property
    def is_filtered(self) -> bool:
        return any(self.cleaned_data.values())

    def choose(self, mails: "QuerySet[Message]") -> "QuerySet[Message]":
        """Of these mails those that were asked for; of barred ones the subject is not searched."""
        asked = self.cleaned_data
        if state := asked.get("zustand"):
            mails = mails.exclude(returned_at=None) if state == RETURNED else mails.filter(status=state)
        if words := asked.get("suche"):
            named = Q(to__icontains=words) | Q(to_name__icontains=words)
            mails = mails.filter(named | Q(subject__icontains=words, is_barred=False))
        if day := asked.get("von"):
            mails = mails.filter(created_at__gte=_midnight(day))
        if day := asked.get("bis"):
            mails = mails.filter(created_at__lt=_midnight(day + timedelta(days=1)))
        return mails


class PauseForm(forms.Form):
    """Why nothing is to leave; everybody in the Verwaltung reads it."""

    reason = forms.CharField(
        label="Grund",
        max_length=200,
        help_text="Steht für die ganze Verwaltung im Postausgang.",
        error_messages={"required": "Geben Sie an, warum nichts hinausgehen soll."},
    )


def _midnight(day: date) -> datetime:
    return make_aware(datetime.combine(day, time.min))
