"""`relance restore`: a backup into an empty home, where nothing is sent until somebody says so."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from django.conf import settings

from relance.dealers.secret import FILE
from relance.delivery.safety.restored import is_held, reconcile
from relance.exports.backup.hold import held, hold
from relance.exports.backup.hold import let_go as release
from relance.exports.backup.manifest import mark_of
from relance.exports.backup.restore import Restored, restore
from relance.jobs.commands.arguments import dealer_of, noted
from relance.jobs.home import open_home
from relance.jobs.stages import plan
from relance.lib.clock import now
from relance.lib.errors import BadInput, Failure
from relance.lib.moments import parse_moment


def command(
    file: Annotated[Path | None, typer.Argument(help="What relance backup wrote.")] = None,
    *,
    move: Annotated[
        bool, typer.Option("--move", help="The old server has stopped before the backup: go on where it stopped.")
    ] = False,
    recovered: Annotated[
        str | None,
        typer.Option("--recovered", help="The database was brought back by other means, to this moment: hold it."),
    ] = None,
    let_go: Annotated[
        str | None, typer.Option("--let-go", help="A dealer's slug, or `all`: plan as usual again.")
    ] = None,
) -> None:
    """Restore a backup into an empty home, hold what was brought back otherwise, or let restored dealers go."""
    if sum(word is not None for word in (file, recovered, let_go)) != 1:
        raise BadInput("restore: name a backup file, or --recovered MOMENT, or --let-go SLUG once it is restored")
    if file is not None:
        _say(restore(file, at=now(), is_move=move), is_move=move)
    elif recovered is not None:
        moment = parse_moment(recovered, ZoneInfo("UTC"))
        open_home()
        _say_held(hold(backed_up_at=moment, at=now()))
    elif let_go is not None:
        open_home()
        _release(let_go)


def _say(done: Restored, *, is_move: bool) -> None:
    manifest = done.manifest
    print(
        f"restored: {manifest.rows:,} rows of {len(manifest.tables)} tables, as they were "
        f"{manifest.made_at:%Y-%m-%d %H:%M} UTC",
        file=sys.stderr,
    )
    if not is_move:
        _say_held(done.became)
    if manifest.key != mark_of(settings.SECRET_KEY):
        print(
            f"The key differs: put the old server's {FILE} at {settings.HOME / FILE}, "
            "or set the senders' passwords again.",
            file=sys.stderr,
        )


def _say_held(became: Mapping[str, int]) -> None:
    ready, unsure = became.get("approval", 0), became.get("unsure", 0)
    print(
        f"Nothing is sent by itself: {ready:,} messages that were ready wait for approval, "
        f"{unsure:,} that were being sent are unsure.",
        file=sys.stderr,
    )
    if slugs := held():
        print(
            f"New messages wait for approval too ({', '.join(slugs[:5])}{' …' if len(slugs) > 5 else ''}): "
            "relance restore --let-go SLUG (or all) ends that.",
            file=sys.stderr,
        )


def _release(slug: str) -> None:
    """First what ran since the backup is made up, and the providers are asked what they have of it (R54)."""
    dealers = [dealer_of(one) for one in held()] if slug == "all" else [dealer_of(slug)]
    restored = [dealer for dealer in dealers if is_held(dealer)]
    for dealer in restored:
        plan(dealer, at=now())
        asked = reconcile(dealer, at=now())
        known = ", ".join(f"{count} {state}" for state, count in sorted(asked.became.items())) or "nothing more"
        print(f"{dealer.slug}: by the providers' word {known}", file=sys.stderr)
        if asked.silent:
            raise Failure(
                f"{dealer.slug}: {', '.join(sorted(asked.silent))} could not be asked what it has of what waits: "
                "mend the sender, or decide about those messages in the outbox; then let go again"
            )
        release(dealer.slug)
        noted(dealer, "let_go")
    print(f"{', '.join(dealer.slug for dealer in restored) or 'nobody'}: no longer held", file=sys.stderr)
