"""What the platform gives a container besides its definition: credentials, AWS's address, a PATH."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from local.cloud import REGION, Cloud, NotTrusted
from local.runner import secrets
from local.runner.definition import Container, Definition
from local.runner.secrets import SecretError
from local.runner.task import StartError


@dataclass(frozen=True, slots=True)
class Platform:
    """Gives containers their environment. *programs* is the folder of the project's own commands."""

    cloud: Cloud
    programs: Path

    def preparing(self, definition: Definition, task_id: str) -> Callable[[Container], dict[str, str]]:
        """A function from a container of the task to the whole of its environment. It raises StartError."""

        def prepare(container: Container) -> dict[str, str]:
            try:
                return {
                    **{variable.name: variable.value for variable in container.environment},
                    **self._secrets(container, definition, task_id),
                    **self._task_role(definition, task_id),
                    "AWS_ENDPOINT_URL": self.cloud.endpoint,
                    "PATH": f"{self.programs}:/usr/local/bin:/usr/bin:/bin",
                }
            except (SecretError, NotTrusted, LookupError) as error:
                raise StartError(str(error)) from error

        return prepare

    def forget(self, task_id: str) -> None:
        """The task has ended: no session for it any more."""
        self.cloud.credentials.revoke(task_id)
        self.cloud.credentials.revoke(_execution(task_id))

    def _task_role(self, definition: Definition, task_id: str) -> dict[str, str]:
        if definition.task_role is None:
            return {}
        address = self.cloud.credentials.issue(definition.task_role, task_id)
        return {
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": address.url,
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": address.token,
        }

    def _secrets(self, container: Container, definition: Definition, task_id: str) -> dict[str, str]:
        if not container.secrets:
            return {}
        if definition.execution_role is None:
            raise StartError(f"{definition.family} has secrets and no execution role to read them")
        address = self.cloud.credentials.issue(definition.execution_role, _execution(task_id))
        return secrets.resolve(container, secrets.client(address, self.cloud.endpoint, REGION))


def _execution(task_id: str) -> str:
    return f"{task_id}-execution"
