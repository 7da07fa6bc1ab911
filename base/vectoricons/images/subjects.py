"""Subjects: what an image is of, as conditions on its row: whose that is, and whether the public sees it.

In SQL, since the tables of what is pictured refer to images themselves.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, ColumnElement, literal_column

_ITEM = """exists (select from {table} subject
        join sets on sets.id = subject.set_id join families on families.id = subject.family_id
    where subject.id = images.entity_id and subject.is_live and sets.is_live and families.is_live)"""

IS_SHOWN: ColumnElement[bool] = literal_column(
    f"""(case images.entity_type
    when 'icon' then {_ITEM.format(table="icons")}
    when 'illustration' then {_ITEM.format(table="illustrations")}
    when 'set' then exists (select from sets subject join families on families.id = subject.family_id
        where subject.id = images.entity_id and subject.is_live and families.is_live)
    when 'family' then exists (
        select from families subject where subject.id = images.entity_id and subject.is_live)
    else true end)""",  # noqa: S608  (the names of two tables, ours)
    Boolean,
)
"""That the public sees what the image is of."""

OWNER: ColumnElement[int] = literal_column(
    """(case images.entity_type
    when 'icon' then (select user_id from icons where icons.id = images.entity_id)
    when 'illustration' then (select user_id from illustrations where illustrations.id = images.entity_id)
    when 'set' then (select user_id from sets where sets.id = images.entity_id)
    when 'family' then (select user_id from families where families.id = images.entity_id)
    when 'user' then images.entity_id end)""",
    BigInteger,
)
"""Whose the thing is that the image is of; null for nobody's."""
