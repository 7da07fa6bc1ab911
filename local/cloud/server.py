"""A WSGI application served on 127.0.0.1 by threads of this process, over kept connections."""

from __future__ import annotations

from threading import Thread
from wsgiref.types import WSGIApplication

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import make_server


class _Handler(MotoRequestHandler):
    """HTTP/1.1: a client keeps its connection, and no part of an answer waits for an acknowledgement."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def handle_expect_100(self) -> bool:
        """Leave `100 Continue` to werkzeug, which sends it when the application is about to run."""
        return True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Write no access log: the region records calls itself."""


class Server:
    """*application* on 127.0.0.1:*port*, from its making until `stop`. OSError when the port is taken."""

    def __init__(self, application: WSGIApplication, port: int) -> None:
        self._server = make_server("127.0.0.1", port, application, threaded=True, request_handler=_Handler)
        self._thread = Thread(
            target=self._server.serve_forever, args=(0.1,), name=f"http-{port}", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Take no further request."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
