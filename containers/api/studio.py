"""The contributor's studio: send a ZIP, watch its files become icons. Complete without scripts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from containers.api import caching, ratelimit, sessions
from containers.api.queries import NewUpload, Paging
from containers.api.ratelimit import limiter
from containers.api.storage import FORM_LIFE
from containers.api.uploads import events_url, find, open_upload, page_of_uploads
from containers.api.wiring import wired
from vectoricons.uploads import limits
from vectoricons.uploads.batches import BatchState
from vectoricons.uploads.keys import archive_key

blueprint = Blueprint("studio", __name__)
WORDS = {
    BatchState.AWAITING_UPLOAD.value: "waiting for the ZIP",
    BatchState.CHECKING.value: "checking",
    BatchState.PROCESSING.value: "drawing",
    BatchState.PUBLISHED.value: "published",
    BatchState.REFUSED.value: "refused",
    BatchState.DUPLICATE.value: "uploaded before",
}


@blueprint.get("/studio")
def uploads() -> AnyResponse:
    """Where ZIPs are dropped, and what became of those before."""
    if sessions.current_user() is None:
        return _to_sign_in()
    user = sessions.contributor()
    given = {"cursor": request.args["cursor"]} if request.args.get("cursor") else {}
    found = page_of_uploads(user, Paging.model_validate(given))
    return _page(
        "studio.html", user=user, uploads=orjson.loads(found.items), page=found, words=WORDS, limits=limits
    )


@blueprint.post("/studio/uploads")
@limiter.limit(ratelimit.UPLOAD)
def start() -> AnyResponse:
    """Without scripts: open an upload, and go on to the form that sends its ZIP."""
    given = NewUpload.model_validate({"filename": request.form.get("filename", "")})
    batch = open_upload(sessions.contributor(), given.filename, None)
    return redirect(url_for("studio.upload", batch_id=batch.id), 303)


@blueprint.get("/studio/uploads/<uuid:batch_id>")
def upload(batch_id: UUID) -> AnyResponse:
    """One upload: the form to send its ZIP, then its files as they are drawn, then what became of it."""
    if sessions.current_user() is None:
        return _to_sign_in()
    user = sessions.contributor()
    found = orjson.loads(find(user, batch_id))
    # Storage tells of a ZIP a moment after it sent the browser here: the address says that it was sent.
    if found["state"] == BatchState.AWAITING_UPLOAD and "sent" in request.args:
        found["state"] = BatchState.CHECKING.value
    waits = found["state"] == BatchState.AWAITING_UPLOAD
    return _page(
        "upload.html",
        upload=found,
        form=_form(archive_key(user.uuid, batch_id), batch_id) if waits else None,
        events=events_url(batch_id),
        words=WORDS,
        limits=limits,
    )


def _form(key: str, batch_id: UUID) -> dict[str, Any]:
    here = wired().settings.site_url + url_for("studio.upload", batch_id=batch_id)
    form = wired().storage.upload_form(key, then=f"{here}?sent=1")
    return {"url": form.url, "fields": form.fields, "minutes": FORM_LIFE.seconds // 60}


def _page(template: str, **content: Any) -> Response:
    return caching.private(render_template(template, **content), caching.HTML)


def _to_sign_in() -> AnyResponse:
    return redirect(url_for("account.sign_in_form", next=request.full_path.rstrip("?")), 303)
