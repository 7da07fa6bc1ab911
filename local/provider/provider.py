"""The `aws` provider: checks and diffs by AWS's rules, makes the data plane in a region, records the rest."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError
from pulumi.provider.experimental import provider as sdk
from pulumi.provider.experimental.property_value import PropertyValue

from local.provider import checks, services
from local.provider.derived import derived, derived_names
from local.provider.diffs import difference
from local.provider.errors import PartlyMadeError, RefusedError, is_gone, sentences
from local.provider.facts import NAMES
from local.provider.recorded import Place, Recorded
from local.provider.region import Region
from local.provider.resources import GoneError, Made, Resource
from local.provider.schema import ResourceType, provider_fields, resource_type
from local.provider.values import NULL, UNKNOWN, Properties, holds, is_unknown, plain, plain_map, wrap

ACCOUNT, REGION = "123456789012", "us-east-1"
WITHHELD = PropertyValue("(write-only)")
ENGINE_SETTINGS = {"version", "pluginDownloadURL"}  # the engine puts these among a provider's inputs


class CheckRequest(sdk.CheckRequest):
    """A check that also knows whether the engine forbids inventing names."""

    names_required = False


class AwsProvider(sdk.Provider):
    """Type tokens `aws:*`, in *region* or recorded only."""

    def __init__(self, region: Region | None) -> None:
        self._region = region
        self._place = Place(region.account, region.region) if region else Place(ACCOUNT, REGION)
        self._default_tags: dict[str, PropertyValue] = {}
        self._withheld: dict[tuple[str, str], PropertyValue] = {}

    async def check_config(self, request: sdk.CheckRequest) -> sdk.CheckResponse:
        """Refuse settings that the real provider does not have."""
        settings = {k: v for k, v in request.new_inputs.items() if k not in ENGINE_SETTINGS}
        parsed = {k: _parsed(v) for k, v in settings.items()}
        failures = list(checks.object_failures(provider_fields("aws"), parsed, "The aws provider"))
        return sdk.CheckResponse(request.new_inputs, failures)

    async def configure(self, request: sdk.ConfigureRequest) -> sdk.ConfigureResponse:
        """Take account, region and default tags; refuse to touch an account that is not allowed."""
        settings = {name: plain(_parsed(value)) for name, value in request.args.items()}
        allowed = [str(account) for account in settings.get("allowedAccountIds") or []]
        if self._region is not None and allowed and self._region.account not in allowed:
            raise RefusedError(
                f"This region's account is {self._region.account}, and the aws provider is set to work in "
                f"{', '.join(allowed)} alone. Select the stack that belongs to this region."
            )
        account = self._place.account if self._region or not allowed else allowed[0]
        self._place = Place(account, settings.get("region") or self._place.region)
        tags = (settings.get("defaultTags") or {}).get("tags") or {}
        self._default_tags = {key: PropertyValue(str(value)) for key, value in tags.items()}
        return await super().configure(request)

    async def check(self, request: sdk.CheckRequest) -> sdk.CheckResponse:
        """Refuse what AWS would by its shape; add default tags; keep write-only values out of the state."""
        resource = await asyncio.to_thread(resource_type, token_of(request.urn))
        names_required = isinstance(request, CheckRequest) and request.names_required
        failures = checks.failures(resource, request.new_inputs, names_required=names_required)
        inputs = dict(request.new_inputs)
        if "tagsAll" in resource.computed and self._default_tags:
            inputs["tags"] = _with_defaults(inputs.get("tags", NULL), self._default_tags)
        for name in inputs:
            if name.endswith("Wo") and f"{name}Version" in resource.inputs:
                self._withheld[request.urn, name] = inputs[name]
                inputs[name] = WITHHELD
        return sdk.CheckResponse(inputs, failures)

    async def diff(self, request: sdk.DiffRequest) -> sdk.DiffResponse:
        """Compare inputs: the state in *request* is the old inputs (see `local.provider.server`)."""
        resource = await asyncio.to_thread(resource_type, token_of(request.urn))
        return difference(resource, request.old_state, request.new_inputs)

    async def create(self, request: sdk.CreateRequest) -> sdk.CreateResponse:
        """Make the resource, or record it; at preview, what AWS computes is unknown."""
        resource = await asyncio.to_thread(resource_type, token_of(request.urn))
        if request.preview:
            unknown = dict.fromkeys(NAMES.filled(resource), UNKNOWN)
            shown = {**unknown, **request.properties, **_tags_all(resource, request.properties)}
            shown |= dict.fromkeys(derived_names(resource.token), UNKNOWN)
            return sdk.CreateResponse("", shown)
        inputs = self._whole(request.urn, request.properties)
        try:
            made = await asyncio.to_thread(self._create, resource, request.urn, inputs)
        except PartlyMadeError as error:
            raise PartlyMadeError(
                self._settled(resource, request.urn, inputs, error.made), str(error)
            ) from error
        made = self._settled(resource, request.urn, inputs, made)
        return sdk.CreateResponse(made.id, {**request.properties, **_wrapped(made.outputs)})

    async def update(self, request: sdk.UpdateRequest) -> sdk.UpdateResponse:
        """Change the resource in place."""
        resource = await asyncio.to_thread(resource_type, token_of(request.urn))
        kept = {name: request.olds[name] for name in NAMES.filled(resource) & set(request.olds)}
        properties = {**kept, **request.news, **_tags_all(resource, request.news)}
        properties |= _wrapped(derived(resource.token, plain_map(request.news)))
        worker = self._worker(token_of(request.urn))
        if request.preview or worker is None:
            return sdk.UpdateResponse(properties)
        inputs = self._whole(request.urn, request.news)
        outputs = await asyncio.to_thread(_update, worker, request, inputs)
        return sdk.UpdateResponse({**properties, **_wrapped(outputs)})

    async def read(self, request: sdk.ReadRequest) -> sdk.ReadResponse:
        """What AWS holds now, where it differs from what was declared; nothing when it is gone."""
        worker = self._worker(token_of(request.urn))
        if not request.properties:
            raise RefusedError(
                f"{token_of(request.urn)} {request.name!r}: this region imports nothing: declare it."
            )
        if worker is None:
            return await super().read(request)
        found = await asyncio.to_thread(_read, worker, request)
        if found is None:
            return sdk.ReadResponse()
        drifted = {
            name: wrap(value)
            for name, value in found.items()
            if name in request.inputs and not holds(value, plain(request.inputs[name]))
        }
        return sdk.ReadResponse(
            request.resource_id, {**request.properties, **drifted}, {**request.inputs, **drifted}
        )

    async def delete(self, request: sdk.DeleteRequest) -> None:
        """Delete it; what is gone already is deleted."""
        worker = self._worker(token_of(request.urn))
        if worker is not None:
            await asyncio.to_thread(_delete, worker, request)

    async def invoke(self, request: sdk.InvokeRequest) -> sdk.InvokeResponse:
        """Answer the few questions that have one answer in every region."""
        account, region = self._place.account, self._place.region
        answers: dict[str, dict[str, Any]] = {
            "aws:index/getCallerIdentity:getCallerIdentity": {
                "accountId": account,
                "arn": f"arn:aws:iam::{account}:user/operator",
                "id": account,
                "userId": account,
            },
            "aws:index/getRegion:getRegion": {"id": region, "name": region, "region": region},
            "aws:index/getPartition:getPartition": {
                "id": "aws",
                "partition": "aws",
                "dnsSuffix": "amazonaws.com",
            },
        }
        if request.tok not in answers:
            raise RefusedError(
                f"The local provider cannot answer {request.tok}. Declare the fact in the stack's settings, "
                "or read it from a resource's outputs."
            )
        return sdk.InvokeResponse(_wrapped(answers[request.tok]))

    def _create(self, resource: ResourceType, urn: str, inputs: Properties) -> Made:
        worker = self._worker(resource.token)
        if worker is None:
            return Made("")
        with sentences(resource.token, urn.rpartition("::")[2], "create"):
            return worker.create(worker.inputs.model_validate(plain_map(inputs)))

    def _settled(self, resource: ResourceType, urn: str, inputs: Properties, made: Made) -> Made:
        """*made* with plausible values for what its maker did not answer."""
        recorded = Recorded(resource, urn, plain_map(inputs), self._place)
        outputs = {**recorded.outputs(), **derived(resource.token, recorded.inputs), **made.outputs}
        return Made(made.id or recorded.id, outputs)

    def _worker(self, token: str) -> Resource[Any] | None:
        cls = services.find(token) if self._region is not None else None
        return cls(self._region) if cls is not None and self._region is not None else None

    def _whole(self, urn: str, inputs: Properties) -> Properties:
        """*inputs* with the write-only values that check withheld; they are never in the state."""
        return {k: self._withheld.get((urn, k), NULL) if v == WITHHELD else v for k, v in inputs.items()}


def token_of(urn: str) -> str:
    """The type token in a URN, without its parents' (the SDK's own `type` has them too)."""
    return urn.split("::")[2].rpartition("$")[2]


def _update(worker: Resource[Any], request: sdk.UpdateRequest, inputs: Properties) -> dict[str, Any]:
    with sentences(token_of(request.urn), request.name, "update"):
        old = worker.inputs.model_validate(plain_map(request.olds))
        new = worker.inputs.model_validate(plain_map(inputs))
        return worker.update(request.resource_id, old, new)


def _read(worker: Resource[Any], request: sdk.ReadRequest) -> dict[str, Any] | None:
    with sentences(token_of(request.urn), request.name, "read"):
        try:
            known = plain_map({**request.properties, **request.inputs})
            return worker.read(request.resource_id, worker.inputs.model_validate(known))
        except GoneError:
            return None
        except ClientError as error:
            if is_gone(error):
                return None
            raise


def _delete(worker: Resource[Any], request: sdk.DeleteRequest) -> None:
    with sentences(token_of(request.urn), request.name, "delete"):
        try:
            worker.delete(request.resource_id, worker.inputs.model_validate(plain_map(request.properties)))
        except ClientError as error:
            if not is_gone(error):
                raise


def _tags_all(resource: ResourceType, inputs: Properties) -> Properties:
    """tagsAll is known as soon as the tags are."""
    if "tagsAll" not in resource.computed:
        return {}
    tags = inputs.get("tags", NULL)
    return {"tagsAll": PropertyValue({}) if tags == NULL else tags}


def _wrapped(values: Mapping[str, Any]) -> Properties:
    return {name: wrap(value) for name, value in values.items()}


def _with_defaults(tags: PropertyValue, defaults: dict[str, PropertyValue]) -> PropertyValue:
    """Default tags under the resource's own, as the real provider records them."""
    if is_unknown(tags):
        return tags
    own = tags.value if isinstance(tags.value, Mapping) else {}
    return tags.with_value({**defaults, **own})


def _parsed(setting: PropertyValue) -> PropertyValue:
    """A provider setting; the SDK spells those that are not text as JSON."""
    if not isinstance(setting.value, str):
        return setting
    try:
        return wrap(json.loads(setting.value))
    except ValueError:
        return setting
