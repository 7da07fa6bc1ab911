"""AWS as moto plays it, in a thread of the test process."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import pytest
import requests
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

Application = Callable[..., Any]


@contextmanager
def moto_server() -> Iterator[str]:
    """The address of a server in which nothing has happened yet."""
    application = _untraced(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=MotoRequestHandler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def lead_to(address: str, environment: pytest.MonkeyPatch) -> None:
    """Let clients that are made from the *environment* talk to the server at *address*."""
    for name, value in {
        "AWS_ENDPOINT_URL": address,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        environment.setenv(name, value)


def forget_everything(address: str) -> None:
    """Let nothing have happened at *address*."""
    requests.post(f"{address}/moto-api/reset", timeout=10).raise_for_status()


def _untraced(application: Application) -> Application:
    """*application*, not seen by coverage, which is not asked about moto: it would take twice as long."""

    def answer(*request: Any) -> Any:
        sys.settrace(None)  # of the thread that answers
        return application(*request)

    return answer
