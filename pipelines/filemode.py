"""What a run writes is for its user and group alone, whatever mask its caller works under."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

GROUP_ONLY = 0o027
"""Kept from every new file: what the group may change, and all that others may do."""


@contextmanager
def for_group_only() -> Iterator[None]:
    """Make files of 0640 and folders of 0750 at most inside the `with` block.

    A stricter mask stays. It is the whole process's, so commands put themselves into it.
    """
    before = os.umask(GROUP_ONLY)
    os.umask(before | GROUP_ONLY)
    try:
        yield
    finally:
        os.umask(before)
