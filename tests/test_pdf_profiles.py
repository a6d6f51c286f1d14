"""What saved column profiles of prints must hold: used where a person confirmed them, and nowhere else."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pdfs import Sheet, write
from plateglass import pipeline
from plateglass.case import Case, Settings
from plateglass.catalogue import Catalogue
from plateglass.cli.program import app
from plateglass.errors import ContentMalformed, Place, PlateglassError
from plateglass.read import explain, files, pdf, pdf_page, pdf_profile
from plateglass.read.pdf_profile import ColumnProfile, Hints
from plateglass.read.tables import vocabulary

pytest.importorskip("pypdfium2", reason="the extra [pdf] is not installed")

REAL = Path(__file__).parents[1].parent / "shared/data/okaloosa-fl-so"
VOCABULARY = vocabulary(Catalogue())
HEADINGS = ("ID", "Org Name", "Total Networks Searched", "Reason", "Search Time")
LEFT = (20, 190, 300, 410, 540)
WHEN = "11/14/2025, 09:53:36 AM UTC"


def printed(path: Path, right: float = 0) -> Path:
    """Twelve records without rules; what stands below the reason may stand further to the right."""
    sheet, y = Sheet(), 40
    for x, words in zip(LEFT, HEADINGS, strict=True):
        sheet.text(x, y, words)
    for number in range(1, 13):
        y += 12
        cells = (f"00000000-0000-4000-8000-{number:012d}", "Exampleville FL PD", str(number), "stolen vehicle", WHEN)
        for x, words in zip(LEFT, cells, strict=True):
            sheet.text(x + (right if words == "stolen vehicle" else 0), y, words)
    return write(path, [sheet])


def hints(*profiles: ColumnProfile, trial: bool = False) -> Hints:
    return Hints(VOCABULARY, {f"profile-{n}": each for n, each in enumerate(profiles, 1)}, trial)


def read(path: Path, work: Path, given: Hints) -> tuple[list[list[str]], pdf.Printed]:
    found = pdf.transcribe(path, work / "out.csv", given, Place(path.name))
    with found.path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file)), found


def pages(path: Path) -> list[pdf_page.Page]:
    """Every page, read in this process."""
    document = pdf_page.opened(path, Place(path.name))
    try:
        return [pdf_page.page(document, number) for number in range(1, len(document) + 1)]
    finally:
        document.close()


def written(path: Path) -> str:
    """The profile of a print as `layouts explain` writes it."""
    known = pdf_profile.found(pages(path), hints())
    assert known is not None
    return pdf_profile.text(known, files.sha256(path))


def saved(path: Path, work: Path, **changed: object) -> ColumnProfile:
    """The same, with some of it as a person set it."""
    target = work / "saved.toml"
    target.write_text(written(path))
    confirmed: dict[str, object] = {"confirmed_by": "Ada Example", "confirmed_on": date(2026, 11, 23)}
    return pdf_profile.one(target).model_copy(update=confirmed | changed)


def used(path: Path, given: Hints) -> str:
    """What is said of the profile by which a print is read; empty where its pages say how it is laid out."""
    known = pdf_profile.found(pages(path), given)
    assert known is not None
    return known.saved


def test_a_confirmed_profile_reads_its_own_file_as_before_and_is_told(tmp_path: Path) -> None:
    path = printed(tmp_path / "log.pdf")
    before, plain = read(path, tmp_path, hints())
    profile = saved(path, tmp_path)
    after, found = read(path, tmp_path, hints(profile))
    assert (len(before), after) == (13, before)
    assert profile.source == files.sha256(path)
    [told] = [issue.message for issue in found.issues if issue.code == "pdf-pages"]
    assert f"the profile profile-1, found in {profile.source[:12]} and confirmed on 2026-11-23" in told
    assert "Ada" not in told
    assert "profile" not in next(issue.message for issue in plain.issues if issue.code == "pdf-pages")


def test_what_a_person_mended_is_what_is_read(tmp_path: Path) -> None:
    """An edge that was set by hand goes before what the pages show, in this print and in others like it."""
    first, second = printed(tmp_path / "first.pdf"), printed(tmp_path / "second.pdf", right=-45)
    profile = saved(first, tmp_path)
    gaps = (*profile.gaps[:2], (340.0, 362.0), profile.gaps[3])
    mended, _ = read(second, tmp_path, hints(profile.model_copy(update={"gaps": gaps})))
    assert [row[2:4] for row in mended[1:]] == [[str(n), "stolen vehicle"] for n in range(1, 13)]
    moved = profile.model_copy(update={"gaps": (*profile.gaps[:3], (575.0, 575.0))})
    cut, _ = read(first, tmp_path, hints(moved))
    assert all(row[3].startswith("stolen vehicle 11/14") for row in cut[1:])


def test_headings_that_were_mended_are_those_of_the_records(tmp_path: Path) -> None:
    """Two headings that were taken for one are parted by hand, in a print that no layout's words would part."""
    path = printed(tmp_path / "log.pdf")
    profile = saved(path, tmp_path)
    joined = ("ID", "Org Name Total Networks Searched", "Reason", "Search Time")
    one = profile.model_copy(update={
        "headings": joined, "gaps": (profile.gaps[0], *profile.gaps[2:]), "widths": (150.0, 200.0, 90.0, 110.0),
    })  # fmt: skip
    rows, _ = read(path, tmp_path, hints(one))
    assert (rows[0], rows[1][1]) == (list(joined), "Exampleville FL PD 1")


def test_a_profile_that_nobody_confirmed_is_refused_where_it_fits(tmp_path: Path) -> None:
    path = printed(tmp_path / "log.pdf")
    profile = saved(path, tmp_path, confirmed_by="", confirmed_on=None)
    with pytest.raises(ContentMalformed, match="nobody has confirmed this profile") as refused:
        used(path, hints(profile))
    assert "profiles/profile-1.toml" in str(refused.value)
    assert "confirmed_by" in str(refused.value)
    assert "confirmed by nobody" in used(path, hints(profile, trial=True))
    other = profile.model_copy(update={"headings": ("A", *profile.headings[1:])})
    assert used(path, hints(other)) == ""


@pytest.mark.parametrize(
    "changed", [{"width": 612.0}, {"headings": ("ID", "Org Name", "Reason", "Search Time", "More")}]
)
def test_a_profile_of_another_print_is_not_used(tmp_path: Path, changed: dict[str, object]) -> None:
    path = printed(tmp_path / "log.pdf")
    assert used(path, hints(saved(path, tmp_path))).startswith("the profile profile-1")
    assert used(path, hints(saved(path, tmp_path, **changed))) == ""


def test_of_two_profiles_that_fit_none_is_used(tmp_path: Path) -> None:
    path = printed(tmp_path / "log.pdf")
    profile = saved(path, tmp_path)
    with pytest.raises(ContentMalformed, match="2 profiles fit"):
        used(path, hints(profile, profile))


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('confirmed_by = ""', 'confirmed_by = "Bo Sample"', "belong together"),
        ("main = 1 ", "main = 6 ", "counted from 1 to 5"),
        ("pitch", "pitsch", "field required"),
        ("width = 792.0", "width = 400.0", "from left to right"),
    ],
)
def test_a_profile_that_says_what_it_may_not_is_refused(tmp_path: Path, old: str, new: str, why: str) -> None:
    text = written(printed(tmp_path / "log.pdf"))
    assert old in text
    (tmp_path / "wrong.toml").write_text(text.replace(old, new, 1))
    with pytest.raises(ContentMalformed, match=why):
        pdf_profile.one(tmp_path / "wrong.toml")


def test_a_case_reads_by_the_profiles_of_its_folder_and_says_so(tmp_path: Path) -> None:
    """Saved by the command, refused until confirmed, then used, and named in the case's own list of sources."""
    path, profile = printed(tmp_path / "log.pdf"), tmp_path / "case" / "content" / "profiles" / "print.toml"
    case = Case.make(tmp_path / "case", Settings())
    run = CliRunner()
    done = run.invoke(app, ["layouts", "explain", str(path), "--save-profile", str(profile)])
    assert (done.exit_code, "nobody has confirmed it yet" in done.output) == (0, True)
    assert run.invoke(app, ["layouts", "explain", str(path), "--save-profile", str(profile)]).exit_code == 2
    assert profile.read_text() == written(path)
    [refused] = pipeline.add(case, [path], lambda *_: None)
    assert (refused.code, "nobody has confirmed" in refused.message) == ("content-malformed", True)
    text = profile.read_text().replace('confirmed_by = ""', 'confirmed_by = "Ada Example"')
    profile.write_text(text.replace("# confirmed_on = YYYY-MM-DD", "confirmed_on = 2026-11-23"))
    told = pipeline.add(case, [path], lambda *_: None)
    [line] = case.sources()
    assert [part["accepted"] for part in line["parts"]] == [12]
    assert any("the profile print, found in" in issue.message for issue in told)
    assert "Ada" not in case.sources_file.read_text()


def test_a_profile_of_another_file_is_no_explanation(tmp_path: Path) -> None:
    path = printed(tmp_path / "log.pdf")
    (tmp_path / "other.toml").write_text(written(path).replace('"Reason"', '"Ground"'))
    with pytest.raises(PlateglassError, match="not of this file"):
        explain(path, Catalogue(), tmp_path, tmp_path / "other.toml")


@pytest.mark.real
@pytest.mark.skipif(not REAL.is_dir(), reason="../shared/data is not beside this checkout")
def test_the_sharing_list_of_29_pages_is_the_same_by_its_confirmed_profile(tmp_path: Path) -> None:
    path = REAL / "Sharing_Agencies.pdf"
    before, _ = read(path, tmp_path, hints())
    after, found = read(path, tmp_path, hints(saved(path, tmp_path)))
    assert (len(after), found.profile.saved[:11], after == before) == (859, "the profile", True)
