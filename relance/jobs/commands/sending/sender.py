"""`relance sender SLUG CHANNEL --url …`: how a dealer's channel leaves the house; a password is sealed, never shown."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from relance.dealers.preferences import CHANNELS
from relance.delivery.channel import Sending
from relance.delivery.senders import keep_sender, sending_of
from relance.delivery.senders.registry import KINDS, channel_for
from relance.delivery.senders.ways import file_sending, sending_from
from relance.jobs.commands.arguments import dealer_of, print_json
from relance.lib.clock import now
from relance.lib.errors import BadInput, Failure, unknown_word


def command(
    slug: Annotated[str, typer.Argument(help="The dealer.")],
    channel: Annotated[str, typer.Argument(help="The channel, for example email.")],
    url: Annotated[
        str | None,
        typer.Option(
            help="smtp://user:password@host:587?from=desk@dealer.example, twilio://…, or file: docs/delivery.md."
        ),
    ] = None,
    password_file: Annotated[Path | None, typer.Option(help="Read the password from this file instead.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Connect and sign in; send nothing.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the sender as one JSON line.")] = False,
) -> None:
    """Set, check or show how a dealer's channel is sent. Without a sender messages go to files in the home."""
    dealer = dealer_of(slug)
    if channel not in CHANNELS:
        raise BadInput(unknown_word("channel", channel, CHANNELS))
    if url is not None:
        keep_sender(dealer, channel, _sending(url, channel, password_file), at=now())
    sending = sending_of(dealer, channel)
    if json:
        print_json(
            {"channel": channel, "kind": sending.kind, "has_password": bool(sending.secrets), **sending.settings}
        )
    else:
        where = "".join(f" {name}={value}" for name, value in sending.settings.items() if value)
        print(f"{channel}: {sending.kind}{where}", file=sys.stderr)
    if check:
        _check(sending)


def _sending(url: str, channel: str, password_file: Path | None) -> Sending:
    sending = file_sending(channel) if url == "file" else sending_from(url, where="--url")
    carried = KINDS[sending.kind].carries
    if channel not in carried:
        raise BadInput(
            f"--url: a sender of the kind {sending.kind} does not carry {channel}: {', '.join(sorted(carried))}"
        )
    if password_file is None:
        return sending
    try:
        password = password_file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise BadInput(f"--password-file: {password_file} cannot be read ({error.strerror})") from None
    return Sending(sending.kind, sending.settings, {"password": password})


def _check(sending: Sending) -> None:
    channel = channel_for(sending)
    try:
        faults = channel.check()
    finally:
        channel.close()
    if faults:
        raise Failure("; ".join(faults))
    print("it answers", file=sys.stderr)
