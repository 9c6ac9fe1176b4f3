from portal.mail.models.incoming import Incoming, UnreachableAddress
from portal.mail.models.message import Attachment, Message, MessageQuerySet
from portal.mail.models.operation import Heartbeat, Job, Pause

__all__ = ["Attachment", "Heartbeat", "Incoming", "Job", "Message", "MessageQuerySet", "Pause", "UnreachableAddress"]
