"""Text that people typed, made harmless for mail headers and calendars."""

import re

LINE_ENDS = re.compile("\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def one_line(text: str) -> str:
    """Put everything on one line: control characters, line ends and runs of blanks become one blank."""
    return " ".join(CONTROLS.sub(" ", text).split())


def lines(text: str) -> str:
    """Keep the lines of a text, each ended by a plain line feed, without any other control character."""
    return CONTROLS.sub("", LINE_ENDS.sub("\n", text))
