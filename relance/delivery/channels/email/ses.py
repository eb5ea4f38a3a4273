"""Turns a sender's settings into anymail's backend for Amazon SES, and its errors into results."""

from collections.abc import Mapping
from typing import Any

from anymail.exceptions import AnymailError
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    ProxyConnectionError,
    SSLError,
)

from relance.delivery.channel import AnswerLost, Busy, ChannelDown, Refused, Result

TAG = "relance"  # a message tag comes back in every event
NOT_REACHED = (EndpointConnectionError, ConnectTimeoutError, ProxyConnectionError, SSLError, NoCredentialsError)
BUSY = frozenset({"TooManyRequestsException", "ThrottlingException", "Throttling", "LimitExceededException"})
REFUSED = frozenset({"MessageRejected", "BadRequestException", "ValidationException", "InvalidParameterValue"})


def ses_options(kept: Mapping[str, Any], secrets: Mapping[str, str]) -> dict[str, Any]:
    """What the backend is built from. botocore would try again by itself after a time-out, and double the message."""
    seconds = float(kept.get("timeout", 30))
    config = {"connect_timeout": seconds, "read_timeout": seconds, "retries": {"total_max_attempts": 1}}
    client = {"endpoint_url": kept["url"]} if kept.get("url") else {}
    return {
        "session_params": {
            "aws_access_key_id": kept.get("key"),
            "aws_secret_access_key": secrets.get("password", ""),
            "region_name": kept.get("region"),
        },
        "client_params": {**client, "config": config, **({"verify": kept["ca"]} if kept.get("ca") else {})},
        "configuration_set_name": kept.get("set") or None,
        "message_tag_name": TAG,
    }


def ses_fault(error: AnymailError) -> Result:
    """What an error of SES means; ChannelDown when it closes the way."""
    cause = error.__cause__
    said = " ".join(str(cause or error).split())[:500]
    if isinstance(cause, NOT_REACHED):
        raise ChannelDown(said)
    if isinstance(cause, ClientError):
        code = cause.response.get("Error", {}).get("Code", "")
        status = cause.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if code in BUSY or status in (429, 503):
            return Busy(said)
        if code in REFUSED:
            return Refused(said)
        if 400 <= status < 500:
            raise ChannelDown(said)
        return AnswerLost(said)
    if isinstance(cause, ParamValidationError):
        return Refused(said)
    return AnswerLost(said)
