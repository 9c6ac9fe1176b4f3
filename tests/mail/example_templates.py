"""The templates of the example mail; a module that a conftest may load before Django is ready."""

from pathlib import Path
from typing import Any


def add_templates(settings: Any) -> None:
    """Let Django find the templates of the example mail for this test."""
    engine = settings.TEMPLATES[0]
    settings.TEMPLATES = [{**engine, "DIRS": [*engine["DIRS"], Path(__file__).parent / "templates"]}]
