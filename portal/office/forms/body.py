"""What the Verwaltung may type about the Kommune."""

from django import forms

from portal.members.models import Body


class BodyForm(forms.ModelForm):
    class Meta:
        model = Body
        fields = [
            "name",
            "department",
            "street",
            "postal_code",
            "city",
            "telephone",
            "email",
            "website",
            "imprint",
            "privacy",
            "accessibility",
        ]
        error_messages = {"name": {"required": "Geben Sie den Namen der Kommune ein."}}
