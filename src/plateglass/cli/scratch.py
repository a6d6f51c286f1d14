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
from typing import IO

from plateglass import privacy
from plateglass.errors import OutputUnwritable, Place


@contextmanager
def folder() -> Iterator[Path]:
    """An empty folder, mode 0700, for this run only.

    Raises:
        OutputUnwritable: the user's cache can't be written.
    """
    root = privacy.cache_path() / "runs"
    own, lock = root / str(os.getpid()), root / f"{os.getpid()}.lock"
    with _locked(lock) as held:
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


def _locked(lock: Path) -> IO[str]:
    """A lock file in the folder of all runs, which is made where it is not there."""
    try:
        lock.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return lock.open("a")
    except OSError as error:
        raise OutputUnwritable(
            f"a case of this run only can't be kept: {(error.strerror or 'no reason given').lower()}",
            place=Place(str(lock.parent)),
            remedy="set XDG_CACHE_HOME to a folder that can be written, or keep the case in one with --case",
        ) from error


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
