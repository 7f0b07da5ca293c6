"""Makes the province page of one data directory and nothing else, in a folder of its own."""

import sys
from pathlib import Path

from pipelines.process import short_lived
from pipelines.reports.edition import published_edition
from pipelines.reports.pages import province
from pipelines.settings import load_settings

with short_lived():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with published_edition(load_settings()) as edition:
        province.write(edition, folder)
    sys.exit(0)
