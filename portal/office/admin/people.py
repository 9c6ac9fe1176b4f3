from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest

from portal.members.actions import accounts, administration
from portal.members.models import Person
from portal.office.admin.site import Pages, site

FIELDS = ["salutation", "title", "first_name", "last_name", "email", "is_active", "is_superuser"]


class PersonForm(forms.ModelForm):
    """An account; whoever administers cannot lock themselves out."""

    by: Person  # set by the page

    class Meta:
        model = Person
        fields = FIELDS
        labels = {"is_superuser": "Systemverwaltung"}
        help_texts = {
            "email": "Gilt sofort für die Anmeldung. Prüfen Sie vorher, dass die Adresse dieser Person gehört.",
            "is_active": "Ohne Haken endet jede Anmeldung dieser Person mit dem nächsten Klick.",
            "is_superuser": "Verwaltet Zugänge und Technik; liest keine Inhalte, solange sie nicht berufen ist.",
        }

    def clean(self) -> dict:
        wanted = super().clean()
        if self.instance == self.by and not (wanted.get("is_active") and wanted.get("is_superuser")):
            raise ValidationError("Den eigenen Zugang kann nur jemand anderes schließen oder herabstufen.")
        return wanted


@admin.register(Person, site=site)
class PersonPages(Pages):
    """Accounts: name, address, open or closed; passwords are set by their owners alone."""

    title = "Zugänge"
    pages = ("changelist", "change")
    form = PersonForm
    list_display = ("name", "email", "is_active", "administers", "has_come_in", "last_login")
    list_filter = ("is_active", "is_superuser")
    search_fields = ("sort_key", "email")
    search_help_text = "Name oder E-Mail-Adresse"
    ordering = ("sort_key",)
    actions = ("send_access",)

    @admin.display(description="Name", ordering="sort_key")
    def name(self, person: Person) -> str:
        return person.get_full_name()

    @admin.display(description="Systemverwaltung", boolean=True, ordering="is_superuser")
    def administers(self, person: Person) -> bool:
        return person.is_superuser

    @admin.display(description="war schon da", boolean=True)
    def has_come_in(self, person: Person) -> bool:
        return person.has_opened_account

    def get_form(self, request: HttpRequest, obj: Person | None = None, change: bool = False, **kwargs) -> type:
        return type("PersonForm", (super().get_form(request, obj, change, **kwargs),), {"by": request.user})

    def save_model(self, request: HttpRequest, obj: Person, form: PersonForm, change: bool) -> None:
        wanted = {name: form.cleaned_data[name] for name in FIELDS}
        administration.administer(obj, by=request.user, wanted=wanted)

    @admin.action(description="Zugangslink erneut senden")
    def send_access(self, request: HttpRequest, people: QuerySet[Person]) -> None:
        """For those who are appointed and have not come in yet; all others have a way of their own."""
        for person in people:
            seat = next(iter(person.current_memberships), None)
            if seat is None or not person.email or not person.is_active:
                messages.warning(
                    request, f"{person} ist nicht berufen, hat keine Adresse oder der Zugang ist geschlossen."
                )
            elif person.has_opened_account:
                messages.warning(request, f"{person} war schon da und kann „Passwort vergessen“ benutzen.")
            else:
                accounts.send_access(seat, by=request.user)
                messages.success(request, f"Ein neuer Zugangslink geht an {person}.")
