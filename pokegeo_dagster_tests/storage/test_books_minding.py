"""Who minds a purchase, and how many stand at a vendor's desk at once."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from pokegeo_dagster.film.errors import AnswerLost
from pokegeo_dagster.storage.books import LEASE_S
from pokegeo_dagster.storage.processes import is_dead, process_name
from pokegeo_dagster_tests.storage.purchases import (
    CHARGE,
    DESK,
    ME,
    NO_CAPS,
    OTHER,
    RESULT,
    a_quote,
    admitted,
    asked,
    replace_desk,
)

# --- minding -------------------------------------------------------------------------------------


def test_a_slow_process_keeps_what_it_minds_until_its_lease_ends(books, watch):
    task = asked(books)

    assert books.mind(task, OTHER) is None
    watch.pass_s(LEASE_S - 1)
    books.renew("here|1|1.00")
    watch.pass_s(LEASE_S - 1)
    assert books.mind(task, OTHER) is None
    watch.pass_s(2)
    assert books.mind(task, OTHER).owner == OTHER


def test_what_a_dead_process_minded_is_taken_over_at_once(books):
    task = asked(books, owner="dead|1|1|1")

    assert books.mind(task, OTHER).owner == OTHER


def test_of_sixteen_heirs_one_inherits(open_books):
    several = [open_books() for _ in range(2)]
    task = asked(several[0], owner="dead|1|1|1")

    with ThreadPoolExecutor(16) as pool:
        heirs = [
            heir for heir in pool.map(lambda n: several[n % 2].mind(task, f"h|{n}|1|1"), range(16)) if heir
        ]

    assert len(heirs) == 1 and several[1].task(task.id).owner == heirs[0].owner


@pytest.mark.parametrize("host", ["a%", "a_", "a\\", "a'"])
def test_a_heart_beats_for_its_own_process_only(books, watch, host):
    mine, strangers = f"{host}|1|1.00|1", ["ab|1|1.00|1", f"{host}|1|1.005|1", f"{host}x|1|1.00|1"]
    tasks = [asked(books, f"clip_{n}", owner) for n, owner in enumerate([mine, *strangers])]
    watch.pass_s(LEASE_S - 1)

    books.renew(f"{host}|1|1.00")
    watch.pass_s(2)

    assert [books.mind(task, ME) is None for task in tasks] == [True, False, False, False]


def test_letting_go_lets_nobody_elses_go(books):
    mine, other = asked(books, "clip_01"), asked(books, "clip_02", OTHER)

    books.let_go(ME)

    assert (books.task(mine.id).owner, books.task(other.id).owner) == (None, OTHER)


SLEEPER = "from pokegeo_dagster.storage.processes import process_name as n; print(n(), flush=True); input()"


def test_a_dead_process_of_this_machine_is_told_from_a_living_one():
    with subprocess.Popen([sys.executable, "-c", SLEEPER], stdin=-1, stdout=-1, text=True) as sleeper:
        name = sleeper.stdout.readline().strip()
        host, number, began = name.split("|")
        assert not is_dead(f"{name}|1") and not is_dead(f"{process_name()}|1")
        assert is_dead(f"{host}|{number}|{float(began) - 5:.2f}|1")  # its number was given again
        assert not is_dead(f"elsewhere|{number}|1.00|1") and not is_dead("nobody knows")
        sleeper.kill()
        sleeper.wait()
    assert is_dead(f"{name}|1")


def test_a_clock_that_is_set_kills_nobody(monkeypatch):
    with subprocess.Popen([sys.executable, "-c", SLEEPER], stdin=-1, stdout=-1, text=True) as sleeper:
        name = sleeper.stdout.readline().strip()
        psutil = sys.modules["psutil"]
        boot = psutil.boot_time()
        monkeypatch.setattr(psutil._psplatform, "boot_time", lambda: boot + 3600)
        monkeypatch.setattr(psutil, "boot_time", lambda: boot + 3600)
        assert not is_dead(f"{name}|1")
        sleeper.kill()


# --- the desk ------------------------------------------------------------------------------------


def test_of_many_threads_three_stand_at_a_desk_for_three(open_books):
    several = [open_books() for _ in range(3)]
    tasks = [admitted(several[0], f"clip_{n:02}") for n in range(12)]

    def at_the_desk():
        with ThreadPoolExecutor(12) as pool:
            moves = list(pool.map(lambda n: several[n % 3].intend(tasks[n], ME, DESK, 0)[0], range(12)))
        return [task for task in moves if task and task.state == "intent"]

    first = at_the_desk()
    assert len(first) == 3
    several[0].running(first[0], ME, "task-1")
    several[0].delivered(first[1], ME, Decimal("0.42"), CHARGE, RESULT)
    several[0].lose(first[2], ME, AnswerLost("kie", "no answer"))
    assert len(at_the_desk()) == 2
    assert at_the_desk() == []


def test_a_desk_is_never_over_full_while_thirty_come_and_go(open_books):
    several, gate, inside, most = [open_books() for _ in range(3)], threading.Lock(), set(), []
    tasks = [admitted(several[0], f"clip_{n:02}") for n in range(30)]

    def come_and_go(n):
        books, task = several[n % 3], tasks[n]
        while True:
            intent, _ = books.intend(task, ME, DESK, 0)
            if intent.state == "intent":
                break
        with gate:
            inside.add(n)
            most.append(len(inside))
        with gate:
            inside.discard(n)
        running = books.running(intent, ME, f"task-{n}")
        return books.delivered(running, ME, Decimal("0.42"), CHARGE, RESULT).state

    with ThreadPoolExecutor(10) as pool:
        assert set(pool.map(come_and_go, range(30))) == {"delivered"}
    assert max(most) <= 3


def test_twenty_requests_leave_in_ten_seconds_whoever_sends_them(open_books, watch):
    several, desk = [open_books() for _ in range(3)], replace_desk(200, per_10s=20)
    tasks = [admitted(several[0], f"clip_{n:02}") for n in range(30)]

    def ask():
        with ThreadPoolExecutor(10) as pool:
            return list(pool.map(lambda n: several[n % 3].intend(tasks[n], ME, desk, 0), range(30)))

    first = ask()
    assert [task.state for task, _ in first if task].count("intent") == 20
    waits = [wait for task, wait in first if task and task.state == "admitted"]
    assert set(waits) == {10.5}
    watch.pass_s(10.4)
    assert [task for task, _ in ask() if task and task.state == "intent"] == []
    watch.pass_s(-3600)  # a clock that was set back makes nobody wait longer than a window
    assert {wait for task, wait in ask() if task} == {10.5}
    watch.pass_s(3611)
    assert [task.state for task, _ in ask() if task].count("intent") == 10


def test_a_crash_frees_no_place_while_the_vendor_may_be_at_work(books, watch):
    running = [books.running(asked(books, f"clip_{n}"), ME, f"task-{n}") for n in range(2)]
    asked(books, "clip_2")
    waiting = admitted(books, "clip_3", OTHER)
    books.let_go(ME)

    assert books.intend(waiting, OTHER, DESK, 900)[0].state == "admitted"
    watch.pass_s(901)  # whose answer was lost is over by now
    books.renew("there|2|2.00")
    assert books.intend(waiting, OTHER, DESK, 900)[0].state == "intent"
    assert {books.task(task.id).state for task in running} == {"running"}


def test_an_intent_that_died_holds_no_place_at_a_vendor_that_answers_at_once(books):
    for n in range(3):
        asked(books, f"clip_{n}")
    books.let_go(ME)

    assert books.intend(admitted(books, "clip_3"), ME, DESK, 0)[0].state == "intent"


def test_requests_of_a_dead_process_hold_no_place_and_those_of_a_living_one_do(books, watch):
    dead = [asked(books, f"clip_{n}", "dead|1|1|1") for n in range(2)]
    alive = asked(books, "clip_2", OTHER)
    waiting = admitted(books, "clip_3")

    assert books.intend(waiting, ME, replace_desk(1), 0)[0].state == "admitted"
    assert [books.task(task.id).owner for task in (*dead, alive)] == [None, None, OTHER]
    assert books.intend(waiting, ME, replace_desk(2), 0)[0].state == "intent"


def test_what_a_dead_process_reserved_is_free_when_the_piece_is_bought_otherwise(books):
    left = admitted(books, owner="dead|1|1|1")

    books.admit([a_quote(recipe="cd" * 32)], NO_CAPS, ME)

    assert (books.task(left.id).state, books.task(left.id).error_type) == ("refused", "Withdrawn")
