"""Case numbers: how each agency writes its own, learnt from their shapes, and how far what was learnt reaches.

A shape is the number with 9 for a digit and A for a letter, so `26-900001` is `99-999999`. Shapes whose runs differ in
length only are one form: `9-9`. An agency's grammar are the forms that it uses often, each run as long as it usually
is. A number outside it is a lead, no fault: a slip, another agency's number, or none at all. Whether a number
exists, no log can say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from plateglass.store import Step, Store

ENOUGH: Final = 30
"""Different numbers of an agency from which a grammar is learnt."""
FORM: Final = 0.05
"""The part of an agency's numbers that a form has at least."""
LENGTH: Final = 0.01
"""The part of a form's numbers that a shape has at least, for its lengths to be usual ones."""
FEW: Final = 3
"""Forms and shapes of fewer numbers teach nothing."""
HELD: Final = 0.8
"""The part of an agency's numbers that must be in its grammar: else it has none, and nothing is outside of it."""
_RUN: Final = re.compile(r"9+|A+")


@dataclass(frozen=True)
class Grammar:
    """How one agency writes its case numbers."""

    agency: str
    """The agency's id; empty for all those whose names may not be shown, together."""
    numbers: int
    """Different case numbers that its searches state."""
    searches: int
    """Searches that state one."""
    forms: tuple[tuple[str, int], ...]
    """Each form as a pattern with its numbers, the most used first; none where nothing was learnt."""
    inside: int
    """Numbers that fit a form."""
    outside: int
    """Numbers that don't, where a grammar was learnt."""
    outside_searches: int
    """Searches that state one of those."""

    @property
    def share(self) -> float | None:
        """The part of its numbers that are outside; None where nothing was learnt."""
        return self.outside / self.numbers if self.forms else None


def learn(store_: Store) -> None:
    """Tables `case_shapes`, one row an agency and shape, whether it fits; `case_leads`, the searches that don't.

    Needs `distinct_searches`, `sources` and `organisations`.
    """
    store_.run(_stated(), _counted())
    shapes = [row[0] for row in store_.rows("SELECT DISTINCT shape FROM case_counts ORDER BY shape")]
    runs = [(shape, _form(shape), n, len(run[0])) for shape in shapes for n, run in enumerate(_RUN.finditer(shape))]
    store_.load("case_runs", {"shape": "VARCHAR", "form": "VARCHAR", "run": "INTEGER", "length": "INTEGER"}, runs)
    store_.run(*_learnt(), *_fitting(), _leads())


def _stated() -> Step:
    return Step(
        "case_searches",
        """SELECT s.source, s.part, s.record, s.case_no, s.case_shape AS shape,
             coalesce(o.agency, CAST(coalesce(s.org, l.owner_org) AS VARCHAR)) AS agency
           FROM distinct_searches AS s
           LEFT JOIN (SELECT source, part, min(owner_org) AS owner_org FROM sources GROUP BY source, part) AS l
             ON l.source = s.source AND l.part = s.part
           LEFT JOIN (SELECT org, min(agency) AS agency FROM organisations GROUP BY org) AS o
             ON o.org = coalesce(s.org, l.owner_org)
           WHERE s.case_no_state = 'value' AND s.case_shape IS NOT NULL""",
        "searches that state a case number, and whose they are",
        lazy=True,
    )


def _counted() -> Step:
    return Step(
        "case_counts",
        """SELECT agency, shape, count(DISTINCT case_no) AS numbers, count(*) AS searches
           FROM case_searches WHERE agency IS NOT NULL GROUP BY agency, shape""",
        "how many numbers of each shape each agency states",
    )


def _learnt() -> tuple[Step, ...]:
    return (
        Step(
            "case_forms",
            f"""SELECT f.agency, f.form, f.numbers FROM (
                  SELECT c.agency, r.form, sum(c.numbers) AS numbers FROM case_counts AS c
                  JOIN (SELECT DISTINCT shape, form FROM case_runs) AS r ON r.shape = c.shape
                  GROUP BY c.agency, r.form) AS f
                JOIN (SELECT agency, sum(numbers) AS numbers FROM case_counts GROUP BY agency) AS a
                  ON a.agency = f.agency
                WHERE a.numbers >= {ENOUGH} AND f.numbers >= {FEW} AND f.numbers >= {FORM} * a.numbers""",
            "the forms that an agency uses often",
        ),
        Step(
            "case_lengths",
            f"""SELECT f.agency, f.form, r.run, min(r.length) AS shortest, max(r.length) AS longest
                FROM case_forms AS f JOIN case_runs AS r ON r.form = f.form
                JOIN case_counts AS c ON c.agency = f.agency AND c.shape = r.shape
                WHERE c.numbers >= {FEW} AND c.numbers >= {LENGTH} * f.numbers
                GROUP BY f.agency, f.form, r.run""",
            "how long the runs of a form usually are",
        ),
    )


def _fitting() -> tuple[Step, ...]:
    return (
        Step(
            "case_fits",
            """SELECT c.agency, c.shape, c.numbers, c.searches, coalesce(f.fits, 0) = 1 AS fits
               FROM case_counts AS c LEFT JOIN (
                 SELECT c.agency, c.shape,
                   min(CASE WHEN r.length BETWEEN l.shortest AND l.longest THEN 1 ELSE 0 END) AS fits
                 FROM case_counts AS c JOIN case_runs AS r ON r.shape = c.shape
                 JOIN case_lengths AS l ON l.agency = c.agency AND l.form = r.form AND l.run = r.run
                 GROUP BY c.agency, c.shape) AS f ON f.agency = c.agency AND f.shape = c.shape""",
            "whether each shape has a form and lengths that its agency uses often",
        ),
        Step(
            "case_shapes",
            f"""SELECT t.agency, t.shape, t.numbers, t.searches, t.fits, a.inside >= {HELD} * a.numbers AS learnt
                FROM case_fits AS t
                JOIN (SELECT agency, sum(numbers) AS numbers, sum(CASE WHEN fits THEN numbers ELSE 0 END) AS inside
                      FROM case_fits GROUP BY agency) AS a ON a.agency = t.agency""",
            "whether each shape fits its agency's grammar, and whether the agency has one",
        ),
    )


def _leads() -> Step:
    return Step(
        "case_leads",
        """SELECT s.source, s.part, s.record, s.agency, s.shape
           FROM case_searches AS s JOIN case_shapes AS h ON h.shape = s.shape AND h.agency = s.agency
           WHERE h.learnt AND NOT h.fits""",
        "searches whose case number is outside of its agency's grammar",
        lazy=True,
    )


@dataclass(frozen=True)
class Coverage:
    """How far the grammars reach, over all agencies, named or not."""

    agencies: int
    """Agencies whose searches state a case number."""
    learnt: int
    """Agencies of which a grammar was learnt."""
    numbers: int
    """Different case numbers of all of them."""
    inside: int
    """Numbers that fit their agency's grammar."""
    outside: int
    """Numbers that don't; nothing can be said of the others, whose agencies have no grammar."""

    @property
    def line(self) -> str:
        """One sentence of it."""
        open_ = self.numbers - self.inside - self.outside
        return (
            f"a grammar was learnt of {self.learnt:,} of {self.agencies:,} agencies: {self.inside:,} of"
            f" {self.numbers:,} numbers fit one, {self.outside:,} don't, and of {open_:,} nothing can be said"
        )


def coverage(store_: Store) -> Coverage:
    """How far what was learnt reaches, after `learn`."""
    row = store_.rows(
        """SELECT count(DISTINCT agency), count(DISTINCT CASE WHEN learnt THEN agency END),
             coalesce(sum(numbers), 0), coalesce(sum(CASE WHEN learnt AND fits THEN numbers ELSE 0 END), 0),
             coalesce(sum(CASE WHEN learnt AND NOT fits THEN numbers ELSE 0 END), 0) FROM case_shapes"""
    )[0]
    return Coverage(*map(int, row))


def grammars(store_: Store) -> list[Grammar]:
    """What was learnt of every agency whose name may be shown, the most numbers first, and of the others together."""
    named = "SELECT agency FROM organisations WHERE public AND agency IS NOT NULL GROUP BY agency"
    counts = store_.rows(
        f"""SELECT coalesce(p.agency, '') AS name, sum(c.numbers), sum(c.searches),
              sum(CASE WHEN c.learnt AND c.fits THEN c.numbers ELSE 0 END),
              sum(CASE WHEN c.learnt AND NOT c.fits THEN c.numbers ELSE 0 END),
              sum(CASE WHEN c.learnt AND NOT c.fits THEN c.searches ELSE 0 END)
            FROM case_shapes AS c LEFT JOIN ({named}) AS p ON p.agency = c.agency GROUP BY 1 ORDER BY 2 DESC, 1"""
    )
    forms = _forms(store_)
    return [
        Grammar(agency, int(numbers), int(searches), forms.get(agency, ()), int(inside), int(out), int(out_searches))
        for agency, numbers, searches, inside, out, out_searches in counts
    ]


def _forms(store_: Store) -> Mapping[str, tuple[tuple[str, int], ...]]:
    """Agency -> its forms as patterns with their numbers, the most used first."""
    lengths: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for agency, form, shortest, longest in store_.rows(
        "SELECT agency, form, shortest, longest FROM case_lengths ORDER BY agency, form, run"
    ):
        lengths.setdefault((agency, form), []).append((shortest, longest))
    counted = store_.rows(
        "SELECT agency, form, CAST(numbers AS BIGINT) FROM case_forms WHERE agency IN (SELECT agency FROM case_shapes"
        " WHERE learnt) ORDER BY agency, numbers DESC, form"
    )
    found: dict[str, list[tuple[str, int]]] = {}
    for agency, form, numbers in counted:
        if (agency, form) in lengths:
            found.setdefault(agency, []).append((_pattern(form, iter(lengths[agency, form])), numbers))
    return {agency: tuple(forms) for agency, forms in found.items()}


def _form(shape: str) -> str:
    """A shape with every run cut to one sign."""
    return _RUN.sub(lambda run: run[0][0], shape)


def _pattern(form: str, lengths: Iterator[tuple[int, int]]) -> str:
    """A form as people write patterns: `9{2}-9{5,6}`."""

    def long(run: re.Match[str]) -> str:
        shortest, longest = next(lengths)
        return run[0] if (shortest, longest) == (1, 1) else f"{run[0]}{{{_between(shortest, longest)}}}"

    return _RUN.sub(long, form)


def _between(shortest: int, longest: int) -> str:
    return str(shortest) if shortest == longest else f"{shortest},{longest}"


STEPS: Final = (_stated(), _counted(), *_learnt(), *_fitting(), _leads())
"""What is run: first the counts, then, once the forms of the shapes are known, the rest."""
