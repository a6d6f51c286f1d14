"""What was planted in a made-up case: the numbers that a run over it has to find again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class FileTruth:
    """What one file (or one sheet, or one member of an archive) holds."""

    name: str
    """The name that a source of it has: `archive.zip/member.csv` for a member."""
    records: int
    rejected: int
    """Records that can't become sightings."""
    searches: int
    """Distinct searches among its records; 0 for a file that holds none."""
    view: str


@dataclass(frozen=True)
class Canary:
    """One planted text that must never leave the local tables."""

    kind: str
    """plate, person, phone, email, case_no or id."""
    text: str
    where: str
    """The field that it was planted in."""


@dataclass(frozen=True)
class Truth:
    """What a made-up case holds, and how to ask about it."""

    folder: Path
    paths: tuple[Path, ...]
    """The files to audit, in order."""
    agency: str
    timezone: str
    parameters: Mapping[str, int | float | str]
    rules: tuple[str, ...]
    """The rule packs that the truth is about."""
    files: tuple[FileTruth, ...]
    searches: int
    """Distinct searches over every log: equal in every field that their logs export."""
    over: Mapping[str, int]
    """Rule -> units planted at fault."""
    person: Mapping[str, int]
    """Rule -> units planted that only a person can decide."""
    margins: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Rule -> class of its margin -> units."""
    canaries: tuple[Canary, ...] = ()

    @property
    def records(self) -> int:
        """Records in every log of searches."""
        return sum(file.records for file in self.files if file.searches)

    @property
    def rejected(self) -> int:
        """Records that can't become sightings."""
        return sum(file.rejected for file in self.files)

    def differences(self, summary: Mapping[str, Any], rules: Mapping[str, Mapping[str, Any]]) -> list[str]:
        """Where a run differs from what was planted; empty where it found exactly that.

        `summary` is its `summary.json`; `rules` has, for each rule, `over`, `needs_person` and `margin`.
        """
        found: dict[str, tuple[Any, Any]] = {
            key: (summary.get(key), getattr(self, key)) for key in ("records", "rejected", "searches")
        }
        sources = _by_name(summary.get("sources", ()))
        for file in self.files:
            for key in ("records", "rejected"):
                found[f"{file.name}: {key}"] = (sources.get(file.name, {}).get(key), getattr(file, key))
        for rule, told in rules.items():
            found[f"{rule}: over"] = (told["over"], self.over.get(rule, 0))
            found[f"{rule}: needs_person"] = (told["needs_person"], self.person.get(rule, 0))
            for label, units in self.margins.get(rule, {}).items():
                found[f"{rule}: {label}"] = (dict(told["margin"]).get(label), units)
        found["rules"] = (sorted(rules), sorted({*rules, *self.over, *self.person}))
        return [f"{what}: found {got}, planted {put}" for what, (got, put) in found.items() if got != put]


def _by_name(sources: Any) -> dict[str, dict[str, int]]:
    """Records and rejected by file; the sheets of a workbook are added up."""
    sums: dict[str, dict[str, int]] = {}
    for source in sources:
        entry = sums.setdefault(str(source["name"]), {"records": 0, "rejected": 0})
        for key in entry:
            entry[key] += int(source[key])
    return sums
