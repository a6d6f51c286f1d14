"""Plates beside places are turned away, however the places are called; a log of searches is not."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from plateglass import read
from plateglass.catalogue import Catalogue
from plateglass.errors import Issue, Place, SourceRefused
from plateglass.model import Source
from plateglass.read import places
from plateglass.store import Store
from releases import OWN, record, write

CATALOGUE = Catalogue()
LAYOUTS = CATALOGUE.layouts.values()
SAID = (
    "Capture Location", "captureLocation", "Cross Streets", "Camera Site", "Camera Nickname", "camera_name", "CameraID",
    "Camera #", "LPR Name", "Reader", "Device Nickname", "GPS", "gpsLat", "Lat/Long", "geo_point", "Geolocation",
    "Street Address", "Address of read", "Intersection", "Site", "site_id", "Where seen", "Zip", "Last Seen Location",
)  # fmt: skip
INNOCENT = (
    "Total Devices Searched", "Networks", "Org Name", "Search Type", "cameraCount", "Cameras", "Cameras Searched",
    "Total Cameras", "Camera count", "IP Address", "ipAddress", "E-mail address", "Web site", "Allocation", "Filters",
    "Agency Notes", "Latest", "Replaced", "Georgia Agency", "City", "County", "Read Time", "Device Count",
    "offenseType",
)  # fmt: skip
STREETS = (
    "1200 Main St, Exampleville", "Main St & 1st Ave", "Hwy 98 / Main St", "NB I-95 at Exit 12", "US-98 WB",
    "12 Oak Court",
    "100 block of Example Rd", "W. Oak Ave.", "Main & Oak", "Oak / 3rd", "I-5",
)  # fmt: skip
NO_STREETS = (
    "seen", "burglary", "stolen vehicle", "459 PC", "26-900001", "BOLO/ATL", "Exampleville PD / Sampleton SO", "lookup",
    "County Court", "patrol & traffic", "n/a", "09/02/2025, 07:05:01 AM UTC", "search - Mobile", "ada@example.org", "",
)  # fmt: skip


def refused(headings: list[str], rows: list[list[str]]) -> str:
    """What the message says of a table; nothing where it is not turned away."""
    try:
        places.refuse(LAYOUTS, headings, rows, Place("x.csv"))
    except SourceRefused as error:
        return str(error)
    return ""


@pytest.mark.parametrize("heading", SAID)
def test_a_heading_of_a_place_beside_plates_is_refused(heading: str) -> None:
    assert f"stand beside places ({heading})" in refused(["License Plate", heading], [["ZZT0001", "x"]])
    assert "plates (Tag)" in refused(["Tag", heading], [["ZZT0001", "x"], ["8ZZZ101", "y"]])
    assert not refused(["Reason", heading], [["burglary", "x"]]), "places alone are nobody's"


@pytest.mark.parametrize("heading", INNOCENT)
def test_other_headings_beside_plates_are_read(heading: str) -> None:
    assert not refused(["License Plate", heading], [["ZZT0001", "12"]])


def test_a_count_of_plate_readers_is_no_plate_beside_a_place() -> None:
    assert not refused(["Portal", "License plate reader"], [["exampleville-ca-pd", "12"]])


@pytest.mark.parametrize("cell", STREETS)
def test_streets_in_a_column_that_no_layout_knows_are_refused(cell: str) -> None:
    assert "places (Seen)" in refused(["License Plate", "Seen"], [["ZZT0001", cell], ["ZZT0002", cell], ["", "x"]])
    assert not refused(["License Plate", "Reason"], [["ZZT0001", cell]]), "a layout knows what a reason is"


def test_other_words_in_such_a_column_are_no_streets() -> None:
    assert not [cell for cell in NO_STREETS if refused(["License Plate", "Notes"], [["ZZT0001", cell]])]


def test_no_field_of_a_layout_is_a_place() -> None:
    """Each layout's headings together: what plateglass knows, it reads."""
    for layout in LAYOUTS:
        headings = [heading for field in layout.fields.values() for heading in field.headings] + list(layout.ignore)
        assert not refused(["License Plate", *headings], []), layout.id


def test_a_log_with_a_column_of_places_is_refused_whole(tmp_path: Path) -> None:
    headings = [*record(0), "Capture Location"]
    path = write(tmp_path / OWN, [record(n, **{"Capture Location": "x"}) for n in range(9)], headings)
    with Store(threads=1) as store:
        [source] = read.sources([path], tmp_path)
        assert isinstance(source, Source)
        [issue] = read.tables(source, CATALOGUE, tmp_path, store)
    assert isinstance(issue, Issue)
    assert issue.code == "source-refused"


def test_a_cell_made_to_cost_time_costs_none() -> None:
    endless = ("a", "1 ", "Main St ", "A & ", f"{'x' * 30} ", ".", "1st & ")
    cells = [piece * (200_000 // len(piece)) for piece in endless]
    began = time.process_time()
    refused(["License Plate", "Notes"], [["ZZT0001", cell] for cell in cells])
    refused(["License Plate", *cells], [])
    assert time.process_time() - began < 2
