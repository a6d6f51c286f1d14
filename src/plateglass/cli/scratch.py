"""Cases that live only as long as one run: in the user's cache, gone after it, or after the next run if it was killed.

Each run has a folder and a lock that it holds while it lives. A folder whose lock nobody holds was left by a run
that was killed; the next run removes it. One lock over all of them keeps two runs from mistaking each other.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from plateglass import privacy


@contextmanager
def folder() -> Iterator[Path]:
    """An empty folder, mode 0700, for this run only."""
    root = privacy.cache_path() / "runs"
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    own, lock = root / str(os.getpid()), root / f"{os.getpid()}.lock"
    with lock.open("a") as held:
        with (root / "all.lock").open("a") as everybody:
            fcntl.flock(everybody, fcntl.LOCK_EX)
            fcntl.flock(held, fcntl.LOCK_EX)
            _sweep(root, own)
            own.mkdir(mode=0o700)
        try:
            yield own
        finally:
            shutil.rmtree(own)
            lock.unlink(missing_ok=True)


def _sweep(root: Path, own: Path) -> None:
    """Remove the folders of runs that are no more."""
    for left in root.iterdir():
        if left.is_dir() and (left == own or not _alive(left.with_suffix(".lock"))):
            shutil.rmtree(left)
            if left != own:
                left.with_suffix(".lock").unlink(missing_ok=True)


def _alive(lock: Path) -> bool:
    try:
        with lock.open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False
