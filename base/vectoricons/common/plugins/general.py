"""Plugins that carry out what others ask for: a line in the log, a message on Slack, a letter."""

from __future__ import annotations

from vectoricons.common import log
from vectoricons.common.plugins import templates
from vectoricons.common.plugins.notifications import AppStarted, EmailAsked, SlackAsked
from vectoricons.common.plugins.plugin import Desk

logger = log.get(__name__)


def hello_world(_desk: Desk, told: AppStarted) -> None:
    """Say that a process has begun."""
    logger.info("hello-world", started=told.service)


def notify_slack(desk: Desk, told: SlackAsked) -> None:
    """Post the message to its channel."""
    desk.slack.post(desk.envelope, told.channel, told.message)


def notify_email(desk: Desk, told: EmailAsked) -> None:
    """Write the letter that was asked for. Raises Invalid for one there is not, NotFound for nobody."""
    desk.write(templates.filled(told.type, told.data), desk.user(told.user_id))
