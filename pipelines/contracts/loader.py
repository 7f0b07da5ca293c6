"""Reads contracts from YAML: the built-in ones, and a site's own, which replace those of its name.

Every plain value of the YAML is text, so that a label `01`, `yes` or `2022-01-31` stays what was
written. Whatever is wrong becomes one `ConfigurationError` that lists every fault on a line of its
own: file, key, reason.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

try:
    from yaml import CSafeLoader as SafeLoader  # ten times as fast
except ImportError:  # PyYAML built without libyaml
    from yaml import SafeLoader  # type: ignore[assignment]

from pipelines.contracts.model import Contract
from pipelines.contracts.rule import ColumnRule
from pipelines.errors import ConfigurationError
from pipelines.settings import Settings

BUILTIN = Path(__file__).parent / "builtin"
SUFFIXES = (".yml", ".yaml")

_NO_MAPPING = "must be a mapping of keys; {} takes the defaults"
# In other words than pydantic's, by its names of faults.
_REASONS = {
    "missing": "is missing",
    "string_pattern_mismatch": "holds a blank text",
    "mapping_type": _NO_MAPPING,
    "model_type": _NO_MAPPING,
}


def load_contracts(settings: Settings) -> dict[str, Contract]:
    """Every contract in force, by source.

    Raises:
        ConfigurationError: Lists every fault of every contract file, one a line.
    """
    contracts: dict[str, Contract] = {}
    faults: list[str] = []
    for folder in (BUILTIN, settings.contracts):
        found: dict[str, Path] = {}
        for path in _contract_files(folder):
            if (other := found.setdefault(path.stem, path)) != path:
                faults.append(f"{path}: {other.name} is a contract for the same source; keep one.")
                continue
            try:
                contracts[path.stem] = load_contract_file(path)
            except ConfigurationError as error:
                faults.append(str(error))
    if faults:
        raise ConfigurationError("\n".join(faults))
    return contracts


def load_contract_file(path: Path) -> Contract:
    """Read one contract.

    Args:
        path: A YAML file named like its source.

    Raises:
        ConfigurationError: Lists every fault of the file, one a line: file, key, reason.
    """
    content = _read(path)
    faults = []
    try:
        contract = Contract.model_validate(content)
    except ValidationError as error:
        faults = [f"{_key(fault)}: {_reason(fault)}" for fault in error.errors()]
    source = content.get("source")
    if source is not None and source != path.stem:
        faults.append(f"source: is {source!r}, but the file is named for {path.stem!r}")
    if faults:
        raise ConfigurationError("\n".join(f"{path}: {fault}." for fault in faults))
    return contract


def _contract_files(folder: Path) -> list[Path]:
    if not folder.exists():
        return []
    try:
        paths = sorted(folder.iterdir())
    except OSError as error:
        raise ConfigurationError(f"{folder}: cannot be listed: {error.strerror}.") from error
    return [
        path for path in paths if path.suffix.lower() in SUFFIXES and not path.name.startswith(".")
    ]


def _read(path: Path) -> dict[str, Any]:
    try:
        # A safe loader by its base class: it builds texts, lists and mappings, nothing else.
        content = yaml.load(path.read_bytes(), Loader=_TextLoader)  # noqa: S506
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read: {error.strerror}.") from error
    except yaml.MarkedYAMLError as error:
        raise ConfigurationError(f"{path}: is not valid YAML: {_where(error)}.") from error
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        raise ConfigurationError(f"{path}: is not a text file in UTF-8: {reason}.") from error
    if not isinstance(content, dict):
        reason = "holds no contract; it begins with keys like `source:` and `dataset:`"
        raise ConfigurationError(f"{path}: {reason}.")
    return content


def _where(error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark or error.context_mark
    place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
    return place + " ".join(filter(None, (error.problem, error.context)))


class _TextLoader(SafeLoader):
    """The safe loader, except that plain values stay text and a key may stand only once."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            if key.value in seen:
                reason = f"the key {key.value!r} stands here twice"
                raise yaml.constructor.ConstructorError(None, None, reason, key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


_TextLoader.yaml_implicit_resolvers = {
    first: [rule for rule in rules if rule[0] == "tag:yaml.org,2002:null"]
    for first, rules in SafeLoader.yaml_implicit_resolvers.items()
}


def _key(fault: ErrorDetails) -> str:
    """The key path, without the places inside a list and pydantic's own marks."""
    return ".".join(part for part in fault["loc"] if isinstance(part, str) and part != "[key]")


def _reason(fault: ErrorDetails) -> str:
    kind, message = fault["type"], fault["msg"]
    if kind == "contract":
        return message
    if kind == "extra_forbidden":
        return f"is not a key of a contract; known ones are {_known_keys(fault)}"
    if kind in _REASONS:
        return _REASONS[kind]
    return f"{message.replace('Input should be', 'must be')}, not {fault['input']!r:.80}"


def _known_keys(fault: ErrorDetails) -> str:
    model = Contract if len(fault["loc"]) == 1 else ColumnRule
    fields: Iterable[tuple[str, Any]] = model.model_fields.items()
    return ", ".join(field.alias or name for name, field in fields)
