"""The entity contract: E01 to E09."""

from __future__ import annotations

from types import NoneType
from typing import Any

import pytest
from pydantic import ValidationError

from tests.base.contracts.modules import Module, Subject
from vectoricons.common.entity import Entity

# Untraced, for it is long: all but a fortieth of the domain is seen to be covered by other tests.
pytestmark = pytest.mark.no_cover


def test_it_keeps_the_columns_of_its_table(subject: Subject) -> None:
    entity = subject.one()
    row = subject.work.session.get(subject.module.row, entity.id)
    assert row is not None
    shared = set(subject.module.entity.model_fields) & set(row.loaded())
    assert shared >= {"id"}
    for name in shared - {"price", "payload"}:
        assert _plain(getattr(entity, name)) == _plain(getattr(row, name)), name


def test_it_drops_keys_it_does_not_know(subject: Subject) -> None:
    known = subject.one()
    entity = subject.module.entity.model_validate({**dict(known), "nobody_knows": 1, "nobodyKnows": 2})
    assert entity == known
    assert not hasattr(entity, "nobody_knows")


def test_it_takes_both_spellings_of_its_keys(subject: Subject) -> None:
    entity = subject.one()
    hidden = {name: getattr(entity, name) for name in entity.hidden_fields()}
    assert subject.module.entity.model_validate({**entity.to_json(), **hidden}) == entity


def test_it_shows_nothing_that_is_hidden(subject: Subject) -> None:
    entity = subject.one()
    hidden = entity.hidden_fields()
    assert not hidden & set(entity.model_dump(by_alias=False))
    assert not hidden & set(entity.to_json())
    assert all(f"{name}=" not in repr(entity) for name in hidden)


def test_its_relations_are_entities_of_their_class(subject: Subject) -> None:
    subject.one()
    for graph, paths in subject.module.repository.graphs.items():
        entity = subject.repository.with_relations(graph=graph)[-1]
        for name in {path.split(".")[0] for path in paths}:
            related = getattr(entity, name)
            assert name in entity.model_fields_set
            assert all(isinstance(one, Entity) for one in _listed(related)), name


def test_a_relation_to_nothing_stays_nothing(subject: Subject) -> None:
    entity = subject.one()
    optional = [name for name, of in type(entity).model_fields.items() if _is_optional_entity(of.annotation)]
    for name in optional:
        assert getattr(entity.clone_with(**{name: None}), name) is None
        assert entity.clone_with(**{name: None}).to_json()[_camel(name)] is None


def test_its_json_is_camel_case_and_plain_all_the_way_down(subject: Subject) -> None:
    subject.one()
    for graph in subject.module.repository.graphs:
        _assert_plain(subject.repository.with_relations(graph=graph)[-1].to_json())


def test_its_json_leaves_out_what_was_not_loaded(subject: Subject) -> None:
    relations = {
        _camel(path.split(".")[0]) for paths in subject.module.repository.graphs.values() for path in paths
    }
    assert not relations & set(subject.one().to_json())


def test_a_clone_changes_and_the_original_does_not(subject: Subject) -> None:
    entity = subject.one()
    before = entity.to_json()
    clone = entity.clone_with(**subject.module.change)
    assert clone is not entity
    assert clone != entity
    assert entity.to_json() == before


def test_nothing_in_it_can_be_changed(subject: Subject) -> None:
    entity = subject.one()
    for name in type(entity).model_fields:
        with pytest.raises(ValidationError, match="frozen"):
            setattr(entity, name, None)
        _assert_immutable(getattr(entity, name))


def test_what_it_is_made_of_stays_as_it_was(subject: Subject) -> None:
    given = {**dict(subject.one()), "nobody_knows": {"a": [1]}}
    copy = dict(given)
    subject.module.entity.model_validate(given)
    assert given == copy


def test_its_kind_is_its_name_with_hyphens(module: Module) -> None:
    assert module.entity.entity_name() == module.entity.entity_name().lower()
    assert module.entity.entity_name().replace("-", "") == module.entity.__name__.lower()


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, tuple) else [value]


def _is_optional_entity(annotation: Any) -> bool:
    parts = getattr(annotation, "__args__", ())
    return NoneType in parts and any(isinstance(part, type) and issubclass(part, Entity) for part in parts)


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.title() for part in rest)


def _assert_plain(value: Any) -> None:
    match value:
        case dict():
            assert all("_" not in key for key in value)
            for inner in value.values():
                _assert_plain(inner)
        case list():
            for inner in value:
                _assert_plain(inner)
        case _:
            assert value is None or type(value) in {str, int, float, bool}


def _assert_immutable(value: Any) -> None:
    match value:
        case list() | dict() | set():
            pytest.fail(f"{value!r} can be changed")
        case tuple():
            for inner in value:
                _assert_immutable(inner)
        case _ if hasattr(value, "items"):
            with pytest.raises(TypeError):
                value["new"] = 1
            for inner in value.values():
                _assert_immutable(inner)
