"""SES: plain-text mail from one verified sender."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vectoricons.aws import AwsFailed, failing_to
from vectoricons.common.breaker import Breaker

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

_REFUSALS = frozenset({"MessageRejected", "BadRequestException", "MailFromDomainNotVerifiedException"})


def is_refusal(error: BaseException) -> bool:
    """Whether SES will not take this letter however often it is asked."""
    return isinstance(error, AwsFailed) and error.aws_code in _REFUSALS


class Ses:
    """A sender. Raises AwsFailed, in words."""

    def __init__(self, ses: SESV2Client, sender: str) -> None:
        self._ses = ses
        self._sender = sender
        self._breaker = Breaker("SES", is_answer=is_refusal)

    def send(self, recipient: str, subject: str, text: str) -> str:
        """Hand a message to SES; returns the id it has there. Unavailable while SES is left alone."""
        return self._breaker.call(self._send, recipient, subject, text)

    def _send(self, recipient: str, subject: str, text: str) -> str:
        with failing_to(f"send mail to {recipient}"):
            return self._ses.send_email(
                FromEmailAddress=self._sender,
                Destination={"ToAddresses": [recipient]},
                Content={"Simple": {"Subject": {"Data": subject}, "Body": {"Text": {"Data": text}}}},
            )["MessageId"]
