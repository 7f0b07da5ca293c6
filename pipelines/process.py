"""What a process saves that ends with its command.

Dagster, dbt and Great Expectations make a million objects on being imported, all of which stay. To
go through them again and again in search of garbage, and to take them apart at the end, was a fifth
of a small office's night. Polars keeps the memory that it once had, which DuckDB needs after it.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_COLLECT_AFTER = (100_000, 20, 100)
"""Python's own first figure is 700: garbage is looked for after so many new objects."""
_POLARS_ALLOCATOR = ("_RJEM_MALLOC_CONF", "dirty_decay_ms:500,muzzy_decay_ms:0")
"""Read when Polars is loaded: what is free for half a second goes back to the system. Of a first
load of ten million dossiers with `QO_MEMORY_LIMIT=2GB` that is some 0.1 GiB of 3."""


@contextmanager
def short_lived() -> Iterator[None]:
    """Run a command that ends its process by `SystemExit`; what memory holds is not taken apart.

    What was registered to be done at the end is done all the same.
    """
    gc.set_threshold(*_COLLECT_AFTER)
    os.environ.setdefault(*_POLARS_ALLOCATOR)
    try:
        yield
    except SystemExit as end:
        if not isinstance(end.code, int) or _has_others_at_work():
            raise
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(end.code)


def _has_others_at_work() -> bool:
    """Whether threads are left that the interpreter would wait for."""
    main = threading.main_thread()
    return any(not thread.daemon for thread in threading.enumerate() if thread is not main)
