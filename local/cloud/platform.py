"""The region's addresses beside AWS's API: task credentials, Slack sink, call record, sent mail."""

from __future__ import annotations

from threading import Lock

from flask import Flask, Response, abort, jsonify, request
from moto.ses.models import ses_backends

from local.cloud.calls import CallLog
from local.cloud.credentials import TaskCredentials


class SlackSink:
    """What stands for Slack's incoming webhook: it keeps the messages, and answers what it is told to."""

    def __init__(self) -> None:
        self.messages: list[dict[str, object]] = []
        self.status = 200
        self._lock = Lock()

    def receive(self, message: dict[str, object]) -> int:
        """Keep *message* unless told to fail; returns the HTTP status to answer."""
        with self._lock:
            if self.status == 200:
                self.messages.append(message)
            return self.status


def platform(
    account: str, region: str, credentials: TaskCredentials, sink: SlackSink, calls: CallLog
) -> Flask:
    """The application that serves them."""
    app = Flask("platform", static_folder=None)

    @app.get("/credentials/<task>")
    def session(task: str) -> Response:
        body = credentials.session(task, request.headers.get("Authorization", ""))
        if body is None:
            abort(401, "This token is not the task's.")
        return Response(body, content_type="application/json")

    @app.post("/slack")
    def webhook() -> tuple[str, int]:
        status = sink.receive(request.get_json(force=True))
        return ("ok" if status == 200 else "told to fail"), status

    @app.put("/slack/status")
    def tell() -> tuple[str, int]:
        sink.status = int(request.get_data(as_text=True))
        return "", 204

    @app.get("/slack")
    def messages() -> Response:
        return jsonify(sink.messages)

    @app.get("/calls")
    def record() -> Response:
        since = request.args.get("since", default=0, type=int)
        return jsonify([call.as_dict() for call in calls.since(since)])

    @app.get("/mail")
    def mail() -> Response:
        sent = ses_backends[account][region].sent_messages
        return jsonify(
            [
                {"from": one.source, "subject": getattr(one, "subject", ""), "body": getattr(one, "body", "")}
                for one in sent
            ]
        )

    return app
