"""Turns the frozen text of a message into the HTML of its e-mail, and into the plain part."""

import re
from functools import lru_cache
from html import escape

import css_inline
from markdown_it import MarkdownIt

from relance.delivery.channels.markup import LINK, MARKS, SAFE, plain_of, tree_of

STYLE = """
p { margin: 0 0 16px; } a { color: #1f5fa8; } ul, ol { margin: 0 0 16px; padding-left: 22px; }
h1, h2, h3 { margin: 0 0 12px; font-size: 20px; line-height: 1.3; } img { max-width: 100%; }
blockquote { margin: 0 0 16px; padding-left: 14px; border-left: 3px solid #e4e7ec; }
"""
PARAGRAPH = '<p style="margin: 0 0 16px;">'
BETWEEN = re.compile(r"\n\s*\n")

_markdown = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(["image", "html_block", "html_inline"])
_markdown.validateLink = lambda url: bool(SAFE.match(url))  # type: ignore[method-assign]
_inliner = css_inline.CSSInliner(load_remote_stylesheets=False)


def both_of(text: str, language: str | None) -> tuple[str, str]:
    """Both parts of an e-mail: the words without Markdown's marks, a link as its name and address; and as HTML."""
    if MARKS.search(text):
        return plain_of(tree_of(text), language), _inlined(text)
    return text, _plainly(text)


def html_of(text: str) -> str:
    """Markdown as HTML with its styles in place. No HTML of the author's comes through, only safe links."""
    return _inlined(text) if MARKS.search(text) else _plainly(text)


def _plainly(text: str) -> str:
    """Paragraphs without any mark, as most texts are: worth a short way, the long one costs a millisecond."""
    return "\n".join(filter(None, map(_paragraph, BETWEEN.split(text))))


@lru_cache(maxsize=2_000)  # most paragraphs of a run are the same for everybody
def _paragraph(part: str) -> str:
    said = escape(part.strip(), quote=False)
    linked = LINK.sub(_link, said) if "://" in said else said
    return f"{PARAGRAPH}{linked}</p>".replace("\n", "<br>\n") if linked else ""


def text_of(text: str, language: str | None) -> str:
    """The plain part: the words without Markdown's marks, a link as its name and its address."""
    return plain_of(tree_of(text), language) if MARKS.search(text) else text


@lru_cache(maxsize=256)
def _inlined(text: str) -> str:
    return _inliner.inline_fragment(_linked(_markdown.render(text)), css=STYLE).strip()


def _link(found: re.Match[str]) -> str:
    url = found.group()
    return f'<a href="{url}" style="color: #1f5fa8;">{url}</a>'


def _linked(html: str) -> str:
    """Bare web addresses outside of links become links."""
    parts = re.split(r"(<a [^>]*>.*?</a>|<code>.*?</code>|<[^>]+>)", html, flags=re.DOTALL)
    return "".join(part if part.startswith("<") else LINK.sub(_link, part) for part in parts)
