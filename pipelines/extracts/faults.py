"""What is wrong with a whole file, said in a sentence for the office that sent it.

Faults of single rows are data and live in `account.py`; a fault of the file stops that file alone.
"""

from __future__ import annotations

from pipelines.errors import QoError


class RejectedFileError(QoError):
    """The file cannot be read safely: it is refused with this sentence, all others go on."""

    exit_status = 3


class UnsettledFileError(QoError):
    """The file is being written or cannot be opened: the next run tries it again."""

    exit_status = 3
