"""A resource: the routes that the rows of nearly every module have, said once.

What each adds of its own are routes of the blueprint that :func:`routes` gives.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar

import orjson
from apiflask import APIBlueprint
from flask import Response, request, url_for
from sqlalchemy.orm import Session

from containers.api import caching, outputs
from containers.api.caching import ChangedMeanwhile
from containers.api.callers import Reach, View, act, caller, door
from containers.api.operations import conditional
from containers.api.queries import Paging
from containers.api.resources.wire import Wire
from vectoricons.auth.api_keys import Scope
from vectoricons.common.entity import Entity
from vectoricons.common.errors import NotFound
from vectoricons.common.mixins.service import SoftDeletable
from vectoricons.common.service import Service
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.utils import Input

E = TypeVar("E", bound=Entity)

CONVERTERS = {"id": "int", "uuid": "uuid", "unique_id": "string", "code": "string"}


@dataclass(frozen=True, slots=True)
class Parent:
    """What a resource is part of, and the column that says so. Who may not see it sees nothing below it."""

    resource: Resource
    column: str

    def found(self, work: UnitOfWork, key: object) -> dict[str, Any]:
        """Which rows are part of the one with this public name. Raises NotFound."""
        return {self.column: self.resource.find(work, key).id}


@dataclass(frozen=True, kw_only=True)
class Resource:
    """A plural noun of the API: whose rows, who gets in, by which *filters* a list is narrowed.

    There is a POST where it says what is *new*, a PATCH where it says what a *patch* is, a DELETE where rows
    are *removable*: put away where the module can, else gone. *scopes* of API keys are those to read and to
    write; without one, keys cannot. One with a *parent* has its address below that one's. The relations that
    its wire shows are those of the *graph*.
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
    parent: Parent | None = None
    graph: str = "default"

    @property
    def prefix(self) -> str:
        """Where its routes begin."""
        if self.parent is None:
            return f"/api/v1/{self.name}"
        above = self.parent.resource
        return f"/api/v1/{above.name}/<{CONVERTERS[above.wire.key.key]}:parent>/{self.name}"

    @property
    def path(self) -> str:
        """The rule that a single one is found by."""
        return f"/<{CONVERTERS[self.wire.key.key]}:key>"

    @property
    def noun(self) -> str:
        """What one is called."""
        return self.wire.entity.entity_name().replace("-", " ")

    def find(self, work: UnitOfWork, key: object, parent: object = None) -> Any:
        """The entity with this public name, as far as the actor may see it. Raises NotFound."""
        where = {self.wire.key.key: key, **self.within(work, parent)}
        found = self.service(work).get_one(where)
        if found is None:
            raise NotFound(f"There is no {self.noun} with this id, or it is not yours to see.")
        return self.complete(work, [found])[0]

    def find_as_seen(self, work: UnitOfWork, key: object, parent: object = None) -> Any:
        """The same to be changed, if it is still what its client has seen. Raises ChangedMeanwhile too."""
        found = self.find(edit(work), key, parent)
        refuse_outdated(shown(self, work.session, found))
        return found

    def complete(self, work: UnitOfWork, found: Sequence[E]) -> Sequence[E]:
        """What was *found*, with the relations that are shown: one more query for each."""
        if not self.wire.relations:
            return found
        whole = self.service(work).get_with_relations({"id": [one.id for one in found]}, self.graph)
        by_id = {one.id: one for one in whole}
        return [by_id[one.id] for one in found]

    def within(self, work: UnitOfWork, parent: object) -> dict[str, Any]:
        """Which rows there are below the *parent* with this public name. Raises NotFound."""
        return self.parent.found(work, parent) if self.parent else {}

    @property
    def reading(self) -> Callable[[View], View]:
        """The door before what reads them."""
        return door(self.readers, self.scopes[0])

    @property
    def writing(self) -> Callable[[View], View]:
        """The door before what changes them."""
        return door(self.writers, self.scopes[1])


def routes(resource: Resource) -> APIBlueprint:
    """The routes of *resource*."""
    endpoint, tag = resource.name.replace("-", "_"), resource.name.replace("-", " ").capitalize()
    blueprint = APIBlueprint(endpoint, __name__, url_prefix=resource.prefix, tag=tag)
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
    """Raises ChangedMeanwhile if the client edits something else than *body*, by the If-Match it sent.

    A CDN that compresses an answer makes its tag a weak one; it still is of these bytes and no others.
    """
    if "If-Match" in request.headers and not request.if_match.contains_weak(caching.tag(body)):
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
    def index(query_data: Paging, parent: object = None) -> Response:
        return _read(lambda work: page(resource, work, query_data, parent))

    def read(key: object, parent: object = None) -> Response:
        return _read(lambda work: shown(resource, work.session, resource.find(work, key, parent)))

    index.__doc__ = f"{blueprint.tag}, newest first."
    read.__doc__ = f"One {resource.noun}."
    listed = blueprint.output(outputs.Page[resource.wire.model])(index)  # type: ignore[name-defined]
    blueprint.get("")(resource.reading(blueprint.input(resource.filters, location="query")(listed)))
    blueprint.get(resource.path)(resource.reading(blueprint.output(resource.wire.model)(read)))


def _creates(blueprint: APIBlueprint, resource: Resource, new: type[Input]) -> None:
    def create(json_data: Input, parent: object = None) -> Response:
        def made(work: UnitOfWork) -> tuple[bytes, Any]:
            row = resource.wire.inward(work.session, given(json_data)) | resource.within(work, parent)
            key = getattr(resource.service(work).create(row), resource.wire.key.key)
            return shown(resource, work.session, resource.find(work, key, parent)), key

        body, key = act(made)
        above: dict[str, Any] = {"parent": parent} if resource.parent else {}
        return created(body, url_for(f"{blueprint.name}.read", key=key, **above))

    create.__doc__ = f"A new {resource.noun}."
    answering = blueprint.output(resource.wire.model, status_code=HTTPStatus.CREATED)(create)
    blueprint.post("")(resource.writing(blueprint.input(new)(answering)))


def _updates(blueprint: APIBlueprint, resource: Resource, patch: type[Input]) -> None:
    def update(key: object, json_data: Input, parent: object = None) -> Response:
        def changed(work: UnitOfWork) -> bytes:
            entity = resource.find_as_seen(work, key, parent)
            patch = resource.wire.inward(work.session, given(json_data))
            resource.service(work).update(entity.id, patch)
            return shown(resource, work.session, resource.find(work, key, parent))

        return caching.private(act(changed))

    update.__doc__ = (
        f"Change a {resource.noun}: what is sent; the rest stays. Send If-Match to be sure of what."
    )
    answering = blueprint.output(resource.wire.model)(update)
    blueprint.patch(resource.path)(resource.writing(conditional(blueprint.input(patch)(answering))))


def _deletes(blueprint: APIBlueprint, resource: Resource) -> None:
    def delete(key: object, parent: object = None) -> Response:
        def removed(work: UnitOfWork) -> None:
            service, entity = resource.service(work), resource.find_as_seen(work, key, parent)
            if isinstance(service, SoftDeletable):
                service.soft_delete(entity.id)
            else:
                service.delete(entity.id)

        act(removed)
        return Response(status=HTTPStatus.NO_CONTENT)

    delete.__doc__ = f"Remove a {resource.noun}."
    answering = blueprint.output({}, status_code=HTTPStatus.NO_CONTENT)(delete)
    blueprint.delete(resource.path)(resource.writing(conditional(answering)))


def _read(reading: Callable[[UnitOfWork], bytes]) -> Response:
    """What a guest gets anybody may keep; what depends on who asks, they alone."""
    return (caching.for_guests if caller().user is None else caching.private)(act(reading))


def page(resource: Resource, work: UnitOfWork, query: Paging, parent: object = None) -> bytes:
    """The page of a list that *query* asks for."""
    where = resource.wire.inward(work.session, query.filters()) | resource.within(work, parent)
    of = (
        resource.name
        if resource.parent is None
        else f"{resource.parent.resource.name}/{parent}/{resource.name}"
    )
    found = resource.service(work).keyset_page(where, asked=query.asked("id", list=of))
    items = resource.complete(work, found.items)
    around = {"next": found.next, "prev": found.previous}
    return orjson.dumps({"items": resource.wire.outward(work.session, items), "page": around})


def given(data: Input) -> dict[str, Any]:
    """What was sent, by column."""
    return data.model_dump(exclude_unset=True, by_alias=False)
