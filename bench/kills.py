"""Kill `add`, `check` and `report` at random instants, run them again, and compare what is left with undisturbed runs.

`python bench/kills.py [KILLS] [SEED]`, 200 by default. Every kill is of the whole group of processes, by SIGKILL.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from releases import PROGRAM, Room, everything, months

COMMANDS = (("add", "case", "files"), ("check", "case"), ("report", "case"))


def whole(root: Path) -> tuple[list[Path], list[float]]:
    """Rooms before the first command and after each, undisturbed; how long each command took."""
    rooms, took = [root / "0"], []
    first = Room(rooms[0])
    first.case()
    months(first.root / "files", each=2_000)
    for number, command in enumerate(COMMANDS, 1):
        rooms.append(root / str(number))
        shutil.copytree(rooms[-2], rooms[-1])
        start = time.monotonic()
        ran = Room(rooms[-1]).run(*command)
        took.append(time.monotonic() - start)
        if ran.code:
            sys.exit(ran.said)
    return rooms, took


def kill(room: Room, command: tuple[str, ...], after: float) -> bool:
    """Start a command and kill it after so many seconds; whether it still ran then."""
    with subprocess.Popen(  # noqa: S603 (our own program)
        [*PROGRAM, *command], env=room.environment(), cwd=room.root, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        try:
            process.wait(after)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
    return process.returncode == -signal.SIGKILL


def main() -> None:
    """Kill, run again, compare; end with 1 where anything differs."""
    kills, seed = (int(a) for a in (*sys.argv[1:], *("200", "1")[len(sys.argv) - 1 :]))
    draw, differ, hit = random.Random(seed), 0, 0  # noqa: S311 (instants, no secrets)
    with tempfile.TemporaryDirectory(prefix="plateglass-kills-") as folder:
        rooms, took = whole(Path(folder))
        for number in range(kills):
            which = number % len(COMMANDS)
            place = Path(folder) / "now"
            shutil.copytree(rooms[which], place)
            hit += kill(Room(place), COMMANDS[which], draw.uniform(0, took[which]))
            ran = Room(place).run(*COMMANDS[which])
            same = everything(place / "case") == everything(rooms[which + 1] / "case")
            if ran.code or not same:
                differ += 1
                print(f"{number}: {COMMANDS[which][0]} differs: {ran.said}")
            shutil.rmtree(place)
            if not (number + 1) % 20:  # now and then
                print(f"{number + 1} of {kills}: {hit} killed, {differ} differ", file=sys.stderr, flush=True)
    print(f"{kills} commands, {hit} of them killed while they ran; {differ} differ from undisturbed runs")
    sys.exit(1 if differ else 0)


if __name__ == "__main__":
    main()
