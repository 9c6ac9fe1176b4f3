"""The crispy template pack: what KERN's classes and screen readers need of a form."""

import re

import pytest
from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, ButtonHolder, Column, Div, Fieldset, Hidden, Layout, Row, Submit
from crispy_forms.utils import render_crispy_form
from django import forms
from django.template import Context, Template


class MeetingForm(forms.Form):
    title = forms.CharField(
        label="Titel", help_text="Kurz und klar.", error_messages={"required": "Geben Sie einen Titel ein."}
    )
    day = forms.DateField(label="Tag", widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    note = forms.CharField(label="Bemerkung", required=False, widget=forms.Textarea)
    place = forms.ChoiceField(label="Ort", choices=[("", "Bitte wählen"), ("1000", "Rathaus")])
    form = forms.ChoiceField(label="Form", widget=forms.RadioSelect, choices=[("a", "In Präsenz"), ("b", "Digital")])
    guests = forms.MultipleChoiceField(
        label="Gäste", required=False, widget=forms.CheckboxSelectMultiple, choices=[("x", "KRZN")]
    )
    standing = forms.BooleanField(label="Ständige Punkte", required=False, help_text="Mitteilungen, Anfragen")
    token = forms.CharField(widget=forms.HiddenInput, initial="t", required=False)


def filtered(form: forms.BaseForm | forms.BaseFormSet) -> str:
    source = "{% load crispy_forms_filters %}{{ form|crispy }}"
    return Template(source).render(Context({"form": form}))


def laid_out(form: forms.BaseForm, *parts: object) -> str:
    form.helper = FormHelper()
    form.helper.layout = Layout(*parts)
    return render_crispy_form(form)


def squeezed(html: str) -> str:
    return re.sub(r"\s+", " ", html)


def tag(html: str, pattern: str) -> str:
    return squeezed(next(match[0] for match in re.finditer(r"<[a-z][^>]*>", html) if re.search(pattern, match[0])))


def test_empty_form_has_no_summary_and_no_error():
    html = filtered(MeetingForm())
    assert "ak-error-summary" not in html
    assert "--error" not in html


@pytest.mark.parametrize(
    ("field", "css"),
    [
        ("id_title", "kern-form-input__input"),
        ("id_day", "kern-form-input__input"),
        ("id_note", "kern-form-input__input"),
        ("id_place", "kern-form-input__select"),
        ("id_form_0", "kern-form-check__radio"),
        ("id_guests_0", "kern-form-check__checkbox"),
        ("id_standing", "kern-form-check__checkbox"),
    ],
)
def test_each_control_has_its_class_of_kern(field, css):
    assert f" {css}" in tag(filtered(MeetingForm()), f'id="{field}"').replace('class="', "class= ")


def test_hint_stands_between_label_and_input_and_is_its_description():
    html = squeezed(filtered(MeetingForm()))
    assert html.index(">Titel <") < html.index('id="id_title_helptext"') < html.index('name="title"')
    assert 'aria-describedby="id_title_helptext"' in tag(html, 'name="title"')


def test_only_optional_fields_are_marked():
    html = squeezed(filtered(MeetingForm()))
    assert "Bemerkung <span" in html
    assert html.count("(optional)") == 2
    assert "*" not in html


def test_summary_takes_the_focus_and_links_to_each_field():
    html = filtered(MeetingForm({}))
    assert "autofocus" in tag(html, "ak-error-summary")
    assert re.findall(r'href="#([a-z_0-9]+)"', html) == ["id_title", "id_day", "id_place", "id_form_0"]


def test_summary_says_which_field_where_the_message_does_not():
    html = squeezed(filtered(MeetingForm({})))
    assert ">Geben Sie einen Titel ein.</a>" in html
    assert ">Tag: Bitte füllen Sie dieses Feld aus.</a>" in html


def test_error_is_announced_with_its_field():
    html = filtered(MeetingForm({}))
    title = tag(html, 'name="title"')
    assert "kern-form-input__input--error" in title
    assert 'aria-invalid="true"' in title
    assert 'aria-describedby="id_title_helptext id_title_error"' in title
    assert 'id="id_title_error"' in html


def test_errors_of_the_whole_form_are_listed():
    form = MeetingForm({"title": "x"})
    form.add_error(None, "Das Ende liegt vor dem Beginn.")
    assert "<li>Das Ende liegt vor dem Beginn.</li>" in filtered(form)


def test_group_of_choices_is_a_fieldset_with_legend():
    html = squeezed(filtered(MeetingForm({"form": "b"})))
    assert '<legend class="kern-label">Form </legend>' in html
    assert "checked" in tag(html, 'id="id_form_1"')
    assert "checked" not in tag(html, 'id="id_form_0"')


def test_numbers_in_values_are_not_written_the_german_way():
    class Years(forms.Form):
        year = forms.ChoiceField(label="Jahr", widget=forms.RadioSelect, choices=[(2026, "2026")])

    assert 'value="2026"' in tag(filtered(Years()), 'id="id_year_0"')


def test_what_was_typed_is_escaped():
    html = filtered(MeetingForm({"title": '"><script>alert(1)</script>'}))
    assert "<script>" not in html


def test_labels_can_be_heard_only():
    form = MeetingForm()
    form.helper = FormHelper()
    form.helper.form_show_labels = False
    assert "ak-vh" in tag(render_crispy_form(form), 'for="id_title"')


def test_layout_makes_cards_rows_and_buttons():
    html = squeezed(
        laid_out(
            MeetingForm(),
            Fieldset("Sitzung", "title", Row(Column("day"), "place", css_id="zeile"), css_id="karte"),
            Div("note", css_class="ak-narrow"),
            HTML("<p>Hinweis</p>"),
            Hidden("next", "/"),
            ButtonHolder(Submit("save", "Speichern"), Submit("draft", "Als Entwurf", css_class="kern-btn--secondary")),
        )
    )
    assert 'id="karte"' in tag(html, "ak-fieldset")
    assert "<legend>Sitzung</legend>" in html
    assert 'id="zeile"' in tag(html, "ak-form__row")
    assert 'class="ak-narrow"' in html
    assert '<input type="hidden" name="next" value="/"' in html
    assert "kern-btn--primary" in tag(html, 'name="save"')
    assert "kern-btn--secondary" in tag(html, 'name="draft"')
    assert "kern-btn--primary" not in tag(html, 'name="draft"')


def test_form_tag_leaves_checking_to_the_server():
    form = MeetingForm()
    form.helper = FormHelper()
    form.helper.add_input(Submit("save", "Speichern"))
    html = render_crispy_form(form)
    assert "novalidate" in tag(html, "^<form")
    assert html.index("<form") < html.index("Speichern") < html.index("</form>")


def test_formset_shows_its_own_errors_and_each_form():
    many = forms.formset_factory(MeetingForm, extra=2, max_num=1, validate_max=True)
    data = {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "0", "form-0-title": "Eins", "form-1-title": "Zwei"}
    formset = many(data)
    html = filtered(formset)
    assert formset.non_form_errors()[0] in html
    assert 'value="Eins"' in html
    assert 'value="Zwei"' in html
