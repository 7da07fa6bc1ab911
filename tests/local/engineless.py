"""The provider without an engine: its methods called as the engine calls them, for breadth at little cost."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from pulumi.provider.experimental import provider as sdk

from local.provider.provider import AwsProvider, CheckRequest
from local.provider.values import Properties, plain, plain_map, wrap


@dataclass(frozen=True, slots=True)
class Declared:
    """A resource as the engine holds it in its state."""

    token: str
    name: str
    id: str
    inputs: Properties
    state: Properties

    @property
    def urn(self) -> str:
        """The engine's name for it."""
        return urn(self.token, self.name)

    def __getitem__(self, output: str) -> Any:
        return plain(self.state[output])


def urn(token: str, name: str) -> str:
    """The URN of a resource of the tests' one component."""
    return f"urn:pulumi:local::vectoricons::vectoricons:house:House${token}::{name}"


@dataclass(frozen=True, slots=True)
class Engineless:
    """Declares resources to a provider."""

    provider: AwsProvider

    def configure(self, **settings: Any) -> None:
        """Configure the provider."""
        asyncio.run(self.provider.configure(sdk.ConfigureRequest({}, wrapped(settings), True, True)))

    def check(self, token: str, /, *, names_required: bool = True, **inputs: Any) -> list[tuple[str, str]]:
        """What the provider has against *inputs*: properties and reasons."""
        return [
            (f.property, f.reason) for f in self.checked(token, "it", inputs, names_required).failures or []
        ]

    def preview(self, token: str, name: str = "it", /, **inputs: Any) -> dict[str, Any]:
        """The outputs of a creation that is only previewed."""
        request = sdk.CreateRequest(urn(token, name), wrapped(inputs), 0, preview=True)
        return plain_map(asyncio.run(self.provider.create(request)).properties)

    def create(self, token: str, name: str = "it", /, **inputs: Any) -> Declared:
        """Check and create; AssertionError when the check says no."""
        checked = self.checked(token, name, inputs)
        assert not checked.failures, [f"{f.property}: {f.reason}" for f in checked.failures]
        given = checked.inputs or {}
        answer = asyncio.run(
            self.provider.create(sdk.CreateRequest(urn(token, name), given, 0, preview=False))
        )
        return Declared(token, name, answer.resource_id or "", given, answer.properties)

    def diff(self, before: Declared, **inputs: Any) -> sdk.DiffResponse:
        """What a change to *inputs* would mean."""
        request = sdk.DiffRequest(before.urn, before.id, before.inputs, wrapped(inputs), [])
        return asyncio.run(self.provider.diff(request))

    def update(self, before: Declared, *, preview: bool = False, **changed: Any) -> Declared:
        """Update in place to the old inputs with *changed* (None takes one away)."""
        inputs = {**plain_map(before.inputs), **changed}
        given = self.checked(before.token, before.name, _said(inputs)).inputs or {}
        request = sdk.UpdateRequest(before.urn, before.id, before.state, given, 0, [], preview)
        answer = asyncio.run(self.provider.update(request))
        return Declared(before.token, before.name, before.id, given, answer.properties)

    def read(self, before: Declared) -> Declared | None:
        """Refresh; None when it is gone."""
        request = sdk.ReadRequest(before.urn, before.id, before.state, before.inputs)
        answer = asyncio.run(self.provider.read(request))
        if not answer.resource_id:
            return None
        return Declared(before.token, before.name, before.id, answer.inputs, answer.properties)

    def delete(self, before: Declared) -> None:
        """Delete."""
        asyncio.run(self.provider.delete(sdk.DeleteRequest(before.urn, before.id, before.state, 0)))

    def checked(
        self, token: str, name: str, inputs: dict[str, Any], names_required: bool = True
    ) -> sdk.CheckResponse:
        """The check's whole answer."""
        request = CheckRequest(urn(token, name), {}, wrapped(inputs), b"")
        request.names_required = names_required
        return asyncio.run(self.provider.check(request))


def wrapped(values: dict[str, Any]) -> Properties:
    """Plain values as properties."""
    return {name: wrap(value) for name, value in values.items()}


def _said(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
