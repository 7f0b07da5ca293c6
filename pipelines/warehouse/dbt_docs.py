"""dbt's documentation of the models as one page that opens offline.

It shows the project, not the night's data, so it is made again only when the project has changed;
the page itself says which project it shows.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from pipelines.settings import Settings
from pipelines.warehouse.connect import open_build
from pipelines.warehouse.transform import (
    invoke,
    load_manifest,
    prepare,
    project_fingerprint,
    release_database,
)

FILE_NAME = "dbt-docs.html"
_MARK = "<!-- project {} -->\n"


def write_docs(settings: Settings) -> Path | None:
    """Write `reports/dbt-docs.html` if there is none of the project as it is.

    Call it under the writer lock, after the models were built: their columns are read from the
    working database.

    Returns:
        The page, if it was made.

    Raises:
        RunError: dbt cannot make it.
    """
    path = settings.reports / FILE_NAME
    mark = _MARK.format(project_fingerprint(settings)).encode()
    if _ends_with(path, mark):
        return None
    manifest_path = prepare(settings)
    settings.reports.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.dbt_target, prefix="docs-") as folder:
        shutil.copyfile(manifest_path, Path(folder) / manifest_path.name)
        with open_build(settings):
            try:
                invoke(
                    settings,
                    ["docs", "generate", "--static", "--no-compile"],
                    target=Path(folder),
                    database=str(settings.build),
                    manifest=load_manifest(settings),
                )
            finally:
                release_database()
        page = Path(folder) / "static_index.html"
        with page.open("ab") as file:
            file.write(mark)
        page.replace(path)
    return path


def _ends_with(path: Path, mark: bytes) -> bool:
    if not path.exists() or path.stat().st_size < len(mark):
        return False
    with path.open("rb") as file:
        file.seek(-len(mark), 2)
        return file.read() == mark
