"""Uploads by API: a signed form to send a ZIP with, and how far each ZIP is."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from apiflask import APIBlueprint
from flask import Response, url_for

from containers.api import caching, outputs, ratelimit, tickets
from containers.api.callers import Reach, door, person
from containers.api.outputs import Output
from containers.api.queries import NewUpload, Paging
from containers.api.ratelimit import limiter
from containers.api.wiring import wired
from vectoricons.auth.api_keys import Scope
from vectoricons.common.actor import Actor
from vectoricons.common.errors import NotFound
from vectoricons.products.catalogue import JsonPage
from vectoricons.uploads import limits, progress
from vectoricons.uploads.batches import UploadBatch, UploadBatchService
from vectoricons.users import User
from vectoricons.utils import InvalidInput


class UploadForm(Output):
    """Send the ZIP as multipart POST to ``url``: all ``fields`` first, then it as ``file``."""

    id: UUID
    url: str
    fields: dict[str, str]
    expires_at: datetime
    status_url: str
    events_url: str


class Counts(Output):
    """Files of an upload by state."""

    total: int
    queued: int
    rendering: int
    ready: int
    rejected: int


class Upload(Output):
    """A ZIP and how far it is."""

    id: UUID
    filename: str
    size_bytes: int | None
    state: Literal["awaiting_upload", "checking", "processing", "published", "refused", "duplicate"]
    is_settled: bool
    code: str | None
    detail: str | None
    hint: str | None
    duplicate_of: UUID | None
    family: outputs.Reference | None
    counts: Counts
    created_at: datetime
    published_at: datetime | None


class Became(Output):
    """The icon or illustration a file became."""

    type: Literal["icon", "illustration"]
    id: str
    slug: str
    thumbnail: outputs.Pictures | None


class Entry(Output):
    """A file of a ZIP. ``code``, ``detail`` and ``hint`` say why it was rejected, or what to look at."""

    entry_no: int
    filename: str
    name: str | None
    state: Literal["queued", "rendering", "ready", "rejected"]
    code: str | None
    detail: str | None
    hint: str | None
    item: Became | None


class UploadDetail(Upload):
    """A ZIP with its files."""

    items: list[Entry]


blueprint = APIBlueprint("uploads", __name__, url_prefix="/api/v1/uploads", tag="Uploads")


@blueprint.post("")
@door(Reach.CONTRIBUTOR, Scope.UPLOADS_WRITE)
@limiter.limit(ratelimit.UPLOAD)
@blueprint.input(NewUpload)
@blueprint.output(UploadForm, status_code=201)
def start(json_data: NewUpload) -> Response:
    """A signed form that takes one ZIP for a quarter of an hour."""
    batch = open_upload(person(), json_data.filename, json_data.size_bytes)
    form = wired().storage.upload_form(batch.object_key)
    answer = UploadForm(
        id=batch.id,
        url=form.url,
        fields=form.fields,
        expires_at=form.expires_at,
        status_url=wired().settings.site_url + url_for("uploads.read", batch_id=batch.id),
        events_url=events_url(batch.id),
    )
    response = caching.unkept(answer, 201)
    response.headers["Location"] = answer.status_url
    return response


@blueprint.get("")
@door(Reach.CONTRIBUTOR, Scope.UPLOADS_WRITE)
@blueprint.input(Paging, location="query")
@blueprint.output(outputs.Page[Upload])
def index(query_data: Paging) -> Response:
    """Your uploads, newest first, without their files."""
    return caching.private(page_of_uploads(person(), query_data).to_json())


@blueprint.get("/<uuid:batch_id>")
@door(Reach.CONTRIBUTOR, Scope.UPLOADS_WRITE)
@blueprint.output(UploadDetail)
def read(batch_id: UUID) -> Response:
    """One upload of yours with the state of each file. Ask again with If-None-Match."""
    return caching.private(find(person(), batch_id))


def open_upload(user: User, filename: str, size_bytes: int | None) -> UploadBatch:
    """A batch of *user* that waits for its ZIP. Raises InvalidInput for one that is too large."""
    if size_bytes is not None and size_bytes > limits.MAX_ARCHIVE_BYTES:
        most = limits.MAX_ARCHIVE_BYTES // limits.MEGABYTE
        split = f"Split it into several uploads of up to {most} MB each."
        raise InvalidInput.of("sizeBytes", f"{filename} is too large. {split}")
    return wired().database.transact(
        Actor.of(user), lambda work: UploadBatchService(work).start(user.id, user.uuid, filename, size_bytes)
    )


def page_of_uploads(user: User, query: Paging) -> JsonPage:
    """The page of the uploads of *user* that is asked for."""
    with wired().database.reader() as connection:
        return progress.uploads(connection, query.asked(progress.UPLOADS.name, contributor=user.id))


def find(user: User, batch_id: UUID) -> bytes:
    """The upload as JSON. Raises NotFound, also for somebody else's."""
    with wired().database.reader() as connection:
        found = progress.upload(connection, user.id, batch_id, wired().settings.assets_url)
    if found is None:
        raise NotFound("You have no upload with this id.")
    return found


def events_url(batch_id: UUID) -> str:
    """Where the changes of an upload are streamed, for an hour: only for its contributor's eyes."""
    settings = wired().settings
    ticket = tickets.issue(settings.keys, batch_id)
    return f"{settings.stream_url}/api/v1/uploads/{batch_id}/events?ticket={ticket}"
