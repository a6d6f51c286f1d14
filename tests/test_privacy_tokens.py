"""Keys, tokens and scrubbing: what must never be readable, and what must stay so."""

from __future__ import annotations

import hashlib
import hmac
import multiprocessing
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plateglass import privacy
from plateglass.errors import KeyUnusable

PLATES = (
    "8ZZZ101", "8 ZZZ 101", "8-ZZZ-101", "8.zzz.101", "8zzz101", "8_ZZZ_101", "8/ZZZ/101", "8 Z Z Z 1 0 1", "8ZZZ1O1",
    "8ZZZ 101", "8Z ZZ101", "ZZT0001", "ZZT 0001", "zzt-0001", "ＺＺＴ０００１", "８ＺＺＺ１０１",
    "8ZZZ\u200b101", "8\u00a0ZZZ\u00a0101",
    "california8ZZZ101", "suvgmcblack8ZZZ101", "8ZZZ101tesla", "plate8ZZZ101", "plate: 8ZZZ101", "(8ZZZ101)",
    "459 ZZT", "459ZZT", "459-ZZT", "ZZT 459", "10851 ZZT", "30605ZZ9",
    "8ZZZ101,8ZZZ102", "ΖΖΤ0001", "٨ZZZ١٠١", "8ZZZ·101", "8ZZZ--101", "8 - ZZZ - 101",
)  # fmt: skip
OTHERS = (
    ("phone", "555-010-0199"), ("phone", "(555) 010-0199"), ("phone", "555.010.0199"), ("phone", "+1 555 010 0199"),
    ("phone", "1-555-010-0199"), ("phone", "5550100199"), ("phone", "555 010 0199"), ("phone", "555-0199"),
    ("ssn", "900-12-3456"), ("ssn", "900 12 3456"), ("ssn", "900.12.3456"), ("ssn", "900123456"), ("ssn", "SSN: 3456"),
    ("birth_date", "01/02/1990"), ("birth_date", "1-2-1990"), ("birth_date", "1990-01-02"), ("birth_date", "01021990"),
    ("birth_date", "Jan 2, 1990"), ("birth_date", "2 January 1990"), ("birth_date", "DOB 1/2/90"),
    ("birth_date", "dob: 010290"), ("birth_date", "born 2 Jan 2021"), ("birth_date", "1/2/90"),
    ("email", "ada@example.org"), ("email", "Ada.Example+x@mail.example.org"), ("email", "ada (at) example (dot) org"),
    ("vin", "1ZZZZ00Z0ZZ900001"), ("vin", "1zzzz00z0zz900001"), ("vin", "1ZZZZ 00Z0ZZ 900001"),
    ("case", "26-900001"), ("case", "2026-00900001"), ("case", "26CR900001"), ("case", "CR-26-900001"),
    ("case", "900-812.16"), ("case", "812.16-900001"), ("birth_date", "22.01.1990"), ("birth_date", "22.01 1990"),
    ("phone", "812.133.0199"), ("phone", "480 0199"), ("case", "#26900001"), ("case", "26/900001"),
    ("case", "900001"), ("case", "26-901"), ("case", "2690c-9001"),
)  # fmt: skip
READABLE = (
    "459 PC", "PC 459", "211PC", "10851 VC", "10851(a) VC", "VC10851", "23152", "23152(f) VC", "8 USC 1326",
    "8 U.S.C. § 1326", "18 USC 922(g)", "287(g)", "287g", "273.5 PC", "11377 HS", "5150 WI", "316.193 FS",
    "720 ILCS 5/16", "487J", "459v", "503jo", "488SUS", "245A2", "10851R", "1036F", "901T", "22109cvc", "11350HS",
    "459 OCSD", "2800 MPPD", "245 AOA", "484 Shop", "481 jo", "18.2-58.1 va code", "RCW 9A.56.065", "784.011 FS",
    "ICE", "hit and run", "stolen vehicle", "homicide", "protest at 3rd st", "abortion", "runaway 16 yo female",
    "10-8", "code 3", "187", "459 res burg", "211 suspect", "10:30", "1430 hrs", "11/14/2025", "November 14, 2025",
    "MS-13", "K9", "20yo male", "2 suspects", "the 405", "ford 2015", "red toyota", "4 door", "part 1 crime", "72hrs",
    "Sampleton MI 911 Dispatch", "QSample911", "University of Sampleton at St. Example FL",
    "warrant 3 of 4", "amber alert", "train robbery",
)  # fmt: skip


def test_a_token_is_the_first_half_of_an_hmac_under_the_kinds_own_key() -> None:
    """RFC 2104 over SHA-256, so that anybody with the key can check it with any tool."""
    key = bytes(range(32))
    for kind in privacy.KINDS:
        sub = hmac.new(key, f"plateglass/{kind}/v1".encode(), hashlib.sha256).digest()
        assert privacy.token(key, kind, "ZZT0001").bytes == hmac.new(sub, b"ZZT0001", hashlib.sha256).digest()[:16]
    assert len({privacy.token(key, kind, "ZZT0001") for kind in privacy.KINDS}) == len(privacy.KINDS)


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    """Mode 0600, 32 bytes, the same ones ever after."""
    path = tmp_path / "deep" / "key"
    first = privacy.key(path)
    assert len(first) == privacy.KEY_BYTES
    assert privacy.key(path) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in path.parent.iterdir()] == ["key"]


def _key_of(path: str) -> bytes:
    return privacy.key(Path(path))


def test_processes_that_start_together_find_one_key(tmp_path: Path) -> None:
    """None of them ever reads a file that another is still writing."""
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        keys = pool.map(_key_of, [str(tmp_path / "key")] * 16, chunksize=1)
    assert len(set(keys)) == 1
    assert len(keys[0]) == privacy.KEY_BYTES


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 33])
def test_a_key_of_another_size_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(KeyUnusable, match=f"{len(content)} bytes"):
        privacy.key(path)


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_bytes(b"k" * 32)
    path.chmod(0o644)
    with pytest.raises(KeyUnusable, match="read by others"):
        privacy.key(path)


@pytest.mark.parametrize("frame", ["{}", "stolen vehicle {} seen near park", "LKP {}, armed", "{} - {}", "BOLO {}"])
@pytest.mark.parametrize("plate", PLATES)
def test_a_plate_is_taken_out_however_it_is_written(plate: str, frame: str) -> None:
    text, kinds = privacy.scrub(frame.format(plate, plate))
    left = "".join(c for c in privacy.fold(text).upper() if c.isalnum())
    assert set(kinds) & {"plate", "vin", "case"}
    assert not any(piece in left for piece in ("ZZZ", "ZZT", "ZZ9", "8Z", "101", "0001", "1O1"))


@pytest.mark.parametrize("frame", ["{}", "victim {} called", "info: {}.", "{} and {}"])
@pytest.mark.parametrize(("kind", "written"), OTHERS)
def test_numbers_that_point_at_a_person_or_a_case_are_taken_out(kind: str, written: str, frame: str) -> None:
    text, kinds = privacy.scrub(frame.format(written, written))
    assert kind in kinds
    assert not any(c.isdigit() and c != "9" for c in text)
    assert "example" not in text.lower()


@pytest.mark.parametrize("text", READABLE)
def test_what_tells_why_a_search_was_made_stays_readable(text: str) -> None:
    assert privacy.scrub(text) == (text, ())
    assert privacy.scrub(f"{text} investigation") == (f"{text} investigation", ())


@given(st.text(st.sampled_from("8ZT01aorPC 459-./()#@,:[]\n"), max_size=40) | st.text(max_size=30))
@settings(max_examples=100, deadline=None)
def test_scrubbing_what_is_scrubbed_changes_nothing(text: str) -> None:
    once, _ = privacy.scrub(text)
    assert privacy.scrub(once) == (once, ())


@given(st.lists(st.sampled_from(PLATES[:7]), min_size=1, max_size=4), st.sampled_from([" ", ", ", " and ", " / "]))
@settings(max_examples=60, deadline=None)
def test_plates_in_a_row_are_all_taken_out(plates: list[str], between: str) -> None:
    text, _ = privacy.scrub(between.join(plates))
    assert not any(c.isdigit() and c != "9" for c in text)
