"""What every component is: placed in a deployment, named after itself, the one parent of what it creates."""

from __future__ import annotations

from contextvars import ContextVar, Token
from types import TracebackType
from typing import Self

import pulumi_aws as aws
from pulumi import (
    ComponentResource,
    Output,
    Resource,
    ResourceOptions,
    ResourceTransformationArgs,
    ResourceTransformationResult,
    get_stack,
)

from components.boundary import boundary
from components.iam import Statement, document, of_key, trust
from components.keys import WRITE_LOGS, encryption_key
from components.metrics import Chart, Measure
from components.names import PROJECT, Names
from components.settings import Settings
from components.tags import tags

_current: ContextVar[Deployment] = ContextVar("deployment")


class Deployment(ComponentResource):
    """One stack in one account and region. Components made inside its ``with`` block belong there.

    Creates: pulumi.providers.aws, bound to the account in the settings; aws.iam.Policy, the boundary of
    every role; and where the profile says log_key aws.kms.Key and aws.kms.Alias, for every log.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__(f"{PROJECT}:base:Deployment", "deployment")
        self.settings = settings
        self.care = settings.care
        self.names = Names(get_stack(), settings.account, settings.region)
        self.aws = aws.Provider(
            "deployment-aws",
            region=settings.region,
            allowed_account_ids=[settings.account],
            opts=ResourceOptions(parent=self),
        )
        self.charts: list[Chart] = []  # what components show, for the dashboard
        self.granted: list[Statement] = []  # what roles may do, as far as it is known, for the endpoints
        self.granted_later: list[Output[Statement]] = []  # and on what AWS names, once it has
        self.roles: dict[str, str] = {}  # who takes on which role, by its ARN, for the deploy role
        self.boundary = self._boundary()
        self.log_key = self._log_key() if self.care.log_key else None
        self._tokens: list[Token[Deployment]] = []
        self.register_outputs({})

    def _boundary(self) -> Output[str]:
        policy = aws.iam.Policy(
            "deployment-boundary",
            name=self.names.of("policy", "boundary"),
            description="The most that a role of this stack may do",
            policy=boundary(self.names),
            tags=self._tags(),
            opts=ResourceOptions(parent=self, provider=self.aws),
        )
        return policy.arn

    def _log_key(self) -> Output[str]:
        names = self.names
        groups = f"arn:aws:logs:{names.region}:{names.account}:log-group:"
        mine = [f"{groups}{names.stem}-*", f"{groups}/aws/rds/instance/{names.stem}-*"]
        used_by = of_key(
            {"Service": f"logs.{names.region}.amazonaws.com"},
            *WRITE_LOGS,
            when={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": mine}},
        )
        return encryption_key(
            "deployment-log-key",
            alias=names.of("key-alias", "logs"),
            account=names.account,
            purpose=f"Encrypts the logs of {names.stem}",
            used_by=used_by,
            tags=self._tags(),
            opts=ResourceOptions(parent=self, provider=self.aws, protect=self.care.protect),
        )

    def _tags(self) -> dict[str, str]:
        return tags(env=self.names.stack, owner=self.settings.owner, component="deployment")

    def __enter__(self) -> Self:
        self._tokens.append(_current.set(self))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        _current.reset(self._tokens.pop())

    @staticmethod
    def current() -> Deployment:
        """The deployment of the enclosing ``with`` block."""
        try:
            return _current.get()
        except LookupError:
            raise RuntimeError(
                "A component needs a place: make it inside `with Deployment(settings):`."
            ) from None


class Component(ComponentResource):
    """A noun of the architecture. Its type token is ``vectoricons:<module>:<Class>``.

    What the caller gives as *opts* is for the component alone; its children get :meth:`child_opts`. A child
    whose logical name does not begin with the component's is refused, so no two components can claim one
    name.
    """

    def __init__(self, name: str, opts: ResourceOptions | None = None) -> None:
        here = Deployment.current()
        self.deployment = here
        self.names = here.names
        self.settings = here.settings
        self.care = here.care

        def named_after_me(child: ResourceTransformationArgs) -> ResourceTransformationResult | None:
            if child.name != name and not child.name.startswith(f"{name}-"):
                raise ValueError(f"{child.name}: a child of {name} must be called {name}-...")
            return None

        mine = ResourceOptions(providers=[here.aws], transformations=[named_after_me])
        super().__init__(_token(type(self)), name, None, ResourceOptions.merge(opts, mine))

    def child(self, part: str) -> str:
        """The logical name of a *part* of this component."""
        return f"{self.pulumi_resource_name}-{part}"

    def child_opts(
        self,
        *,
        protect: bool | None = None,
        depends_on: list[Resource] | None = None,
        ignore_changes: list[str] | None = None,
    ) -> ResourceOptions:
        """Options for a resource of this component."""
        return ResourceOptions(
            parent=self, protect=protect, depends_on=depends_on, ignore_changes=ignore_changes
        )

    def draw(self, title: str, of: Measure, *, line: float) -> None:
        """Show a number on the dashboard, with the *line* in it that matters."""
        self.deployment.charts.append(Chart(self.pulumi_resource_name, title, of, line))

    def role(self, part: str, *, called: str, service: str, source: str) -> aws.iam.Role:
        """A role for a *service* of AWS on behalf of *source*, that can never do more than the boundary.

        Creates: aws.iam.Role.
        """
        name = self.names.of("role", called)
        self.deployment.roles[self.names.arn("role", name)] = service
        return aws.iam.Role(
            self.child(part),
            name=name,
            assume_role_policy=trust(service, source=source, account=self.names.account),
            permissions_boundary=self.deployment.boundary,
            tags=self.tags(),
            opts=self.child_opts(),
        )

    def allow(self, part: str, role: aws.iam.Role, *statements: Statement, called: str) -> aws.iam.RolePolicy:
        """Let *role* do what *statements* grant.

        Creates: aws.iam.RolePolicy.
        """
        self.deployment.granted += statements
        return aws.iam.RolePolicy(
            self.child(part),
            name=called,
            role=role.name,
            policy=document(*statements),
            opts=self.child_opts(),
        )

    def log_group(self, part: str, *, called: str) -> aws.cloudwatch.LogGroup:
        """A log that forgets, and is encrypted as the profile says.

        Creates: aws.cloudwatch.LogGroup.
        """
        return aws.cloudwatch.LogGroup(
            self.child(part),
            name=called,
            retention_in_days=self.care.log_days,
            kms_key_id=self.deployment.log_key,
            tags=self.tags(),
            opts=self.child_opts(),
        )

    def tags(self, name: str = "") -> dict[str, str]:
        """The tags of a resource of this component; *name* for one that AWS knows by tag alone."""
        return tags(
            env=self.names.stack, owner=self.settings.owner, component=self.pulumi_resource_name, name=name
        )


def _token(component: type[Component]) -> str:
    return f"{PROJECT}:{component.__module__.rpartition('.')[2]}:{component.__name__}"
