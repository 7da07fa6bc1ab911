"""Email histories: what was written to whom, and how it went. Letters wait here until SES has taken them."""

from __future__ import annotations

from typing import ClassVar

from vectoricons.common.access_control import nobody
from vectoricons.common.mixins.service import WRITES, AccessControlled, Observable
from vectoricons.email_histories.db import EmailHistory, EmailHistoryRepository, EmailStatus


class EmailHistoryService(Observable[EmailHistory], AccessControlled[EmailHistory]):
    """Email histories: people see what was written to them, administrators all; the postman writes."""

    repository: EmailHistoryRepository
    public: ClassVar = False
    policies: ClassVar = dict.fromkeys(WRITES, nobody)

    def get_for_user(self, user_id: int) -> list[EmailHistory]:
        """What was written to one person, oldest first."""
        return self.get_where({"user_id": user_id})

    def get_failed(self) -> list[EmailHistory]:
        """What could not be sent, oldest first."""
        return self.get_where({"status": EmailStatus.FAILED})
