"""Where the instructions of deploy/ put things, and where they are here."""

from __future__ import annotations

import sys
from pathlib import Path

from pipelines.settings import PROJECT_DIR

DEPLOY = PROJECT_DIR / "deploy"
BIN = Path(sys.executable).parent
INSTALLED = "/opt/quality-objectives"
DATA = "/var/lib/quality-objectives"
