"""Reads the pages as files: tables by their ids, cells by their Vietnamese headings."""

from __future__ import annotations

import re
from pathlib import Path

from lxml import html

Cell = html.HtmlElement


class PageFile:
    """One page as it lies on the disk."""

    def __init__(self, path: Path) -> None:
        """Parse it."""
        self.path = path
        self.tree = html.document_fromstring(path.read_text(encoding="utf-8"))

    @property
    def text(self) -> str:
        """All that can be read on it."""
        [body] = self.tree.xpath("//body")
        for script in body.xpath(".//script"):
            script.drop_tree()
        return squeezed(body)

    def has(self, table: str) -> bool:
        """Whether there is a table of that id."""
        return bool(self.tree.xpath(f"//table[@id='{table}']"))

    def rows(self, table: str) -> list[dict[str, Cell]]:
        """The rows of a table, each as cells by heading."""
        [found] = self.tree.xpath(f"//table[@id='{table}']")
        headings = [vietnamese(cell) for cell in found.xpath("thead/tr/th")]
        return [
            dict(zip(headings, row.xpath("th|td"), strict=True)) for row in found.xpath("tbody/tr")
        ]


def squeezed(element: Cell) -> str:
    """The text of an element without superfluous space."""
    return re.sub(r"\s+", " ", element.text_content()).strip()


def vietnamese(element: Cell) -> str:
    """The text of an element without its English half."""
    parts = element.xpath(".//text()[not(ancestor::*[@lang='en' or @class='en'])]")
    return re.sub(r"\s+", " ", "".join(parts)).strip()


def numbers(text: str) -> list[int]:
    """The whole numbers in a text, written with points between thousands."""
    return [int(found.replace(".", "")) for found in re.findall(r"\d[\d.]*", text)]
