"""The options that commands share, what they mean, and the settings that they make."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from plateglass import check, questions
from plateglass.case import Settings
from plateglass.catalogue import Catalogue


def completion(known: Callable[[Catalogue], Iterable[str]]) -> Callable[[str], list[str]]:
    """For shell completion: what is known and begins as a word does; of our own content, a case's is not looked at."""

    def offered(incomplete: str) -> list[str]:
        return [each for each in known(Catalogue()) if each.startswith(incomplete)]

    return offered


a_rule = completion(lambda catalogue: catalogue.rules)
a_pack = completion(
    lambda catalogue: dict.fromkeys([*(rule.partition("/")[0] for rule in catalogue.rules), *catalogue.rules])
)
a_layout = completion(lambda catalogue: catalogue.layouts)
a_code = completion(lambda catalogue: catalogue.reasons)
a_question = completion(questions.questions)


def _some(paths: list[Path]) -> list[Path]:
    """The same paths, if there is any file at or below them."""
    if not any(not path.is_dir() or any(not below.is_dir() for below in path.rglob("*")) for path in paths):
        raise typer.BadParameter(f"there is no file in {', '.join(map(str, paths))}")
    return paths


Files = Annotated[
    list[Path],
    typer.Argument(exists=True, metavar="FILES...", callback=_some, help="Released files, ZIPs or folders of them."),
]
CaseFolder = Annotated[Path, typer.Argument(metavar="CASE", help="The case's folder.")]
Out = Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Where the report goes.")]
Rules = Annotated[
    list[str] | None,
    typer.Option(
        metavar="PACK", autocompletion=a_pack,
        help="A rule pack, or one rule, to check; may be given more than once. Default: those that fit.",
    ),
]  # fmt: skip
Agency = Annotated[str, typer.Option(metavar="NAME", help="The home agency, as its own logs write it.")]
Timezone = Annotated[str, typer.Option(metavar="TZ", help="The home agency's zone, such as America/Chicago.")]
Retention = Annotated[
    int | None, typer.Option(metavar="N", min=1, help="The retention that the agency states, in days.")
]
SwitchOff = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="The day from which no outside agency should search."),
]
Custodian = Annotated[
    bool,
    typer.Option(
        "--custodian", help="The log is your agency's own: also look for leads about accounts, in a folder apart."
    ),
]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="A parameter of a rule; may be given more than once."),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress bars, no notes, no table.")]
Json = Annotated[bool, typer.Option("--json", help="Print a machine-readable summary instead of the table.")]


@dataclass(frozen=True)
class Given:
    """The options of one call that settings are made of."""

    rules: list[str] | None
    agency: str
    timezone: str
    custodian: bool = False


def settings(start: Settings, given: Given, catalogue: Catalogue) -> Settings:
    """`start`, changed by the options that were given.

    Raises:
        CaseUnusable: a rule pack or a time zone that does not exist.
    """
    check.choose(catalogue.rules, given.rules or (), "")
    stated = {**vars(given), "rules": tuple(given.rules or ())}
    found = start.model_copy(update={key: value for key, value in stated.items() if value})
    _ = found.zone  # raises where there is no such zone
    return found


def parameters(retention: int | None, switch_off: date | None, named: list[str] | None) -> dict[str, int | float | str]:
    """The values of rule parameters that the options state.

    Raises:
        typer.BadParameter: `--set` without an equals sign.
    """
    found: dict[str, int | float | str] = {}
    if retention is not None:
        found["retention_days"] = retention
    if switch_off is not None:
        found["switch_off"] = switch_off.strftime("%Y-%m-%d")
    for text in named or ():
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise typer.BadParameter(f"{text!r} is not NAME=VALUE", param_hint="--set")
        found[name.strip()] = _value(value.strip())
    return found


def known(values: dict[str, int | float | str], catalogue: Catalogue) -> dict[str, int | float | str]:
    """The same values, every one of them a parameter of some rule, and of its unit.

    Raises:
        typer.BadParameter: a name that no rule has, or no number or date where one belongs; the message says which.
    """
    units: dict[str, set[str]] = {}
    every = [rule.parameters for rule in catalogue.rules.values()]
    every += [question.parameters for question in questions.questions(catalogue).values()]
    for stated in every:
        for name, parameter in stated.items():
            units.setdefault(name, set()).add(parameter.unit)
    for name, value in values.items():
        if name not in units:
            raise typer.BadParameter(
                f"no rule and no question has a parameter {name!r}; there are {', '.join(sorted(units))}",
                param_hint="--set",
            )
        if wanted := _misses(value, units[name] - {""}):
            raise typer.BadParameter(f"{name} is {value!r}; expected {wanted}", param_hint="--set")
    return values


def _misses(value: float | str, units: set[str]) -> str:
    """What a value should be and isn't; empty where it may stand."""
    if "instant" not in units:
        return f"a number ({', '.join(sorted(units))})" if units and isinstance(value, str) else ""
    try:
        check.instant(str(value), None)
    except ValueError:
        return "a date or a time, such as 2025-06-30 or 2025-06-30T08:00:00Z"
    return ""


def _value(text: str) -> int | float | str:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
