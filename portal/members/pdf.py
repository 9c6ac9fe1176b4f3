"""What every PDF of the Kommune carries."""

from portal.members.models import Body
from portal.pdf.shapes import Letterhead


def letterhead() -> Letterhead:
    """Name and address of the Kommune, for the head of letters and minutes."""
    body = Body.objects.get_solo()
    return Letterhead(
        name=body.name,
        department=body.department,
        street=body.street,
        postal_code=body.postal_code,
        city=body.city,
        telephone=body.telephone,
        email=body.email,
        website=body.website,
    )
