"""Keeps what needs the machine for itself from running beside each other: measurements, and long training runs.

The lock is .build/machine.lock of the clone, held by flock(2) for as long as any process lives that holds it or was
given it, so it cannot be left behind. claim_machine in scripts/common.sh takes the same one.
"""

import fcntl
import os
import pathlib
import time

LOCK = pathlib.Path(__file__).resolve().parents[2] / ".build/machine.lock"


class Busy(Exception):
    """Something else has the machine; says in a sentence what."""


def claim(name, lock=LOCK):
    """Takes the machine for `name`, such as "scripts/compare-pytorch", until the descriptor that is returned is closed
    by all that have it. Raises Busy."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(descriptor, 200).decode(errors="replace").strip() or "another script"
        os.close(descriptor)
        raise Busy(f"{holder} is at work and needs the machine for itself; wait for its end, or stop it (it holds"
                   f" {lock}).") from None
    entitle(descriptor, name)
    return descriptor


def entitle(descriptor, name):
    """Says in the lock who has it: this process."""
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{name} (process {os.getpid()}, since {time.strftime('%H:%M')})\n".encode(), 0)
