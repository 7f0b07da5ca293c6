"""Runs a command and writes down what it took: `launch.py RESULT.json COMMAND...`.

A process of its own, with next to no imports: Linux counts the memory of whoever starts a process
into that process's peak.
"""

import json
import os
import sys
import time
from pathlib import Path

result, *command = sys.argv[1:]
start = time.perf_counter()
child = os.posix_spawnp(command[0], command, os.environ)
_, state, usage = os.wait4(child, 0)
found = {
    "seconds": time.perf_counter() - start,
    "cpu_seconds": usage.ru_utime + usage.ru_stime,
    "peak_mib": usage.ru_maxrss / 1024,
    "status": os.waitstatus_to_exitcode(state),
}
Path(result).write_text(json.dumps(found), encoding="utf-8")
