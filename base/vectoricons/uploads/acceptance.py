"""Taking a checked upload in: its family, sets and items, in the caller's one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from vectoricons.banned_words import BannedWordService
from vectoricons.common.reason import Reason
from vectoricons.common.repository import Data
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.licenses import License, LicenseService, LicenseType
from vectoricons.products.categories import CategoryRepository
from vectoricons.products.entity_to_categories import EntityToCategoryRepository
from vectoricons.products.families import Family, FamilyService
from vectoricons.products.offers import FREE, ITEM_PRICES, OfferType
from vectoricons.products.product_types import ProductTypeId
from vectoricons.products.sets import Set, SetService
from vectoricons.products.styles import StyleService
from vectoricons.uploads.batches import UploadBatch, UploadBatchService, reason_columns
from vectoricons.uploads.events import BatchAccepted
from vectoricons.uploads.items import ItemState, UploadItemService
from vectoricons.uploads.plan import Plan, PlannedSet, RejectedFile
from vectoricons.uploads.reasons import Cause, Refused

PRODUCT_TYPES = {"icon": ProductTypeId.ICON, "illustration": ProductTypeId.ILLUSTRATION}


class Acceptance:
    """Finds or makes what a plan names. New families and sets stay hidden until their first item is ready."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def accept(
        self, batch: UploadBatch, sha256: str, plan: Plan, rejected: Sequence[RejectedFile]
    ) -> UploadBatch:
        """Begin *batch* as *plan* says; *rejected* are the files turned away before there was a plan.

        Raises ``Refused`` when the plan asks for something that is not on offer, or says what is banned.
        """
        self._leave_out_banned(plan)
        styles = self._styles(plan)
        stated = {"user_id": batch.contributor_id, "name": plan.family.name}
        families = FamilyService(self._work)
        known = families.get_one({**stated, "is_deleted": False})
        license_ = self._license(plan, known)
        family = known or families.create({**stated, **_family_columns(plan, license_), "is_active": False})
        self._categorise(family, plan.family.categories)
        sets = self._sets(family, plan, styles)
        turned_away = [*rejected, *plan.rejected]
        self._items(batch, plan, sets, turned_away, free=license_.type is LicenseType.FREE)
        accepted = UploadBatchService(self._work).begin_processing(
            batch.id,
            sha256=sha256,
            family_id=family.id,
            items=len(plan.items) + len(turned_away),
            rejected=len(turned_away),
        )
        content = BatchAccepted(
            batch_id=batch.id,
            contributor_id=batch.contributor_id,
            family_id=family.id,
            items=accepted.item_count,
            rejected=accepted.rejected_count,
        )
        self._work.emit(content.event(key=batch.id))
        return accepted

    def keep_rejected(self, batch: UploadBatch, rejected: Iterable[RejectedFile]) -> None:
        """Note why each file was turned away, for a batch that is refused as a whole."""
        UploadItemService(self._work).repository.create_many(
            [_rejected_row(batch, file) for file in rejected]
        )

    def _leave_out_banned(self, plan: Plan) -> None:
        """Turn files away whose name or tags hold a banned word. Raises Refused for one that stands above."""
        words, family = BannedWordService(self._work), plan.family
        above = [
            family.name,
            family.description or "",
            *family.categories,
            *(set_.name for set_ in plan.sets),
        ]
        if banned := words.find_in(" ".join(above)):
            raise Refused(Cause.BANNED_WORD, f"says “{banned[0]}”, which is not allowed here")
        items = {item.file.number: item for item in plan.items}
        said = {number: " ".join([item.name, *item.tags]) for number, item in items.items()}
        for number, banned in words.find_in_each(said).items():
            detail = f"has the word “{banned[0]}” in its name or tags, which is not allowed here"
            plan.drop(items[number], Reason.of(Cause.BANNED_WORD, detail))
        if not plan.items:
            raise Refused(Cause.BANNED_WORD, "has no file without a word that is not allowed here")

    def _license(self, plan: Plan, family: Family | None) -> License:
        """The licence of the items: the family's, if it is there already, else the one stated or implied."""
        service = LicenseService(self._work)
        wanted = plan.family.license or ("premium" if plan.has_price else "free")
        stated = service.get_by_value(wanted)
        if stated is None:
            values = ", ".join(f'"{each.value}"' for each in service.get_active())
            raise _not_on_offer(f'"family.license" is "{wanted}". There are "free", "premium", {values}')
        if stated.type is LicenseType.FREE and plan.has_price:
            raise _not_on_offer(f'"family.license" is "{wanted}", which is free, but a price is named')
        if family is None:
            return stated
        license_ = service.assert_exists(family.license_id)
        if plan.family.license is not None and stated.type is not license_.type:
            raise _not_on_offer(
                f'"family.license" is "{wanted}", but your family "{family.name}" is {license_.type}'
            )
        return license_

    def _styles(self, plan: Plan) -> dict[str, int]:
        """Ids of the styles the plan names, by the name it uses: a value or a label, in any case."""
        known = {
            name.casefold(): style.id
            for style in StyleService(self._work).get_all()
            for name in (style.value, style.label)
        }
        for number, set_ in enumerate(plan.sets):
            if set_.style is not None and set_.style.casefold() not in known:
                values = ", ".join(sorted(style.value for style in StyleService(self._work).get_all()))
                raise _not_on_offer(f'"sets[{number}].style" is "{set_.style}". There are {values}')
        return {set_.style: known[set_.style.casefold()] for set_ in plan.sets if set_.style is not None}

    def _categorise(self, family: Family, names: Sequence[str]) -> None:
        categories = CategoryRepository(self._work.session)
        shelves = {shelf.name: shelf.id for shelf in categories.find_all({"name": list(names)})}
        new = categories.create_many([{"name": name} for name in dict.fromkeys(names) if name not in shelves])
        shelves.update({shelf.name: shelf.id for shelf in new})
        EntityToCategoryRepository(self._work.session).upsert_many(
            [
                {"entity_type": "family", "entity_id": family.id, "category_id": category_id}
                for category_id in sorted(shelves.values())
            ]
        )

    def _sets(self, family: Family, plan: Plan, styles: dict[str, int]) -> dict[str, Set]:
        """The sets that items go into, by name: those there are, and the others new."""
        service = SetService(self._work)
        wanted = {plan.sets[item.set_index].name: plan.sets[item.set_index] for item in plan.items}
        existing = service.get_where({"family_id": family.id, "name": list(wanted), "is_deleted": False})
        for set_ in existing:
            if set_.product_type_id != PRODUCT_TYPES[wanted[set_.name].product_type]:
                raise _not_on_offer(f'your set "{set_.name}" holds another product type already')
        sets = {set_.name: set_ for set_ in existing}
        missing = [_set_row(family, set_, styles) for name, set_ in wanted.items() if name not in sets]
        if missing:
            sets.update({set_.name: set_ for set_ in service.create_many(missing)})
        return sets

    def _items(
        self,
        batch: UploadBatch,
        plan: Plan,
        sets: dict[str, Set],
        rejected: Iterable[RejectedFile],
        *,
        free: bool,
    ) -> None:
        rows: list[Data] = []
        for item in plan.items:
            set_ = plan.sets[item.set_index]
            rows.append(
                {
                    "batch_id": batch.id,
                    "entry_no": item.file.number,
                    "filename": item.file.name,
                    "state": ItemState.QUEUED,
                    "set_id": sets[set_.name].id,
                    "entity_type": set_.product_type,
                    "name": item.name,
                    "tags": list(item.tags),
                    "price": FREE if free else ITEM_PRICES[OfferType(set_.product_type)],
                }
            )
        UploadItemService(self._work).repository.create_many(rows)
        self.keep_rejected(batch, rejected)


def _not_on_offer(what: str) -> Refused:
    return Refused(Cause.MANIFEST_INVALID, f"manifest.json: {what}")


def _family_columns(plan: Plan, license_: License) -> dict[str, Any]:
    return {
        "description": plan.family.description,
        "price": FREE if license_.type is LicenseType.FREE else plan.family.price,
        "license_id": license_.id,
    }


def _set_row(family: Family, set_: PlannedSet, styles: dict[str, int]) -> Data:
    return {
        "family_id": family.id,
        "user_id": family.user_id,
        "name": set_.name,
        "product_type_id": PRODUCT_TYPES[set_.product_type],
        "style_id": styles[set_.style] if set_.style is not None else None,
        "price": set_.price if family.price != FREE else FREE,
        "license_id": family.license_id,
        "is_active": False,
    }


def _rejected_row(batch: UploadBatch, file: RejectedFile) -> Data:
    return {
        "batch_id": batch.id,
        "entry_no": file.number,
        "filename": file.name,
        "state": ItemState.REJECTED,
        **reason_columns(file.reason),
    }
