"""A stack as rules see it: values that are not known yet are kept apart from values that are not given.

At preview an output of a resource that does not exist is unknown. pulumi_policy raises when one is touched,
and its stack validator then gives up on the whole stack, in whatever order the resources came. Here the raise
is caught while a resource is read: rules iterate `stack.known(type, *needs)` and lose at most that resource.

Of the whole stack the engine shows outputs alone, where at preview even what nobody gave is unknown if AWS
may fill it in: a queue without a redrive policy looks like one whose policy is yet to come. So the inputs,
which the engine shows one resource at a time beforehand, are laid over them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

from pulumi_policy import PolicyResource, ResourceValidationArgs, StackValidationArgs
from pulumi_policy.proxy import UnknownValueError

from vectoricons_policy.reading import Memory


class Unknown(Enum):
    """The one value that stands for "not known at preview"; unlike None, which is "not given"."""

    VALUE = "unknown"


UNKNOWN: Final = Unknown.VALUE

_OLDER_S3_TOKEN = re.compile(r"^aws:s3/(\w+)V2:(\w+)V2$")
_EMPTY: Final[Mapping[str, Any]] = {}


def stack_of(urn: str) -> str:
    """The name of the stack that *urn* is of."""
    return urn.split("::")[0].removeprefix("urn:pulumi:")


def at(value: object, path: str) -> object:
    """What *value* holds at *path*, names with dots between: None if nothing, UNKNOWN if not all is known."""
    for name in path.split("."):
        if not isinstance(value, Mapping):
            return UNKNOWN if value is UNKNOWN else None
        value = value.get(name)
    return UNKNOWN if _has_unknown(value) else value


@dataclass(frozen=True)
class Resource:
    """One resource of a stack: its properties as plain values, and whom it depends on for which of them."""

    type: str
    urn: str
    properties: Mapping[str, object] = field(default_factory=dict)
    parent: str | None = None
    dependencies: Mapping[str, frozenset[str]] = field(default_factory=dict)
    protect: bool = False
    ignores: frozenset[str] = frozenset()

    @classmethod
    def given(cls, args: ResourceValidationArgs) -> Resource:
        """The resource as its author gave it, before the provider has answered."""
        return cls(
            _canonical(args.resource_type),
            args.urn,
            _plain_mapping(args.props),
            args.opts.parent,
            protect=args.opts.protect,
            ignores=frozenset(args.opts.ignore_changes),
        )

    def get(self, path: str) -> object:
        """The property at *path*: a plain value, None when not given, UNKNOWN when it has an unknown part."""
        return at(self.properties, path)

    @property
    def stack(self) -> str:
        """The name of the stack, as its URN says."""
        return stack_of(self.urn)

    @property
    def project(self) -> str:
        """The name of the project, as its URN says."""
        return self.urn.split("::")[1]

    @property
    def label(self) -> str:
        """The logical name, as its author wrote it."""
        return self.urn.split("::", 3)[-1]


@dataclass(frozen=True)
class Known:
    """A resource whose needed properties are all known, and those properties alone."""

    resource: Resource
    needs: Mapping[str, object]

    @property
    def urn(self) -> str:
        """The resource's URN."""
        return self.resource.urn

    def __getitem__(self, name: str) -> object:
        """The needed property *name*, None when not given. LookupError if `known()` was not asked for it."""
        try:
            return self.needs[name]
        except KeyError:
            raise LookupError(
                f"{name} is read but not needed: name it in stack.known({self.resource.type!r}, …)"
            ) from None


class Stack:
    """Resources a rule may look at, the rule's settings, and a note of what it could not read."""

    def __init__(self, resources: Sequence[Resource], config: Mapping[str, object] = _EMPTY) -> None:
        self.config = config
        self.unread: set[str] = set()
        self._resources = {resource.urn: resource for resource in resources}

    @classmethod
    def of_stack(
        cls, args: StackValidationArgs, inputs: Mapping[str, Mapping[str, object]] = _EMPTY
    ) -> Stack:
        """The whole stack: what the provider reports and, over it, the *inputs* by URN as far as noted."""
        resources = [_read(resource, inputs.get(resource.urn)) for resource in args.resources]
        return cls(resources, args.get_config())

    def __iter__(self) -> Iterator[Resource]:
        return iter(self._resources.values())

    def __contains__(self, urn: str) -> bool:
        return urn in self._resources

    def of(self, type_: str) -> Iterator[Resource]:
        """Every resource of *type_*, whatever is known of it."""
        return (resource for resource in self if resource.type == type_)

    def known(self, type_: str, *needs: str) -> Iterator[Known]:
        """Every resource of *type_* whose properties *needs* are known; the others are noted as unread."""
        for resource in self.of(type_):
            values = {name: resource.get(name) for name in needs}
            if UNKNOWN in values.values():
                self.unread.add(resource.urn)
            else:
                yield Known(resource, values)

    def parts(self, type_: str, path: str) -> Iterator[tuple[Resource, object]]:
        """Every known value at *path* of resources of *type_*: dots between names, `*` for each element.

        Unknown elements of a list are left out one by one, so that they hide nothing of their neighbours.
        """
        steps = path.split(".")
        for resource in self.of(type_):
            if resource.get(steps[0]) is UNKNOWN:
                self.unread.add(resource.urn)
            for value in _walk(resource.properties, steps):
                yield resource, value

    def ancestors(self, resource: Resource) -> Iterator[Resource]:
        """The parents of *resource*, nearest first."""
        above = self._resources.get(resource.parent or "")
        while above:
            yield above
            above = self._resources.get(above.parent or "")


def _read(resource: PolicyResource, inputs: Mapping[str, object] | None) -> Resource:
    outputs: Mapping[str, object] = _outputs(resource.props)
    if inputs is not None:
        told = {name: value for name, value in outputs.items() if value is not UNKNOWN}
        outputs = {**told, **inputs}
    return Resource(
        _canonical(resource.resource_type),
        resource.urn,
        outputs,
        resource.parent.urn if resource.parent else None,
        {
            name: frozenset(each.urn for each in found)
            for name, found in resource.property_dependencies.items()
        },
        resource.opts.protect,
        frozenset(resource.opts.ignore_changes),
    )


def _canonical(type_: str) -> str:
    """The current token of a type that the AWS provider also offers under an older one."""
    return _OLDER_S3_TOKEN.sub(r"aws:s3/\1:\2", type_)


def _plain_mapping(proxy: Mapping[str, object]) -> Mapping[str, object]:
    return {name: _item(proxy, name) for name in proxy}


_outputs = Memory(_plain_mapping)  # every rule about the stack asks for them


def _item(container: Mapping[str, object] | Sequence[object], key: str | int) -> object:
    try:
        value = container[key]  # type: ignore[index]  # the key is of the container it came from
    except UnknownValueError:
        return UNKNOWN
    if isinstance(value, Mapping):
        return _plain_mapping(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_item(value, index) for index in range(len(value))]
    return value


def _has_unknown(value: object) -> bool:
    if isinstance(value, dict):
        return any(map(_has_unknown, value.values()))
    if isinstance(value, list):
        return any(map(_has_unknown, value))
    return value is UNKNOWN


def _walk(value: object, path: list[str]) -> Iterator[object]:
    if not path:
        settled = _settled(value)
        if settled is not UNKNOWN and settled is not None:
            yield settled
    elif path[0] == "*" and isinstance(value, list):
        for element in value:
            yield from _walk(element, path[1:])
    elif isinstance(value, Mapping):
        yield from _walk(value.get(path[0]), path[1:])


def _settled(value: object) -> object:
    """*value* without the unknown elements of its lists; UNKNOWN when nothing can be said without them."""
    if isinstance(value, list):
        settled = [each for each in map(_settled, value) if each is not UNKNOWN]
        return UNKNOWN if value and not settled else settled
    if isinstance(value, Mapping):
        pairs = {key: _settled(each) for key, each in value.items()}
        return UNKNOWN if UNKNOWN in pairs.values() else pairs
    return value
