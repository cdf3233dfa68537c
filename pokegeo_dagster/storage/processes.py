"""Which process minds a task, and whether it is still there."""

from __future__ import annotations

import os
import socket
import sys
from functools import lru_cache

import psutil

# Two readings of when one process began differ by less; two processes of one number by far more.
SAME_S = 0.05


def process_name() -> str:
    """A name for this process that no other has: host, number, and the moment it began. Owners of
    tasks are named after it («<process>|<serial>»), so that a dead one can be told from a slow one."""
    return _named(os.getpid())


@lru_cache(maxsize=4)
def _named(number: int) -> str:
    # Read once: whatever becomes of the clock, a process keeps the name its tasks are minded under.
    return f"{socket.gethostname()}|{number}|{_began(psutil.Process(number)):.2f}"


def is_dead(owner: str) -> bool:
    """Whether a minder is a process of this host that is gone. Of other hosts nothing is known."""
    host, _, rest = owner.partition("|")
    number, _, rest = rest.partition("|")
    began = rest.partition("|")[0]
    if host != socket.gethostname() or not number.isdigit() or int(number) == os.getpid():
        return False
    try:
        process = psutil.Process(int(number))
        if process.status() == psutil.STATUS_ZOMBIE:
            return True
        return abs(_began(process) - float(began)) > SAME_S
    except psutil.NoSuchProcess:
        return True
    except (psutil.Error, ValueError):
        return False


def _began(process: psutil.Process) -> float:
    """When a process began, in seconds that a clock that is set does not move: Linux counts from the
    machine's start, and psutil adds that moment by today's clock."""
    if sys.platform != "linux":
        return process.create_time()
    while True:
        boot = psutil.boot_time()
        began = psutil.Process(process.pid).create_time()
        if psutil.boot_time() == boot:  # the clock was not set in between
            return began - boot
