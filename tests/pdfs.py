"""PDFs for tests, made up and written by hand: text, rules, boxes and pictures where a test wants them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

WIDE, HIGH = 792, 612
SIZE = 7
LINE = 9


@dataclass
class Sheet:
    """One page, drawn from the top; `y` counts down as a reader does."""

    drawn: list[str] = field(default_factory=list)
    turned: int = 0
    notes: list[str] = field(default_factory=list)

    def text(self, x: float, y: float, words: str) -> None:
        escaped = words.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        a, b = self._place(x, y)
        matrix = f"0 1 -1 0 {a} {b}" if self.turned else f"1 0 0 1 {a} {b}"
        self.drawn.append(f"BT /F1 {SIZE} Tf {matrix} Tm ({escaped}) Tj ET")

    def line(self, x: float, y: float, x2: float, y2: float) -> None:
        (a, b), (c, d) = self._place(x, y), self._place(x2, y2)
        self.drawn.append(f"0.5 w {a} {b} m {c} {d} l S")

    def box(self, x: float, y: float, wide: float, high: float, grey: float = 0) -> None:
        a, b = self._place(x, y + high)
        self.drawn.append(f"{grey} g {a} {b} {wide} {high} re f 0 g")

    def note(self, kind: str, x: float, y: float, wide: float, high: float) -> None:
        a, b = self._place(x, y + high)
        self.notes.append(f"<< /Type /Annot /Subtype /{kind} /Rect [{a} {b} {a + wide} {b + high}] >>")

    def picture(self) -> None:
        self.drawn.append(f"q {WIDE} 0 0 {HIGH} 0 0 cm /Im1 Do Q")

    def _place(self, x: float, y: float) -> tuple[float, float]:
        return (y, x) if self.turned else (x, HIGH - y)


def write(path: Path, sheets: Sequence[Sheet]) -> Path:
    """A PDF of some pages."""
    objects = list(_objects(sheets))
    body, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n".encode() + each + b"\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    tail = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer << /Size {len(objects) + 1} /Root 1 0 R >>"
    path.write_bytes(body + f"{tail}\nstartxref\n{len(body)}\n%%EOF\n".encode())
    return path


def _objects(sheets: Sequence[Sheet]) -> Iterator[bytes]:
    kids = " ".join(f"{5 + 2 * n} 0 R" for n in range(len(sheets)))
    yield b"<< /Type /Catalog /Pages 2 0 R >>"
    yield f"<< /Type /Pages /Kids [{kids}] /Count {len(sheets)} >>".encode()
    yield b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    yield (
        b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8"
        b" /Length 1 >>\nstream\n\x99\nendstream"
    )
    for number, sheet in enumerate(sheets):
        box = f"[0 0 {HIGH} {WIDE}]" if sheet.turned else f"[0 0 {WIDE} {HIGH}]"
        yield (
            f"<< /Type /Page /Parent 2 0 R /MediaBox {box} /Rotate {sheet.turned} /Contents {6 + 2 * number} 0 R"
            f" /Resources << /Font << /F1 3 0 R >> /XObject << /Im1 4 0 R >> >> /Annots [{' '.join(sheet.notes)}] >>"
        ).encode()
        stream = "\n".join(sheet.drawn).encode("cp1252")
        yield f"<< /Length {len(stream)} >>\nstream\n".encode() + stream + b"\nendstream"
