"""`relance sender SLUG CHANNEL --url …`: how a dealer's channel leaves the house; a secret is sealed, never shown."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from relance.dealers.models import Dealer
from relance.dealers.preferences import CHANNELS
from relance.delivery.channel import Accepted, ChannelDown, Sending
from relance.delivery.links import hook_url
from relance.delivery.receipts.doors import door_of
from relance.delivery.receipts.kinds import USER
from relance.delivery.safety.pause import lift
from relance.delivery.senders import keep_sender, sending_of
from relance.delivery.senders.registry import KINDS, channel_for
from relance.delivery.senders.trial import send_test
from relance.delivery.senders.ways import WAYS, file_sending, sending_from
from relance.jobs.commands.arguments import dealer_of, noted, print_json
from relance.lib.clock import now
from relance.lib.errors import BadInput, Failure, unknown_word


class _Words(TyperGroup):
    """`relance sender north email` is short for `relance sender of north email`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            args = ["of", *args]
        return super().parse_args(ctx, args)


HELP = {"help_option_names": ["-h", "--help"]}
command = typer.Typer(cls=_Words, add_completion=False, no_args_is_help=False, context_settings=HELP)
Slug = Annotated[str, typer.Argument(help="The dealer.")]
Way = Annotated[str, typer.Argument(help="The channel, for example email.")]


@command.callback()
def sender() -> None:
    """How a dealer's channel leaves the house: relance sender SLUG CHANNEL --url …"""


@command.command(context_settings=HELP)
def of(
    slug: Slug,
    channel: Way,
    url: Annotated[str | None, typer.Option(help="For example smtp://user@host:587, or file; see kinds.")] = None,
    secret: Annotated[list[str] | None, typer.Option(help="NAME=FILE: a secret in a file, as password=FILE.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Connect and sign in; send nothing.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the sender as one JSON line.")] = False,
) -> None:
    """Set, check or show how a dealer's channel is sent. Without a sender messages go to files in the home."""
    dealer = _dealer(slug, channel)
    if url is not None:
        kept = _sending(url, channel, secret or [])
        keep_sender(dealer, channel, kept, at=now())
        noted(dealer, "sender", f"channel {channel}", kind=kept.kind, **kept.settings)
    elif secret:
        raise BadInput("a secret belongs to a sender: say --url too")
    sending = sending_of(dealer, channel)
    _show(channel, sending, as_json=json, is_new=url is not None)
    if check:
        _check(sending)


@command.command(context_settings=HELP)
def test(slug: Slug, channel: Way, address: Annotated[str, typer.Argument(help="A number or an address.")]) -> None:
    """Send a test message: marked as one, kept and counted nowhere."""
    try:
        result = send_test(dealer := _dealer(slug, channel), channel, address, at=now())
    except ChannelDown as fault:
        raise Failure(str(fault)) from None
    noted(dealer, "test_message", f"channel {channel}", accepted=isinstance(result, Accepted))
    if not isinstance(result, Accepted):
        raise Failure(f"the test message was not taken: {result.answer}")
    print(f"the test message was taken: {result.answer or 'accepted'}", file=sys.stderr)


@command.command(context_settings=HELP)
def resume(slug: Slug, channel: Way) -> None:
    """Let marketing go on that stands still after bounces or complaints."""
    if not lift(dealer := _dealer(slug, channel), channel=channel, by="the command line", at=now()):
        raise BadInput(f"marketing by {channel} does not stand still")
    noted(dealer, "let_go", f"marketing by {channel}")
    print(f"marketing by {channel} goes on", file=sys.stderr)


@command.command(context_settings=HELP)
def kinds() -> None:
    """Every kind of sender: what it needs, and its options."""
    print("file: a file per message under sent/ in the home; the default")
    for scheme, way in WAYS.items():
        kind = KINDS[way.kind]
        print(f"{scheme}: {kind.says} ({', '.join(sorted(kind.carries))})\n    {way.form}")
        for name, says in way.secrets.items():
            print(f"    --secret {name}=FILE: {says}")
        for name, says in way.options.items():
            print(f"    {name}: {says}")


def _dealer(slug: str, channel: str) -> Dealer:
    dealer = dealer_of(slug)
    if channel not in CHANNELS:
        raise BadInput(unknown_word("channel", channel, CHANNELS))
    return dealer


def _sending(url: str, channel: str, files: list[str]) -> Sending:
    sending = file_sending(channel) if url == "file" else sending_from(url, where="--url")
    carried = KINDS[sending.kind].carries
    if channel not in carried:
        raise BadInput(f"--url: a {sending.kind} sender does not carry {channel}, only {', '.join(sorted(carried))}")
    names = next((way.secrets for way in WAYS.values() if way.kind == sending.kind), {})
    secrets = dict(sending.secrets)
    for text in files:
        name, _, path = text.partition("=")
        if name not in names:
            raise BadInput(f"--secret: {unknown_word('secret', name, names)}")
        secrets[name] = _read(name, Path(path))
    return Sending(sending.kind, sending.settings, secrets)


def _read(name: str, path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise BadInput(f"the secret '{name}': {path} cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise BadInput(f"the secret '{name}': {path} is no text") from None
    if not text:
        raise BadInput(f"the secret '{name}': {path} is empty")
    return text


def _show(channel: str, sending: Sending, *, as_json: bool, is_new: bool) -> None:
    shown = {name: value for name, value in sending.settings.items() if value and name not in ("hook", "form")}
    door = door_of(sending.kind)
    reports = {}
    if door is not None:
        reports["reports_to"] = hook_url(sending.settings.get("hook"), "receipts")
        reports["replies_to"] = hook_url(sending.settings.get("hook"), "inbound") if door.heard else None
    told = {name: url for name, url in reports.items() if url}
    if is_new and "webhook" in sending.secrets:  # our own secret, for the provider: shown when the sender is set
        login = f"//{USER}:{sending.secrets['webhook']}@"
        told = {name: url.replace("//", login, 1) for name, url in told.items()}
    if as_json:
        print_json({"channel": channel, "kind": sending.kind, "has_password": bool(sending.secrets), **shown, **told})
        return
    print(f"{channel}: {sending.kind}" + "".join(f" {k}={v}" for k, v in shown.items()), file=sys.stderr)
    for name, address in told.items():
        print(f"  {name.replace('_', ' ')} {address}", file=sys.stderr)
    if reports and not told:
        print("  set RELANCE_URL so that its provider can report to us", file=sys.stderr)


def _check(sending: Sending) -> None:
    channel = channel_for(sending)
    try:
        faults = channel.check()
    finally:
        channel.close()
    if faults:
        raise Failure("; ".join(faults))
    print("it answers", file=sys.stderr)
