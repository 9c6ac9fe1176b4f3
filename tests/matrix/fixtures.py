"""Sets the stage."""

from collections.abc import Callable

import pytest

from portal.mail.models import Message
from tests.factories import BodyFactory
from tests.matrix.stage import World


@pytest.fixture
def build(db: None) -> Callable[[str], World]:
    """The world of the matrix under one house rule, with a mail in the Postausgang that was given up."""

    def build(house_rule: str = "always") -> World:
        BodyFactory()
        world = World(house_rule)
        Message.objects.filter(pk=Message.objects.filter(secret=False).earliest("pk").pk).update(status="failed")
        return world

    return build
