"""Killed at any instant, out of room, or two at once: nothing is lost, nothing doubled, and the next run says the same.

What a command leaves after it was killed and run again must be, byte by byte, what it leaves undisturbed. The bench
`bench/kills.py` does the same at 200 instants.
"""

from __future__ import annotations

import ctypes
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from plateglass.case import Case, Settings
from plateglass.errors import CaseUnusable
from releases import HOME, NETWORK, OWN, PROGRAM, Room, everything, months, record, write

KILLS = 2
"""At how many instants each command is killed here."""
COMMANDS = {"add": ("add", "case", "files"), "check": ("check", "case"), "report": ("report", "case")}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What undisturbed runs leave: of each command the room before it, and after it."""
    root = tmp_path_factory.mktemp("whole")
    room = Room(root / "add")
    made = room.case()
    months(room.root / "files")
    case = made / "case.toml"
    case.write_text(case.read_text().replace("rules = []", 'rules = ["screens/reason-missing", "promises/look-back"]'))
    for command, following in (("add", "check"), ("check", "report"), ("report", "done")):
        shutil.copytree(root / command, root / following)
        ran = Room(root / following).apart(*COMMANDS[command])
        assert ran.code == 0, ran.said
    return root


def killed(room: Room, command: str, point: float) -> bool:
    """Start a command, and kill it and all that it started once so many bytes lie on the disk; whether it was."""
    process = subprocess.Popen(
        [*PROGRAM, *COMMANDS[command]], env=room.environment(), cwd=room.root, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    timer = threading.Timer(point, os.killpg, (process.pid, signal.SIGKILL))
    timer.start()
    code = process.wait()
    timer.cancel()
    return code == -signal.SIGKILL


@pytest.mark.parametrize("command", list(COMMANDS))
@pytest.mark.parametrize("seed", range(KILLS))
def test_after_a_kill_the_next_run_leaves_what_an_undisturbed_one_leaves(
    whole: Path, tmp_path: Path, command: str, seed: int
) -> None:
    following = {"add": "check", "check": "report", "report": "done"}[command]
    shutil.copytree(whole / command, tmp_path / "room")
    room = Room(tmp_path / "room")
    killed(room, command, random.Random(f"{command} {seed}").uniform(0.3, 2.5))  # noqa: S311 (an instant, no secret)
    ran = room.run(*COMMANDS[command])
    assert ran.code == 0, ran.said
    assert everything(room.root / "case") == everything(whole / following / "case")
    assert not [path for path in room.root.rglob("*") if path.name.startswith(".case") or path.suffix == ".part"]


STOPS = {
    "add": (r"/ready-\d+/[^/]+$", r"/sources\.jsonl$"),
    "report": (r"/\.out\.new$", r"/\.out\.old$"),
}
"""What the program is about to put somewhere when it is stopped for good: the worst instants of each command."""
STOPPING = """
import os, re, signal, sys
stop, nth = re.compile(sys.argv.pop(1)), int(sys.argv.pop(1))
seen = 0
def hook(event, args):
    global seen
    if event in ("open", "os.rename", "os.mkdir", "shutil.rmtree", "os.truncate"):
        paths = [os.fsdecode(a) for a in args if isinstance(a, (str, bytes, os.PathLike))]
        if any(stop.search(path) for path in paths):
            seen += 1
            if seen == nth:
                os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(hook)
from plateglass.cli import main
main()
"""


@pytest.mark.parametrize(("command", "stop"), [(c, stop) for c, stops in STOPS.items() for stop in stops])
def test_killed_at_the_worst_instants_too(whole: Path, tmp_path: Path, command: str, stop: str) -> None:
    """Before the tables of a source are put in place, before its line, before and between a report's two moves."""
    following = {"add": "check", "report": "done"}[command]
    shutil.copytree(whole / command, tmp_path / "room")
    room = Room(tmp_path / "room")
    done = subprocess.run(
        [PROGRAM[0], "-c", STOPPING, stop, "2", *COMMANDS[command]], env=room.environment(), cwd=room.root,
        capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode in (-signal.SIGKILL, 0), done.stderr
    ran = room.run(*COMMANDS[command])
    assert ran.code == 0, ran.said
    assert everything(room.root / "case") == everything(whole / following / "case")


def test_tables_put_in_place_for_a_source_that_had_none_are_cleared(tmp_path: Path) -> None:
    """Its line was there before, from when no layout knew it; the kill came before its new line."""
    case = Case.make(tmp_path / "case", Settings())
    case.append({"source": "abc", "name": "n", "parts": [], "issues": []}, case.sources_file)
    case.folder("abc").mkdir(parents=True)
    (case.folder("abc") / "sightings-0.parquet").write_bytes(b"half")
    with case.held():
        assert not case.folder("abc").exists()


@pytest.mark.parametrize("cut", [1, 200])
def test_half_a_last_line_is_taken_off(whole: Path, tmp_path: Path, cut: int) -> None:
    shutil.copytree(whole / "check", tmp_path / "room")
    room = Room(tmp_path / "room")
    path = room.root / "case" / "sources.jsonl"
    path.write_bytes(path.read_bytes()[:-cut])
    ran = room.run(*COMMANDS["add"])
    assert ran.code == 0, ran.said
    assert everything(room.root / "case") == everything(whole / "check" / "case")


def test_a_process_that_was_started_ends_with_the_one_that_started_it(tmp_path: Path) -> None:
    """Else it would go on writing into a case that the next run holds already."""
    code = (
        "import os, sys, time\n"
        "from concurrent.futures import ProcessPoolExecutor\n"
        "from multiprocessing import get_context\n"
        "from pathlib import Path\n"
        "from plateglass import intake\n"
        "if __name__ == '__main__':\n"
        "    start = (Path(sys.argv[1]), '256MB', os.getpid(), get_context('spawn').Queue())\n"
        "    pool = ProcessPoolExecutor(1, get_context('spawn'), intake._begin, start)\n"
        "    print(pool.submit(os.getpid).result(), flush=True)\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    room = Room(tmp_path)
    room.case()
    script = tmp_path / "script.py"
    script.write_text(code)
    with subprocess.Popen(
        [PROGRAM[0], str(script), str(tmp_path / "case")], env=room.environment(), stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        rest = parent.stdout.read()  # ends when the child, which has the same end of it, is no more
    assert child != parent.pid
    assert (rest, parent.returncode) == ("", -signal.SIGKILL)


def test_the_second_of_two_is_told_who_holds_the_case(tmp_path: Path) -> None:
    room = Room(tmp_path)
    case = Case(room.case())
    months(tmp_path / "files")
    with case.held():
        for command in ("add", "check", "report"):
            ran = room.apart(*COMMANDS[command])
            assert ran.code == 2
            assert f"held by process {os.getpid()}" in ran.said
    with case.held(), pytest.raises(CaseUnusable, match=str(os.getpid())), case.held():
        pass
    assert room.run(*COMMANDS["add"]).code == 0


# --- no room -----------------------------------------------------------------------------------------------------


def _limited(size: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.mark.parametrize("size", [0, 700, 6_000])
def test_where_a_file_can_t_grow_one_line_says_so_and_the_store_is_whole(
    whole: Path, tmp_path: Path, size: int
) -> None:
    """Each size is used up by another write: the lock, the tables, the lines, the pages."""
    shutil.copytree(whole / "add", tmp_path / "room")
    room = Room(tmp_path / "room")
    for command, following in (("add", "check"), ("report", "done")):
        for name in ("case", "files"):
            shutil.rmtree(room.root / name)
            shutil.copytree(whole / command / name, room.root / name)
        ran = room.apart(*COMMANDS[command], limit=lambda: _limited(size))
        if ran.code:
            assert ran.code == 1
            assert len([line for line in ran.said.split("\n") if line.startswith("plateglass: ")]) == 1, ran.said
            assert re.search(r"space|large|room|used up", ran.said), ran.said
        Case(room.root / "case").sources()
        assert room.run(*COMMANDS[command]).code == 0
        assert everything(room.root / "case") == everything(whole / following / "case")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 400 KiB, for tests that run as root; others have the limit on a file's size above."""
    place = tmp_path / "disk"
    place.mkdir()
    system = ctypes.CDLL(None, use_errno=True)
    if system.mount(b"none", str(place).encode(), b"tmpfs", 0, b"size=3m") != 0:
        pytest.skip("no disk can be mounted here: not root; the limit on a file's size is tested all the same")
    try:
        yield place
    finally:
        assert system.umount2(str(place).encode(), 2) == 0


@pytest.mark.parametrize("free", [0, 40])
def test_a_full_disk_is_said_in_one_line_and_leaves_the_store_whole(
    whole: Path, disk: Path, tmp_path: Path, free: int
) -> None:
    """So many KiB are free when the command begins."""
    for command, following in (("add", "check"), ("report", "done")):
        shutil.copytree(whole / command / "case", disk / "case")
        room = Room(tmp_path)
        left = shutil.disk_usage(disk).free
        (disk / "other").write_bytes(b"x" * max(0, left - free * 1024))
        arguments = [command, disk / "case", *([whole / "add" / "files"] if command == "add" else [])]
        ran = room.apart(*arguments)
        if ran.code:
            assert ran.code == 1
            assert len([line for line in ran.said.split("\n") if line.startswith("plateglass: ")]) == 1, ran.said
            assert re.search(r"space|room|used up", ran.said), ran.said
        (disk / "other").unlink()
        assert room.run(*arguments).code == 0
        assert everything(disk / "case") == everything(whole / following / "case")
        shutil.rmtree(disk / "case")


def test_a_disk_that_can_only_be_read_is_said_and_nothing_is_changed(whole: Path, disk: Path, tmp_path: Path) -> None:
    shutil.copytree(whole / "report" / "case", disk / "case")
    before = everything(disk / "case")
    system = ctypes.CDLL(None, use_errno=True)
    read_only = 1 | 32
    assert system.mount(b"none", str(disk).encode(), b"tmpfs", read_only, b"") == 0
    for command in ("check", "report"):
        ran = Room(tmp_path).run(command, disk / "case")
        assert ran.code == 1
        assert "can only be read" in ran.said
        assert ran.said.count("\n") == 1
    other = write(tmp_path / "files" / NETWORK.replace("9_30", "9_29"), [record(1)])
    assert "can only be read" in Room(tmp_path).run("add", disk / "case", other).said
    ran = Room(tmp_path).run("audit", whole / "add" / "files" / OWN, "--out", disk / "report", *HOME)
    assert ran.code == 1
    assert "can't be written" in ran.said
    assert everything(disk / "case") == before
