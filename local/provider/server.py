"""The provider as a plugin of the engine: the SDK's gRPC servicer, and what of the protocol it leaves out."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Any, NoReturn, TypeVar

import grpc  # type: ignore[import-untyped]  # grpc and protobuf ship no types
import grpc.aio  # type: ignore[import-untyped]
from google.protobuf import message  # type: ignore[import-untyped]
from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.provider.experimental.provider import Provider
from pulumi.provider.experimental.server import ProviderServicer
from pulumi.runtime._grpc_settings import _GRPC_CHANNEL_OPTIONS  # what the SDK's own server is started with
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc, status_pb2

from local.provider.errors import PartlyMadeError, RefusedError
from local.provider.provider import CheckRequest
from local.provider.region import RegionError
from local.provider.schema import UnknownTypeError
from local.provider.values import wrap

SENTENCES = (RefusedError, RegionError, UnknownTypeError)  # whose message is meant for people as it stands
Answer = TypeVar("Answer")
ORPHAN_CHECK = 1  # seconds between two looks whether the engine was killed, and can end nobody any more


class Servicer(ProviderServicer):
    """The SDK's servicer with explicit names, diffs of inputs, and failures said in sentences."""

    async def Handshake(self, request: Any, context: Any) -> message.Message:  # noqa: N802 - the protocol's name
        """Tell the engine what this provider understands; unknown output values the SDK cannot read."""
        return provider_pb2.ProviderHandshakeResponse(
            accept_secrets=True,
            accept_resources=True,
            accept_outputs=False,
            supports_autonaming_configuration=True,
        )

    async def Configure(self, request: Any, context: Any) -> message.Message:  # noqa: N802
        """Configure, and answer the same as to the handshake."""
        await _said(context, super().Configure, request)
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True,
            acceptResources=True,
            acceptOutputs=False,
            supportsPreview=True,
            supports_autonaming_configuration=True,
        )

    async def Check(self, request: Any, context: Any) -> message.Message:  # noqa: N802
        """Check, with the engine's naming mode, which the SDK does not pass on."""
        wanted = CheckRequest(
            request.urn,
            PropertyValue.unmarshal_map(request.olds),
            PropertyValue.unmarshal_map(request.news),
            request.randomSeed,
        )
        modes = provider_pb2.CheckRequest.AutonamingOptions
        wanted.names_required = request.HasField("autonaming") and request.autonaming.mode == modes.DISABLE
        response = await _said(context, lambda check, _: self._provider.check(check), wanted)
        return provider_pb2.CheckResponse(
            inputs=PropertyValue.marshal_map(response.inputs or {}),
            failures=[
                provider_pb2.CheckFailure(property=f.property, reason=f.reason)
                for f in response.failures or []
            ],
        )

    async def Diff(self, request: Any, context: Any) -> message.Message:  # noqa: N802
        """Diff old inputs with new ones: the SDK passes the old outputs, which hold what AWS added."""
        request.olds.CopyFrom(request.old_inputs)
        return await _said(context, super().Diff, request)

    async def Create(self, request: Any, context: Any) -> message.Message:  # noqa: N802
        """Create; what was made in part is handed to the engine with the reason."""
        try:
            return await _said(context, super().Create, request)
        except PartlyMadeError as error:
            await _abort_partly(context, request, error)

    async def Update(self, request: Any, context: Any) -> message.Message:  # noqa: N802
        """Update, failing in sentences."""
        return await _said(context, super().Update, request)

    async def Delete(self, request: Any, context: Any) -> message.Message:  # noqa: N802
        """Delete, failing in sentences."""
        return await _said(context, super().Delete, request)

    async def Read(self, request: Any, context: Any) -> message.Message:  # noqa: N802
        """Read, failing in sentences."""
        return await _said(context, super().Read, request)

    async def Invoke(self, request: Any, context: Any) -> message.Message:  # noqa: N802
        """Invoke, failing in sentences."""
        return await _said(context, super().Invoke, request)


async def _said(context: Any, call: Callable[[Any, Any], Awaitable[Answer]], request: Any) -> Answer:
    """The answer of *call*; an error that is a sentence goes to the engine as that sentence alone."""
    try:
        return await call(request, context)
    except PartlyMadeError:
        raise
    except SENTENCES as error:
        await context.abort(grpc.StatusCode.UNKNOWN, str(error))
        raise


async def _abort_partly(context: Any, request: Any, error: PartlyMadeError) -> NoReturn:
    """Fail a create so that the engine keeps the half-made resource in its state and completes it later."""
    state = {
        **PropertyValue.unmarshal_map(request.properties),
        **{k: wrap(v) for k, v in error.made.outputs.items()},
    }
    detail = provider_pb2.ErrorResourceInitFailed(
        id=error.made.id,
        properties=PropertyValue.marshal_map(state),
        reasons=[str(error)],
        inputs=request.properties,
    )
    code = grpc.StatusCode.UNKNOWN
    status = status_pb2.Status(code=code.value[0], message=str(error))
    status.details.add().Pack(detail)
    await context.abort_with_status(
        _Status(code, str(error), (("grpc-status-details-bin", status.SerializeToString()),))
    )
    raise error


class _Status(grpc.Status):  # type: ignore[misc]  # untyped base
    """A gRPC status with details."""

    def __init__(
        self, code: grpc.StatusCode, details: str, trailing_metadata: tuple[tuple[str, bytes], ...]
    ) -> None:
        self.code, self.details, self.trailing_metadata = code, details, trailing_metadata


def serve(provider: Provider, version: str, engine: str) -> None:
    """Answer the engine at address *engine* until it ends this process; the port is printed first."""
    # The engine ends its plugins by SIGINT. Python would then wait for its threads, and those of a component
    # that failed wait for the engine: SIGTERM ends all of it at once.
    signal.signal(signal.SIGINT, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    asyncio.run(_serve(provider, version, engine))


async def _serve(provider: Provider, version: str, engine: str) -> None:
    server = grpc.aio.server(options=_GRPC_CHANNEL_OPTIONS)
    servicer = Servicer([], version, provider, engine_address=engine)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    engine_process = os.getppid()
    while os.getppid() == engine_process:
        await asyncio.sleep(ORPHAN_CHECK)
