"""A purchase whose process is killed, whose answer is lost, or that two mind: bought once, booked once."""

from dataclasses import replace
from decimal import Decimal

import pytest

from pokegeo_dagster.film.digest import digest
from pokegeo_dagster.film.errors import AnswerLost, JobFailed, NotTaken, Refused, StillAtWork, VendorSilent
from pokegeo_dagster.film.vendors import Charge, Delivery, Pending, Ticket
from pokegeo_dagster_tests.budget.fake_trade import (
    BYTES,
    PRICE,
    SLOT,
    FakeJob,
    FakeVendor,
    Killed,
)

LOST = AnswerLost("kie", "No answer came within 60 s.")
SECRET = "sk-SECRET"
SIGNED = f"https://files.kie.ai/x.mp4?X-Amz-Signature={SECRET}"


def taken_and(error):
    """The vendor took it, and its answer became this."""

    def say(take):
        take()
        raise error

    return say


def every_kill(trade, make_vendor, rounds=1):
    """(vendor, slot, what was killed) for each moment at which a purchase can be killed."""
    for after in (False, True):
        for n in range(100):
            vendor, slot = make_vendor(), replace(SLOT, episode=f"haunter_{n}_{after}")
            if not trade.killed(FakeJob(vendor, rounds), n, after, slot):
                break
            yield vendor, slot, f"{'after' if after else 'before'} commit {n}"
        assert n > 4


# --- killed --------------------------------------------------------------------------------------


@pytest.mark.parametrize("asynchronous", [True, False])
def test_killed_around_any_commit_it_is_bought_once_and_booked_once(trade, asynchronous):
    for vendor, slot, when in every_kill(trade, lambda: FakeVendor(asynchronous)):
        trade.clock.at += 200  # beyond the time for which an answer may still be on its way

        hired = trade.hire(FakeJob(vendor), slot)

        assert hired.made.files["main"].read_bytes() == BYTES, when
        assert (vendor.submits, vendor.taken) == (1, PRICE), when
        assert (hired.usd, trade.spent(slot)) == (PRICE, PRICE), when
        trade.store(hired, slot)
        assert trade.reserved(slot) == 0
    assert [task.slot.episode for task in trade.live() if task.state != "delivered"] == []


@pytest.mark.parametrize("asynchronous", [True, False])
def test_killed_at_a_vendor_without_records_it_is_never_asked_twice(trade, asynchronous):
    unknown = []
    for vendor, slot, when in every_kill(trade, lambda: FakeVendor(asynchronous, keeps_records=False)):
        trade.clock.at += 1000
        for _ in range(2):
            try:
                trade.hire(FakeJob(vendor), slot)
            except AnswerLost as lost:
                unknown.append(str(lost))
        assert vendor.submits <= 1, when
    assert len(unknown) >= 4  # killed after the intent, before what came of it
    for told in unknown:
        assert told.count("`pokegeo ledger settle") == told.count("It may cost $0.42") == 1
        assert "nobody knows whether clip clip_" in told and "\n" not in told


@pytest.mark.parametrize("step", ["prepare", "submit", "poll", "fetch", "develop"])
def test_killed_inside_any_step_it_is_bought_once(trade, step):
    vendor = FakeVendor(says={step: [taken_and(Killed())]})

    with pytest.raises(Killed):
        trade.hire(FakeJob(vendor))
    trade.gone.add(trade.process)

    assert trade.hire(FakeJob(vendor)).usd == PRICE
    assert (vendor.submits, vendor.taken, trade.spent(), trade.charges()) == (1, PRICE, PRICE, 1)


def test_both_rounds_of_a_text_are_bought_once_however_often_it_is_killed(trade):
    for vendor, slot, when in every_kill(trade, FakeVendor, rounds=2):
        trade.clock.at += 200

        hired = trade.hire(FakeJob(vendor, rounds=2), slot)

        assert (vendor.submits, hired.usd, trade.spent(slot)) == (2, 2 * PRICE, 2 * PRICE), when
        assert len(hired.tasks) == 2
        trade.store(hired, slot)
        assert trade.reserved(slot) == 0
    assert [task.slot.episode for task in trade.live() if task.state != "delivered"] == []


def test_a_repair_that_cannot_be_used_ends_the_first_round_too(trade):
    """A live first round would be what every `--new-take` comes back to."""
    vendor = FakeVendor()
    vendor.says["develop"] = [lambda first: first(), JobFailed("kie", "it is no screenplay.")]

    for _ in range(2):
        with pytest.raises(JobFailed, match="no screenplay"):
            trade.hire(FakeJob(vendor, rounds=2))

    assert (vendor.submits, trade.spent(), trade.live(), trade.reserved()) == (2, 2 * PRICE, [], 0)
    assert trade.books.numbers("haunter", "clip", "clip_05", SLOT.recipe) == (None, 1)


def test_a_repair_that_failed_free_is_tried_again_from_the_first_rounds_text(trade):
    vendor = FakeVendor(says={"poll": [lambda first: first(), JobFailed("kie", "it says so.")]})

    with pytest.raises(JobFailed):
        trade.hire(FakeJob(vendor, rounds=2))

    assert trade.hire(FakeJob(vendor, rounds=2)).usd == 2 * PRICE
    assert vendor.submits == 3 and trade.spent() == 2 * PRICE
    assert {task.slot.recipe for task in trade.tasks()} == {
        SLOT.recipe,
        digest({"recipe": SLOT.recipe, "round": 2}),
    }


# --- an answer that was lost ---------------------------------------------------------------------


def test_an_answer_that_was_lost_is_found_in_the_vendors_records(trade):
    vendor = FakeVendor(says={"submit": [taken_and(LOST)]})

    assert trade.hire(FakeJob(vendor)).usd == PRICE
    assert (vendor.submits, trade.charges(), "unknown" in trade.told) == (1, 1, False)


def test_what_left_no_trace_is_believed_only_when_it_must_have_left_one(trade):
    vendor = FakeVendor(says={"submit": [LOST]})

    for _ in range(2):
        with pytest.raises(AnswerLost, match="It may still be at work: run this again in some minutes"):
            trade.hire(FakeJob(vendor))
    assert (trade.task().state, trade.reserved(), vendor.submits) == ("unknown", PRICE, 1)

    trade.clock.at += 200
    assert trade.hire(FakeJob(vendor)).usd == PRICE
    assert (vendor.submits, len(vendor.made), trade.charges(), trade.reserved()) == (2, 1, 1, 0)
    assert trade.task().error_text is None


@pytest.mark.parametrize("answer", [Ticket("task-1"), Delivery(Charge(usd=PRICE, request_id="task-1"))])
def test_what_was_unknown_is_delivered_when_the_records_show_it(trade, answer):
    vendor = FakeVendor(says={"submit": [taken_and(LOST)], "look_up": [LOST, answer]})

    with pytest.raises(AnswerLost):
        trade.hire(FakeJob(vendor))
    assert trade.task().state == "unknown"

    assert trade.hire(FakeJob(vendor)).usd == PRICE
    assert (vendor.submits, trade.charges(), trade.reserved()) == (1, 1, 0)


@pytest.mark.parametrize(
    "silence", [[VendorSilent("kie", "no word.")] * 6, [AnswerLost("kie", "It keeps no record.")],
                [KeyError(SECRET)]], ids=["silent", "no records", "a mistake"],
)  # fmt: skip
def test_what_nobody_can_tell_is_unknown_and_stays_unbought(trade, silence):
    vendor = FakeVendor(keeps_records=False, says={"submit": [LOST], "look_up": list(silence)})

    told = []
    for _ in range(4):
        with pytest.raises(AnswerLost, match="`pokegeo ledger settle 1`") as lost:
            trade.hire(FakeJob(vendor))
        told.append(str(lost.value))
        trade.clock.at += 10_000

    assert (trade.task().state, vendor.submits, trade.reserved(), trade.spent()) == ("unknown", 1, PRICE, 0)
    assert told[3].count("No answer came") == told[3].count("kie: ") == 1
    assert told[2] == told[3] and SECRET not in "".join(told)


def test_a_mistake_of_ours_while_asking_is_unknown_and_quotes_nobody(trade):
    vendor = FakeVendor(keeps_records=False, says={"submit": [taken_and(ValueError(f"403 for {SIGNED}"))]})

    with pytest.raises(AnswerLost, match=r"stopped unexpectedly \(ValueError, \w+\.py line \d+\)") as lost:
        trade.hire(FakeJob(vendor))

    told = f"{lost.value} {trade.task().error_text} {trade.task().request}"
    assert (trade.task().state, vendor.submits) == ("unknown", 1)
    assert SECRET not in told and "https" not in told


@pytest.mark.parametrize("usd", [Decimal(0), Decimal("0.42")])
def test_a_humans_word_settles_what_is_unknown(trade, usd):
    vendor = FakeVendor(keeps_records=False, says={"submit": [LOST]})
    with pytest.raises(AnswerLost):
        trade.hire(FakeJob(vendor))

    assert trade.books.settle(trade.task(), usd, "by the vendor's usage page") is not None
    assert trade.books.settle(trade.tasks()[0], usd, "again") is None

    assert (trade.spent(), trade.reserved()) == (usd, 0)
    if usd:
        with pytest.raises(JobFailed, match=r"It cost \$0\.42\. To buy another one"):
            trade.hire(FakeJob(vendor))
    else:
        assert trade.hire(FakeJob(vendor)).usd == PRICE
    assert vendor.submits == (1 if usd else 2)


def test_a_task_id_that_a_human_brings_is_fetched(trade):
    vendor = FakeVendor(keeps_records=False, says={"submit": [taken_and(LOST)]})
    with pytest.raises(AnswerLost):
        trade.hire(FakeJob(vendor))

    assert trade.books.running(trade.task(), "host|human|1.00|1", "task-1") is not None
    trade.books.let_go("host|human|1.00|1")

    assert trade.hire(FakeJob(vendor)).usd == PRICE
    assert (vendor.submits, trade.charges()) == (1, 1)


# --- two processes -------------------------------------------------------------------------------


def meanwhile(trade, job, caught, later_s=120.0, slot=SLOT):
    """While the vendor works for one process, its lease ends and another process takes over."""

    def say(take):
        answer = take()
        trade.clock.at += later_s
        try:
            trade.store(trade.hire(job, slot), slot)
        except Exception as error:
            caught.append(error)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return say


@pytest.mark.parametrize("asynchronous", [True, False])
def test_an_answer_that_comes_when_another_process_gave_it_up_is_kept(trade, asynchronous):
    vendor, caught = FakeVendor(asynchronous, keeps_records=False), []
    vendor.says["submit"] = [meanwhile(trade, FakeJob(vendor), caught)]

    hired = trade.hire(FakeJob(vendor))

    assert [type(error) for error in caught] == [AnswerLost]
    assert (hired.usd, vendor.submits, trade.charges(), trade.reserved()) == (PRICE, 1, 1, 0)


@pytest.mark.parametrize(
    ("asynchronous", "step"),
    [
        (True, "submit"),
        (True, "poll"),
        (True, "fetch"),
        (True, "develop"),
        (False, "submit"),
        (False, "develop"),
    ],
)
def test_who_comes_back_late_finds_it_made_and_buys_nothing(trade, asynchronous, step):
    vendor, caught = FakeVendor(asynchronous), []
    vendor.says[step] = [meanwhile(trade, FakeJob(vendor), caught)]

    hired = trade.hire(FakeJob(vendor))

    assert (hired is None) == (step != "develop")
    assert (caught, vendor.submits, vendor.taken, trade.spent()) == ([], 1, PRICE, PRICE)
    assert (trade.charges(), trade.task().state, trade.reserved()) == (1, "stored", 0)


def test_who_prepared_too_long_does_not_send_what_another_sends(trade):
    vendor, caught = FakeVendor(), []
    vendor.says["prepare"] = [meanwhile(trade, FakeJob(vendor), caught)]

    assert trade.hire(FakeJob(vendor)) is None
    assert (caught, vendor.submits, trade.charges()) == ([], 1, 1)


def test_who_waited_too_long_at_the_desk_does_not_send_what_a_dead_process_may_have_sent(trade):
    """The other one died after its intent: that it is ours to mind does not make it ours to send."""
    vendor = FakeVendor(keeps_records=False)

    def meanwhile_killed(prepare):
        trade.clock.at += 120
        assert trade.killed(FakeJob(vendor), 1, after=True)  # it minds it, it intends, it is dead
        return prepare()

    vendor.says["prepare"] = [meanwhile_killed]
    with pytest.raises(AnswerLost):
        trade.hire(FakeJob(vendor))

    assert (trade.task().state, vendor.submits) == ("unknown", 0)


def test_a_refusal_that_comes_late_cannot_undo_what_another_process_asked_since(trade):
    books = trade.books
    (task,) = books.admit(
        [trade.purse().quote(FakeJob(FakeVendor()), SLOT)], {"haunter": trade.caps}, "h|1|1|1"
    )
    intent, _ = books.intend(task, "h|1|1|1", trade.desk, 900)
    admitted = books.not_taken(intent, "h|1|1|1")
    trade.clock.at += 1
    second, _ = books.intend(admitted, "h|1|1|1", trade.desk, 900)

    assert books.refuse(intent, "h|2|1|1", Refused("kie", "no.")) is None
    assert books.running(intent, "h|2|1|1", "task-1") is None
    assert books.task(task.id) == second


def test_what_was_stored_between_the_look_and_the_purchase_is_not_bought_again(trade):
    vendor, purse = FakeVendor(), trade.purse()

    def first_then_caps(_):
        if not vendor.submits:
            trade.store(trade.hire(FakeJob(vendor)))
        return trade.caps

    hired = trade.hire(FakeJob(vendor), purse=replace(purse, caps=first_then_caps))

    assert (vendor.submits, trade.charges(), hired.usd) == (1, 1, PRICE)


def test_a_process_that_is_slow_but_alive_is_waited_for(trade):
    vendor, other = FakeVendor(), "elsewhere|1|1.00|1"
    quote = trade.purse().quote(FakeJob(vendor), SLOT)
    trade.books.admit([quote], {"haunter": trade.caps}, other)
    began, sleep = trade.clock.now(), trade.clock.sleep

    def beating(seconds):
        sleep(seconds)
        trade.books.renew("elsewhere|1|1.00")

    trade.clock.sleep = beating
    with pytest.raises(StillAtWork, match="another process is buying this"):
        trade.hire(FakeJob(vendor))
    assert (vendor.steps, trade.clock.now() - began > 1000) == ([], True)

    trade.clock.sleep = sleep
    assert trade.hire(FakeJob(vendor)).usd == PRICE  # its heart stopped: a minute later it is ours


def test_how_another_process_failed_is_told_to_who_waited_for_it(trade):
    vendor = FakeVendor(says={"submit": [NotTaken("kie", "busy.")]})
    other = "elsewhere|1|1.00|1"
    (task,) = trade.books.admit([trade.purse().quote(FakeJob(vendor), SLOT)], {"haunter": trade.caps}, other)
    sleep = trade.clock.sleep

    def refused(seconds):
        sleep(seconds)
        trade.books.refuse(task, other, NotTaken("kie", "it is busy.", 3))

    trade.clock.sleep = refused
    with pytest.raises(NotTaken, match=r"^kie: it is busy\.$"):
        trade.hire(FakeJob(vendor))


def test_a_clock_that_was_set_back_buys_nothing_twice(trade):
    vendor = FakeVendor(says={"submit": [taken_and(LOST)], "look_up": [None]})
    with pytest.raises(AnswerLost, match="still be at work"):
        trade.hire(FakeJob(vendor))

    trade.clock.at -= 86_400

    assert trade.hire(FakeJob(vendor)).usd == PRICE
    assert (vendor.submits, trade.charges()) == (1, 1)


def test_a_poll_outlives_a_clock_that_was_set_back(trade):
    vendor = FakeVendor(says={"poll": [lambda done: setattr(trade.clock, "at", 0.0) or Pending()]})

    assert trade.hire(FakeJob(vendor)).usd == PRICE
