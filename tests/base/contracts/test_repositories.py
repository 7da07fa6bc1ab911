"""The repository contract: R01 to R22."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import class_mapper

from tests.base.contracts.modules import Module, Subject
from vectoricons.common.errors import Duplicate, Invalid
from vectoricons.common.keyset import Ask

# Untraced, for it is long: all but a fortieth of the domain is seen to be covered by other tests.
pytestmark = pytest.mark.no_cover

NOBODY = 2**40


def test_it_is_wired_to_its_table_and_entity(module: Module) -> None:
    assert module.row.__tablename__
    assert set(module.row.__mapper__.column_attrs.keys()) >= {"id"}
    stored = {name for name, of in module.entity.model_fields.items() if of.is_required()}
    assert stored <= set(class_mapper(module.row).column_attrs.keys())


def test_it_finds_all(subject: Subject) -> None:
    made = subject.many()
    found = subject.repository.find_all()
    assert all(isinstance(entity, subject.module.entity) for entity in found)
    assert {entity.id for entity in made} <= {entity.id for entity in found}


def test_it_finds_by_id_or_nothing(subject: Subject) -> None:
    made = subject.one()
    assert subject.repository.find_by_id(made.id) == made
    assert subject.repository.find_by_id(_other_key(made)) is None


def test_it_finds_one_or_nothing(subject: Subject) -> None:
    made = subject.one()
    assert subject.repository.find_one({"id": made.id}) == made
    assert subject.repository.find_one(subject.module.row.id == made.id) == made  # type: ignore[attr-defined]  # every row has one
    assert subject.repository.find_one({"id": _other_key(made)}) is None


def test_it_finds_by_ids_in_the_order_asked_for(subject: Subject) -> None:
    first, second, third = subject.many()
    found = subject.repository.find_by_ids([third.id, first.id, _other_key(first)])
    assert found == [third, first]
    assert second not in found


def test_it_takes_lists_and_nothing_as_conditions(subject: Subject) -> None:
    first, second = subject.many(2)
    assert subject.repository.count({"id": [first.id, second.id]}) == 2
    assert subject.repository.count({"id": None}) == 0


def test_it_refuses_a_column_there_is_not(subject: Subject) -> None:
    with pytest.raises(Invalid, match="nonsense"):
        subject.repository.find_all({"nonsense": 1})
    with pytest.raises(Invalid, match="nonsense"):
        subject.repository.create({"nonsense": 1})


def test_it_creates_and_returns_what_the_database_filled_in(subject: Subject) -> None:
    data = subject.data()
    made = subject.repository.create(data)
    assert made.id is not None
    assert isinstance(made, subject.module.entity)
    assert subject.repository.find_by_id(made.id) == made


def test_it_creates_many_in_the_order_given(subject: Subject) -> None:
    rows = [subject.data() for _ in range(3)]
    made = subject.repository.create_many(rows)
    name = next(name for name in rows[0] if rows[0][name] != rows[1][name])
    assert [str(getattr(entity, name)) for entity in made] == [str(row[name]) for row in rows]
    assert subject.repository.create_many([]) == []


def test_it_updates_and_returns_the_entity(subject: Subject) -> None:
    made, untouched = subject.many(2)
    updated = subject.repository.update(made.id, subject.module.change)
    assert updated is not None
    _assert_changed(subject, updated)
    assert subject.repository.find_by_id(made.id) == updated
    assert subject.repository.find_by_id(untouched.id) == untouched


def test_updating_nothing_or_nobody_is_no_error(subject: Subject) -> None:
    made = subject.one()
    assert subject.repository.update(made.id, {}) == made
    assert subject.repository.update(_other_key(made), subject.module.change) is None


def test_it_updates_where(subject: Subject) -> None:
    made = subject.one()
    assert subject.repository.update_where({"id": made.id}, subject.module.change) == 1
    _assert_changed(subject, subject.repository.find_by_id(made.id))
    assert subject.repository.update_where({"id": _other_key(made)}, subject.module.change) == 0


def test_it_deletes(subject: Subject) -> None:
    made = subject.one()
    assert subject.repository.delete(made.id) == 1
    assert subject.repository.find_by_id(made.id) is None
    assert subject.repository.delete(made.id) == 0


def test_it_deletes_where(subject: Subject) -> None:
    first, second = subject.many(2)
    assert subject.repository.delete_where({"id": [first.id, second.id]}) == 2
    assert subject.repository.count({"id": [first.id, second.id]}) == 0


def test_it_tells_whether_and_how_many(subject: Subject) -> None:
    before = subject.repository.count()
    made = subject.one()
    assert subject.repository.exists({"id": made.id}) is True
    assert subject.repository.exists({"id": _other_key(made)}) is False
    assert subject.repository.count() >= before + 1


def test_it_upserts_by_its_unique_key(subject: Subject) -> None:
    data, key = subject.data(), subject.module.repository.unique_key
    data = {**data, "id": NOBODY} if key == ("id",) and "id" not in data else data
    made = subject.repository.upsert(data)
    change = {name: value for name, value in subject.module.change.items() if name not in key}
    again = subject.repository.upsert({**data, **change})
    assert again.id == made.id
    assert subject.repository.count({"id": made.id}) == 1
    for name, value in change.items():
        assert getattr(again, name) == value


def test_it_upserts_nothing_without_the_key(subject: Subject) -> None:
    key = subject.module.repository.unique_key
    data = {name: value for name, value in subject.data().items() if name not in key}
    with pytest.raises(Invalid, match=key[0]):
        subject.repository.upsert(data)
    assert subject.repository.upsert_many([]) == []


def test_what_must_have_a_value_is_not_left_without(subject: Subject) -> None:
    columns = class_mapper(subject.module.row).columns
    required = next(
        column
        for column in columns
        if not (column.nullable or column.server_default or column.default or column.primary_key)
    )
    with pytest.raises(Invalid, match=f'"{required.name}"'), subject.work.savepoint():
        subject.repository.create({**subject.data(), required.name: None})


def test_a_second_row_of_the_same_unique_key_is_refused_in_words(subject: Subject) -> None:
    key = subject.module.repository.unique_key
    if key == ("id",):
        assert subject.one().id != subject.one().id
        return
    data = subject.data()
    subject.repository.create(data)
    with pytest.raises(Duplicate, match="exists already"), subject.work.savepoint():
        subject.repository.create({**data, **_fresh(subject, key)})


def test_it_pages_by_number(subject: Subject) -> None:
    made = subject.many(5)
    where = {"id": [entity.id for entity in made]}
    page = subject.repository.paginate(where, page=2, size=2)
    assert (page.total, page.page, page.page_size, page.total_pages) == (5, 2, 2, 3)
    ordered = sorted(made, key=lambda entity: entity.id)
    assert page.results == tuple(ordered[2:4])
    assert subject.repository.paginate(where, page=0, size=2).results == tuple(ordered[:2])
    assert subject.repository.paginate(where, page=9).results == ()
    assert subject.repository.paginate(where, size=1000).page_size == 100


def test_it_pages_by_position(subject: Subject) -> None:
    made = subject.many(5)
    where = {"id": [entity.id for entity in made]}
    ask = Ask(key="secret", sort_by="id", descending=False, limit=2)
    first = subject.repository.keyset_page(where, asked=ask)
    second = subject.repository.keyset_page(where, asked=_following(first.next))
    third = subject.repository.keyset_page(where, asked=_following(second.next))
    ordered = sorted((entity.id for entity in made), key=lambda id: id)
    assert [entity.id for page in (first, second, third) for entity in page.items] == ordered
    assert (first.previous, third.next) == (None, None)
    assert subject.repository.keyset_page(where, asked=_following(third.previous)).items == second.items
    assert subject.repository.keyset_page({"id": []}, asked=ask).items == ()


def test_its_graphs_cost_one_query_per_relation_however_many_rows(subject: Subject) -> None:
    subject.many(2)
    for graph in subject.module.repository.graphs:
        few = _queries(subject, graph)
        subject.many(3)
        assert _queries(subject, graph) == few


def test_it_finds_one_with_relations(subject: Subject) -> None:
    made = subject.one()
    for graph, paths in subject.module.repository.graphs.items():
        found = subject.repository.find_one_with_relations({"id": made.id}, graph)
        assert found is not None
        assert found.id == made.id
        assert {path.split(".")[0] for path in paths} <= found.model_fields_set
    assert subject.repository.find_one_with_relations({"id": _other_key(made)}) is None


def test_it_refuses_a_graph_there_is_not(subject: Subject) -> None:
    with pytest.raises(Invalid, match="nonsense"):
        subject.repository.with_relations(graph="nonsense")


def test_its_escape_hatches_open(subject: Subject) -> None:
    made = subject.one()
    assert subject.work.session.scalars(subject.repository.query({"id": made.id})).one().id == made.id
    assert subject.repository.raw("select 1 + :more", more=1).scalar_one() == 2


def test_a_rolled_back_transaction_leaves_no_trace(subject: Subject) -> None:
    data = subject.data()
    savepoint = subject.work.session.begin_nested()
    made = subject.repository.create(data)
    savepoint.rollback()
    assert subject.repository.find_by_id(made.id) is None


def _other_key(entity: Any) -> Any:
    return NOBODY if isinstance(entity.id, int) else entity.id.__class__(int=1)


def _assert_changed(subject: Subject, entity: Any) -> None:
    for name, value in subject.module.change.items():
        assert getattr(entity, name) == value


def _following(token: str | None) -> Ask:
    assert token is not None
    return Ask.following(token, key="secret", sort_by="id", descending=False, limit=2)


def _fresh(subject: Subject, key: tuple[str, ...]) -> dict[str, Any]:
    """New values for the other unique columns, so that only *key* collides."""
    unique = {"username", "object_key"} - set(key)
    return {name: value for name, value in subject.data().items() if name in unique}


def _queries(subject: Subject, graph: str) -> int:
    statements: list[str] = []

    def remember(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    engine = subject.work.session.get_bind().engine
    event.listen(engine, "before_cursor_execute", remember)
    try:
        subject.work.session.expunge_all()
        subject.repository.with_relations(graph=graph)
    finally:
        event.remove(engine, "before_cursor_execute", remember)
    return len(statements)
