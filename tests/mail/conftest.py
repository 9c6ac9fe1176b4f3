from typing import Any

import pytest

from tests.mail.example_templates import add_templates


@pytest.fixture(autouse=True)
def _example_templates(settings: Any) -> None:
    add_templates(settings)
