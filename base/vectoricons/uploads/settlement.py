"""Settling a chunk: what was drawn becomes icons and illustrations, in the caller's transaction.

A constant number of statements however many items there are, and one event: pictures and tags are parts of
their item, so they are written by their repositories. Doing it twice changes nothing: an item is found again
by the upload entry it came from, or by its name in its set when a contributor uploads a better version.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, or_, select, tuple_, update

from vectoricons.common.reason import Reason
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.images import Access, ImageRepository, Visibility
from vectoricons.products.entity_to_tags import EntityToTagRepository
from vectoricons.products.families import FamilyRow
from vectoricons.products.icons import IconRow, IconService
from vectoricons.products.illustrations import IllustrationRow, IllustrationService
from vectoricons.products.items import Item
from vectoricons.products.open_icons import Body, publish
from vectoricons.products.sets import SetRow
from vectoricons.products.tags import TagRepository
from vectoricons.uploads.batches import UploadBatch, UploadBatchService
from vectoricons.uploads.items import UploadItem, UploadItemService
from vectoricons.uploads.look_alikes import look_alikes

Service = type[IconService] | type[IllustrationService]
SERVICES: dict[str, Service] = {"icon": IconService, "illustration": IllustrationService}
ROWS: dict[str, type[IconRow] | type[IllustrationRow]] = {"icon": IconRow, "illustration": IllustrationRow}


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """An image that is in its bucket: sizes in pixels and bytes, *sha256* in hex."""

    kind: str
    format: str
    width: int
    height: int
    size_bytes: int
    sha256: str
    object_key: str
    public: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """An item that was drawn: its own size in user units, its colours, its objects, the hash of its looks,
    its *body* for whoever may have it for free, a *remark* if there is something its contributor should know.
    """

    item: UploadItem
    width: float
    height: float
    palette: tuple[str, ...]
    svg_key: str
    body: Body
    perceptual_hash: str
    pictures: tuple[Picture, ...]
    remark: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of the items claimed under one token. Those *given back* are queued again, blameless."""

    drawn: Sequence[Drawn] = ()
    rejected: Mapping[int, Reason]
    given_back: Collection[int] = ()


class Settlement:
    """Writes the outcome of a chunk, as far as the chunk is still its worker's."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work
        self._items = UploadItemService(work).repository

    def settle(self, batch_id: UUID, token: UUID, outcome: Outcome) -> UploadBatch:
        """The batch with its new counts. Items whose lease was lost are left to their new holder."""
        held = self._items.held(token)
        drawn = [each for each in outcome.drawn if each.item.id in held]
        ready = 0
        by_type = sorted(drawn, key=lambda each: each.item.entity_type or "")
        for entity_type, group in groupby(by_type, key=lambda each: each.item.entity_type or ""):
            ready += self._publish(entity_type, token, list(group))
        rejected = self._items.settle_rejected(
            token, {item_id: reason for item_id, reason in outcome.rejected.items() if item_id in held}
        )
        returned = self._items.give_back(token, [id_ for id_ in outcome.given_back if id_ in held])
        return UploadBatchService(self._work).count(
            batch_id, ready=ready, rejected=rejected, rings=1 if returned else 0
        )

    def _publish(self, entity_type: str, token: UUID, drawn: Sequence[Drawn]) -> int:
        sets = self._locked_sets({each.item.set_id for each in drawn})
        replaced = self._adopt(entity_type, drawn)
        service = SERVICES[entity_type](self._work)
        written = service.upsert_many([_item_row(each, sets) for each in drawn])
        by_entry = {item.source_entry_no: item for item in written}
        entities = {each.item.id: by_entry[each.item.entry_no] for each in drawn}
        new = [item.set_id for item in written if item.id not in replaced]
        self._show({set_id for set_id in new if sets[set_id].item_count == 0})
        self._illustrate(entity_type, drawn, entities)
        self._tag(entity_type, drawn, entities, replaced)
        if entity_type == "icon":
            publish(self._work.session, {entities[each.item.id].id: each.body for each in drawn})
        became = {item_id: item.id for item_id, item in entities.items()}
        alike = look_alikes(self._work.session, ROWS[entity_type].__tablename__, became.values())
        remarks = {item_id: alike[id_] for item_id, id_ in became.items() if id_ in alike}
        remarks |= {each.item.id: each.remark for each in drawn if each.remark is not None}
        return self._items.settle_ready(token, entity_type, became, remarks)

    def _locked_sets(self, set_ids: Collection[int | None]) -> dict[int, Any]:
        """The sets, held so that another batch of the same names waits for this one to be done."""
        row = SetRow
        columns = (row.id, row.family_id, row.user_id, row.style_id, row.license_id, row.item_count)
        locked = select(*columns).where(row.id.in_(set_ids)).order_by(row.id).with_for_update(key_share=True)
        return {row.id: row for row in self._work.session.execute(locked)}

    def _adopt(self, entity_type: str, drawn: Sequence[Drawn]) -> set[int]:
        """Ids of the items that are there; those of the same name in the set become this upload's."""
        row = ROWS[entity_type]
        batch_id = drawn[0].item.batch_id
        ours = and_(
            row.source_batch_id == batch_id,
            row.source_entry_no.in_([each.item.entry_no for each in drawn]),
        )
        names = {(each.item.set_id, each.item.name): each.item.entry_no for each in drawn}
        namesakes = and_(tuple_(row.set_id, row.name).in_(list(names)), ~row.is_deleted)
        columns = (row.id, row.set_id, row.name, row.source_batch_id)
        there = self._work.session.execute(
            select(*columns).where(or_(ours, namesakes)).order_by(row.id.desc())
        ).all()
        done = {(each.set_id, each.name) for each in there if each.source_batch_id == batch_id}
        adopted = {(each.set_id, each.name): each.id for each in there}
        entries = {id_: names[name] for name, id_ in adopted.items() if name not in done}
        if entries:
            self._work.session.execute(
                update(row)
                .where(row.id.in_(entries))
                .values(source_batch_id=batch_id, source_entry_no=case(entries, value=row.id)),
                execution_options={"synchronize_session": False},
            )
        return set(adopted.values())

    def _show(self, empty: Collection[int]) -> None:
        """Show the sets that were *empty* from now on, and their family if it has had nothing to show.

        How many items they have now, the database has counted.
        """
        if not empty:
            return
        families = select(SetRow.family_id).where(SetRow.id.in_(empty))
        first = FamilyRow.icon_count + FamilyRow.illustration_count == 0
        for switch in (
            update(FamilyRow).where(FamilyRow.id.in_(families), first).values(is_active=True),
            update(SetRow).where(SetRow.id.in_(empty)).values(is_active=True),
        ):
            self._work.session.execute(switch, execution_options={"synchronize_session": False})

    def _illustrate(self, entity_type: str, drawn: Sequence[Drawn], entities: Mapping[int, Item]) -> None:
        ImageRepository(self._work.session).upsert_many(
            [
                {
                    "entity_type": entity_type,
                    "entity_id": entities[each.item.id].id,
                    "kind": picture.kind,
                    "format": picture.format,
                    "visibility": Visibility.PUBLIC if picture.public else Visibility.PRIVATE,
                    "access": Access.ALL if picture.public else Access.PURCHASER,
                    "name": each.item.name,
                    "object_key": picture.object_key,
                    "image_hash": picture.sha256,
                    "size_bytes": picture.size_bytes,
                    "width": picture.width,
                    "height": picture.height,
                }
                for each in drawn
                for picture in each.pictures
            ]
        )

    def _tag(
        self,
        entity_type: str,
        drawn: Sequence[Drawn],
        entities: Mapping[int, Item],
        replaced: Collection[int],
    ) -> None:
        links = EntityToTagRepository(self._work.session)
        if replaced:
            links.delete_where({"entity_type": entity_type, "entity_id": list(replaced)})
        words = sorted({tag for each in drawn for tag in each.item.tags})
        ids = {tag.name: tag.id for tag in TagRepository(self._work.session).get_or_create(words)}
        pairs = [(entities[each.item.id].id, ids[tag]) for each in drawn for tag in each.item.tags]
        links.upsert_many(
            [{"entity_type": entity_type, "entity_id": entity, "tag_id": tag} for entity, tag in pairs]
        )


def _item_row(each: Drawn, sets: Mapping[int, Any]) -> dict[str, Any]:
    item = each.item
    set_ = sets[item.set_id or 0]
    return {
        "source_batch_id": item.batch_id,
        "source_entry_no": item.entry_no,
        "name": item.name,
        "price": item.price,
        "license_id": set_.license_id,
        "user_id": set_.user_id,
        "set_id": set_.id,
        "family_id": set_.family_id,
        "style_id": set_.style_id,
        "width": each.width,
        "height": each.height,
        "palette": list(each.palette),
        "tag_names": list(item.tags),
        "svg_key": each.svg_key,
        "perceptual_hash": each.perceptual_hash,
    }
