"""CloudFront's part, over plain HTTP: the distribution whose origins are buckets, by its own behaviours.

Each request goes by the behaviour its path fits, a private path for a signed URL alone. A bucket is read as
that distribution: its policy decides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import Flask, Response, abort, request
from moto.cloudfront.models import CloudFrontBackend, DefaultCacheBehaviour, Distribution, cloudfront_backends
from moto.s3.models import FakeBucket, FakeKey, s3_backends

from local.cloud.policies import Decision, Document, Request, decide
from local.cloud.signed_urls import NotSigned, verify

CLOUDFRONT = {"Service": "cloudfront.amazonaws.com"}
BUCKET_HOST = re.compile(r"(?P<bucket>[a-z0-9.-]+)\.s3\.[a-z0-9-]+\.amazonaws\.com")


def edge(account: str) -> Flask:
    """The application of the edge: `GET /{key}`."""
    app = Flask("edge", static_folder=None)

    @app.get("/<path:key>")
    def asset(key: str) -> Response:
        cdn = cloudfront_backends[account]["aws"]
        distribution = next(filter(_has_buckets, cdn.distributions.values()), None)
        if distribution is None:
            return abort(404, "There is no distribution before a bucket.")
        behaviour = _behaviour(distribution, f"/{key}")
        is_private = behaviour.trusted_key_groups.enabled
        if is_private:
            _require_signature(_keys(cdn, behaviour.trusted_key_groups.items))
        found = _read(account, distribution, behaviour, key)
        return _answer(found, request.args.get("response-content-disposition") if is_private else None)

    return app


def _has_buckets(distribution: Distribution) -> bool:
    return any(BUCKET_HOST.fullmatch(origin.domain_name) for origin in _origins(distribution).values())


def _origins(distribution: Distribution) -> Mapping[str, Any]:
    return {origin.id: origin for origin in distribution.Origins["Items"]}


def _behaviour(distribution: Distribution, path: str) -> DefaultCacheBehaviour:
    """The first behaviour whose pattern *path* fits, else the default one."""
    for behaviour in distribution.CacheBehaviors.get("Items", []):
        pattern = re.escape(behaviour.path_pattern).replace(r"\*", ".*").replace(r"\?", ".")
        if re.fullmatch(pattern, path):
            found: DefaultCacheBehaviour = behaviour
            return found
    default: DefaultCacheBehaviour = distribution.DefaultCacheBehavior
    return default


def _keys(cdn: CloudFrontBackend, groups: list[str]) -> dict[str, str]:
    ids = [key for group in groups for key in cdn.key_groups[group].items]
    return {key: cdn.public_keys[key].encoded_key for key in ids}


def _require_signature(keys: Mapping[str, str]) -> None:
    address = request.url_root.rstrip("/") + request.environ["REQUEST_URI"]
    try:
        verify(address, keys)
    except NotSigned as refused:
        abort(403, str(refused))


def _read(account: str, distribution: Distribution, behaviour: DefaultCacheBehaviour, key: str) -> FakeKey:
    """The object at *key*, if the bucket of *behaviour* lets the distribution have it."""
    host = BUCKET_HOST.fullmatch(_origins(distribution)[behaviour.target_origin_id].domain_name)
    bucket = s3_backends[account]["aws"].buckets.get(host["bucket"]) if host else None
    found = bucket.keys.get(key) if bucket else None
    if bucket is None or not isinstance(found, FakeKey) or not _may_read(account, distribution, bucket, key):
        return abort(404, f"No bucket that CloudFront may read holds {key}.")
    return found


def _may_read(account: str, distribution: Distribution, bucket: FakeBucket, key: str) -> bool:
    asked = Request(
        "s3:GetObject",
        f"arn:aws:s3:::{bucket.name}/{key}",
        CLOUDFRONT,
        {
            "aws:SecureTransport": "true",
            "aws:SourceAccount": account,
            "aws:SourceArn": distribution.arn,
        },
    )
    policies = [Document.read(bucket.policy.decode())] if bucket.policy else []
    return decide(policies, asked) is Decision.ALLOWED


def _answer(key: FakeKey, disposition: str | None) -> Response:
    answer = Response(key.value, content_type=key.metadata.get("content-type", "binary/octet-stream"))
    answer.headers["Cache-Control"] = key.metadata.get("cache-control", "no-cache")
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    if disposition:
        answer.headers["Content-Disposition"] = disposition
        answer.headers["Cache-Control"] = "private, no-store"
    answer.set_etag(key.etag.strip('"'))
    answer.make_conditional(request)
    del answer.headers["Date"]  # the server writes its own
    return answer
