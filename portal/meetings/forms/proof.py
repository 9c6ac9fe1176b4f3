"""How somebody was told who could not be reached by mail."""

from datetime import datetime

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Row
from django import forms
from django.forms.utils import from_current_timezone
from django.utils.timezone import localtime, now

from portal.meetings.models import Delivery


class OtherWayForm(forms.Form):
    """The way, and when it happened; the time of noting it is kept besides."""

    way = forms.ChoiceField(
        label="Mitgeteilt",
        choices=Delivery.Way.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Wählen Sie, wie Sie die Person erreicht haben."},
    )
    day = forms.DateField(
        label="Am",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text="Bei einem Brief der Tag, an dem er abgeschickt ist.",
        error_messages={"required": "Geben Sie ein Datum ein.", "invalid": "Geben Sie ein Datum wie 26.11.2026 ein."},
    )
    clock = forms.TimeField(
        label="Um",
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"required": "Geben Sie die Uhrzeit ein.", "invalid": "Geben Sie die Uhrzeit wie 17:00 ein."},
    )
    remark = forms.CharField(label="Bemerkung", max_length=200, required=False)

    def __init__(self, data: dict | None = None) -> None:
        moment = localtime(now())
        super().__init__(data, initial={"day": moment.date(), "clock": moment.time()})
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout("way", Row("day", "clock"), "remark")

    def clean(self) -> dict:
        cleaned = super().clean() or self.cleaned_data
        day, clock = cleaned.get("day"), cleaned.get("clock")
        if day and clock:
            cleaned["told_at"] = self._moment(datetime.combine(day, clock))
        return cleaned

    def _moment(self, local: datetime) -> datetime | None:
        """Some moments do not exist in the night when the clocks change; none lies ahead."""
        try:
            moment = from_current_timezone(local)
        except forms.ValidationError:
            self.add_error("clock", "Diese Uhrzeit gibt es an dem Tag nicht eindeutig: Die Uhren werden umgestellt.")
            return None
        if moment > now():
            self.add_error("day", "Der Zeitpunkt liegt in der Zukunft. Vermerken Sie, was schon geschehen ist.")
        return moment

    @property
    def note(self) -> dict:
        """What was typed, as the action takes it."""
        return {name: self.cleaned_data[name] for name in ("way", "told_at", "remark")}
