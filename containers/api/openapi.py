"""The API's own description. What a door, an input or a method implies is said once for all operations."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from apiflask import APIFlask
from pydantic import BaseModel
from werkzeug.routing import Rule

from containers.api import outputs, replies, schemas
from containers.api.callers import SAFE, Door, Reach, door_of
from containers.api.operations import is_conditional, is_kept

JSON = "application/json"
VERBS = {"index": "list", "read": "get"}
VARIABLE = re.compile(r"<(?:(?P<kind>[^:<>(]+)(?:\([^)]*\))?:)?(?P<name>[^<>]+)>")
KINDS: Mapping[str | None, dict[str, Any]] = {
    "int": {"type": "integer", "minimum": 0, "maximum": 10**18 - 1},
    "uuid": {"type": "string", "format": "uuid"},
}
Document = dict[str, Any]
ABOUT = """Icons and illustrations by independent designers: find them, get them, sell yours.

**Reading** what is public needs no account, from any site; send `If-None-Match` to read again for nothing.

**Signing in.** Programs send an API key or an access token as `Authorization: Bearer ...`. Browsers get a
session by `POST /api/v1/session`, and send its `csrfToken` as `X-CSRFToken` with every change.

**Lists** come in pages: send `page.next` or `page.prev` as `cursor`. There are no totals; no row comes twice.

**Changes** heed `If-Match`: a thing that somebody else has changed meanwhile is left alone (412).

**Errors** are `application/problem+json`: `code` is stable and for programs, `detail` a sentence for people,
`errors` names each field that is wrong, `instance` is the name to ask us about.

**How often.** Calls by signed-in callers and all changes are counted; `RateLimit-Remaining` says how many are
left, and `Retry-After` how long to wait when there are none (429).
"""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: what the document says of it, and the view that does it."""

    method: str
    path: str
    rule: Rule
    view: Callable[..., Any]
    described: Document

    @property
    def spec(self) -> dict[str, Any]:
        """What the view's decorators said of its inputs and its answer."""
        found: dict[str, Any] = getattr(self.view, "_spec", {})
        return found

    @property
    def door(self) -> Door | None:
        """Whom it is open to."""
        return door_of(self.view)

    @property
    def is_safe(self) -> bool:
        """Whether it changes nothing."""
        return self.method in SAFE

    @property
    def is_list(self) -> bool:
        """Whether it asks for many things, of which there may be none."""
        return self.is_safe and (self.rule.endpoint.endswith(".index") or self.door == Door(Reach.EVERYBODY))

    @property
    def is_kept(self) -> bool:
        """Whether its answer has an ETag to ask again with."""
        return self.method == "GET" and self.door is not None and is_kept(self.view)

    @property
    def body(self) -> type[BaseModel] | None:
        """The model of its body."""
        return _model(self.spec.get("body"))

    @property
    def answer(self) -> type[BaseModel] | None:
        """The model of what it answers."""
        return _model(self.spec.get("response", {}).get("schema"))


def describe(app: APIFlask, site: str) -> None:
    """Make the document of *app*, which is reached at *site*, complete."""
    app.config.update(
        AUTO_404_RESPONSE=False,  # replies know better
        AUTO_VALIDATION_ERROR_RESPONSE=False,
        AUTO_AUTH_ERROR_RESPONSE=False,
        SUCCESS_DESCRIPTION="As asked.",
    )
    app.servers = [{"url": site}]
    app.description = ABOUT
    app.spec_processor(lambda document: _completed(app, cast("Document", document)))


def _completed(app: APIFlask, document: Document) -> Document:
    operations = list(_operations(app, document))
    for operation in operations:
        _name(operation)
        _let_in(operation)
        _ask(operation)
        _answer(operation)
    _link(operations)
    models = [model for found in operations for model in (found.body, found.answer) if model]
    document["components"] = {
        "schemas": schemas.definitions([outputs.Problem, *models]),
        **replies.components(app.config["SESSION_COOKIE_NAME"]),
    }
    return document


def _operations(app: APIFlask, document: Document) -> Iterator[Operation]:
    for rule in app.url_map.iter_rules():
        path = VARIABLE.sub(r"{\g<name>}", rule.rule)
        for method in sorted(rule.methods or ()):
            described = document["paths"].get(path, {}).get(method.lower())
            if described is not None:
                yield Operation(method, path, rule, app.view_functions[rule.endpoint], described)


def _name(operation: Operation) -> None:
    place, _, verb = operation.rule.endpoint.rpartition(".")
    operation.described["operationId"] = f"{place}_{VERBS.get(verb, verb)}"


def _let_in(operation: Operation) -> None:
    before, described = operation.door, operation.described
    if before is None or before.reach is Reach.EVERYBODY:
        described["security"] = []
        return
    session: dict[str, list[str]] = {"session": []} if operation.is_safe else {"session": [], "csrf": []}
    described["security"] = [session, {"bearer": []}]
    keys = f'An API key needs "{before.scope}".' if before.scope else "API keys cannot be used for this."
    said = [described.get("description", ""), f"Open to {before.reach.people}. {keys}"]
    described["description"] = "\n\n".join(filter(None, said))


def _ask(operation: Operation) -> None:
    asked: list[Document] = [_variable(found) for found in VARIABLE.finditer(operation.rule.rule)]
    for model, place in operation.spec.get("args", []):
        asked += schemas.parameters(model, place)
    if is_conditional(operation.view):
        asked.append({"$ref": "#/components/parameters/IfMatch"})
    if operation.is_kept:
        asked.append({"$ref": "#/components/parameters/IfNoneMatch"})
    operation.described["parameters"] = asked
    if operation.body:
        content = {JSON: {"schema": schemas.reference(operation.body)}}
        operation.described["requestBody"] = {"required": True, "content": content}


def _variable(found: re.Match[str]) -> Document:
    schema = KINDS.get(found["kind"], {"type": "string", "minLength": 1})
    return {"name": found["name"], "in": "path", "required": True, "schema": schema}


def _answer(operation: Operation) -> None:
    given: dict[str, Document] = operation.described["responses"]
    for code, reply in given.items():
        if operation.answer and code == str(operation.spec["response"]["status_code"]):
            reply["content"] = {JSON: {"schema": schemas.reference(operation.answer)}}
        reply["headers"] = {**reply.get("headers", {}), **replies.headers(code, operation)}
    given |= replies.refusals(operation)
    operation.described["responses"] = dict(sorted(given.items()))


def _link(operations: list[Operation]) -> None:
    """From what a POST made to what can be done with it."""
    for maker in operations:
        made = maker.described["responses"].get("201")
        if maker.method != "POST" or made is None:
            continue
        above = {
            found["name"]: f"$request.path.{found['name']}" for found in VARIABLE.finditer(maker.rule.rule)
        }
        one = re.compile(re.escape(maker.path) + r"/\{(?P<key>\w+)\}")
        following = {
            found.described["operationId"]: {
                "operationId": found.described["operationId"],
                "parameters": {**above, match["key"]: "$response.body#/id"},
            }
            for found in operations
            if (match := one.fullmatch(found.path))
        }
        if following:
            made["links"] = following


def _model(schema: Any) -> type[BaseModel] | None:
    return schema if isinstance(schema, type) and issubclass(schema, BaseModel) else None
