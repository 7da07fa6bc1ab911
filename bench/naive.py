"""The catalogue page as it is written without a second thought: Flask, an ORM, jsonify.

Not careless: rows are read on by key, relations are loaded for all of a page at once, threads keep their
connections. gunicorn serves it (``bench.naive:create_app()``).
"""

from __future__ import annotations

import os
import re
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask import Flask, Response, jsonify, request
from sqlalchemy import ForeignKey, create_engine, select, tuple_
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    joinedload,
    mapped_column,
    relationship,
    scoped_session,
    selectinload,
    sessionmaker,
)

PAGE = 40


class Base(DeclarativeBase):
    """Tables as they are."""


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str]
    display_name: Mapped[str]


class Family(Base):
    __tablename__ = "families"
    id: Mapped[int] = mapped_column(primary_key=True)
    unique_id: Mapped[str]
    name: Mapped[str]
    is_live: Mapped[bool]


class Set(Base):
    __tablename__ = "sets"
    id: Mapped[int] = mapped_column(primary_key=True)
    is_live: Mapped[bool]


class Image(Base):
    __tablename__ = "images"
    id: Mapped[int] = mapped_column(primary_key=True)
    entity_type: Mapped[str]
    entity_id: Mapped[int]
    kind: Mapped[str]
    format: Mapped[str]
    visibility: Mapped[str]
    is_live: Mapped[bool]
    object_key: Mapped[str]


class Icon(Base):
    __tablename__ = "icons"
    id: Mapped[int] = mapped_column(primary_key=True)
    unique_id: Mapped[str]
    name: Mapped[str]
    price: Mapped[Decimal]
    like_count: Mapped[int]
    is_live: Mapped[bool]
    created_at: Mapped[datetime]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    family_id: Mapped[int] = mapped_column(ForeignKey("families.id"))
    set_id: Mapped[int] = mapped_column(ForeignKey("sets.id"))

    user: Mapped[User] = relationship()
    family: Mapped[Family] = relationship()
    images: Mapped[list[Image]] = relationship(
        primaryjoin="and_(foreign(Image.entity_id) == Icon.id, Image.entity_type == 'icon',"
        " Image.kind == 'thumbnail', Image.visibility == 'public', Image.is_live)",
        viewonly=True,
    )


def create_app() -> Flask:
    """The app, on the database that ``DATABASE_URL`` names."""
    app = Flask(__name__)
    engine = create_engine(os.environ["DATABASE_URL"], pool_size=8)
    session = scoped_session(sessionmaker(engine))

    @app.get("/icons")
    def icons() -> Response:
        query = (
            select(Icon)
            .join(Icon.family)
            .join(Set, Set.id == Icon.set_id)
            .where(Icon.is_live, Family.is_live, Set.is_live)
            .options(joinedload(Icon.user), joinedload(Icon.family), selectinload(Icon.images))
            .order_by(Icon.created_at.desc(), Icon.id.desc())
            .limit(PAGE)
        )
        if "after" in request.args:
            at, _, id_ = request.args["after"].rpartition("_")
            query = query.where(
                tuple_(Icon.created_at, Icon.id) < tuple_(datetime.fromisoformat(at), int(id_))
            )
        return jsonify({"items": [_card(icon) for icon in session.scalars(query).unique()]})

    @app.teardown_appcontext
    def close(_: BaseException | None) -> None:
        session.remove()

    return app


def _card(icon: Icon) -> dict[str, Any]:
    return {
        "type": "icon",
        "id": icon.unique_id,
        "name": icon.name,
        "slug": _slug(icon.name),
        "price": str(icon.price),
        "isPremium": icon.price > 0,
        "likes": icon.like_count,
        "family": {
            "id": icon.family.unique_id,
            "name": icon.family.name,
            "slug": _slug(icon.family.name),
        },
        "contributor": {"username": icon.user.username, "displayName": icon.user.display_name},
        "thumbnail": {image.format: f"http://assets.test/{image.object_key}" for image in icon.images},
        "createdAt": icon.created_at.isoformat(),
    }


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
