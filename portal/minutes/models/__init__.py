from portal.minutes.models.minutes import Entry, Minutes, Outcome
from portal.minutes.models.roll import Roll, roll_stamp

__all__ = ["Entry", "Minutes", "Outcome", "Roll", "roll_stamp"]
