"""Programs that are not ours read our calendars: libical, ical.js and khal."""

import ctypes
import ctypes.util
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

ICAL_JS = """
import ICAL from "ical.js";
const whole = ICAL.Component.fromString(await new Response(process.stdin).text());
console.log(JSON.stringify({
    method: whole.getFirstPropertyValue("method"),
    events: whole.getAllSubcomponents("vevent").map(entry => ({
        start: new ICAL.Event(entry).startDate.toJSDate().toISOString(),
        end: new ICAL.Event(entry).endDate.toJSDate().toISOString(),
        properties: Object.fromEntries(entry.getAllProperties().map(p => [p.name, String(p.getFirstValue())])),
        attendees: entry.getAllProperties("attendee").map(p => Object.fromEntries(
            ["cn", "cutype", "role", "partstat", "rsvp"].map(name => [name, p.getParameter(name)]))),
    })),
}));
"""
KHAL_CONFIG = """
[calendars]
[[meetings]]
path = {folder}/calendar
[locale]
local_timezone = Europe/Berlin
default_timezone = Europe/Berlin
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
[sqlite]
path = {folder}/khal.db
"""


def libical_complaints(ics: bytes) -> list[str]:
    """What libical finds against the tables of RFC 5546; an empty list is the best."""
    path = ctypes.util.find_library("ical")
    if not path:
        pytest.skip("no libical on this machine: install libical3")
    library = ctypes.CDLL(path)
    library.icalparser_parse_string.restype = ctypes.c_void_p
    library.icalcomponent_as_ical_string.restype = ctypes.c_char_p
    library.icalrestriction_check.argtypes = library.icalcomponent_as_ical_string.argtypes = [ctypes.c_void_p]
    library.icalcomponent_free.argtypes = [ctypes.c_void_p]
    component = library.icalparser_parse_string(ics)
    valid = library.icalrestriction_check(component)
    text = library.icalcomponent_as_ical_string(component).decode().replace("\r\n ", "")
    library.icalcomponent_free(component)
    complaints = [line for line in text.splitlines() if line.startswith("X-LIC-ERROR")]
    return complaints or ([] if valid else ["not valid"])


def read_by_ical_js(ics: bytes) -> Any:
    """The calendar as ical.js, the library of Thunderbird, understands it."""
    node = shutil.which("node")
    if not node or not Path(settings.NODE_MODULES, "ical.js").exists():
        pytest.skip("no ical.js on this machine: run `make node_modules/.installed`")
    command = [node, "--input-type=module", "-e", ICAL_JS]
    done = subprocess.run(command, input=ics, cwd=settings.NODE_MODULES.parent, capture_output=True, check=True)
    return json.loads(done.stdout)


def listed_by_khal(ics: bytes, folder: Path, day: str) -> list[str]:
    """What khal shows of that day after it took the calendar in."""
    khal = shutil.which("khal")
    if not khal:
        pytest.skip("no khal on this machine: install khal")
    (folder / "calendar").mkdir(exist_ok=True)
    config, file = folder / "config", folder / "file.ics"
    config.write_text(KHAL_CONFIG.format(folder=folder))
    file.write_bytes(ics)
    show = ["list", "--day-format", "", "--format", "{start-time} {end-time} {title} @ {location}", day, "1d"]
    for arguments in (["import", "--batch", "-a", "meetings", str(file)], show):
        done = subprocess.run(
            [khal, "-c", str(config), *arguments],
            env={"HOME": str(folder), "LC_ALL": "C.UTF-8", "PATH": os.defpath},
            capture_output=True,
            text=True,
            check=True,
        )
    return done.stdout.splitlines()
