"""CloudWatch's alarms as people hear of them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import NAMESPACE_URL, UUID, uuid5

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_pascal

from containers.worker.notice import Notice


class AlarmState(StrEnum):
    """``INSUFFICIENT_DATA`` is what a new alarm begins with, and one whose metric fell silent."""

    OK = "OK"
    ALARM = "ALARM"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"


class AlarmChange(BaseModel):
    """An alarm that went from one state to another, as CloudWatch tells SNS of it.

    The description is the title in its first line, and what to do in the rest; see ``components/alarms.py``.
    """

    model_config = ConfigDict(frozen=True, alias_generator=to_pascal)

    alarm_name: str
    alarm_arn: str
    alarm_description: str | None = None
    old_state_value: AlarmState
    new_state_value: AlarmState
    new_state_reason: str
    state_change_time: datetime

    trace_id: None = None

    @property
    def id(self) -> UUID:
        """The same for each delivery of this one change: CloudWatch gives it no number."""
        changed = f"{self.alarm_arn} {self.new_state_value} {self.state_change_time.isoformat()}"
        return uuid5(NAMESPACE_URL, changed)

    @property
    def name(self) -> str:
        """What happened, as events are called."""
        return f"alarm.after.{self.new_state_value.lower().replace('_', '-')}"

    def notice(self, _site: str) -> Notice | None:
        """What to say of it. Nobody needs to hear that a new alarm has begun to look."""
        title, _, help_ = (self.alarm_description or self.alarm_name).partition("\n")
        when = f"{self.alarm_name}, {self.state_change_time:%H:%M} UTC: {self.new_state_reason}"
        if self.new_state_value is AlarmState.ALARM:
            return Notice(f"Alarm: {title}", tuple(line for line in (help_, when) if line), self._page)
        if self.new_state_value is AlarmState.OK and self.old_state_value is AlarmState.ALARM:
            return Notice(f"Over: {title}", (when,), self._page)
        return None

    @property
    def _page(self) -> str:
        """The alarm in AWS's console."""
        region = self.alarm_arn.split(":")[3]
        return (
            f"https://{region}.console.aws.amazon.com/cloudwatch/home?region={region}"
            f"#alarmsV2:alarm/{self.alarm_name}"
        )
