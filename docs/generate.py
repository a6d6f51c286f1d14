"""Write docs/reference anew from the code and the content: commands, content keys, errors, rules, layouts, views.

`python docs/generate.py` writes the pages; a test compares them, so that none of them can lag behind.
"""

from __future__ import annotations

import ast
import inspect
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel
from typer.testing import CliRunner

from plateglass import case, catalogue, check, errors, model, record_views
from plateglass.check import columns as check_columns
from plateglass.cli import app
from plateglass.duties import figures, shapes
from plateglass.publish import rule_pages
from plateglass.questions import content as questions
from plateglass.questions import tables as asked_tables
from plateglass.read import pdf_profile
from plateglass.register.imports import layouts as import_layouts

REFERENCE = Path(__file__).parent / "reference"
WIDTH = 100
COMMANDS = (
    (), ("audit",), ("demo",), ("new",), ("add",), ("check",), ("report",), ("requests",), ("questions",), ("change",),
    ("release",), ("sarif",), ("aside",),
    ("verify",), ("links",), ("timestamp",), ("layouts",),
    ("layouts", "list"),
    ("sample",), ("sample", "draw"), ("sample", "answers"), ("sample", "sizes"), ("review",), ("estimate",),
    ("layouts", "show"), ("layouts", "explain"), ("rules",), ("rules", "list"), ("rules", "show"), ("rules", "pages"),
    ("rules", "test"),
    ("reasons",), ("reasons", "explain"), ("reasons", "numbers"), ("reasons", "contradictions"),
    ("routes",), ("register",), ("register", "list"), ("register", "show"), ("register", "lint"), ("register", "ask"),
    ("register", "export"), ("register", "checks"), ("register", "import"),
    ("register", "joins"),
)  # fmt: skip
KINDS: dict[str, type[BaseModel]] = {
    "layouts/<vendor>-<log>.toml": catalogue.Layout,
    "eras/<vendor>.toml": catalogue.Eras,
    "agencies/<state>.toml": catalogue.Agencies,
    "names/<country>.toml": catalogue.Names,
    "reasons/<code>.toml": catalogue.Reason,
    "rules/<pack>/<rule>.toml": catalogue.Rule,
    "reports/<id>.toml": shapes.Shape,
    "acts/<state>.toml": shapes.Act,
    "holidays/<state>.toml": shapes.Holidays,
    "series/<id>.toml": shapes.Series,
    "imports/<list>.toml": import_layouts.ImportLayout,
    "questions/<id>.toml": questions.Question,
    "events/<list>.toml": questions.Happenings,
    "replies/<id>.toml": questions.Reply,
    "profiles/<print>.toml": pdf_profile.ColumnProfile,
    "case.toml": case.Settings,
}
"""Each kind of file that one can write, and its type."""


def pages() -> dict[str, str]:
    """Every page of the reference: name of the file -> its text."""
    return {
        "acts.md": acts(),
        "commands.md": commands(),
        "content.md": content(),
        "errors.md": problems(),
        "figures.md": named_figures(),
        "layouts.md": layouts(),
        "questions.md": thirty(),
        "requirements.md": requirements(),
        "rules.md": rules(),
        "views.md": views(),
    }


def commands() -> str:
    """What `--help` says of each command."""
    parts = [_head("Commands", "What `--help` says.")]
    for command in COMMANDS:
        said = CliRunner().invoke(app, [*command, "--help"], prog_name="plateglass", terminal_width=WIDTH).output
        parts.append(f"## {' '.join(('plateglass', *command))}\n\n```\n{_trimmed(said)}\n```\n")
    return "\n".join(parts)


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def content() -> str:
    """Every key of every kind of content file, and of case.toml."""
    parts = [_head("Content", "The keys of every file that one can write. A key that is not here is refused.")]
    for file, kind in KINDS.items():
        parts.append(f"## {file}\n\n{_paragraph(kind)}\n")
        for part in _parts(kind):
            title = f"### {part.__name__}\n\n{_paragraph(part)}\n\n" if part is not kind else ""
            parts.append(title + _table(("key", "type", "default", "meaning"), _keys(part)) + "\n")
    return "\n".join(parts)


def kinds() -> list[type[BaseModel]]:
    """Every type whose keys one can write, parts included."""
    return list(dict.fromkeys(part for kind in KINDS.values() for part in _parts(kind)))


def _parts(kind: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """A type and the types of its keys, each once, in reading order."""
    seen = [kind]
    for found in seen:
        yield found
        for info in found.model_fields.values():
            seen += [t for t in _models(info.annotation) if t not in seen]


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models(argument)


def _keys(kind: type[BaseModel]) -> Iterator[tuple[str, str, str, str]]:
    said = attribute_docs(kind)
    types = attribute_types(kind)
    for key, info in kind.model_fields.items():
        default = "required" if info.is_required() else f"`{_default(info.default)}`"
        yield f"`{key}`", f"`{types[key]}`", default, said.get(key, "")


def _default(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{}"
    return "[]" if value == () else {None: "none", True: "true", False: "false"}.get(value, repr(value))


def _class(kind: type) -> ast.ClassDef:
    tree = ast.parse(inspect.getsource(inspect.getmodule(kind) or catalogue))
    return next(n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == kind.__name__)


def attribute_docs(kind: type) -> dict[str, str]:
    """The string that stands below each attribute of a class."""
    found: dict[str, str] = {}
    last = ""
    for node in _class(kind).body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            last = node.target.id
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and last:
            found[last] = " ".join(str(node.value.value).split())
            last = ""
        else:
            last = ""
    return found


def attribute_types(kind: type) -> dict[str, str]:
    """The type of each attribute of a class, as the code writes it."""
    nodes = _class(kind).body
    return {
        n.target.id: ast.unparse(n.annotation)
        for n in nodes
        if isinstance(n, ast.AnnAssign) and isinstance(n.target, ast.Name)
    }


def named_figures() -> str:
    """Every named figure that a statutory report may ask for."""
    intro = "What a box of a report may name. Each is a list of SQL steps; a figure that can't be had says why."
    rows = ((f"`{key}`", figure.about, ", ".join(figure.needs)) for key, figure in figures.FIGURES.items())
    return _head("Figures", intro) + "\n" + _table(("figure", "what it counts", "fields that must be told"), rows)


def acts() -> str:
    """Every public-records act and its deadlines, each with how it was read."""
    known = shapes.acts(catalogue.Catalogue())
    read = Counter(due.review for act in known.values() for due in act.deadlines)
    intro = (
        f"{len(known)} acts, {sum(read.values())} deadlines: {read['verified']} read in the original, "
        f"{read['secondary']} in a secondary source, {read['memory']} from memory. "
        "Check what was not read before you rely on it."
    )
    rows = [
        (act.place, f"{act.act}, {act.cite}", due.what,
         "none" if due.days is None else f"{due.days} {due.kind} days" + (" more" if due.adds else ""),
         due.cite, due.review, due.note)
        for act in known.values() for due in act.deadlines
    ]  # fmt: skip
    headings = ("place", "act", "what is due", "within", "citation", "read", "note")
    whos = "\n".join(f"- {act.place}: {act.who}" for act in known.values() if act.who)
    return f"{_head('Acts', intro)}\n{_table(headings, rows)}\n\n## Who may ask, where not everybody may\n\n{whos}\n"


def problems() -> str:
    """Every error and every issue, with its code."""
    kinds = [k for k in vars(errors).values() if inspect.isclass(k) and issubclass(k, errors.PlateglassError)]
    rows = [(f"`{kind.code}`", kind.__name__, _paragraph(kind)) for kind in kinds if kind is not errors.PlateglassError]
    severities = [(f"`{severity}`", attribute_doc) for severity, attribute_doc in _severities()]
    return "\n".join(
        (
            _head("Errors", "What can go wrong. Messages name the column and the record's number, never a value."),
            _table(("code", "error", "when"), rows),
            "\n## Issues\n\nThe same codes stand in the report for a source that was left out. How far one reaches:\n",
            _table(("severity", "meaning"), severities),
            "\nBesides the errors above there are:\n",
            _table(("code", "severity"), sorted(issue_codes())),
            "\n## Exit codes\n\n0: done. 1: something could not be read or computed, the rest was. 2: wrong use.\n",
        )
    )


def issue_codes() -> set[tuple[str, str]]:
    """Every issue that the code makes by name, with its severity."""
    found = set()
    for path in (catalogue.SHIPPED.parent).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Issue") and len(node.args) > 1:
                code, severity = node.args[:2]
                if isinstance(code, ast.Constant) and isinstance(code.value, str):
                    found.add((f"`{code.value}`", ast.unparse(severity).rpartition(".")[2].lower()))
    return found


def _severities() -> Iterator[tuple[str, str]]:
    body = _class(errors.Severity).body
    for node, said in pairwise(body):
        if isinstance(node, ast.Assign) and isinstance(said, ast.Expr) and isinstance(said.value, ast.Constant):
            yield ast.literal_eval(node.value), str(said.value.value)


def layouts() -> str:
    """Every layout: its fields, their kinds and headings."""
    parts = [_head("Layouts", "What kinds of log are known, and by which headings.")]
    for id_, layout in catalogue.Catalogue().layouts.items():
        rows = [
            (f"`{f}`", field.kind, ", ".join(f"`{h}`" for h in field.headings)) for f, field in layout.fields.items()
        ]
        lead = f"## {id_}\n\n{layout.title}. Views: {', '.join(layout.views)}. Needs: {', '.join(layout.needs)}.\n"
        seen = f"\nSeen in: {' '.join(layout.source.split())}\n"
        parts.append(lead + seen + "\n" + _table(("field", "kind", "headings"), rows) + "\n")
    return "\n".join(parts)


def requirements() -> str:
    """Each requirement of the research on law: the rules that test it, or why none does."""
    found = catalogue.Catalogue().rules
    parts = [
        _head("Requirements", "What law, policy and promise ask, by the ids of the research; the rules that test it."),
        "A rule whose citation was not read, or that only asks, raises a question and never says *fails*.\n",
    ]  # fmt: skip
    rows = []
    for id_, asked in asked_for().items():
        testing = [
            *(rule for rule in found.values() if id_ in rule.requirements),
            *(found[r] for r in asked.get("also", ())),
        ]
        rows += [_tested(id_, str(asked["about"]), rule) for rule in testing]
        if missing := asked.get("missing"):
            untested = "in part" if testing else "not encoded"
            rows.append((id_, str(asked["about"]), untested, "", "", "", str(missing)))
    headings = ("id", "requirement", "rule", "unit", "review", "examples", "not tested, and why")
    return "\n".join([*parts, _table(headings, rows)])


def asked_for() -> dict[str, dict[str, Any]]:
    """docs/requirements.toml: id -> `about`, and `missing` or `also`."""
    return tomllib.loads((REFERENCE.parent / "requirements.toml").read_text(encoding="utf-8"))


def _tested(id_: str, about: str, rule: catalogue.Rule) -> tuple[str, ...]:
    verdicts = Counter(str(example.verdict) for example in rule.examples)
    shown = ", ".join(f"{verdict} {number}" for verdict, number in sorted(verdicts.items()))
    return id_, about, f"`{rule.id}`", rule.unit, rule.review + (", asks" if rule.asks else ""), shown, ""


def rules() -> str:
    """Every rule: what it cites, tests and can't show."""
    parts = [_head("Rules", "What is checked, on what ground, and what the record can't show.")]
    for id_, rule in catalogue.Catalogue().rules.items():
        parts.append(f"## {id_}\n\n**{rule.title}** ({rule.basis}, citation {rule.review}, {rule.audience})\n")
        parts.append("\n".join(_cited(rule)))
        parts.append(
            f"- counts: {rule.unit}, from the view `{rule.view}`"
            + (f"; needs {', '.join(f'`{n}`' for n in rule.needs)}" if rule.needs else "")
            + f"\n- at fault: `{' '.join(rule.fails.split())}`"
        )
        for name, parameter in rule.parameters.items():
            parts.append(f"- parameter `{name}`: {parameter.about}; {rule_pages.default(parameter)}")
        parts += [f"- can't show: {' '.join(text.split())}" for text in rule.limits]
        parts += [f"- may be innocent: {' '.join(text.split())}" for text in rule.readings]
        parts.append("")
    return "\n".join(parts)


def _cited(rule: catalogue.Rule) -> Iterator[str]:
    for cite in rule.cites:
        dates = f", in force from {cite.start}" if cite.start else ""
        until = f" to {cite.end}" if cite.end else ""
        url = f" <{cite.url}>" if cite.url else ""
        yield f"- cites: {' '.join(cite.text.split())}{dates}{until}{url}"


def thirty() -> str:
    """Every question that plateglass brings."""
    lead = "What every case is asked. Each is a file `questions/<id>.toml`; a case may bring its own."
    rows = [
        (f"`{q.id}`", q.title, q.statistic, ", ".join(f"`{need.replace(' | ', '` or `')}`" for need in q.needs),
         q.audience)
        for q in questions.questions(catalogue.Catalogue()).values()
    ]  # fmt: skip
    return f"{_head('Questions', lead)}\n{_table(('id', 'question', 'statistic', 'needs', 'for'), rows)}\n"


def views() -> str:
    """Every column of every table that a stage leaves behind."""
    parts = [_head("Views", "The tables and views that rules read and that a person can look at after each step.")]
    parts += ["## Views of rules\n", "Every view has these columns first:\n", _columns(check_columns.FRAME) + "\n"]
    parts += [f"### {name}\n\nOne row: {view.row}.\n\n{_columns(view.own)}\n" for name, view in check.VIEWS.items()]
    parts += ["## Tables of a case\n"]
    parts += [f"### {name}\n\n{_columns(columns)}\n" for name, columns in tables().items()]
    parts += ["## Tables of questions\n\nBesides these, a question may read the tables of the other views.\n"]
    parts += [f"### {name}\n\n{_columns(columns)}\n" for name, columns in asked_tables.TABLES.items()]
    return "\n".join(parts)


def _columns(columns: Iterable[model.Column]) -> str:
    rows = [(f"`{column.name}`", column.type, column.about) for column in columns]
    return _table(("column", "type", "meaning"), rows)


def tables() -> dict[str, Sequence[model.Column]]:
    """Every documented table by name."""
    modules = (model, case)
    found = {
        name.lower(): value for module in modules for name, value in vars(module).items() if _documented(name, value)
    }
    found |= {each.table: each.columns for each in record_views.OTHER_VIEWS.values()}
    return dict(sorted(found.items()))


def _documented(name: str, value: Any) -> bool:
    return (
        name.isupper() and isinstance(value, tuple) and bool(value) and all(isinstance(c, model.Column) for c in value)
    )


def _paragraph(thing: type) -> str:
    return " ".join((inspect.getdoc(thing) or "").split())


def _head(title: str, lead: str) -> str:
    return f"# {title}\n\n<!-- written by docs/generate.py; change the code or the content instead -->\n\n{lead}\n"


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def main() -> None:
    """Write every page."""
    REFERENCE.mkdir(exist_ok=True)
    for name, text in pages().items():
        (REFERENCE / name).write_text(text.rstrip("\n") + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
