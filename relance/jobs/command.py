"""Turns a command line into one command of the table below, and every fault into one line and an exit status."""

import importlib
import os
import sys
import traceback
from errno import ENAMETOOLONG
from pathlib import Path

import django
import typer
from django.db import DatabaseError
from typer.exceptions import TyperException

from relance.lib.clock import now
from relance.lib.database.giving_way import give_way
from relance.lib.database.trouble import Trouble, trouble_of
from relance.lib.errors import BadInput, Told, unknown_word

# name: (module of relance.jobs.commands, needs the database, what it does)
COMMANDS: dict[str, tuple[str, bool, str]] = {
    "demo": ("demo", False, "a sample dealership, worker and web in one process"),
    "serve": ("serve", False, "web and clockwork in one process"),
    "work": ("work", True, "the clockwork alone"),
    "init": ("people.init", True, "database and first administrator"),
    "dealer": ("dealer", True, "create a dealer"),
    "group": ("people.group", True, "several dealers as one group, and who has access to all of them"),
    "import": ("import_", True, "import a feed"),
    "automations": ("automations", True, "apply, export, or show the library"),
    "schedules": ("files.schedules", True, "a dealer's own maintenance schedules from and to a file"),
    "plan": ("runs.plan", True, "work through every run that is due"),
    "runs": ("runs.runs", True, "the runs of the last days: done, waiting, missed, late rows"),
    "approve": ("runs.approve", True, "approve a run that waits for a person, or reject it"),
    "move": ("runs.move", True, "move a run to another day, or back to its own"),
    "hold-back": ("runs.hold_back", True, "hold a person back from an automation, or from all"),
    "switch": ("runs.switch", True, "switch an automation on, off, or to approval"),
    "sender": ("sending.sender", True, "how a dealer's channels are sent"),
    "deliver": ("sending.deliver", True, "hand over what is ready"),
    "forecast": ("runs.forecast", True, "what will go out, per day, automation and channel"),
    "dry-run": ("outlook.dry_run", True, "what an automation would have sent in a past period"),
    "count": ("outlook.count", True, "how many people the rules of an automation match"),
    "why": ("outlook.why", True, "why a customer does or does not hear from an automation"),
    "evidence": ("outlook.evidence", True, "why a message was allowed, or what a customer agreed to"),
    "messages": ("runs.messages", True, "every message with its moves"),
    "contact-settings": (
        "contact.contact_settings",
        True,
        "who hears from us before and after a visit, in sixteen numbers",
    ),
    "remind": ("contact.remind", True, "a salesperson's own message or reminder for one customer"),
    "reply": ("contact.reply", True, "record a reply by hand"),
    "halt": ("sending.halt", True, "stop all sending, of one dealer or of all"),
    "release": ("sending.release", True, "resume what was halted"),
    "bounce": ("sending.bounce", True, "record a mail that came back, or a complaint"),
    "suppressed": ("sending.suppressed", True, "addresses that are not used any more, and one that is good again"),
    "unsure": ("sending.unsure", True, "messages nobody knows the fate of, and what a person found out"),
    "export": ("files.export", True, "the people of a run as lists, letters, postcards or labels"),
    "audit": ("people.audit", True, "who did what, and whether the log is as it was written"),
    "person": ("people.person", True, "everything stored about a customer: export it, or erase it"),
    "merges": ("people.merges", True, "customers who are probably duplicates; merge two into one"),
    "backup": ("backup", True, "back the database up into one file, read again and proven"),
    "restore": ("restore", False, "restore a backup into an empty home"),
    "doctor": ("doctor", False, "what is set up, what is missing, what last ran"),
}

BEHIND = {"work", "import", "plan", "deliver", "backup"}  # what takes its time: the pages pass it

TROUBLES: dict[Trouble, str] = {
    "full": "the disk of the database is full: nothing of this step is stored; make room, then repeat the command",
    "read_only": "the database may only be read: nothing is stored; give its folder and files back to this user, or "
    "mount the disk for writing, then repeat the command",
    "busy": "the database was busy with somebody else for too long: nothing of this step is stored; repeat the command",
    "away": "the database cannot be reached: start it, or correct RELANCE_DATABASE_URL, then repeat the command",
}


def main() -> None:
    """The `relance` command."""
    if BEHIND.intersection(sys.argv[1:2]):
        give_way()  # before anything is read in, which takes longer than many a command
    sys.exit(run(sys.argv[1:]))


def run(words: list[str]) -> int:
    """Run one command line; the exit status is 0, 1 (failed) or 2 (bad input)."""
    if not words or words[0] in ("-h", "--help", "help"):
        print(overview())
        return 0
    try:
        return _run(words[0], words[1:])
    except Told as error:
        return _tell(str(error), 2 if isinstance(error, BadInput) else 1)
    except typer.Exit as leaving:
        return leaving.exit_code
    except (typer.Abort, KeyboardInterrupt):
        return _tell("stopped", 1)
    except TyperException as error:
        return _tell(_fault_of_words(error, words[0]), 2)
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except DatabaseError as error:
        return _tell(_of_database(error), 1)
    except Exception as error:  # the last resort: a fault of ours, kept for whoever mends it
        if isinstance(error, OSError) and error.errno == ENAMETOOLONG:
            return _tell("a path is longer than this system allows: use a shorter one", 2)
        return _tell(f"unexpected fault, kept in {_keep_fault()}: {_first_line(error)}", 1)


def _of_database(error: DatabaseError) -> str:
    trouble = trouble_of(error)
    says = TROUBLES[trouble] if trouble else "the database does not answer as it should"
    return f"{says} ({_first_line(error)})"


def _run(name: str, rest: list[str]) -> int:
    if name not in COMMANDS:
        raise BadInput(unknown_word("command", name, COMMANDS))
    module, needs_database, _ = COMMANDS[name]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "relance.settings")
    django.setup()
    if needs_database and not {"-h", "--help"} & set(rest):
        importlib.import_module("relance.jobs.home").open_home()
    command = importlib.import_module(f"relance.jobs.commands.{module}").command
    if isinstance(command, typer.Typer):
        app = command
    else:
        app = typer.Typer(add_completion=False)
        app.command(context_settings={"help_option_names": ["-h", "--help"]})(command)
    result = app(args=rest, prog_name=f"relance {name}", standalone_mode=False)
    return result if isinstance(result, int) else 0


def overview() -> str:
    """The commands, one line each."""
    width = max(map(len, COMMANDS))
    lines = [f"  relance {name:<{width}}  {says}" for name, (_, _, says) in COMMANDS.items()]
    return "\n".join(["relance: who should hear what on which day, said once.", "", *lines])


def _tell(line: str, status: int) -> int:
    print(f"relance: {line}", file=sys.stderr)
    return status


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def _fault_of_words(error: TyperException, name: str) -> str:
    """What is wrong with the words of a command, in the user's own: `Missing option '--from'`."""
    said = (error.format_message().strip() or type(error).__name__).splitlines()[0].rstrip(".")
    return f"{said}: see relance {name} --help"


def _keep_fault() -> str:
    folder = Path(os.environ.get("RELANCE_HOME", "./relance-data")) / "logs"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"fault-{now():%Y%m%dT%H%M%S}.txt"
        path.write_text(traceback.format_exc(), encoding="utf-8")
        return str(path)
    except OSError:
        return "nowhere (the home cannot be written)"
