"""Reads the YAML of suite files, strictly.

What the content means is decided in `suites.py`; here it only has to be unambiguous.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from pipelines.errors import ConfigurationError


class _StrictLoader(yaml.SafeLoader):
    """Refuses a key that is given twice, where YAML would silently drop the first."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        counts = Counter(self.construct_object(key, deep=True) for key, _ in node.value)
        twice = [str(key) for key, count in counts.items() if count > 1]
        if twice:
            raise yaml.constructor.ConstructorError(
                None, None, f"the key {', '.join(twice)} is given twice", node.start_mark
            )
        return super().construct_mapping(node, deep=deep)


def read_rules(path: Path) -> dict[str, Any]:
    """The content of a suite file, whose `expectations` are mappings by name.

    Raises:
        ConfigurationError: It is no YAML, gives a key twice or holds no rules.
    """
    try:
        content = _StrictLoader(path.read_text(encoding="utf-8")).get_single_data()
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{path.name} is not readable YAML: {error}.") from error
    rules = content.get("expectations") if isinstance(content, dict) else None
    if not isinstance(rules, dict) or not all(isinstance(rule, dict) for rule in rules.values()):
        raise ConfigurationError(
            f"{path.name} must hold 'expectations', a mapping from each name to its rule."
        )
    return dict(content)
