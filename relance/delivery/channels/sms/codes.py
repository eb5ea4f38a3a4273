"""Turns an error code of Twilio into what it means for the message: one table, at the request and in a receipt alike.

Twilio adds codes and moves cases between them: a code that does not stand here is judged by the HTTP status at the
request, and is an ordinary failure in a receipt. docs/sms-codes.md is generated from this table.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Meaning:
    """What a class of codes means. `suppress`: the reason for which the number is not used again."""

    becomes: str  # busy | down | lost | refused
    says: str
    suppress: str | None = None
    is_soft: bool = False  # three of these within a week suppress the number too


MEANINGS: dict[str, Meaning] = {
    "busy": Meaning("busy", "later: the queue or the rate is full"),
    "down": Meaning("down", "nothing goes this way until a person mends account, sender or settings; no message pays"),
    "lost": Meaning("lost", "accepted or not, nobody can tell: Twilio is asked"),
    "refused": Meaning("refused", "this message is not sent; never tried again"),
    "soft": Meaning("refused", "not reached this time; three times within seven days, and never again", is_soft=True),
    "invalid": Meaning("refused", "no such number; never used again", "invalid"),
    "landline": Meaning("refused", "the number takes no text messages; never used again", "landline"),
    "opted_out": Meaning("refused", "the person has said STOP to this sender; never used again", "opted_out"),
}

_CLASSES: dict[str, dict[int, str]] = {
    "busy": {
        20429: "too many requests",
        20503: "the API is not available for now",
        21611: "the sender's queue is full",
        21730: "maintenance",
        30001: "queue overflow",
        30020: "a fault in Twilio's scheduling",
        30021: "a fault in Twilio's messaging service",
        30022: "the 10DLC rate is exceeded",
        30023: "the carrier's daily limit is reached",
        30027: "T-Mobile's daily limit of the brand is reached",
        30454: "the account's limit of messages is reached",
        63018: "the channel's rate is exceeded",
        63038: "the account's daily limit is reached",
    },
    "down": {
        10001: "the account is not active",
        20001: "the account or its token is unknown",
        20002: "the friendly name of the service is wrong",
        20003: "the credentials are not accepted",
        20004: "the method is not allowed: is the address of the API right?",
        20005: "the account is not active",
        20006: "access is denied",
        20008: "these are test credentials",
        20010: "the account is suspended",
        20101: "the token is not valid",
        20103: "the token is not valid: its issuer or subject",
        20104: "the token has expired",
        20107: "the token's signature is wrong",
        20151: "authentication failed",
        20403: "the account may not do this",
        20404: "there is no such account, or the address of the API is wrong",
        21212: "the From number is not valid",
        21601: "the From number cannot send text messages",
        21603: "a From number or a messaging service is needed",
        21606: "the From number is not one that can send to this place",
        21607: "the From number has no text messages",
        21609: "the address of the status callback is not valid",
        21618: "the messaging service may not be used",
        21620: "the address of the status callback is not valid",
        21625: "the status callback of the service is not valid",
        21659: "the From number is not a number of Twilio's",
        21660: "the From number is not a number of this account",
        21661: "the From number cannot send text messages",
        21701: "there is no such messaging service",
        21702: "the messaging service has no sender for this message",
        21703: "the messaging service has no numbers",
        21704: "the messaging service has no number that fits",
        21705: "the messaging service is not valid",
        21709: "the alphanumeric sender may not be used",
        21711: "the From number does not belong to the messaging service",
        21713: "the messaging service may not use this sender",
        30002: "the account is suspended",
        30024: "the sender is not set up at the carrier",
        30032: "the toll-free number has not been verified",
        30034: "the number belongs to no registered 10DLC campaign",
        30035: "the number is still being registered for 10DLC",
        30037: "sending is disabled for this account",
        30039: "the sender is caught in a loop of answers",
        30040: "the carrier wants the sender registered first",
        30041: "the sender is not registered for the United Kingdom",
        30124: "the messaging service is missing",
        30125: "the number could not be registered for 10DLC",
        30127: "the messaging service is not valid",
        63007: "there is no such channel sender",
        63008: "the channel is not set up",
        63020: "the business account has a fault",
    },
    "lost": {
        20500: "a fault in Twilio",
        20502: "a gateway on the way gave a bad answer",
        20504: "a gateway on the way gave no answer",
    },
    "refused": {
        20009: "the page of a list is not valid",
        21408: "messages to this region are not switched on",
        21602: "the text is missing",
        21605: "the text is too long",
        21608: "a trial account, and the number is not verified",
        21612: "this From cannot reach this To",
        21613: "the number needs an address on file",
        21615: "the number needs a local address on file",
        21616: "several numbers fit this sender",
        21617: "the text is longer than 1,600 characters",
        21619: "text, media or content is missing",
        21621: "the From number cannot send pictures",
        21622: "the media cannot be sent",
        21623: "the number of media files is wrong",
        21624: "the validity period is not valid",
        21626: "the price limit is not valid",
        21627: "the price limit is not a number",
        21628: "the price limit is too low",
        21629: "feedback is not a yes or a no",
        21654: "the content is missing",
        21655: "the content is not valid",
        21656: "the content's variables are not valid",
        21658: "a parameter is too long",
        21902: "the invoice tag is too long",
        21910: "From and To are of different channels",
        30004: "blocked by the recipient or his carrier",
        30007: "filtered by Twilio or the carrier",
        30009: "a part of the message is missing",
        30010: "the price is above the limit",
        30011: "no pictures in this region",
        30012: "the validity period is too short",
        30018: "the carrier wants an approved text",
        30019: "the content is larger than the carrier allows",
        30029: "the setting for keeping content is not valid",
        30031: "the rate is not valid",
        30033: "the campaign has been suspended for this text",
        30036: "its validity has passed",
        30038: "a one-time password is filtered here",
        30043: "it came over a domestic gateway",
        30409: "it could not be canceled",
        30410: "the provider did not take it in time",
        30440: "a parameter of the message is not valid",
        30441: "the carrier does not take this kind of message",
        30442: "the carrier does not take this sender",
        30450: "its delivery was blocked",
        30451: "the text looked like fraud",
        30452: "messages to this destination were blocked",
        30453: "it was blocked as suspected fraud",
        30485: "it could not be delivered",
        63001: "the channel did not accept the request",
        63006: "the channel cannot show this content",
        63011: "the channel found the request wrong",
        63016: "a template is needed outside the reply window",
        63023: "a fault in the channel",
        63024: "the recipient cannot be reached by this channel",
        63031: "From and To are the same",
        90007: "the validity period is not valid",
        90014: "the validity period is no positive number",
        92005: "the content is missing",
        92007: "the content's variables are not valid",
    },
    "soft": {
        30003: "the telephone is off or out of reach",
        30008: "the carrier does not say why",
        30017: "the carrier's network is overloaded",
        30025: "the telephone or its network could not take it",
        63003: "the channel did not find the number",
        63009: "the channel had a fault",
    },
    "invalid": {
        21211: "the number is not valid",
        21217: "the number is not valid",
        21265: "the number is a short code",
        21266: "From and To are the same number",
        21401: "the number is not valid",
        21421: "the number is not valid",
        21604: "the To number is missing",
        30005: "there is no such number",
        30013: "the number is not valid",
    },
    "landline": {
        21214: "the number cannot be reached",
        21267: "an information or premium number",
        21268: "a premium number",
        21614: "not a mobile number",
        21635: "a landline",
        30006: "a landline, or a carrier that takes no text messages",
    },
    "opted_out": {21610: "the recipient has said STOP to this sender"},
}


@dataclass(frozen=True)
class Code:
    """One error code: its class, and what it says in a few words."""

    number: int
    kind: str
    says: str

    @property
    def meaning(self) -> Meaning:
        """What its class means."""
        return MEANINGS[self.kind]


CODES: dict[int, Code] = {
    number: Code(number, kind, says) for kind, codes in _CLASSES.items() for number, says in sorted(codes.items())
}


def code_of(number: object) -> Code | None:
    """The code with this number, as it stands in an answer or a receipt; None when it is none that we know."""
    text = str(number)
    return CODES.get(int(text)) if text.isascii() and text.isdigit() and len(text) < 10 else None
