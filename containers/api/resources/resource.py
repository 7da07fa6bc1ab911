"""A resource: the routes that the rows of nearly every module have, said once.

What each adds of its own are routes of the blueprint that :func:`routes` gives.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import orjson
from apiflask import APIBlueprint
from flask import Response, request, url_for
from sqlalchemy.orm import Session

from containers.api import caching, outputs
from containers.api.callers import Caller, Reach, act, admit
from containers.api.queries import Paging
from containers.api.resources.wire import Wire
from vectoricons.auth.api_keys import Scope
from vectoricons.common.entity import Entity
from vectoricons.common.errors import AppError, NotFound
from vectoricons.common.mixins.service import SoftDeletable
from vectoricons.common.service import Service
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.utils import Input

CONVERTERS = {"id": "int", "uuid": "uuid", "unique_id": "string", "code": "string"}


class ChangedMeanwhile(AppError):
    """The thing is not any more what the client has seen."""

    code = "changed-meanwhile"
    status = HTTPStatus.PRECONDITION_FAILED
    title = "It was changed meanwhile"


@dataclass(frozen=True, kw_only=True)
class Resource:
    """A plural noun of the API: whose rows, who gets in, by which *filters* a list is narrowed.

    There is a POST where it says what is *new*, a PATCH where it says what a *patch* is, a DELETE where rows
    are *removable*: put away where the module can, else gone. *scopes* of API keys are those to read and to
    write; without one, keys cannot.
    """

    name: str
    service: type[Service[Any]]
    wire: Wire
    readers: Reach = Reach.ACCOUNT
    writers: Reach = Reach.ADMIN
    scopes: tuple[Scope | None, Scope | None] = (None, None)
    filters: type[Paging] = Paging
    new: type[Input] | None = None
    patch: type[Input] | None = None
    removable: bool = False

    @property
    def path(self) -> str:
        """The rule that a single one is found by."""
        return f"/<{CONVERTERS[self.wire.key.key]}:key>"

    @property
    def noun(self) -> str:
        """What one is called."""
        return self.wire.entity.entity_name().replace("-", " ")

    def find(self, work: UnitOfWork, key: object) -> Any:
        """The entity with this public name, as far as the actor may see it. Raises NotFound."""
        found = self.service(work).get_one({self.wire.key.key: key})
        if found is None:
            raise NotFound(f"There is no {self.noun} with this id, or it is not yours to see.")
        return self.complete(work, [found])[0]

    def complete(self, work: UnitOfWork, found: Sequence[Entity]) -> Sequence[Entity]:
        """What was *found*, with the relations that are shown: one more query for each."""
        if not self.wire.relations:
            return found
        whole = self.service(work).get_with_relations({"id": [one.id for one in found]})
        by_id = {one.id: one for one in whole}
        return [by_id[one.id] for one in found]

    def enter(self, *, to_write: bool = False) -> Caller:
        """Who calls, if they may come in. Raises Unauthenticated, Forbidden."""
        reach, scope = (self.writers, self.scopes[1]) if to_write else (self.readers, self.scopes[0])
        return admit(reach, scope)


def routes(resource: Resource) -> APIBlueprint:
    """The routes of *resource*."""
    endpoint, tag = resource.name.replace("-", "_"), resource.name.replace("-", " ").capitalize()
    blueprint = APIBlueprint(endpoint, __name__, url_prefix=f"/api/v1/{resource.name}", tag=tag)
    _reads(blueprint, resource)
    if resource.new is not None:
        _creates(blueprint, resource, resource.new)
    if resource.patch is not None:
        _updates(blueprint, resource, resource.patch)
    if resource.removable:
        _deletes(blueprint, resource)
    return blueprint


def shown(resource: Resource, session: Session, entity: Entity) -> bytes:
    """One entity as the API shows it."""
    return orjson.dumps(resource.wire.outward(session, [entity])[0])


def refuse_outdated(body: bytes) -> None:
    """Raises ChangedMeanwhile if the client edits something else than *body*, by the If-Match it sent."""
    if "If-Match" in request.headers and not request.if_match.contains(caching.tag(body)):
        raise ChangedMeanwhile("Read it again, look at what is new, and repeat your change on that.")


def edit(work: UnitOfWork) -> UnitOfWork:
    """*work*, which sees nothing that others write from here on: theirs and its own cannot mix unnoticed."""
    work.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    return work


def created(body: bytes, location: str) -> Response:
    """The answer to a POST that made something."""
    response = caching.private(body)
    response.status_code = HTTPStatus.CREATED
    response.headers["Location"] = location
    return response


def _reads(blueprint: APIBlueprint, resource: Resource) -> None:
    def index(query_data: Paging) -> Response:
        return _read(resource, lambda work: _page(resource, work, query_data))

    def read(key: object) -> Response:
        return _read(resource, lambda work: shown(resource, work.session, resource.find(work, key)))

    index.__doc__ = f"{blueprint.tag}, newest first."
    read.__doc__ = f"One {resource.noun}."
    listed = blueprint.output(outputs.Page[resource.wire.model])(index)  # type: ignore[name-defined]
    blueprint.get("")(blueprint.input(resource.filters, location="query")(listed))
    blueprint.get(resource.path)(blueprint.output(resource.wire.model)(read))


def _creates(blueprint: APIBlueprint, resource: Resource, new: type[Input]) -> None:
    def create(json_data: Input) -> Response:
        resource.enter(to_write=True)

        def made(work: UnitOfWork) -> tuple[bytes, Any]:
            entity = resource.service(work).create(resource.wire.inward(work.session, _given(json_data)))
            return shown(resource, work.session, entity), getattr(entity, resource.wire.key.key)

        body, key = act(made)
        return created(body, url_for(f"{blueprint.name}.read", key=key))

    create.__doc__ = f"A new {resource.noun}."
    answering = blueprint.output(resource.wire.model, status_code=HTTPStatus.CREATED)(create)
    blueprint.post("")(blueprint.input(new)(answering))


def _updates(blueprint: APIBlueprint, resource: Resource, patch: type[Input]) -> None:
    def update(key: object, json_data: Input) -> Response:
        resource.enter(to_write=True)

        def changed(work: UnitOfWork) -> bytes:
            entity = resource.find(edit(work), key)
            refuse_outdated(shown(resource, work.session, entity))
            given = resource.wire.inward(work.session, _given(json_data))
            return shown(resource, work.session, resource.service(work).update(entity.id, given))

        return caching.private(act(changed))

    update.__doc__ = (
        f"Change a {resource.noun}: what is sent; the rest stays. Send If-Match to be sure of what."
    )
    answering = blueprint.output(resource.wire.model)(update)
    blueprint.patch(resource.path)(blueprint.input(patch)(answering))


def _deletes(blueprint: APIBlueprint, resource: Resource) -> None:
    def delete(key: object) -> Response:
        resource.enter(to_write=True)

        def removed(work: UnitOfWork) -> None:
            service, entity = resource.service(work), resource.find(edit(work), key)
            refuse_outdated(shown(resource, work.session, entity))
            if isinstance(service, SoftDeletable):
                service.soft_delete(entity.id)
            else:
                service.delete(entity.id)

        act(removed)
        return Response(status=HTTPStatus.NO_CONTENT)

    delete.__doc__ = f"Remove a {resource.noun}."
    blueprint.delete(resource.path)(blueprint.output({}, status_code=HTTPStatus.NO_CONTENT)(delete))


def _read(resource: Resource, reading: Callable[[UnitOfWork], bytes]) -> Response:
    """What a guest gets anybody may keep; what depends on who asks, they alone."""
    is_guest = resource.enter().user is None
    return (caching.public if is_guest else caching.private)(act(reading))


def _page(resource: Resource, work: UnitOfWork, query: Paging) -> bytes:
    given = query.filters()
    where = resource.wire.inward(work.session, given)
    found = resource.service(work).keyset_page(where, asked=query.asked("id", list=resource.name))
    items = resource.complete(work, found.items)
    page = {"next": found.next, "prev": found.previous}
    return orjson.dumps({"items": resource.wire.outward(work.session, items), "page": page})


def _given(data: Input) -> dict[str, Any]:
    return data.model_dump(exclude_unset=True, by_alias=False)
