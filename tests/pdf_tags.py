"""What a tagged PDF must have to be read aloud: the parts of PDF/UA-1 that a program can check, by our own reading.

It sees what a validator of the standard does not ask for, such as the scope of a heading cell, or a heading that ends
a page; `page-validation` looks at the rest beside it. Each check names what is wrong; none knows who made the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pypdf
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject


@dataclass
class Element:
    """One structure element, with its place in reading order."""

    tag: str
    entry: DictionaryObject
    parent: Element | None
    page: int | None
    marked: bool = False
    """Whether it holds marked content of its own."""
    kids: list[Element] = field(default_factory=list)

    def below(self) -> Iterator[Element]:
        for kid in self.kids:
            yield kid
            yield from kid.below()


def tree(reader: pypdf.PdfReader) -> Element:
    """The structure tree of a document."""
    pages = {page.indirect_reference.idnum: number for number, page in enumerate(reader.pages)
             if page.indirect_reference is not None}  # fmt: skip
    root: Any = reader.trailer["/Root"].get_object()
    root = root["/StructTreeRoot"]
    top = Element("StructTreeRoot", root, None, None)
    _grow(top, root["/K"], pages)
    return top


def _grow(parent: Element, kids: Any, pages: dict[int, int]) -> None:
    for kid in kids if isinstance(kids, ArrayObject) else [kids]:
        entry = kid.get_object()
        if isinstance(entry, int):
            parent.marked = True
        elif isinstance(entry, DictionaryObject) and "/S" in entry:
            raw = entry.raw_get("/Pg") if "/Pg" in entry else None
            page = pages[raw.idnum] if isinstance(raw, IndirectObject) else parent.page
            element = Element(str(entry["/S"])[1:], entry, parent, page)
            parent.kids.append(element)
            _grow(element, entry.get("/K", ArrayObject()), pages)


def faults(path: Path) -> list[str]:
    """Everything that keeps a PDF from being read aloud; empty where nothing was found."""
    reader = pypdf.PdfReader(path)
    root: Any = reader.trailer["/Root"].get_object()
    found = [f"the catalogue lacks {key}" for key in ("/Lang", "/StructTreeRoot", "/Metadata") if not root.get(key)]
    if found:
        return found
    found += _catalogue(reader, root)
    top = tree(reader)
    found += _standard(top)
    found += _headings(top)
    found += _tables(top)
    found += _figures(top)
    for number, page in enumerate(reader.pages, 1):
        found += [f"page {number}: {fault}" for fault in _page(page)]
    return found


def _catalogue(reader: pypdf.PdfReader, root: Any) -> Iterator[str]:
    if root.get("/MarkInfo", {}).get("/Marked") is None or not bool(root["/MarkInfo"]["/Marked"]):
        yield "not marked as tagged"
    if not bool(root.get("/ViewerPreferences", {}).get("/DisplayDocTitle", False)):
        yield "viewers don't show the title"
    title = (reader.metadata.title if reader.metadata is not None else "") or ""
    xmp = root["/Metadata"].get_object().get_data().decode()
    if not re.search(r"<pdfuaid:part>1</pdfuaid:part>|pdfuaid:part=\"1\"", xmp):
        yield "the metadata don't say PDF/UA-1"
    if not title or title not in xmp.replace("&amp;", "&"):
        yield "the title is not in the metadata"
    if not re.fullmatch(r"[a-z]{2}(-[A-Z]{2})?", str(root["/Lang"])):
        yield "the language is no language"


STANDARD = {
    "Document", "Part", "Art", "Sect", "Div", "BlockQuote", "Caption", "NonStruct", "P", "H1", "H2", "H3", "H4", "H5",
    "H6", "L", "LI", "Lbl", "LBody", "Table", "TR", "TH", "TD", "THead", "TBody", "TFoot", "Span", "Link", "Figure",
}  # fmt: skip


def _standard(top: Element) -> Iterator[str]:
    yield from sorted({f"{e.tag} is no standard type" for e in top.below() if e.tag not in STANDARD})
    for element in top.below():
        above = element.parent.tag if element.parent is not None else ""
        wanted = {"LI": {"L"}, "Lbl": {"LI"}, "LBody": {"LI"}, "TR": {"Table", "THead", "TBody", "TFoot"},
                  "TH": {"TR"}, "TD": {"TR"}, "THead": {"Table"}, "TBody": {"Table"}}.get(element.tag)  # fmt: skip
        if wanted and above not in wanted:
            yield f"{element.tag} stands in {above}"


def _headings(top: Element) -> Iterator[str]:
    level = 0
    for element in top.below():
        if re.fullmatch(r"H[1-6]", element.tag):
            now = int(element.tag[1])
            if now > level + 1:
                yield f"{element.tag} follows H{level}"
            level = now
    if not level:
        yield "no headings"


def _tables(top: Element) -> Iterator[str]:
    for number, table in enumerate((e for e in top.below() if e.tag == "Table"), 1):
        cells = [e for e in table.below() if e.tag in ("TH", "TD")]
        ids = {str(a["/ID"]) if "/ID" in a else str(e.entry.get("/ID")) for e in cells if e.tag == "TH"
               for a in [_attributes(e)]}  # fmt: skip
        if not ids:
            yield f"table {number} has no heading cell"
        for cell in (e for e in cells if e.tag == "TH"):
            above = cell.parent.parent.tag if cell.parent is not None and cell.parent.parent is not None else ""
            if _attributes(cell).get("/Scope") != ("/Column" if above == "THead" else "/Row"):
                yield f"table {number} has a heading that does not say what it is the heading of"
        for cell in (e for e in cells if e.tag == "TD"):
            headers = [str(key) for key in _attributes(cell).get("/Headers", ())]
            if not headers or not set(headers) <= ids:
                yield f"table {number} has a cell without its headings"
        widths = {sum(1 for e in row.kids if e.tag in ("TH", "TD")) for row in table.below() if row.tag == "TR"}
        if len(widths) > 1:
            yield f"table {number} has rows of {sorted(widths)} cells"


def _attributes(element: Element) -> DictionaryObject:
    found = element.entry.get("/A", DictionaryObject())
    found = found.get_object()
    return found if isinstance(found, DictionaryObject) else DictionaryObject()


def _figures(top: Element) -> Iterator[str]:
    for element in top.below():
        if element.tag == "Figure" and not element.entry.get("/Alt"):
            yield "a picture has no words"


def _page(page: Any) -> Iterator[str]:
    """All that is drawn is marked, fonts are embedded and say which letters they draw, links have words."""
    if page.get("/Annots"):
        for annotation in page["/Annots"]:
            entry = annotation.get_object()
            if not entry.get("/Contents") or entry.get("/StructParent") is None:
                yield "a link without words or place"
        if page.get("/Tabs") != "/S":
            yield "the tab key does not follow the structure"
    if page.get("/StructParents") is None:
        yield "not tied to the structure"
    for font in page["/Resources"].get("/Font", {}).values():
        yield from _font(font.get_object())
    yield from _unmarked(page)


def _font(font: Any) -> Iterator[str]:
    inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
    descriptor = inner.get("/FontDescriptor", {})
    if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor):
        yield "a font that is not embedded"
    if "/ToUnicode" not in font:
        yield "a font that does not say its letters"


def _unmarked(page: Any) -> Iterator[str]:
    """Text outside of marked content."""
    depth = 0
    for operands, operator in page.get_contents().operations:
        if operator in (b"BDC", b"BMC"):
            depth += 1
        elif operator == b"EMC":
            depth -= 1
        elif operator in (b"Tj", b"TJ") and not depth:
            yield f"text that is not marked: {len(operands)} pieces"
            return


def last_on_pages(path: Path) -> list[str]:
    """The tag of the last block that has content on each page: a heading there is an orphan."""
    reader = pypdf.PdfReader(path)
    last: dict[int, str] = {}
    for element in tree(reader).below():
        if element.marked and element.page is not None:
            block: Element | None = element
            while block is not None and block.tag in ("Span", "NonStruct", "Lbl", "Link"):
                block = block.parent
            last[element.page] = block.tag if block is not None else element.tag
    return [last.get(number, "") for number in range(len(reader.pages))]
