"""The two ways a notice reaches people: a Slack webhook, and e-mail when that fails."""

from __future__ import annotations

import logging
from enum import Enum
from http.client import HTTPException
from typing import TYPE_CHECKING
from urllib.error import URLError

from slack_sdk.http_retry import HttpRequest, HttpResponse, RateLimitErrorRetryHandler, RetryState
from slack_sdk.http_retry.builtin_handlers import ServerErrorRetryHandler
from slack_sdk.webhook import WebhookClient, WebhookResponse

from vectoricons.aws.ses import Ses
from vectoricons.common import log
from vectoricons.common.breaker import Breaker
from vectoricons.common.errors import Unavailable

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

TIMEOUT = 5  # seconds
RETRIES = 2
LONGEST_WAIT = 30  # seconds

logger = log.get(__name__)


class ShortWait(RateLimitErrorRetryHandler):
    """Waits as ``Retry-After`` asks, unless that is so long that e-mail is the better way."""

    def _can_retry(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        asked = super()._can_retry(state=state, request=request, response=response, error=error)
        headers = {name.lower(): values for name, values in (response.headers if response else {}).items()}
        return asked and float((headers.get("retry-after") or ["1"])[0]) <= LONGEST_WAIT


class Delivery(Enum):
    """What became of a post: Slack has it, Slack has it not, or nobody can tell."""

    DELIVERED = "delivered"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Slack:
    """An incoming webhook. Waits as Slack's ``Retry-After`` asks and tries a server's error again."""

    def __init__(self, webhook_url: str, timeout: int = TIMEOUT) -> None:
        quiet = logging.getLogger("slack_webhook")
        quiet.setLevel(
            logging.CRITICAL
        )  # on DEBUG it would log the URL, which is a secret; we log the outcome ourselves
        self._breaker = Breaker("Slack")
        self._client = WebhookClient(
            webhook_url,
            timeout=timeout,
            logger=quiet,
            retry_handlers=[
                ShortWait(max_retry_count=RETRIES),
                ServerErrorRetryHandler(max_retry_count=RETRIES),
            ],
        )

    def _send(self, text: str) -> WebhookResponse:
        return self._client.send(text=text, unfurl_links=False)

    def post(self, text: str) -> Delivery:
        """Send *text* (Slack markup). Never raises: a lost answer is ``UNKNOWN`` and must not be repeated."""
        try:
            answer = self._breaker.call(self._send, text)
        except Unavailable as failure:
            logger.warning("slack-left-alone", reason=failure.detail)
            return Delivery.FAILED
        except URLError as error:  # not connected, or cut off while sending: Slack has not got it whole
            logger.warning("slack-unreachable", reason=str(error.reason))
            return Delivery.FAILED
        except (OSError, HTTPException) as error:
            logger.warning("slack-answer-lost", reason=str(error))
            return Delivery.UNKNOWN
        if answer.status_code == 200:
            return Delivery.DELIVERED
        logger.warning("slack-refused", status=answer.status_code, reason=answer.body[:200])
        return Delivery.FAILED


class Mail:
    """Plain-text e-mail from one verified sender to the people on duty."""

    def __init__(self, ses: SESV2Client, sender: str, recipient: str) -> None:
        self._ses = Ses(ses, sender)
        self._recipient = recipient

    def send(self, subject: str, body: str) -> None:
        """Hand the message to SES. Raises AwsFailed when it does not take it."""
        self._ses.send(self._recipient, subject, body)
