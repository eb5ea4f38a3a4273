"""Template files are read and parsed once, and sent without the line breaks that are there for their reader."""

from django.template import Engine, Origin
from django.template.loader import get_template

from relance.web import templating

A_PAGE = "desk/settings/senders.html"


def test_a_template_is_read_once_and_is_on_one_line(monkeypatch):
    read: list[str] = []
    contents = templating.Loader.get_contents

    def noted(loader: templating.Loader, origin: Origin) -> str:
        read.append(contents(loader, origin))
        return read[-1]

    monkeypatch.setattr(templating.Loader, "get_contents", noted)
    Engine.get_default().template_loaders[0].reset()
    get_template(A_PAGE)
    get_template(A_PAGE)
    assert len(read) == 1
    assert all("\n" not in text for text in read)
