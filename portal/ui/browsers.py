"""Which device this was, in words that its owner knows."""

BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)


def device(user_agent: str) -> str:
    """Firefox auf Windows; the first sign that fits counts, since browsers also name those they resemble."""
    browser = next((name for sign, name in BROWSERS if sign in user_agent), "Unbekannter Browser")
    system = next((name for sign, name in SYSTEMS if sign in user_agent), "")
    return f"{browser} auf {system}" if system else browser
