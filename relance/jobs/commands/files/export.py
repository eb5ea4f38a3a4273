"""`relance export SLUG KIND --run ID | --automation CODE --at DAY`: the people of a run as files."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from relance.dealers.models import Dealer
from relance.delivery.channels.file.folder import folder_words, write_whole
from relance.delivery.channels.paper.printing import print_files_of, proof_of
from relance.exports.lists.comma import csv_lines
from relance.exports.lists.workbook import xlsx_of
from relance.exports.mail_merge.labels import SHEETS, addresses, labels_pdf, usual_sheet
from relance.exports.mail_merge.people import MergeList, of_day, of_run
from relance.exports.mail_merge.word import filled, own_of, template
from relance.jobs.commands.arguments import automation_of, dealer_of, moment_of, noted, print_json
from relance.lib.clock import now
from relance.lib.errors import BadInput, Failure, unknown_word
from relance.lib.moments import day_of
from relance.plan.models import Run


@dataclass(frozen=True)
class Asked:
    """What is to be written."""

    merge: MergeList
    run: Run | None
    template: Path | None
    labels: str
    at: datetime

    @property
    def dealer(self) -> Dealer:
        """Whose."""
        return self.merge.dealer

    @property
    def name(self) -> str:
        """How the files begin: the automation, and its run when there is one."""
        return f"{self.merge.automation.code}-{self.run.pk}" if self.run else self.merge.automation.code


Files = Iterator[tuple[str, bytes]]


def _mail_merge(asked: Asked) -> Files:
    document = filled(
        asked.merge, own_of(asked.template) if asked.template else None
    )  # first: a template that cannot be used leaves nothing behind
    yield f"{asked.name}.csv", b"".join(csv_lines(asked.merge.sheet))
    yield f"{asked.name}.xlsx", xlsx_of(asked.merge.sheet, by_label=False)
    yield f"{asked.name}.docx", document
    if asked.template is None:
        yield "template.docx", template()


def _labels(asked: Asked) -> Files:
    found = addresses(asked.merge)
    if not found:
        raise BadInput("nobody on this list has a postal address")
    yield f"{asked.name}-labels-{asked.labels}.pdf", labels_pdf(asked.dealer, found, asked.labels)


def _paper(channel: str) -> Callable[[Asked], Files]:
    def files(asked: Asked) -> Files:
        made = list(print_files_of(asked.dealer, asked.run, channel)) if asked.run else []
        yield from made
        people = [person for person in asked.merge.people if person.channel == channel]
        if not made and people:
            yield (
                f"{asked.name}-{channel}-proof.pdf",
                proof_of(asked.dealer, asked.merge.automation.code, channel, people, at=asked.at),
            )

    return files


KINDS: dict[str, tuple[str, Callable[[Asked], Files]]] = {
    "mail-merge": ("CSV, XLSX and a filled Word document", _mail_merge),
    "labels": ("sheets of labels", _labels),
    "letters": ("the letters of the run as PDF", _paper("letter")),
    "postcards": ("the postcards of the run as PDF", _paper("postcard")),
}


def command(  # noqa: PLR0913 the words of the command line
    slug: Annotated[str, typer.Argument(help="The dealer.")],
    kind: Annotated[str, typer.Argument(help="mail-merge, labels, letters or postcards.")],
    run: Annotated[int | None, typer.Option(help="The run, by its number in relance runs.")] = None,
    automation: Annotated[str | None, typer.Option(help="Or an automation …")] = None,
    at: Annotated[str | None, typer.Option(help="… and its day, as a moment.")] = None,
    to: Annotated[Path, typer.Option(help="The folder to write into.")] = Path(),
    template_file: Annotated[Path | None, typer.Option("--template", help="Your own Word document.")] = None,
    labels: Annotated[str | None, typer.Option(help="The sheet: 5160 or L7160.")] = None,
    json: Annotated[bool, typer.Option("--json", help="A line of JSON per file.")] = False,
) -> None:
    """Write the people of a run as files. Nothing is handed over by this; files that are there are written anew."""
    dealer = dealer_of(slug)
    if kind not in KINDS:
        raise BadInput(unknown_word("kind of export", kind, KINDS))
    if labels is not None and labels not in SHEETS:
        raise BadInput(unknown_word("sheet of labels", labels, SHEETS))
    asked = _asked(dealer, (run, automation, at), template_file, labels or usual_sheet(dealer))
    if not asked.merge.people:
        print("nobody is on this list", file=sys.stderr)
        return
    written = 0
    for name, content in KINDS[kind][1](asked):
        try:
            write_whole(to / name, content)
        except OSError as error:
            raise Failure(folder_words(to, error)) from None
        written += 1
        if json:
            print_json({"file": str(to / name), "bytes": len(content), "people": len(asked.merge.people)})
        else:
            print(to / name)
    noted(dealer, "export", f"{kind} {asked.name}", people=len(asked.merge.people), files=written)
    print(f"{len(asked.merge.people)} people, {written} files", file=sys.stderr)


def _asked(
    dealer: Dealer, which: tuple[int | None, str | None, str | None], template_file: Path | None, labels: str
) -> Asked:
    number, code, at = which
    if (number is None) == (code is None):
        raise BadInput("say which list: --run NUMBER (see relance runs), or --automation CODE with --at DAY")
    moment = moment_of(at, dealer) if at else now()
    if number is None:
        automation = automation_of(dealer, code or "")
        merge = of_day(dealer, automation, day_of(moment, dealer.zone), at=now())
        return Asked(merge, None, template_file, labels, moment)
    row = Run.objects.of(dealer).filter(pk=number).select_related("automation").first()
    if row is None:
        raise BadInput(f"there is no run {number}: relance runs {dealer.slug} lists them")
    return Asked(of_run(dealer, row), row, template_file, labels, moment)
