from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from portal.meetings.actions import following
from portal.members.actions import seats
from portal.members.models import Membership, Organization
from portal.office.admin.site import Pages, site


class AppointForm(forms.ModelForm):
    """Who, where, as what, on behalf of whom, from when."""

    class Meta:
        model = Membership
        fields = ["person", "organization", "role", "on_behalf_of", "start_date"]
        help_texts = {"on_behalf_of": "Nur für Delegierte und Stellvertretungen."}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        kinds = {"organization": Organization.Kind.WORKING_GROUP, "on_behalf_of": Organization.Kind.FRAKTION}
        for name, kind in kinds.items():
            self.fields[name].queryset = Organization.objects.filter(kind=kind)


class EndForm(forms.ModelForm):
    """The first day without the seat."""

    class Meta:
        model = Membership
        fields = ["end_date"]
        labels = {"end_date": "Erster Tag ohne diese Mitgliedschaft"}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():  # a seat that has ended is only shown
            field.required = True


@admin.register(Membership, site=site)
class MembershipPages(Pages):
    """Appoint and end. Whoever is appointed reads content from then on, so the trail says who has done it."""

    title = "Mitgliedschaften"
    pages = ("changelist", "add", "change")
    list_display = ("person", "organization", "label", "start_date", "end_date")
    list_select_related = ("person", "organization", "on_behalf_of")
    list_filter = (("organization", admin.RelatedOnlyFieldListFilter), "role")
    search_fields = ("person__sort_key", "person__email")
    search_help_text = "Name oder E-Mail-Adresse"
    ordering = ("person__sort_key", "start_date")

    @admin.display(description="Funktion")
    def label(self, seat: Membership) -> str:
        return seat.label

    def has_change_permission(self, request: HttpRequest, obj: Membership | None = None) -> bool:
        """What has ended stays."""
        return obj is None or obj.end_date is None

    def get_form(self, request: HttpRequest, obj: Membership | None = None, change: bool = False, **kwargs) -> type:
        return super().get_form(request, obj, change, **{"form": EndForm if obj else AppointForm, **kwargs})

    def get_fields(self, request: HttpRequest, obj: Membership | None = None) -> list[str]:
        return ["end_date"] if obj else AppointForm.Meta.fields

    def save_model(self, request: HttpRequest, obj: Membership, form: forms.ModelForm, change: bool) -> None:
        """Meetings ahead follow at once, as they do when the lead appoints."""
        with transaction.atomic():
            if change:
                seats.end_membership(obj, by=request.user, end_date=form.cleaned_data["end_date"])
            else:
                obj.pk = seats.appoint(by=request.user, **form.cleaned_data).pk
            following.follow_seats(obj.organization_id, by=request.user)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict | None = None) -> HttpResponse:
        try:
            return super().add_view(request, form_url, extra_context)
        except seats.SeatRefused as refused:
            messages.error(request, str(refused))
            return redirect("admin:members_membership_add")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        try:
            return super().change_view(request, object_id, form_url, extra_context)
        except seats.SeatRefused as refused:
            messages.error(request, str(refused))
            return redirect("admin:members_membership_change", object_id)
