"""Fills a template of the official report: the site's own, else the shipped one.

A template is a Word document with placeholders; its expressions run in a sandbox and see nothing
but words and lists of words. What is wrong with one is said in a sentence that names it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

from pipelines.errors import ConfigurationError
from pipelines.reports.edition import Edition
from pipelines.reports.official.words import PLACEHOLDERS, words

if TYPE_CHECKING:
    from docxtpl import DocxTemplate

FILE_NAME = "official.docx"
SHIPPED = Path(__file__).with_name(FILE_NAME)
"""The template that comes with the project, made by `shipped`."""


def write(edition: Edition, folder: Path) -> list[Path]:
    """Write the report of the reported period.

    Args:
        edition: Where the figures are, and perhaps the site's own template.
        folder: Gets `official.docx`.

    Returns:
        The file.

    Raises:
        ConfigurationError: The template is no Word document, asks for something that does not
            exist, or cannot be carried out.
    """
    own = edition.templates / FILE_NAME if edition.templates else None
    template = own if own is not None and own.exists() else SHIPPED
    document = fill(template, words(edition, edition.reported_period()))
    published_at = edition.stamp()[1]
    document.core_properties.created = document.core_properties.modified = published_at
    path = folder / FILE_NAME
    document.save(path)
    return [path]


def fill(template: Path, values: Mapping[str, Any]) -> DocxTemplate:
    """A template with its placeholders filled in, not saved yet.

    Raises:
        ConfigurationError: As `write` says.
    """
    from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError
    from jinja2.sandbox import SandboxedEnvironment

    document = _open(template)
    try:
        document.render(
            dict(values), SandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
        )
    except UndefinedError as error:
        known = ", ".join(PLACEHOLDERS)
        raise ConfigurationError(
            f"{template} asks for a placeholder that does not exist: {error.message}. "
            f"There are {known}; README says what a list holds."
        ) from error
    except TemplateSyntaxError as error:
        near = " / ".join(filter(None, map(str.strip, getattr(error, "docx_context", ()))))
        raise ConfigurationError(
            f"{template} cannot be read as a template: {error.message}. Near: {near[:200]}"
        ) from error
    except (TemplateError, ArithmeticError, AttributeError, TypeError, ValueError) as error:
        raise ConfigurationError(
            f"{template} asks for something that cannot be done: {error}"
        ) from error
    return document


def _open(template: Path) -> DocxTemplate:
    from docx.opc.exceptions import PackageNotFoundError
    from docxtpl import DocxTemplate
    from lxml.etree import XMLSyntaxError

    document = DocxTemplate(template)
    try:
        document.init_docx()
    except (BadZipFile, KeyError, PackageNotFoundError, ValueError, XMLSyntaxError) as error:
        raise ConfigurationError(
            f"{template} is not a Word document (.docx) that can be read: {error}"
        ) from error
    return document
