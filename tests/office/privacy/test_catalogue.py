"""No column that points to a person is forgotten: neither in the export nor by erasure."""

import pytest
from django.apps import apps
from django.db.models import Field, ForeignKey, UUIDField

from portal.members.models import Person
from portal.office.privacy.catalogue import ELSEWHERE, TRACES

WORDS = ("person", "user", "actor", "author")  # how a column without foreign key would be called


def columns():
    """Every column of every table that holds the id of a person."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.get_fields():
            is_key = isinstance(field, ForeignKey) and issubclass(field.related_model, Person)
            is_bare = isinstance(field, UUIDField) and any(word in field.name for word in WORDS)
            if is_key or is_bare:
                yield f"{model._meta.label}.{field.name}"


def test_every_column_that_points_to_a_person_has_a_decision():
    decided = [*(f"{trace.model}.{trace.column}" for trace in TRACES), *ELSEWHERE]
    assert sorted(columns()) == sorted(decided)


def test_every_other_link_to_a_person_is_one_of_these_columns():
    """Many-to-many fields keep their rows in tables of their own, which the walk has found."""
    for relation in Person._meta.get_fields():
        if not isinstance(relation, Field) and relation.is_relation:
            through = getattr(relation, "through", None) or relation.related_model
            assert any(column.startswith(f"{through._meta.label}.") for column in columns()), relation


@pytest.mark.parametrize("trace", TRACES, ids=lambda trace: f"{trace.model}.{trace.column}")
def test_every_trace_leaves_a_row_in_the_tests(traces, trace):
    """So that the tests of export and erasure mean something."""
    assert trace.rows(traces).exists()


def test_every_file_has_a_name_of_its_own():
    names = [trace.file for trace in TRACES]
    assert len(set(names)) == len(names)
