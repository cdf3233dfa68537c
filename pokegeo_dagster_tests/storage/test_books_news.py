"""A vendor's call is news of a task that is at work, and moves nothing."""

from pokegeo_dagster_tests.storage.purchases import CHARGE, ME, RESULT, asked


def at_work(books, key="clip_05", task_id="t-1"):
    return books.running(asked(books, key), ME, task_id)


def test_news_is_of_its_task_alone_and_changes_nothing_else(books, watch):
    mine, other = at_work(books), at_work(books, "clip_06", "t-2")

    assert books.note_news("kie", "t-1") is True

    assert (books.news(mine), books.news(other)) == (watch.at, None)
    assert books.task(mine.id) == mine


def test_a_call_that_comes_twice_changes_the_moment_only(books, watch):
    task = at_work(books)
    books.note_news("kie", "t-1")
    watch.pass_s(3)

    assert books.note_news("kie", "t-1") is True
    assert books.news(task) == watch.at and books.task(task.id) == task


def test_a_call_for_a_task_that_is_not_at_work_here_is_no_news(books):
    over = books.delivered(at_work(books), ME, CHARGE.usd, CHARGE, RESULT)

    calls = (("kie", "t-1"), ("kie", "t-9"), ("gemini", "t-1"))
    assert not any(books.note_news(*call) for call in calls)
    assert books.news(over) is None
