"""Places at a vendor's desk that are held for a film which was stopped while the vendor was at work on it."""

from pokegeo_dagster.budget.books import Books
from pokegeo_dagster.film.errors import JobFailed, ProductionError
from pokegeo_dagster.film.vendors import Job, Pending, Ticket


def clears_a_place(books: Books, vendor: str, job: Job, turn: int) -> bool:
    """Asks a vendor about one purchase that nobody waits for, and notes when it is done with it: then it
    holds no place there any more. What it brought is fetched and booked when its film is made again.

    Asking is free. It is asked of one at a time, in `turn`; `job` is any job at that vendor.
    """
    left = books.left_behind(vendor)
    if not left:
        return False
    task = left[turn % len(left)]
    assert task.task_id is not None
    try:
        if isinstance(job.poll(Ticket(task.task_id)), Pending):
            return False
    except JobFailed:
        pass  # over, and booked by whoever comes back for it
    except ProductionError:  # silent, or another account's task: its place stays taken
        return False
    books.over(task)
    return True
