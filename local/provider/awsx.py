"""The `awsx` provider: the one component the program uses, built of its real children."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_docker_build as docker_build
from pulumi.errors import InputPropertiesError
from pulumi.provider.experimental import provider as sdk
from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.runtime import rpc

from local.provider import checks
from local.provider.errors import RefusedError
from local.provider.schema import resource_type
from local.provider.values import UNKNOWN, wrap

IMAGE = "awsx:ecr:Image"


class AwsxProvider(sdk.Provider):
    """Type tokens `awsx:*`: `awsx:ecr:Image`, and a sentence for the others."""

    async def construct(self, request: sdk.ConstructRequest) -> sdk.ConstructResponse:
        """Register the component with its child; the image's URI names it by digest."""
        if request.resource_type != IMAGE:
            raise RefusedError(
                f"The local region has no {request.resource_type}: of awsx it builds {IMAGE} alone. "
                "Use the aws resources that it is made of."
            )
        failures = list(checks.object_failures(resource_type(IMAGE).inputs, request.inputs, IMAGE))
        if failures:
            errors: Any = [{"property_path": f.property, "reason": f.reason} for f in failures]
            raise InputPropertiesError(f"{IMAGE} {request.name!r} cannot be built as it stands.", errors)
        component = pulumi.ComponentResource(IMAGE, request.name, None, request.options)
        given = _inputs(request.inputs)
        child = pulumi.ResourceOptions(parent=component, depends_on=_dependencies(request.inputs))
        image = docker_build.Image(request.name, opts=child, **_build(request.name, given))
        uri = pulumi.Output.concat(given["repositoryUrl"], "@", image.digest)
        component.register_outputs({"imageUri": uri})
        urn = str(await component.urn.future())
        known = await uri.is_known()
        image_uri = wrap(await uri.future()) if known else UNKNOWN
        return sdk.ConstructResponse(
            urn, {"imageUri": image_uri.with_dependencies([urn])}, {"imageUri": {urn}}
        )


def _build(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The component's inputs as the child takes them."""
    context = given.get("context", ".")
    tag = given.get("imageTag", name)
    return {
        "context": {"location": context},
        "dockerfile": {"location": given.get("dockerfile", pulumi.Output.concat(context, "/Dockerfile"))},
        "build_args": given.get("args"),
        "platforms": [given["platform"]] if "platform" in given else None,
        "target": given.get("target"),
        "tags": [pulumi.Output.concat(given["repositoryUrl"], ":", tag)],
        "push": True,
    }


def _inputs(inputs: Mapping[str, PropertyValue]) -> dict[str, Any]:
    """The inputs as the SDK's resources take them; unknown ones as unknown outputs."""
    values = rpc.deserialize_properties(PropertyValue.marshal_map(dict(inputs)), keep_unknowns=True)
    return {name: pulumi.Output.from_input(value) for name, value in values.items()}


def _dependencies(inputs: Mapping[str, PropertyValue]) -> list[pulumi.Resource]:
    urns = {urn for value in inputs.values() for urn in value.all_dependencies()}
    return [pulumi.resource.DependencyResource(urn) for urn in sorted(urns)]
