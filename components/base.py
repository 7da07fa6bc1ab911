"""What every component is: placed in a deployment, named after itself, the one parent of what it creates."""

from __future__ import annotations

from contextvars import ContextVar, Token
from types import TracebackType
from typing import Self

import pulumi_aws as aws
from pulumi import (
    ComponentResource,
    Resource,
    ResourceOptions,
    ResourceTransformationArgs,
    ResourceTransformationResult,
    get_stack,
)

from components.names import PROJECT, Names
from components.settings import Settings
from components.tags import tags

_current: ContextVar[Deployment] = ContextVar("deployment")


class Deployment(ComponentResource):
    """One stack in one account and region. Components made inside its ``with`` block belong there.

    Creates: pulumi.providers.aws, bound to the account in the settings.
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
        self._tokens: list[Token[Deployment]] = []
        self.register_outputs({})

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
        self, *, protect: bool | None = None, depends_on: list[Resource] | None = None
    ) -> ResourceOptions:
        """Options for a resource of this component."""
        return ResourceOptions(parent=self, protect=protect, depends_on=depends_on)

    def tags(self, name: str = "") -> dict[str, str]:
        """The tags of a resource of this component; *name* for one that AWS knows by tag alone."""
        return tags(
            env=self.names.stack, owner=self.settings.owner, component=self.pulumi_resource_name, name=name
        )


def _token(component: type[Component]) -> str:
    return f"{PROJECT}:{component.__module__.rpartition('.')[2]}:{component.__name__}"
