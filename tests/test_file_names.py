"""What is shown of a file's name: whose log it is and of when stays; what could point at somebody does not."""

from __future__ import annotations

import pytest

from plateglass.privacy import shown_name

STAYS = (
    "8_1_2025-8_31_2025-Exampleville FL PD-Audit.csv", "9_1_2025-9_30_2025-Exampleville CA PD-Network-Audit.csv",
    "exampleville-ca-pd__2025-09-30.csv", "SharedNetworks_2025_August_1.csv", "x_SharedNetworks_3col_2025_July_6.csv",
    "participatingagencies11252025am.xlsx", "agency_access20240426.csv", "Audit January 2025 FL PD.xlsx", "log.csv",
    "Exampleville CA PD (1).csv", "Exampleville FL PD 2.csv", "Q3 2025 Audit.csv", "FY2025 audit.csv", "Audit v2.csv",
    "Exampleville PD 8-1-25 to 8-31-25.csv", "2025-08 audit.csv", "Exampleville County SO 2025 Q2.csv", "audit_1.csv",
    "web.warc.gz/exampleville-ca-pd__2025-08-01.html", "20250801T123456Z.csv", "release.zip/b/two.csv", "287g list.csv",
    "Exampleville CA PD Oct. 1, 2025.pdf", "page 3 of 12.csv", "", ".csv",
)  # fmt: skip


@pytest.mark.parametrize("name", STAYS)
def test_agency_day_and_part_stay(name: str) -> None:
    assert shown_name(name) == name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("ZZT0001.csv", "[plate].csv"),
        ("8zzz101-Audit.csv", "[plate]-Audit.csv"),
        ("log_8ZZZ101_2025-08-01.csv", "log [plate] 2025-08-01.csv"),
        ("2025-08-01-8ZZZ101.csv", "2025-08-01-[plate].csv"),
        ("FL PD ZZT 0001 2025.csv", "FL PD [plate] 2025.csv"),
        ("a/8ZZZ101/log.csv", "a/[plate]/log.csv"),
        ("release 8ZZZ101.zip/log.csv", "release [plate].zip/log.csv"),
        ("213-555-0142.csv", "[phone].csv"),
        ("ada@example.org.csv", "[email].csv"),
        ("05-14-1985.csv", "[birth date].csv"),
        ("Exampleville_CA_PD_26-900001_2025-08-01.csv", "Exampleville CA PD [case 99-999999] 2025-08-01.csv"),
    ],
)
def test_what_could_point_at_somebody_is_taken_out(name: str, shown: str) -> None:
    assert shown_name(name) == shown
    assert shown_name(shown) == shown, "a name that is read back from a case is shown as it is"


def test_a_name_that_no_file_system_holds_is_cut_off() -> None:
    assert len(shown_name("a1-" * 40_000)) < 1_000
