"""Turns a template file into its text without the line breaks and indentation that are there for its reader alone.

A browser takes any blanks for one blank; sent as they stand they would be a tenth of a page.
"""

import re

from django.template import Origin
from django.template.loaders.filesystem import Loader as Files

LAYOUT = re.compile(r"\s*\n\s*")


class Loader(Files):
    """Template files; settings.py wraps it, so that each is read and parsed once.

    No template may contain text whose line breaks count.
    """

    def get_contents(self, origin: Origin) -> str:
        """The file's text on one line."""
        return LAYOUT.sub(" ", super().get_contents(origin))
