"""`pulumi preview --json`, read: the changes it found, each with the component it belongs to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from delivery.errors import DeliveryError, Exit

Kind = Literal["delete", "replace", "update", "create"]
KINDS: Sequence[Kind] = ("delete", "replace", "update", "create")
"""From what wants most attention to what wants least."""
_KIND_OF: Mapping[str, Kind] = {
    "create": "create",
    "import": "create",
    "update": "update",
    "replace": "replace",
    "create-replacement": "replace",
    "delete-replaced": "replace",
    "delete": "delete",
}
# A new revision takes the place of the old: the engine calls it a replacement, and nothing is at stake.
_REVISED = ("aws:ecs/taskDefinition:TaskDefinition",)
STACK_TYPE = "pulumi:pulumi:Stack"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel, validate_by_name=True)


class ResourceState(_Part):
    """A resource as the engine knows it, before or after."""

    type: str
    parent: str = ""
    protect: bool = False
    inputs: Mapping[str, Any] = {}


class Step(_Part):
    """One step the engine would take."""

    op: str
    urn: str
    old_state: ResourceState | None = None
    new_state: ResourceState | None = None
    replace_reasons: tuple[str, ...] = ()


class Diagnostic(_Part):
    """Something the engine, the program or a policy said."""

    message: str = ""
    severity: str = ""
    urn: str = ""


class Digest(_Part):
    """The whole preview."""

    steps: tuple[Step, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    change_summary: Mapping[str, int] = Field(default_factory=dict)

    @classmethod
    def read(cls, text: str) -> Self:
        """The preview in *text*. Raises DeliveryError when it is none."""
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            raise DeliveryError(
                "This is no `pulumi preview --json`: " + str(error.errors()[0]["msg"]), Exit.REFUSED
            ) from error

    @property
    def errors(self) -> list[str]:
        """Why there is no plan, in the engine's words; empty when there is one."""
        return list(dict.fromkeys(_sentence(each) for each in self.diagnostics if each.severity == "error"))

    @property
    def stays(self) -> int:
        """How many resources stay as they are."""
        return self.change_summary.get("same", 0)

    def changes(self) -> list[Change]:
        """Every resource that changes, once, components and the stack itself left out."""
        found: dict[str, Change] = {}
        for step in self.steps:
            change = _change(step)
            if change and (change.urn not in found or step.op == "replace"):
                found[change.urn] = change
        return list(found.values())

    def standing(self, type_: str) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
        """Of each resource of *type_*: its component, its inputs before and after."""
        for step in self.steps:
            states = step.old_state, step.new_state
            if any(state and state.type == type_ for state in states):
                before, after = (state.inputs if state else {} for state in states)
                yield _component(step), before, after


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to one resource."""

    kind: Kind
    urn: str
    type: str
    name: str
    component: str
    protected: bool
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    because: tuple[str, ...]

    @property
    def short_type(self) -> str:
        """`aws:sqs/queue:Queue` as people write it: `aws.sqs.Queue`."""
        package, module, name = self.type.split(":")
        return ".".join([package, module.partition("/")[0], name])


def _change(step: Step) -> Change | None:
    state = step.new_state or step.old_state
    kind = _KIND_OF.get(step.op)
    if kind is None or state is None or state.type == STACK_TYPE or state.type.startswith("vectoricons:"):
        return None
    if kind == "replace" and state.type in _REVISED:
        kind = "update"
    return Change(
        kind=kind,
        urn=step.urn,
        type=state.type,
        name=step.urn.rpartition("::")[2],
        component=_component(step),
        protected=bool(step.old_state and step.old_state.protect),
        before=step.old_state.inputs if step.old_state else {},
        after=step.new_state.inputs if step.new_state and kind != "delete" else {},
        because=step.replace_reasons,
    )


def _component(step: Step) -> str:
    """The logical name of the component that a resource stands in."""
    state = step.new_state or step.old_state
    return state.parent.rpartition("::")[2] if state and state.parent else "stack"


def _sentence(said: Diagnostic) -> str:
    name = said.urn.rpartition("::")[2]
    text = said.message.strip()
    return f"{name}: {text}" if name and STACK_TYPE not in said.urn else text
