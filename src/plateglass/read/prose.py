"""Prose becomes a table: policies line by line with their place, and reports that are printed as lines.

That a file is a policy says its name, by the patterns of the layouts of policies; nothing else of it would be a sure
sign. What a report says is taken from lines that it always has.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from plateglass.errors import Place, SourceUnreadable
from plateglass.read.containers import HEAD, wide

MAX_TEXT: Final = 64 << 20
"""Bytes of the longest policy that is read."""
PAGE: Final = "page of the document"
LINE: Final = "line of the page"
WORDING: Final = "wording of the line"
"""Headings that the transcription of a policy gives."""
HIT_RATIO: Final = ("time frame from", "time frame to", "detections counted", "hits counted")
"""Headings that the transcription of a Hit Ratio Report gives."""

Lines = Iterable[tuple[int, "tuple[str, ...] | None"]]

_FRAME: Final = re.compile(r"Time Frame: From (\d\d-\d\d-\d\d) To (\d\d-\d\d-\d\d)")
_COUNT: Final = re.compile(r"\d+ (Detections|Hits) ([\d,]+)")
_TOTAL: Final = re.compile(r"Total Records: ([\d,]+)")


def text_lines(path: Path, place: Place) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The lines of a text by page, where form feeds part its pages; one page where none do.

    Raises:
        SourceUnreadable: too large.
    """
    if path.stat().st_size > MAX_TEXT:
        raise SourceUnreadable(f"the text has more than {MAX_TEXT >> 20} MiB", place=place)
    raw = path.read_bytes()
    encoding = wide(raw[:HEAD])
    try:
        text = raw.decode(encoding or "utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    for number, page in enumerate(text.replace("\0", "").split("\f"), 1):
        yield number, tuple(page.splitlines())


def policy(pages: Lines, target: Path, place: Place) -> bool:
    """Every line that holds anything, as one record: page, line, wording; and whether every page could be read.

    A page that can't be read is a record that is none: counted, and listed as rejected.

    Raises:
        SourceUnreadable: there is no text.
    """
    rows, whole = 0, True
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("w", encoding="utf-8", newline="") as file:
        write = csv.writer(file, lineterminator="\n")
        write.writerow([PAGE, LINE, WORDING])
        for page, lines in pages:
            if lines is None:
                write.writerow([f"\fpage {page} could not be read"])
                rows, whole = rows + 1, False
            for number, line in enumerate(lines or (), 1):
                if words := " ".join(line.split()):
                    write.writerow([page, number, words])
                    rows += 1
    if not rows:
        raise SourceUnreadable(
            "the policy holds no text: its pages are pictures", expected="pages with text", place=place,
            remedy="ask for it as text, or have its text recognised, knowing that recognised text has errors",
        )  # fmt: skip
    return whole


def hit_ratio(pages: Lines, target: Path) -> Path | None:
    """The periods of a Hit Ratio Report with their two counts; None for any other document.

    Each period is one record, whether or not both counts stand in it. Where the counts are not the total beside them,
    neither is believed.
    """
    periods: list[dict[str, str]] = []
    known = False
    for _, lines in pages:
        for line in lines or ():
            known |= line.strip().endswith("Hit Ratio Report")
            if frame := _FRAME.search(line):
                periods.append(dict(zip(HIT_RATIO[:2], frame.groups(), strict=True)))
            elif periods and (total := _TOTAL.fullmatch(line.strip())):
                periods[-1]["total"] = total[1]
            elif periods and (count := _COUNT.fullmatch(line.strip())):
                periods[-1][f"{count[1].lower()} counted"] = count[2]
    if not known or not periods:
        return None
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("w", encoding="utf-8", newline="") as file:
        write = csv.writer(file, lineterminator="\n")
        write.writerow(HIT_RATIO)
        for period in map(_checked, periods):
            write.writerow([period.get(heading, "") for heading in HIT_RATIO])
    return target


def _checked(period: dict[str, str]) -> dict[str, str]:
    """A period as it is, unless its counts contradict its total: then neither count is one."""
    counts = {heading: _number(period[heading]) for heading in HIT_RATIO[2:] if heading in period}
    if "total" in period and len(counts) == len(HIT_RATIO[2:]) and sum(counts.values()) != _number(period["total"]):
        return period | dict.fromkeys(counts, "not its total")
    return period


def _number(written: str) -> int:
    return int(written.replace(",", ""))
