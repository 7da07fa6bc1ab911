"""CloudFront's part: the objects of every bucket whose policy lets CloudFront read them, over plain HTTP."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask, Response, abort, request
from moto.s3.models import FakeBucket, FakeKey, s3_backends

from local.cloud.policies import Decision, Document, Request, decide

CLOUDFRONT = {"Service": "cloudfront.amazonaws.com"}


def edge(account: str) -> Flask:
    """The application of the edge: `GET /{key}`."""
    app = Flask("edge", static_folder=None)

    @app.get("/<path:key>")
    def asset(key: str) -> Response:
        for bucket in _readable(account, key):
            found = bucket.keys.get(key)
            if isinstance(found, FakeKey):
                return _answer(found)
        return abort(404, f"No bucket that CloudFront may read holds {key}.")

    return app


def _readable(account: str, key: str) -> Iterator[FakeBucket]:
    for bucket in list(s3_backends[account]["aws"].buckets.values()):
        if bucket.policy is None:
            continue
        asked = Request(
            "s3:GetObject",
            f"arn:aws:s3:::{bucket.name}/{key}",
            CLOUDFRONT,
            {
                "aws:SecureTransport": "true",
                "aws:SourceAccount": account,
                "aws:SourceArn": f"arn:aws:cloudfront::{account}:distribution/local",
            },
        )
        if decide([Document.read(bucket.policy.decode())], asked) is Decision.ALLOWED:
            yield bucket


def _answer(key: FakeKey) -> Response:
    answer = Response(key.value, content_type=key.metadata.get("content-type", "binary/octet-stream"))
    answer.headers["Cache-Control"] = key.metadata.get("cache-control", "no-cache")
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.set_etag(key.etag.strip('"'))
    answer.make_conditional(request)
    del answer.headers["Date"]  # the server writes its own
    return answer
