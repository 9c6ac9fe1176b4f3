"""Somebody with the password of the database: switches the triggers off and does to the trail what SQL can do."""

from collections.abc import Callable
from random import Random

from django.db import connection

COPIED = (
    "at, kind, actor_id, verb, thing_type, thing_id, organization_id, detail, door, address, address_salt,"
    " address_digest, seal"
)


def run(*statements: str) -> None:
    """Past the triggers, as the owner of the table may."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE audit_line DISABLE TRIGGER USER")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("ALTER TABLE audit_line ENABLE TRIGGER USER")


def change(chance: Random, last: int) -> None:
    """Another value in one column of one line."""
    column, value = chance.choice(
        [
            ("at", "at + interval '1 second'"),
            ("kind", "'export'"),
            ("actor_id", "NULL"),
            ("verb", "verb || '!'"),
            ("thing_type", "'members.body'"),
            ("thing_id", "'0'"),
            ("organization_id", "NULL"),
            ("detail", """'{"number": -1}'"""),
            ("door", "'task'"),
            ("address_digest", "'0'"),
            ("seal", "reverse(seal)"),
            ("digest", "reverse(digest)"),
            ("uuid", "gen_random_uuid()"),
        ]
    )
    run(f"UPDATE audit_line SET {column} = {value} WHERE sequence = {chance.randint(1, last)}")


def delete(chance: Random, last: int) -> None:
    """One line gone; half of the time the numbers are closed up behind it."""
    gone = chance.randint(1, last)
    run(f"DELETE FROM audit_line WHERE sequence = {gone}")
    if chance.random() < 0.5:
        _shift(gone, -1)


def reorder(chance: Random, last: int) -> None:
    """Two lines change places, with or without their digests."""
    one, other = chance.sample(range(1, last + 1), 2)
    run(*_swap(one, other, "sequence"))
    if chance.random() < 0.5:
        run(*_swap(one, other, "digest"))


def insert(chance: Random, last: int) -> None:
    """A line that nobody wrote: a copy, between two others or loose at the end, so that the task would chain it."""
    model = chance.randint(1, last)
    verb = chance.choice(["verb", "'Sitzung abgesagt'"])
    values = COPIED.replace("verb", verb, 1)
    place, digest = "NULL", "''"
    if chance.random() < 0.5:
        place, digest = str(chance.randint(1, last)), "digest"
        _shift(int(place) - 1, 1)
        model += model >= int(place)
    run(
        f"INSERT INTO audit_line (uuid, {COPIED}, sequence, digest)"
        f" SELECT gen_random_uuid(), {values}, {place}, {digest} FROM audit_line WHERE sequence = {model}"
    )


def cut_tail(chance: Random, last: int) -> None:
    """The newest lines gone; half of the time the end of the chain in the database is set back too."""
    kept = last - chance.randint(1, min(last, 5))
    run(f"DELETE FROM audit_line WHERE sequence > {kept}")
    if chance.random() < 0.5:
        run(
            f"UPDATE audit_head SET sequence = {kept},"
            f" digest = coalesce((SELECT digest FROM audit_line WHERE sequence = {kept}), '')"
        )


TAMPERINGS: tuple[Callable[[Random, int], None], ...] = (change, delete, reorder, insert, cut_tail)


def _shift(after: int, step: int) -> None:
    """Move all numbers behind a place; through the negative numbers, since each may be there once."""
    run(
        "ALTER TABLE audit_line DROP CONSTRAINT IF EXISTS audit_line_chained_has_both",
        f"UPDATE audit_line SET sequence = -(sequence + {step}) WHERE sequence > {after}",
        "UPDATE audit_line SET sequence = -sequence WHERE sequence < 0",
    )


def _swap(one: int, other: int, column: str) -> list[str]:
    """The values of one column change places; numbers by way of one that is free."""
    if column == "sequence":
        steps = ((one, 1_000_000), (other, one), (1_000_000, other))
        return [f"UPDATE audit_line SET sequence = {to} WHERE sequence = {number}" for number, to in steps]
    both = f"line.sequence IN ({one}, {other}) AND twin.sequence IN ({one}, {other})"
    source = "FROM audit_line AS twin"
    return [f"UPDATE audit_line AS line SET digest = twin.digest {source} WHERE {both} AND line.id <> twin.id"]
