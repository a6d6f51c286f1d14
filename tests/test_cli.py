"""The command line: what it prints, what it leaves behind, and the codes it ends with."""

from __future__ import annotations

import errno
import fcntl
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from plateglass import demo, errors, pipeline, privacy
from plateglass.catalogue import SHIPPED
from plateglass.cli import app, program, scratch
from plateglass.errors import Issue, Place, Severity

ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the test's own, so that no key, cache or report of anybody is touched."""
    for name in ("HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.delenv("PLATEGLASS_KEY_FILE", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").touch()
    return tmp_path / "home"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments], prog_name="plateglass")


def one_line(result: Result) -> str:
    """Standard error, which must be one line of ours."""
    assert result.stderr.count("\n") == 1, result.stderr
    assert result.stderr.startswith("plateglass: ")
    return result.stderr


# --- what is printed ---------------------------------------------------------------------------------------------


def test_the_version_is_the_package_s() -> None:
    assert run("--version").stdout == "plateglass 0.1.0\n"


def test_no_command_and_no_option_takes_a_plate() -> None:
    """Nobody can look a vehicle up: no argument, option or metavar names one."""
    pages = _generator().commands().lower()
    for word in ("plate ", "plates", "license", "licence", "vehicle", "lookup"):
        assert word not in pages.replace("plateglass ", ""), word


def test_the_reference_says_what_the_code_says() -> None:
    """`python docs/generate.py` writes the pages; none of them lags behind."""
    for name, text in _generator().pages().items():
        page = ROOT / "docs" / "reference" / name
        assert page.read_text(encoding="utf-8") == text.rstrip("\n") + "\n", f"run make docs: {name} lags behind"


def test_every_key_error_and_column_is_documented() -> None:
    generator = _generator()
    for kind in generator.kinds():
        said = generator.attribute_docs(kind)
        assert not [key for key in kind.model_fields if key not in said], kind.__name__
    for columns in generator.tables().values():
        assert all(column.about for column in columns)


def test_every_command_is_in_the_reference() -> None:
    commands = {name: program.loaded(name) for name in program.COMMANDS}
    subs = {f"{name} {sub}" for name, command in commands.items() for sub in getattr(command, "commands", ())}
    assert {" ".join(command) for command in _generator().COMMANDS if command} == set(commands) | subs


def test_the_list_of_commands_says_of_each_what_it_says_of_itself() -> None:
    """The list is shown without loading the commands."""
    for name, (_, about) in program.COMMANDS.items():
        assert program.loaded(name).get_short_help_str(limit=999) == about, name


def test_the_list_of_commands_needs_no_engine() -> None:
    """A person who mistypes a word does not wait for a database to load."""
    asked = "import sys; from plateglass.cli import app; app(['--help'], standalone_mode=False)"
    loaded = subprocess.run(
        [sys.executable, "-c", f"{asked}; print(*sys.modules)"], capture_output=True, text=True, check=True
    ).stdout
    assert "Commands:" in loaded
    assert not {"duckdb", "sqlglot", "pydantic", "plateglass.catalogue"} & set(loaded.split())


def _generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# --- how it ends -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ["audit"],
        ["audit", "no-such-file.csv"],
        ["audit", ".", "--rules", "no-such-pack"],
        ["audit", ".", "--timezone", "Mars/Olympus"],
        ["audit", ".", "--set", "retention_days"],
        ["audit", ".", "--set", "no_such_parameter=1"],
        ["audit", ".", "--set", "percentile=abc"],
        ["audit", ".", "--set", "switch_off=soon"],
        ["new", "case", "--set", "days=ten"],
        ["audit", ".", "--switch-off", "soon"],
        ["audit", ".", "--retention-days", "0"],
        ["audit", "--oot", "x", "."],
        ["check", "."],
        ["report", "no-such-folder"],
        ["rules", "show", "no/such-rule"],
        ["layouts", "show", "no-such-layout"],
        ["nonsense"],
    ],
    ids=" ".join,
)
def test_wrong_use_ends_with_2_and_leaves_nothing(arguments: list[str], tmp_path: Path) -> None:
    result = run(*arguments)
    assert result.exit_code == 2, result.output
    assert result.stderr
    assert "Traceback" not in result.output
    assert not list(tmp_path.glob("plateglass-report*"))


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (errors.CountsDoNotAddUp("3 records, 2 sightings", place=Place("a.csv")), 1, "3 records, 2 sightings (a.csv)"),
        (errors.OutputUnwritable("the folder holds something else", remedy="name another"), 1, "name another"),
        (errors.CaseUnusable("the case is held by process 7"), 2, "held by process 7"),
        (OSError(errno.ENOSPC, "No space left on device", "/mnt/x"), 1, "no space left on the disk: /mnt/x"),
        (PermissionError(errno.EACCES, "Permission denied", "/mnt/x"), 1, "no permission: /mnt/x"),
    ],
)
def test_a_known_error_is_one_line(
    error: Exception, code: int, words: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(*_: object) -> None:
        raise error

    monkeypatch.setattr(pipeline, "audit", broken)
    result = run("audit", tmp_path)
    assert result.exit_code == code
    assert words in one_line(result)


def test_a_value_that_is_none_of_its_parameter_is_told_what_it_should_be() -> None:
    assert "percentile is 'abc'; expected a number (percent)" in run("audit", ".", "--set", "percentile=abc").stderr
    assert "expected a date or a time, such as 2025-06-30" in run("audit", ".", "--set", "switch_off=soon").stderr


def test_a_home_that_can_t_be_written_is_said_with_what_to_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "a.csv"))
    assert "set XDG_CACHE_HOME to a folder that can be written, or keep the case" in one_line(run("audit", "a.csv"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "a.csv"))
    assert "name another with PLATEGLASS_KEY_FILE" in one_line(run("audit", "a.csv", "--case", "case"))


def test_a_run_without_a_case_is_not_called_case(tmp_path: Path) -> None:
    log = next((ROOT / "tests/fixtures/layouts/flock-audit").glob("*/input.csv"))
    assert run("audit", log, "--rules", "promises", "--out", "report").exit_code == 0
    package = json.loads((tmp_path / "report" / "datapackage.json").read_text())
    assert package["title"] == "Released search logs"


def test_a_parameter_that_nobody_states_has_no_default() -> None:
    said = run("rules", "show", "promises/look-back").stdout
    assert "no default" in said
    assert "None" not in said


def test_a_folder_without_a_file_is_wrong_use(tmp_path: Path) -> None:
    """Else a mistyped folder ends with 0 and a report of nothing."""
    (tmp_path / "empty" / "deep").mkdir(parents=True)
    result = run("audit", "empty")
    assert (result.exit_code, "there is no file in empty" in result.stderr) == (2, True)
    (tmp_path / "empty" / "gone.csv").symlink_to("nowhere")  # a file all the same: it is named as unreadable
    assert run("audit", "empty", "--rules", "nonsense").stderr.startswith("plateglass: no rule pack")


def test_a_report_that_can_t_be_written_is_said_before_the_work_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(pipeline, "audit")
    assert run("audit", "a.csv", "--out", "a.csv").stderr.startswith("plateglass: a file stands where")
    monkeypatch.setattr(os, "access", lambda path, _mode: not Path(path).is_dir())
    assert "no permission" in one_line(run("audit", "a.csv", "--out", tmp_path / "new" / "report"))


def test_an_interrupt_ends_with_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline, "audit", interrupted)
    result = run("audit", "a.csv")
    assert result.exit_code == 130
    assert "interrupted; nothing half-written is left" in one_line(result)


@pytest.mark.parametrize(
    ("raw", "words"), [(b'colour = "blue"', "no such setting"), (b"[[", "not TOML"), (b"\xff\xfe", "not TOML")]
)
def test_settings_of_a_newer_version_or_another_kind_of_file_are_refused(
    raw: bytes, words: str, tmp_path: Path
) -> None:
    (tmp_path / "case.toml").write_bytes(raw)
    result = run("check", ".")
    assert result.exit_code == 2
    assert words in one_line(result)


@pytest.mark.parametrize(("group", "name", "near"), [("rules", "us-ca/acess-record", "us-ca/access-record"),
                                                     ("layouts", "flok-audit", "flock-audit")])  # fmt: skip
def test_a_mistyped_id_is_told_what_is_near_it(group: str, name: str, near: str) -> None:
    """And not the ids of all two hundred rules."""
    said = run(group, "show", name).stderr
    assert near in said
    assert len(said) < 500
    assert f"see {group} list" in run(group, "show", "xyzzy").stderr


def test_a_fault_of_our_own_shows_where_and_no_value(capsys: pytest.CaptureFixture[str]) -> None:
    """A traceback's last line repeats the message, and a database's message repeats a cell."""
    secret = "8ZZZ101"  # noqa: S105 (a made-up plate)
    try:
        _fault(secret)
    except ValueError as error:
        program.crash(type(error), error, error.__traceback__)
    said = capsys.readouterr().err
    assert "ValueError" in said
    assert "_fault" in said
    assert secret not in said


def _fault(cell: str) -> None:
    raise ValueError(f"could not convert {cell}")


def test_a_source_that_was_left_out_ends_with_1_and_the_rest_is_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "summary.json").write_text('{"records": 0}')
    issue = Issue("layout-unknown", Severity.SOURCE, Place("a.csv"), "no layout knows its headings")
    outcome = pipeline.Outcome([issue], [], tmp_path / "report" / "report.html")
    monkeypatch.setattr(pipeline, "audit", lambda *_: outcome)
    result = run("audit", tmp_path)
    assert result.exit_code == 1
    assert "no layout knows its headings (a.csv)" in one_line(result)
    assert result.stdout.endswith("report.html\n")
    as_json = run("audit", tmp_path, "--json")
    assert json.loads(as_json.stdout)["summary"] == {"records": 0}


# --- what is left behind -----------------------------------------------------------------------------------------


def test_a_scratch_case_is_gone_after_its_run() -> None:
    with scratch.folder() as folder:
        (folder / "file").write_text("x")
        assert folder.stat().st_mode & 0o077 == 0
    assert not folder.exists()
    assert [path.name for path in folder.parent.iterdir()] == ["all.lock"]


def test_a_killed_run_s_scratch_case_is_gone_after_the_next() -> None:
    """No process holds its lock any more, whatever the number in its name."""
    runs = privacy.cache_path() / "runs"
    (runs / "1").mkdir(parents=True)
    (runs / "1" / "sightings.parquet").write_text("x")
    (runs / "1.lock").touch()
    (runs / str(os.getpid())).mkdir()
    with scratch.folder():
        assert not (runs / "1").exists()
        assert not (runs / "1.lock").exists()
    assert [path.name for path in runs.iterdir()] == ["all.lock"]


def test_a_living_run_s_scratch_case_is_left_alone() -> None:
    runs = privacy.cache_path() / "runs"
    (runs / "1").mkdir(parents=True)
    with (runs / "1.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with scratch.folder():
            pass
        assert (runs / "1").exists()


# --- the commands ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> demo.Truth:
    return demo.make(tmp_path_factory.mktemp("files"), searches=600)


def test_the_demo_finds_exactly_what_was_planted(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a person would run it: in a process of its own, with nothing there before."""
    environment = {**os.environ, "COLUMNS": "200"}
    command = [sys.executable, "-m", "plateglass.cli", "demo", "--out", str(tmp_path / "demo")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert "found exactly what was planted" in lines[0]
    assert Path(lines[-1]) == tmp_path / "demo" / "report" / "report.html"
    assert Path(lines[-1]).is_file()
    assert done.stderr.splitlines() == [
        "plateglass: custodian/ is for the agency's own reviewer: take it out before anything is published"
    ]
    monkeypatch.setenv("COLUMNS", "200")
    again = run("demo", "--out", tmp_path / "demo")
    assert (again.exit_code, again.stdout) == (0, done.stdout), "a demo in the folder of an earlier one begins anew"


def test_an_audit_leaves_a_case_s_settings_alone_unless_an_option_says_otherwise(tmp_path: Path, home: Path) -> None:
    """Comments in case.toml are somebody's work."""
    case, log = tmp_path / "case", next((ROOT / "tests/fixtures/layouts/flock-audit").glob("*/input.csv"))
    assert run("new", case, "--agency", "Exampleville CA PD").exit_code == 0
    settings = case / "case.toml"
    settings.write_text("# ours\n" + settings.read_text())
    assert "case.toml" not in run("audit", log, "--case", case, "--out", tmp_path / "1").stderr
    assert settings.read_text().startswith("# ours\n")
    said = run("audit", log, "--case", case, "--out", tmp_path / "2", "--retention-days", "30").stderr
    assert "case.toml is written anew" in said
    assert "retention_days = 30" in settings.read_text()


def test_a_demo_leaves_a_folder_with_anything_else_in_it_alone(tmp_path: Path, home: Path) -> None:
    (tmp_path / "mine").write_text("kept")
    result = run("demo", "--out", tmp_path)
    assert result.exit_code == 1
    assert "holds something else" in result.stderr
    assert [path.name for path in tmp_path.iterdir() if path.name == "mine"] == ["mine"]


def test_leads_about_accounts_are_looked_for_only_if_the_custodian_asks(
    tmp_path: Path, home: Path, truth: demo.Truth
) -> None:
    """Whoever audits an agency from outside gets no lead about single accounts, in no file."""
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    assert run("audit", *truth.paths, "--out", outside, "--agency", truth.agency).exit_code == 0
    assert not (outside / "custodian").exists()
    assert run("audit", *truth.paths, "--out", inside, "--agency", truth.agency, "--custodian").exit_code == 0
    assert (inside / "custodian" / "custodian.html").exists()
    assert "account-overlap" not in (inside / "summary.json").read_text()


def test_the_same_six_calls_one_by_one(tmp_path: Path, truth: demo.Truth) -> None:
    """`new`, `add`, `check`, `report` on a case that stays come to what `audit` comes to."""
    case, out = tmp_path / "case", tmp_path / "out"
    settings = ["--agency", truth.agency, "--timezone", truth.timezone, "--retention-days", "30"]
    rules = ["--rules", "screens", "--rules", "promises"]
    assert run("new", case, *settings, *rules).exit_code == 0
    assert run("new", case).exit_code == 2
    assert run("add", case, *truth.paths, "--quiet").exit_code == 0
    again = run("add", case, truth.paths[0])
    assert again.exit_code == 0
    checked = run("check", case, "--json")
    assert run("report", case, "--out", out).stdout == f"{out / 'report.html'}\n"
    audited = run("audit", *truth.paths, *settings, *rules, "--out", tmp_path / "other", "--json")
    assert audited.exit_code == 0, audited.output
    one, other = (json.loads((folder / "summary.json").read_text()) for folder in (out, tmp_path / "other"))
    assert one["rules"] == other["rules"] == json.loads(audited.stdout)["summary"]["rules"]
    found = json.loads(checked.stdout)
    assert {rule: counts["over"] for rule, counts in found.items()} == {r: c["over"] for r, c in one["rules"].items()}


def test_whatever_answers_can_answer_in_json(tmp_path: Path) -> None:
    """One document on standard output, and nothing beside it."""
    case, log = tmp_path / "case", next((ROOT / "tests/fixtures/layouts/flock-audit").glob("*/input.csv"))
    agency = ("--agency", "Exampleville CA PD")

    def answer(*arguments: object) -> Any:
        done = run(*arguments, "--json")
        assert done.exit_code == 0, done.output
        assert done.stderr == ""
        return json.loads(done.stdout)

    assert answer("new", case, *agency)["settings"] == str(case / "case.toml")
    (source,) = answer("add", case, log)["sources"]
    assert (source["name"], source["layout"], source["rejected"]) == (log.name, "flock-audit", 0)
    assert answer("report", case)["summary"]["records"] == source["records"]
    (written,) = answer("report", case, "--for", "general")["reports"].values()
    assert Path(written).is_file()
    explained = answer("layouts", "explain", log)
    assert explained["tables"][0]["layout"] == "flock-audit"
    assert explained["previews"][0]["accepted"] == source["records"]
    assert "views" in answer("layouts", "list")["flock-audit"]
    assert "searched_at" in answer("layouts", "show", "flock-audit")["fields"]
    assert set(answer("rules", "list")["us-ca/access-record"]) == {"basis", "review", "title"}
    assert answer("rules", "show", "us-ca/access-record")["view"] == "searches"
    assert answer("rules", "test", "us-ca/access-record")["us-ca/access-record"]["wrong"] == []
    assert answer("reasons", "explain", "stolen vehicle")[0]["code"] == "p10"


def test_a_new_case_can_be_made_in_silence(tmp_path: Path) -> None:
    made = run("new", tmp_path / "case", "--quiet")
    assert (made.exit_code, made.output) == (0, "")


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("rules show us-ca/access-r", ["us-ca/access-record"]),
        ("rules test us-ca/access-r", ["us-ca/access-record"]),
        ("aside case us-ca/access-r", ["us-ca/access-record"]),
        ("audit x --rules prom", ["promises", "promises/"]),
        ("layouts show flock-au", ["flock-audit"]),
        ("questions case q0", [f"q0{n}" for n in range(1, 10)]),
        ("estimate case --code p01", ["p01"]),
        ("change case --what vag", ["vague"]),
        ("report case --for us-m", ["us-ma", "us-mn"]),
    ],
)
def test_the_shell_completes_ids(typed: str, offered: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """As bash asks for them: the first ones, in order."""
    words = f"plateglass {typed}"
    monkeypatch.setenv("_PLATEGLASS_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(len(words.split()) - 1))
    found = run().stdout.split()
    assert all(each.startswith(begun) for each, begun in zip(found, offered, strict=False)), found
    assert len(found) >= len(offered)


def test_layouts_explain_says_what_a_file_is(truth: demo.Truth) -> None:
    result = run("layouts", "explain", truth.paths[0])
    assert result.exit_code == 0, result.output
    assert "flock-audit" in result.stdout


@pytest.mark.parametrize(
    ("name", "code"), [("plates-and-places.csv", 1), ("headings-twice.csv", 1), ("unknown.csv", 0)]
)
def test_layouts_explain_ends_with_1_where_a_file_can_t_be_read(name: str, code: int) -> None:
    """One that only lacks a layout gets a draft of one: that is what was asked for. Why stands there once."""
    result = run("layouts", "explain", Path(__file__).parent / "fixtures" / "broken" / name)
    assert result.exit_code == code, result.output
    assert "layouts explain" not in result.output
    assert "layout: none" in result.stdout
    assert result.stderr == ""


def test_layouts_and_rules_are_listed_and_shown() -> None:
    for group in ("layouts", "rules"):
        listed = run(group, "list").stdout.splitlines()[1:]
        assert listed
        for line in listed:
            shown = run(group, "show", line.split()[0])
            assert shown.exit_code == 0, shown.output


def test_a_rule_s_own_examples_are_run_and_a_wrong_one_ends_with_1(tmp_path: Path) -> None:
    """All of ours are run by test_rules.py, one by one."""
    own = tmp_path / "content" / "rules" / "own"
    own.mkdir(parents=True)
    good = (SHIPPED / "rules" / "screens" / "row-cap.toml").read_text(encoding="utf-8")
    (own / "good.toml").write_text(good)
    (own / "bad.toml").write_text(good.replace('verdict = "pass"', 'verdict = "fail"'))
    ran = {name: run("rules", "test", f"own/{name}", "--case", tmp_path) for name in ("good", "bad")}
    assert {name: result.exit_code for name, result in ran.items()} == {"good": 0, "bad": 1}
    assert " 0 wrong" in ran["good"].stdout
    assert " 0 wrong" not in ran["bad"].stdout
