"""What each command needs from its environment."""

from __future__ import annotations

from pydantic import SecretStr

from vectoricons.config import Settings


class IntakeSettings(Settings):
    """``worker intake``."""

    uploads_queue_url: str
    uploads_bucket: str
    private_bucket: str


class BucketSettings(Settings):
    """``worker images`` and ``worker previews``."""

    private_bucket: str
    public_bucket: str


class RelaySettings(Settings):
    """``worker relay``."""

    events_topic_arn: str


class MessengerSettings(Settings):
    """``worker messenger``."""

    messages_queue_url: str
    slack_webhook_url: SecretStr
    mail_from: str
    mail_to: str
    site_url: str
    pages_distribution: str
