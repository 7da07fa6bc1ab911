"""The host: runs the plugins that hear of an event, each in a transaction of its own."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import BaseModel, ValidationError

from vectoricons.common import log
from vectoricons.common.actor import Actor
from vectoricons.common.database import Database
from vectoricons.common.errors import AppError, Invalid
from vectoricons.common.event_bus.bus import EventBus, Failure, Handler
from vectoricons.common.event_bus.envelope import Envelope
from vectoricons.common.event_bus.transports import Memory
from vectoricons.common.plugins import runs
from vectoricons.common.plugins.notifications import Channel, EmailAsked, SlackAsked
from vectoricons.common.plugins.plugin import Desk, Plugin, Slack

QUIET = frozenset({SlackAsked.event_name, EmailAsked.event_name})  # to tell of these would need themselves

logger = log.get(__name__)


class PluginsFailed(Exception):
    """Some plugins failed at an event: have it delivered again, for them alone."""


class Host:
    """The plugins of one process. Delivering an event again runs only those that failed at it."""

    def __init__(self, database: Database, slack: Slack, plugins: Iterable[Plugin], actor: Actor) -> None:
        self._database = database
        self._slack = slack
        self._actor = actor
        self.bus = EventBus(Memory(), on_failure=(self._tell,))
        for plugin in plugins:
            self.bus.on(plugin.event, self._handler(plugin))

    def hear(self, message: str) -> None:
        """Run what hears of the event in *message*, if it is one that somebody hears of."""
        try:
            envelope = Envelope.from_json(message)
        except Invalid:
            return
        self.handle(envelope)

    def handle(self, envelope: Envelope) -> None:
        """Run what hears of the event. Raises PluginsFailed when one could not."""
        failures = self.bus.deliver(envelope)
        if failures:
            raise PluginsFailed(", ".join(failure.who for failure in failures))

    def _handler(self, plugin: Plugin) -> Handler:
        def run(envelope: Envelope) -> None:
            needs = _needs(plugin, envelope)
            with self._database.unit_of_work(self._actor, trace_id=envelope.trace_id) as work:
                if runs.begin(work.session, envelope.id, plugin.name):
                    plugin.effect(Desk(plugin.name, work, envelope, self._slack), needs)

        run.__qualname__ = plugin.name
        return run

    def _tell(self, failure: Failure) -> None:
        """Have people on duty read of it in #site-errors, once for each plugin and event."""
        envelope = failure.envelope
        if envelope.name in QUIET:
            return
        error = failure.error
        reason = error.detail if isinstance(error, AppError) else type(error).__name__
        message = f"{failure.who} failed at {envelope.name} ({envelope.id}): {reason}"
        told = SlackAsked(channel=Channel.SITE_ERRORS, message=message)
        with self._database.unit_of_work(self._actor, trace_id=envelope.trace_id) as work:
            work.emit(told.event(key=f"failed:{failure.who}:{envelope.id}"))


def _needs(plugin: Plugin, envelope: Envelope) -> BaseModel:
    try:
        return plugin.needs.model_validate(envelope.data)
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(str(part) for part in problem["loc"])
        raise Invalid(f'"{where}" of the event is not what it needs: {problem["msg"]}.') from None
