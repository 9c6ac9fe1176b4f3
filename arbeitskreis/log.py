"""What may stand in the log: no address that opens something without a sign-in."""

import logging
import re

KEY = re.compile(r"(/(?:kalender|antwort|terminantwort|abbestellen|konto/einladung|konto/password/reset/key)/)[^\s/?]+")


class WithoutKeys(logging.Filter):
    """Cut the key out of every address before the line is written."""

    def filter(self, record: logging.LogRecord) -> bool:
        cut = KEY.sub(r"\1…", record.getMessage())
        record.msg, record.args = cut, None
        return True
