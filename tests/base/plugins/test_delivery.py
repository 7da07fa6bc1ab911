"""Plugins have their effect once, however often an event is delivered, and a failing one holds up nobody."""

from __future__ import annotations

import threading

import pytest

from tests.base.plugins.stage import SYSTEM, Stage, letter
from vectoricons.common.errors import Invalid
from vectoricons.common.plugins import templates
from vectoricons.common.plugins.accounts import Person
from vectoricons.common.plugins.host import Host, PluginsFailed
from vectoricons.common.plugins.listed import PLUGINS
from vectoricons.common.plugins.notifications import Channel
from vectoricons.common.plugins.plugin import Desk, Plugin
from vectoricons.email_histories.db import EmailHistoryRepository

# -- once, and only what is asked


def test_an_event_delivered_twice_has_its_effect_once(stage: Stage) -> None:
    event = stage.deliver("user.verify-email", userId=stage.user.id)
    stage.host.handle(event)
    Stage(stage.database).host.handle(event)
    assert (len(stage.coupons()), len(stage.letters())) == (1, 1)
    stage.deliver("user.verify-email", userId=stage.user.id)
    assert len(stage.coupons()) == 2, "another event is another matter"


def test_two_processes_that_hear_at_once_have_the_effect_once(stage: Stage) -> None:
    event = letter("user.verify-email", userId=stage.user.id)
    together = threading.Barrier(4)

    def hear() -> None:
        host = Host(stage.database, stage.board, PLUGINS, SYSTEM)
        together.wait(10)
        host.handle(event)

    threads = [threading.Thread(target=hear) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert (len(stage.coupons()), len(stage.letters())) == (1, 1)


def test_plugins_pass_over_other_events(stage: Stage) -> None:
    stage.deliver("tag.after.create", ids=[1])
    stage.host.hear("not even an event")
    stage.host.hear(letter("user.logout", userId=stage.user.id).to_json())
    assert (stage.letters(), stage.coupons(), stage.told()) == ([], [], [])


# -- failures


class Flaky:
    """A plugin's effect that writes, and then fails as often as it is told to."""

    def __init__(self, failures: int, error: Exception) -> None:
        self.failures = failures
        self.error = error

    def __call__(self, desk: Desk, told: Person) -> None:
        desk.write(templates.ResetConfirmation(), desk.user(told.user_id))
        if self.failures:
            self.failures -= 1
            raise self.error


def host_with(stage: Stage, *effects: Flaky) -> Host:
    plugins = [
        Plugin(f"flaky-{number}", "user.login", Person, effect) for number, effect in enumerate(effects)
    ]
    others = [Plugin("steady", "user.login", Person, lambda desk, _: desk.tell(Channel.GENERAL, "steady"))]
    return Host(stage.database, stage.board, [*plugins, *others], SYSTEM)


def test_a_failing_plugin_holds_up_nobody_and_site_errors_hears_of_it_once(stage: Stage) -> None:
    host = host_with(stage, Flaky(2, Invalid("The coupon could not be made.")))
    event = letter("user.login", userId=stage.user.id)
    for _ in range(2):
        with pytest.raises(PluginsFailed, match="flaky-0"):
            host.handle(event)
    assert stage.letters() == [], "what it wrote before it failed is not true"
    words = f"flaky-0 failed at user.login ({event.id}): The coupon could not be made."
    assert sorted(stage.told()) == [("#general", "steady"), ("#site-errors", words)]
    host.handle(event)
    assert len(stage.letters()) == 1
    assert len(stage.told()) == 2, "the steady one was not asked again"


def test_the_reason_of_an_error_nobody_awaited_stays_in_the_log(stage: Stage) -> None:
    host = host_with(stage, Flaky(1, RuntimeError("secret: hunter2")))
    with pytest.raises(PluginsFailed):
        host.handle(letter("user.login", userId=stage.user.id))
    (words,) = [message for channel, message in stage.told() if channel == "#site-errors"]
    assert words.endswith(": RuntimeError")


def test_a_letter_that_cannot_be_queued_is_told_in_site_errors(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise Invalid("No letter can be written.")

    monkeypatch.setattr(EmailHistoryRepository, "queue", broken)
    with pytest.raises(PluginsFailed, match="welcome-offer"):
        stage.deliver("user.verify-email", userId=stage.user.id)
    assert [channel for channel, _ in stage.told()] == ["#site-errors"]
    assert stage.coupons() == [], "the coupon went with the letter"


def test_an_event_about_nobody_is_told_in_site_errors(stage: Stage) -> None:
    with pytest.raises(PluginsFailed):
        stage.deliver("user.verify-email", userId=2**40)
    with pytest.raises(PluginsFailed):
        stage.deliver("user.verify-email")
    assert [message.split(": ", 1)[1] for _, message in stage.told()] == [
        "User not found.",
        '"userId" of the event is not what it needs: Field required.',
    ]


def test_a_slack_that_fails_is_not_told_on_slack(stage: Stage) -> None:
    stage.board.error = ConnectionError("Slack is away")
    event = letter("notify-slack", channel="#general", message="Hello")
    with pytest.raises(PluginsFailed):
        stage.host.handle(event)
    assert stage.told() == []
    stage.board.error = None
    stage.host.handle(event)
    assert stage.board.posts == [("#general", "Hello")]
