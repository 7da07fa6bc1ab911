"""What the platform gives a container besides its definition: credentials, AWS's address, a log stream."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from local.cloud import REGION, Cloud, CredentialsAddress, NotTrusted
from local.runner import cloudwatch, secrets
from local.runner.cloudwatch import LogError, LogStream
from local.runner.definition import Container, Definition
from local.runner.program import Prepared, StartError
from local.runner.secrets import SecretError

Prepare = Callable[[Container], Prepared]


@dataclass(frozen=True, slots=True)
class Platform:
    """Gives containers what they start with."""

    cloud: Cloud

    def preparing(
        self, definition: Definition, task_id: str, complain: Callable[[str], None] | None = None
    ) -> Prepare:
        """A function from a container of the task to what it starts with. It raises StartError.

        With *complain* its lines go to CloudWatch Logs too, and it is told of those that cannot.
        """

        def prepare(container: Container) -> Prepared:
            try:
                environment = {
                    **{variable.name: variable.value for variable in container.environment},
                    **self._secrets(container, definition, task_id),
                    **self._task_role(definition, task_id),
                    "AWS_ENDPOINT_URL": self.cloud.endpoint,
                }
                log = self._log(container, definition, task_id, complain) if complain else None
            except (SecretError, LogError, NotTrusted, LookupError) as error:
                raise StartError(str(error)) from error
            return Prepared(environment, log)

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
        address = self._execution_role(definition, task_id, "secrets and no execution role to read them")
        return secrets.resolve(container, secrets.client(address, self.cloud.endpoint, REGION))

    def _log(
        self, container: Container, definition: Definition, task_id: str, complain: Callable[[str], None]
    ) -> LogStream | None:
        configured = container.log_configuration
        if configured is None or configured.log_driver != "awslogs":
            return None
        address = self._execution_role(definition, task_id, "a log and no execution role to write it")
        stream = "/".join([configured.options["awslogs-stream-prefix"], container.name, task_id])
        client = cloudwatch.client(address, self.cloud.endpoint, REGION)
        return LogStream(client, configured.options["awslogs-group"], stream, complain)

    def _execution_role(self, definition: Definition, task_id: str, without: str) -> CredentialsAddress:
        if definition.execution_role is None:
            raise StartError(f"{definition.family} has {without}")
        return self.cloud.credentials.issue(definition.execution_role, _execution(task_id))


def _execution(task_id: str) -> str:
    return f"{task_id}-execution"
