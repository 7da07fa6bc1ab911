"""What a program declares, without an engine: every registration, with its inputs, its owner and its options.

Pulumi's mocks show the inputs alone; the monitor below also keeps parent, protection and dependencies.
"""

from __future__ import annotations

import asyncio
import gc
import json
import runpy
import signal
from collections.abc import Callable, Iterator, Mapping
from contextvars import copy_context
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pulumi
import yaml
from pulumi.runtime import mocks, rpc
from pulumi.runtime import settings as runtime

from components.base import Deployment
from components.settings import Settings
from tests.keys import PRIVATE_KEY

TREE = Path(__file__).parents[2]
SECRETS = {
    "vectoricons:sessionKey": "k" * 64,
    "vectoricons:slackWebhook": "https://hooks.slack.test/T0/B0",
    "vectoricons:stripeKey": "sk_test_synth",
    "vectoricons:stripeWebhookSecret": "whsec_synth",
    "vectoricons:cdnPrivateKey": PRIVATE_KEY,
}
# The key by which Pulumi's wire format marks a secret among values.
SECRET_MARK = "4dabf18193072939515e22adb298388d"

# What AWS would answer beyond the inputs, for the types whose answers the program uses.
ANSWERS: Mapping[str, Mapping[str, Any]] = {
    "aws:rds/instance:Instance": {
        "address": "database.test",
        "port": 5432,
        "masterUserSecrets": [
            {"secretArn": "arn:aws:secretsmanager:us-east-1:210987654321:secret:rds!db-1-AbCdEf"}
        ],
    },
    "aws:elasticache/replicationGroup:ReplicationGroup": {
        "primaryEndpointAddress": "cache.test",
        "port": 6379,
    },
    "aws:cloudfront/distribution:Distribution": {
        "domainName": "d1.cloudfront.test",
        "hostedZoneId": "Z2FDTNDATAQYW2",
    },
    "aws:lb/loadBalancer:LoadBalancer": {
        "dnsName": "internal-main.elb.test",
        "arnSuffix": "app/main/1",
    },
    "aws:lb/targetGroup:TargetGroup": {"arnSuffix": "targetgroup/api/1"},
    "aws:route53/record:Record": {"fqdn": "proof.test"},
    "aws:ec2/eip:Eip": {"allocationId": "eipalloc-1"},
}


@dataclass(frozen=True, slots=True)
class Declared:
    """One resource as the program registered it."""

    urn: str
    type: str
    name: str
    parent: str
    inputs: Mapping[str, Any]
    protect: bool
    depends_on: frozenset[str]
    ignores: tuple[str, ...]
    provider: str

    def document(self, key: str = "policy") -> Any:
        """The JSON under *key*, read."""
        return json.loads(self.inputs[key])


class Declarations:
    """All that one run registered, by name: the order of registration is the event loop's."""

    def __init__(self, resources: list[Declared], outputs: Mapping[str, Any], result: Any) -> None:
        self.resources = sorted(resources, key=lambda each: each.name)
        self.outputs = outputs
        self.result = result

    def of(self, token: str) -> list[Declared]:
        """Those of a type."""
        return [each for each in self.resources if each.type == token]

    def one(self, name: str) -> Declared:
        """The one with a logical name."""
        (found,) = [each for each in self.resources if each.name == name]
        return found

    def aws(self) -> Iterator[Declared]:
        """Those that would exist in AWS."""
        return (each for each in self.resources if each.type.startswith(("aws:", "awsx:")))


class _Monitor(mocks.MockMonitor):
    """Registers everything; answers nothing that it was not told."""

    def __init__(self, account: str, *, preview: bool) -> None:
        super().__init__(_Answers(account, preview=preview))
        self.seen: list[Declared] = []

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the engine's own name
        answer = super().RegisterResource(request)  # type: ignore[no-untyped-call]  # the SDK leaves it bare
        self.seen.append(
            Declared(
                urn=answer.urn,
                type=request.type,
                name=request.name,
                parent=request.parent,
                inputs=_without_marks(rpc.deserialize_properties(request.object, keep_unknowns=True)),
                protect=request.protect,
                depends_on=frozenset(request.dependencies),
                ignores=tuple(request.ignoreChanges),
                provider=request.provider,
            )
        )
        return answer


class _Answers(mocks.Mocks):
    def __init__(self, account: str, *, preview: bool) -> None:
        self._account = account
        self._preview = preview

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        if self._preview:
            return "", {**args.inputs, **dict.fromkeys(_answers_to(args, self._account), rpc.UNKNOWN)}
        made = {
            "arn": f"arn:aws:made:::{args.name}",
            "url": f"https://queue.test/{args.name}",
            "versionId": f"{args.name}-version",
            "repositoryUrl": f"210987654321.dkr.ecr.us-east-1.amazonaws.com/{args.inputs.get('name')}",
            "imageUri": f"{args.inputs.get('repositoryUrl')}@sha256:{'0' * 64}",
        }
        answers = {**made, **args.inputs, **ANSWERS.get(args.typ, {}), **_answers_to(args, self._account)}
        return f"{args.name}-id", answers

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        raise AssertionError(f"{args.token}: the program asks AWS for what its settings should say.")


def _answers_to(args: mocks.MockResourceArgs, account: str) -> dict[str, Any]:
    """What AWS would answer that follows from the inputs."""
    if args.typ == "aws:acm/certificate:Certificate":
        hosts = [args.inputs["domainName"], *args.inputs.get("subjectAlternativeNames", [])]
        return {"domainValidationOptions": [_proof(host) for host in hosts]}
    if args.typ == "aws:sesv2/emailIdentity:EmailIdentity":
        signing = args.inputs["dkimSigningAttributes"]
        tokens = [] if args.inputs["emailIdentity"].startswith("old.") else ["one", "two", "three"]
        return {"dkimSigningAttributes": {**signing, "tokens": tokens}}
    if args.typ == "aws:cloudfront/distribution:Distribution":
        return {"arn": f"arn:aws:cloudfront::{account}:distribution/{args.name}"}
    return {}


def _proof(host: str) -> dict[str, str]:
    return {
        "domainName": host,
        "resourceRecordName": f"_proof.{host}",
        "resourceRecordType": "CNAME",
        "resourceRecordValue": f"_{host}.acm-validations.test",
    }


def synth(build: Callable[[], Any], *, stack: str = "dev", preview: bool = False) -> Declarations:
    """Run *build* against a fresh engine-less Pulumi and wait for all that it registers."""
    # Pulumi asks for the thread's event loop, which another room's test may have taken away.
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        return copy_context().run(_synth, build, stack, preview)
    finally:
        asyncio.set_event_loop(None)
        loop.close()


def _synth(build: Callable[[], Any], stack: str, preview: bool) -> Declarations:
    monitor = _Monitor(config(stack)["vectoricons:account"], preview=preview)
    runtime.set_root_resource(None)  # type: ignore[arg-type]  # that of the last run
    mocks.set_mocks(monitor.mocks, project="vectoricons", stack=stack, preview=preview, monitor=monitor)
    kept: list[Any] = []
    outputs: dict[str, Any] = {}

    def run() -> pulumi.Output[None]:
        kept.append(build())
        root = runtime.get_root_resource()
        return pulumi.Output.from_input(getattr(root, "outputs", {})).apply(outputs.update)

    mocks.test(run)()  # type: ignore[no-untyped-call]  # the SDK leaves it bare
    return Declarations(monitor.seen[1:], outputs, kept[0])


def component(build: Callable[[], Any], *, stack: str = "dev", **changes: Any) -> Declarations:
    """Run *build* inside a deployment whose settings are those of the stack dev with *changes*."""

    def deployed() -> Any:
        with Deployment(settings(**changes)):
            return build()

    return synth(deployed, stack=stack)


def program(stack: str, *, preview: bool = False) -> Declarations:
    """Run the whole program as *stack*, with its own file."""

    def main() -> None:
        pulumi.runtime.set_all_config(config(stack), list(SECRETS))
        runpy.run_path(str(TREE / "__main__.py"), run_name="__main__")

    interrupted = signal.getsignal(signal.SIGINT)
    try:
        return synth(main, stack=stack, preview=preview)
    finally:  # the program has a process of its own, which lives for one run
        gc.enable()
        signal.signal(signal.SIGINT, interrupted)


@cache
def declared(stack: str) -> Declarations:
    """The same, run once a test process."""
    return program(stack)


def config(stack: str, **changes: Any) -> dict[str, str]:
    """A stack file and its secrets as the engine hands them to the program, with *changes* by setting."""
    file = yaml.safe_load((TREE / f"Pulumi.{stack}.yaml").read_text())
    values = file["config"] | SECRETS | {f"vectoricons:{key}": value for key, value in changes.items()}
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in values.items()}


def settings(stack: str = "dev", **changes: Any) -> Settings:
    """The settings of a stack file with *changes* by setting."""
    return Settings.parse(stack, config(stack, **changes))


def _without_marks(value: Any) -> Any:
    """Plain values: what Pulumi wraps as secret is laid open."""
    if isinstance(value, Mapping):
        if SECRET_MARK in value:
            return _without_marks(value["value"])
        return {key: _without_marks(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_without_marks(inner) for inner in value]
    return value
