"""The process in which libraries read what may bring them down: workbooks and Parquet files.

Some of these libraries end their whole process when memory runs out, which a file of two kilobytes
can bring about. Here that ends a process of its own (`isolated_reader.py`), one for all files of a
run, started when first needed. A file over which it dies or does not answer is refused.
"""

from __future__ import annotations

import json
import selectors
import subprocess
import sys
from pathlib import Path
from threading import Lock
from typing import Any

from pipelines.extracts.faults import RejectedFileError
from pipelines.extracts.formats.limits import MIB, READER_MEMORY, READER_SECONDS

_SCRIPT = Path(__file__).with_name("isolated_reader.py")


class IsolatedReader:
    """The process, as its callers see it."""

    def __init__(self, memory: int = READER_MEMORY, seconds: float = READER_SECONDS) -> None:
        """Nothing is started before the first question.

        Args:
            memory: Bytes it may allocate.
            seconds: How long it may take for one answer.
        """
        self.memory = memory
        self.seconds = seconds
        self._process: subprocess.Popen[str] | None = None
        self._lock = Lock()

    def ask(self, task: str, **arguments: Any) -> Any:
        """Have one task of `isolated_reader.py` done.

        Raises:
            RejectedFileError: The file cannot be read, the process ended over it, or it took too
                long.
            OSError: The disk is full, or the file is gone: no fault of the file.
        """
        with self._lock:
            line = self._answer(json.dumps({"task": task, **arguments}))
        answer = json.loads(line)
        if answer.get("errno"):
            raise OSError(answer["errno"], answer["error"])
        if "error" in answer:
            raise RejectedFileError(
                f"The file cannot be read ({answer['error']}): open it where it was made and save "
                "it again."
            )
        return answer["result"]

    def _answer(self, question: str) -> str:
        process = self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(question + "\n")
        process.stdin.flush()
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            is_late = not selector.select(self.seconds)
        line = "" if is_late else process.stdout.readline()
        if line:
            return line
        self.close()
        if is_late:
            raise RejectedFileError(
                f"The file could not be read within {self.seconds:g} seconds: export less at a "
                "time, or export csv."
            )
        raise RejectedFileError(
            f"The file cannot be read with {self.memory // MIB:,} MB of memory: it is damaged, or "
            "a cell far away from the table makes it huge. Delete the empty rows and columns "
            "around the table, or export csv."
        )

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None or self._process.poll() is not None:
            # -P keeps the modules beside the script from standing in for others of their names.
            self._process = subprocess.Popen(  # noqa: S603 - our own script, no shell
                [sys.executable, "-P", str(_SCRIPT), str(self.memory)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="utf-8",
            )
        return self._process

    def close(self) -> None:
        """End the process, if it runs; it also ends by itself with the one that started it."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


READER = IsolatedReader()
"""The one for all files of a run."""
