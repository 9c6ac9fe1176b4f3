"""The chain: what it proves, what its commands say, what stays erasable."""

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from portal.audit import chain, origin, tasks, trail
from portal.audit.inspection import Reader
from portal.audit.models import Head, Inspection, Line
from portal.audit.origin import Door
from tests.audit import attacker

pytestmark = pytest.mark.django_db


def findings(*noted):
    return list(Reader(noted).findings())


def test_extend_numbers_the_lines_and_ties_them(write):
    write(3)
    assert chain.extend() == 3
    assert list(Line.objects.values_list("sequence", flat=True)) == [1, 2, 3]
    assert Head.objects.get().digest == Line.objects.get(sequence=3).digest
    assert chain.extend() == 0
    assert findings() == []


def test_extend_goes_through_more_than_one_batch(write, monkeypatch):
    monkeypatch.setattr(chain, "BATCH", 2)
    write(5)
    assert chain.extend() == 5
    assert findings() == []


def test_the_end_is_kept_in_a_file_of_the_day(write):
    write(2)
    chain.extend()
    [file] = chain.folder().iterdir()
    assert file.name == f"{timezone.localdate()}.json"
    assert json.loads(file.read_text())["digest"] == Head.objects.get().digest


def test_a_file_is_never_replaced_by_a_shorter_chain(write):
    write(4)
    chain.extend()
    [kept] = chain.kept_anchors()
    attacker.run(
        "DELETE FROM audit_line WHERE sequence > 2",
        "UPDATE audit_head SET sequence = 2, digest = (SELECT digest FROM audit_line WHERE sequence = 2)",
    )
    write(4)
    chain.extend()
    assert chain.kept_anchors() == [kept]
    assert any("festgehalten" in finding for finding in findings())


def test_a_noted_end_proves_the_lines_before_it(write):
    write(2)
    chain.extend()
    noted = chain.Anchor(2, Head.objects.get().digest)
    write(1)
    chain.extend()
    assert findings(noted) == []
    assert findings(chain.Anchor(2, "0" * 64)) != []


def test_a_damaged_file_is_a_finding(write):
    write(1)
    chain.extend()
    next(chain.folder().iterdir()).write_text("{")
    assert findings() == [f"Eine Datei in {chain.folder()} ist beschädigt."]


def test_a_lost_head_is_a_finding(write):
    write(2)
    chain.extend()
    Head.objects.all().delete()
    assert findings() == ["Das Ende der Kette ist nicht festgehalten oder zurückgesetzt worden."]


def test_a_line_that_waits_too_long_is_a_finding(write, time_machine):
    write(1)
    assert findings() == []
    time_machine.move_to(timezone.now() + timedelta(minutes=6))
    [finding] = findings()
    assert "wartet zu lange" in finding


def test_lines_sealed_with_a_former_key_stay_good(write, settings):
    write(2)
    chain.extend()
    settings.AUDIT_KEYS = ["another key", *settings.AUDIT_KEYS]
    write(2)
    chain.extend()
    assert findings() == []
    settings.AUDIT_KEYS = ["another key"]
    assert len(findings()) == 4  # two lines of the former key: neither sealed nor tied by a key that is known


def test_addresses_can_be_erased_and_not_be_forged(lead, no_anchors):
    with origin.coming_from(Door.PORTAL, "192.0.2.7"):
        trail.record(actor=lead, verb="Vorgang", thing=lead)
    chain.extend()
    assert Line.objects.get().address == "192.0.2.7"
    assert trail.forget_addresses(before=timezone.now() - timedelta(days=1)) == 0
    attacker.run("UPDATE audit_line SET address = '192.0.2.8'")
    [finding] = findings()
    assert "andere IP-Adresse" in finding
    assert trail.forget_addresses(of=lead) == 1
    assert (Line.objects.get().address, Line.objects.get().address_salt) == ("", "")
    assert findings() == []


def test_verify_says_what_is_wrong_and_where(write, capsys):
    write(3)
    chain.extend()
    call_command("audit", "verify")
    assert "3 Zeilen gelesen, alles in Ordnung." in capsys.readouterr().out
    attacker.run("UPDATE audit_line SET verb = 'Anderes' WHERE sequence = 2")
    with pytest.raises(CommandError, match="3 Zeilen gelesen, 1 Befunde") as error:
        call_command("audit", "verify")
    assert error.value.returncode == 1
    assert "Zeile 2 (" in capsys.readouterr().err


def test_head_prints_what_verify_takes(write, capsys):
    write(2)
    call_command("audit", "head")
    noted = capsys.readouterr().out.strip()
    assert noted == f"2:{Head.objects.get().digest}"
    call_command("audit", "verify", "--head", noted)
    with pytest.raises(CommandError, match="NUMBER:DIGEST"):
        call_command("audit", "verify", "--head", "two")


def test_examine_keeps_its_result(write):
    write(2)
    tasks.examine()
    assert (Inspection.objects.get().lines, Inspection.objects.get().findings) == (2, 0)
    attacker.run("UPDATE audit_line SET verb = 'Anderes' WHERE sequence = 1")
    tasks.examine()
    assert Inspection.objects.get().findings == 1
    assert Inspection.objects.get().first_finding.startswith("Zeile 1 (")
