"""What strangers may send us harms nobody and is refused with its reason."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest

from imaging import Recipe, Rejected, Renderer
from imaging.raster import draw
from tests.imaging.hostile import Attack, attacks
from tests.imaging.traps import listener, watch

_LIMIT = 10  # seconds: what the renderer allows an item


@pytest.mark.parametrize("attack", attacks(), ids=lambda attack: attack.name)
def test_an_attack_is_refused_with_its_reason_in_time(attack: Attack, renderer: Renderer) -> None:
    started = time.monotonic()
    with pytest.raises(Rejected) as refusal:
        renderer.render(attack.svg, Recipe())
    assert refusal.value.reason is attack.reason
    assert attack.line is None or refusal.value.line == attack.line
    assert time.monotonic() - started < _LIMIT


def test_no_attack_opens_a_file_or_a_connection(renderer: Renderer, tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(b"root:x:0:0")
    with listener() as (url, was_called), watch(tmp_path) as was_opened:
        aimed = [attack for attack in attacks(url, str(secret)) if attack.fetches]
        for attack in aimed:
            with pytest.raises(Rejected):
                renderer.render(attack.svg, Recipe())
        assert not was_called()
        assert not was_opened()
    assert len(aimed) > 15


def test_librsvg_itself_fetches_nothing_for_a_drawing_from_memory(tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(b"root:x:0:0")
    with listener() as (url, was_called), watch(tmp_path) as was_opened:
        for attack in attacks(url, str(secret)):
            if attack.fetches and b"ENTITY" not in attack.svg:
                draw(attack.svg)
        assert not was_called()
        assert not was_opened()
        secret.read_bytes()
        socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2]))).close()
        assert was_called(), "the trap for connections works"
        assert was_opened(), "the trap for files works"
