"""What the frame of every page needs to know."""

from django.http import HttpRequest

from portal.members.models import Body, Person
from portal.members.rules import groups_where_lead, groups_where_office

THEMES = ("light", "dark")


def frame(request: HttpRequest) -> dict[str, object]:
    """`body`, the reader’s first `group`, whether it `names_groups`, is `office`, is `lead`, and the chosen `theme`."""
    person = getattr(request, "user", None)
    memberships = person.current_memberships if isinstance(person, Person) else []
    theme = request.COOKIES.get("theme", "")
    return {
        "body": Body.objects.get_solo(),
        "group": memberships[0].organization if memberships else None,
        "names_groups": len({seat.organization_id for seat in memberships}) > 1,
        "office": bool(groups_where_office(person)),
        "lead": bool(groups_where_lead(person)),
        "theme": theme if theme in THEMES else "",
    }
