"""Favourites: one a person and thing, however often it is clicked."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.base.shop import Shop
from vectoricons.common.actor import Actor
from vectoricons.common.database import Database
from vectoricons.common.errors import Forbidden
from vectoricons.config.enums import EntityType
from vectoricons.favorites import FavoriteRepository, FavoriteService
from vectoricons.users import User


def test_a_click_likes_and_the_next_one_does_not(shop: Shop, buyer: User) -> None:
    favorites = FavoriteService(shop.buying(buyer))
    liked = favorites.toggle(buyer.id, EntityType.ICON, 7)
    assert (liked.is_active, favorites.count_likes(EntityType.ICON, 7)) == (True, 1)
    assert favorites.toggle(buyer.id, EntityType.ICON, 7) == liked.clone_with(
        is_active=False, updated_at=favorites.assert_exists(liked.id).updated_at
    )
    assert favorites.count_likes(EntityType.ICON, 7) == 0


def test_clicks_at_once_leave_one_row_and_none_is_lost(database: Database) -> None:
    with database.unit_of_work(Actor.system("test")) as work:
        user = Shop(work).user()

    def click(_time: int) -> bool:
        with database.unit_of_work(Actor.of(user)) as work:
            return FavoriteService(work).toggle(user.id, EntityType.SET, 3).is_active

    with ThreadPoolExecutor(4) as threads:
        seen = sorted(threads.map(click, range(7)))
    assert seen == [False] * 3 + [True] * 4
    with database.unit_of_work(Actor.system("test")) as work:
        (favorite,) = FavoriteRepository(work.session).find_all({"user_id": user.id})
    assert favorite.is_active


def test_everybody_counts_and_nobody_likes_for_another(shop: Shop, buyer: User) -> None:
    other = shop.user()
    for user in (buyer, other):
        FavoriteService(shop.buying(user)).toggle(user.id, EntityType.ICON, 9)
    assert FavoriteService(shop.anonymously()).count_likes(EntityType.ICON, 9) == 2
    assert len(FavoriteService(shop.buying(buyer)).get_all()) == 1
    with pytest.raises(Forbidden):
        FavoriteService(shop.buying(buyer)).toggle(other.id, EntityType.ICON, 9)


def test_what_is_gone_for_good_is_nobodys_favourite(shop: Shop, buyer: User) -> None:
    FavoriteService(shop.buying(buyer)).toggle(buyer.id, EntityType.ICON, 5)
    with pytest.raises(Forbidden):
        FavoriteService(shop.buying(buyer)).remove_all(EntityType.ICON, 5)
    assert FavoriteService(shop.work).remove_all(EntityType.ICON, 5) == 1
    assert FavoriteService(shop.work).count_likes(EntityType.ICON, 5) == 0
