"""Turns what a browser sends as its name into the words that its owner knows it by: `Firefox · Windows`."""

# The first that is found: nearly every browser also calls itself by the names of older ones.
BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
MACHINES = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("CrOS", "ChromeOS"),
    ("Mac OS X", "Mac"), ("Linux", "Linux"),
)  # fmt: skip
LONGEST = 70


def known_as(sent: str) -> str:
    """Browser and machine; what knows neither is shown as it was sent."""
    names = [next((name for sign, name in table if sign in sent), "") for table in (BROWSERS, MACHINES)]
    return " · ".join(filter(None, names)) or sent[:LONGEST] or "–"
