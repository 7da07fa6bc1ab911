"""Events and alarms to people: each is told once, on Slack, or by e-mail when Slack fails."""

from __future__ import annotations

from containers.worker.channels import Delivery, Mail, Slack
from containers.worker.crash import crash_point
from containers.worker.notice import Notice
from containers.worker.notices import Told, notice_of, read
from vectoricons.aws.sqs import Message
from vectoricons.common import log
from vectoricons.common.actor import Actor
from vectoricons.common.database import Database
from vectoricons.common.event_bus.envelope import Envelope
from vectoricons.common.plugins.notifications import Channel
from vectoricons.uploads.notifications import Notifications, NotificationState

UNCERTAIN = "Slack did not answer, so this may stand there too."

logger = log.get(__name__)


class Messenger:
    """The handler of the messages queue.

    SNS and SQS deliver at least once, people should hear once: the event's row remembers. It is marked before
    Slack is called, so that an attempt of unknown outcome is never repeated on Slack.
    """

    def __init__(self, database: Database, slack: Slack, mail: Mail, site: str) -> None:
        self._database = database
        self._slack = slack
        self._mail = mail
        self._site = site.rstrip("/")
        self._actor = Actor.system("worker-messenger")

    def handle(self, message: Message) -> None:
        """Tell people of the event in *message*; raises to have it delivered again."""
        event = read(message.body)
        notice = notice_of(event, self._site)
        if notice is not None:
            self._tell_once(event, notice)

    def post(self, envelope: Envelope, channel: Channel, message: str) -> None:
        """Tell *channel* what a plugin says of an event; raises to have it delivered again."""
        self._tell_once(envelope, Notice(channel, (message,)))

    def _tell_once(self, event: Told, notice: Notice) -> None:
        with log.bound(event_id=str(event.id), trace_id=event.trace_id):
            with self._database.unit_of_work(self._actor) as work:
                before = Notifications(work.session).begin(event.id, event.name)
            if before.is_settled:
                logger.info("notice-sent-before", event_name=event.name)
            else:
                self._tell(event, notice, before)

    def _tell(self, event: Told, notice: Notice, before: NotificationState) -> None:
        # An attempt that died in the call to Slack may have been heard there: from then on it is e-mail.
        delivery = Delivery.UNKNOWN if before is NotificationState.POSTING else self._slack.post(notice.slack)
        crash_point("after-slack-post")
        if delivery is Delivery.DELIVERED:
            self._settle(event, NotificationState.SLACK)
            return
        unknown = delivery is Delivery.UNKNOWN
        try:
            self._mail.send(notice.subject, notice.plain + (f"\n\n{UNCERTAIN}" if unknown else ""))
        except Exception:
            self._settle(event, NotificationState.POSTING if unknown else NotificationState.PENDING)
            raise
        self._settle(event, NotificationState.UNKNOWN if unknown else NotificationState.EMAIL)

    def _settle(self, event: Told, state: NotificationState) -> None:
        with self._database.unit_of_work(self._actor) as work:
            Notifications(work.session).settle(event.id, state)
        logger.info("notice-settled", event_name=event.name, state=state.value)
