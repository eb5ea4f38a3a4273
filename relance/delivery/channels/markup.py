"""Turns Markdown into a small tree of paragraphs, headings, lists and links: layouts draw it, plain texts say it."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from relance.lib.language import with_colon

Node = dict[str, Any]
MARKS = re.compile(r"[*_`\[\]#>|~\\&]|^\s*(?:[-+]|\d+[.)])\s|^ {4}|^\t|^\s*[-=]{2,}\s*$|  $", re.MULTILINE)
LINK = re.compile(r"https?://[^\s<>\"']*[^\s<>\"'.,;:!?)]")
SAFE = re.compile(r"(?:https?|mailto|tel):", re.IGNORECASE)
SCHEMES = ("mailto:", "tel:")  # nobody reads them
# What makes of a line, or of several, something other than a paragraph; a reference or a fence reaches over paragraphs.
OF_LINES = re.compile(
    r"^[ ]{0,3}(?:[-+*>#=]|\d+[.)]|```|~~~|\[[^\]]+\]:)|^ {4}|^\t|\\$|[\f\v\x1c-\x1f\x85\u2028\u2029]", re.MULTILINE
)
LONG_WORD = re.compile(r"\S{25,}")
PIECE = re.compile(r".{1,24}?(?:[/._?&=-]+|$)|.{24}")
_markdown = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(["image", "html_block", "html_inline"])
_markdown.validateLink = lambda url: bool(SAFE.match(url))  # type: ignore[method-assign]


def tree_of(text: str) -> list[Node]:
    """The blocks of a text."""
    if OF_LINES.search(text):
        return _parsed(text)
    # Most texts are paragraphs, and most paragraphs of a run are the same for everybody: each is read once.
    parts = (part.strip() for part in re.split(r"\n[ \r]*\n", text))
    return [block for part in parts if part for block in _of_paragraph(part)]


@lru_cache(maxsize=2_000)
def _of_paragraph(text: str) -> list[Node]:
    return _parsed(text) if MARKS.search(text) else [_paragraph(text)]


def _parsed(text: str) -> list[Node]:
    tokens: list[Token] = _markdown.parse(text)
    return [block for node in SyntaxTreeNode(tokens).children for block in _block(node)]


def first_link(nodes: list[Node]) -> str | None:
    """The first web address of a text, named or bare: what a QR code leads to."""
    for node in nodes:
        if node["k"] == "a" and node["u"].startswith("http"):
            return str(node["u"])
        if node["k"] == "t" and (found := LINK.search(node["t"])):
            return found.group()
        inner = node.get("c", [])
        for part in inner if node["k"] in ("ul", "ol") else [inner]:
            if link := first_link(part):
                return link
    return None


def plain_of(nodes: list[Node], language: str | None) -> str:
    """The words alone, for who reads them where nothing is bold: a plain e-mail, a field of Word, a telephone."""
    return "\n\n".join(filter(None, (_plain(node, language) for node in nodes)))


def _plain(node: Node, language: str | None) -> str:
    inner = node.get("c", [])
    match node["k"]:
        case "br":
            return "\n"
        case "ul":
            return "\n".join(_item("•", item, language) for item in inner)
        case "ol":
            return "\n".join(_item(f"{number}.", item, language) for number, item in enumerate(inner, node["n"]))
        case "q":
            return plain_of(inner, language)
        case "a":
            said, url = "".join(_plain(one, language) for one in inner), node["u"]
            for scheme in SCHEMES:
                url = url.removeprefix(scheme)
            return said if said == url else f"{with_colon(said, language)} {url}"
        case _:
            return str(node.get("t", "")) + "".join(_plain(one, language) for one in inner)


def _item(mark: str, item: list[Node], language: str | None) -> str:
    """One entry of a list; what follows its first line stands below it."""
    return f"{mark} " + plain_of(item, language).replace("\n\n", "\n").replace("\n", "\n  ")


def softened(nodes: list[Node]) -> list[Node]:
    """The same tree, in which words too long for a line may be broken."""
    return [_softened(node) for node in nodes]


def _softened(node: Node) -> Node:
    if node["k"] == "t":
        return {**node, "t": breakable(node["t"])}
    inner = node.get("c", [])
    return {**node, "c": [softened(item) for item in inner] if node["k"] in ("ul", "ol") else softened(inner)}


def breakable(text: str) -> str:
    """The same text; words too long for a line may be broken, after a sign between letters if there is one."""
    return LONG_WORD.sub(_with_breaks, text) if LONG_WORD.search(text) else text


def _with_breaks(found: re.Match[str]) -> str:
    return "\N{ZERO WIDTH SPACE}".join(piece for piece in PIECE.findall(found.group()) if piece)


def _paragraph(text: str) -> Node:
    parts: list[Node] = []
    for line in text.strip().split("\n"):
        parts += [{"k": "t", "t": line.strip()}, {"k": "br"}]
    return {"k": "p", "c": parts[:-1]}


def _block(node: SyntaxTreeNode) -> Iterator[Node]:
    if node.type == "paragraph":
        yield {"k": "p", "c": _inside(node)}
    elif node.type == "heading":
        yield {"k": "h", "c": _inside(node)}
    elif node.type in ("bullet_list", "ordered_list"):
        items = [[block for child in item.children for block in _block(child)] for item in node.children]
        kind = "ul" if node.type == "bullet_list" else "ol"
        yield {"k": kind, "c": items, "n": min(int(node.attrs.get("start", 1)), 10_000)}
    elif node.type == "blockquote":
        yield {"k": "q", "c": [block for child in node.children for block in _block(child)]}
    elif node.type in ("fence", "code_block"):
        yield {"k": "pre", "t": node.content.rstrip("\n")}
    elif node.type == "hr":
        yield {"k": "hr"}


def _inside(node: SyntaxTreeNode) -> list[Node]:
    return [part for child in node.children for part in _inline(child)]


def _inline(node: SyntaxTreeNode) -> Iterator[Node]:
    if node.type == "text":
        yield {"k": "t", "t": node.content}
    elif node.type in ("softbreak", "hardbreak"):
        yield {"k": "br"}
    elif node.type == "code_inline":
        yield {"k": "code", "t": node.content}
    elif node.type == "link":
        yield {"k": "a", "u": str(node.attrs.get("href", "")), "c": _inside(node)}
    elif node.type in ("strong", "em"):
        yield {"k": "b" if node.type == "strong" else "i", "c": _inside(node)}
    else:  # `inline`, and whatever else only holds others
        yield from _inside(node)
