"""What is not documented does not pass: generated pages are up to date, rooms have pages, links lead somewhere."""

import re

import pytest

from docs import pages
from relance.environment import VARIABLES
from tests.contracts.rooms import PACKAGE

ROOT = PACKAGE.parent
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md")])
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("name", pages.PAGES)
def test_a_generated_page_is_up_to_date(name):
    assert (DOCS / name).read_text(encoding="utf-8") == pages.page(name), "run make docs"


@pytest.mark.parametrize("variable", VARIABLES, ids=lambda variable: variable.name)
def test_every_environment_variable_is_documented(variable):
    assert f"`{variable.name}`" in (DOCS / "settings.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("room", sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py")))
def test_every_room_has_its_page(room):
    assert (DOCS / f"{room}.md").is_file()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path):
    lost = [link for link in LINK.findall(path.read_text(encoding="utf-8")) if not (path.parent / link).exists()]
    assert lost == []


NAMED_PAGE = re.compile(r"docs/[\w/-]+\.md")
SECTION_OF_A_PAGE_THAT_IS_NOT_HERE = re.compile(r"\b\d\d-[a-z]+(?: §|,? \")")


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_code_names_pages_that_a_reader_has(path):
    text = path.read_text(encoding="utf-8")
    assert [page for page in NAMED_PAGE.findall(text) if not (DOCS.parent / page).is_file()] == []
    assert SECTION_OF_A_PAGE_THAT_IS_NOT_HERE.findall(text) == []
