"""What is compared with what: each function measures one row of the table.

The baselines lie in `baselines/`, written as a good engineer would by hand for one purpose. Bounds
are those this project sets itself on two cores.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.contracts.loader import load_contracts
from pipelines.extracts.formats.tables import read_table
from pipelines.extracts.layout.headers import HeaderMatcher
from pipelines.news import hash_of_code
from pipelines.samples.changes import write_changes
from pipelines.settings import PROJECT_DIR, Settings
from pipelines.warehouse.transform import prepare
from tests.benchmarks.measure import Command, Sample, in_turn, in_turn_here, python, qo
from tests.benchmarks.provinces import (
    AS_OF,
    NEXT_DAY,
    SEED,
    dossier_list,
    empty_but_landing,
    link,
    office,
    province,
)

BASELINES = Path(__file__).with_name("baselines")
BUILT_IN = PROJECT_DIR / "pipelines" / "contracts" / "builtin" / "dossiers.yml"


@dataclass(frozen=True)
class Comparison:
    """One row of the table.

    Attributes:
        what: What is compared.
        ours: The medians of ours.
        baseline: Those of what it is compared with.
        bound: What the ratio of the wall times may be at most.
        scale: What both are divided by (rows), for times per row.
    """

    what: str
    ours: Sample
    baseline: Sample
    bound: float
    scale: tuple[float, float] = (1, 1)

    @property
    def ratio(self) -> float:
        """Our wall time to the baseline's."""
        return (self.ours.seconds / self.scale[0]) / (self.baseline.seconds / self.scale[1])


@dataclass(frozen=True)
class Bench:
    """Where to work and how often to repeat."""

    folder: Path
    rounds: int

    def first_load(self, dossiers: int, memory_limit: str | None = None) -> Comparison:
        """From a list of dossiers to the published scorecard, against SQL written by hand."""
        landing = province(self.folder, dossiers)
        settings = {"QO_MEMORY_LIMIT": memory_limit} if memory_limit else {}
        ours = self._first_night(landing, f"first load of {dossiers:,}", settings)
        target = self.folder / "by_hand.duckdb"
        script = python(BASELINES / "by_hand_duckdb.py", dossier_list(landing), target)
        found = in_turn([ours, Command("DuckDB by hand", script)], self.rounds, self.folder)
        limit = f", QO_MEMORY_LIMIT={memory_limit}" if memory_limit else ""
        return Comparison(f"first load of {dossiers:,}{limit} / DuckDB by hand", *found, bound=3)

    def first_load_beside_pandas(self, dossiers: int) -> Comparison:
        """The same against pandas."""
        landing = province(self.folder, dossiers)
        ours = self._first_night(landing, f"first load of {dossiers:,}", {})
        target = self.folder / "by_hand.csv"
        script = python(BASELINES / "by_hand_pandas.py", dossier_list(landing), target)
        found = in_turn([ours, Command("pandas by hand", script)], self.rounds, self.folder)
        return Comparison(f"first load of {dossiers:,} / pandas by hand", *found, bound=1)

    def growth(self, sizes: Sequence[int]) -> Iterator[Comparison]:
        """Time per dossier of first loads of several sizes, against the smallest."""
        nights = [
            self._first_night(province(self.folder, size), f"first load of {size:,}", {})
            for size in sizes
        ]
        smallest, *others = zip(sizes, in_turn(nights, self.rounds, self.folder), strict=True)
        for size, sample in others:
            what = f"first load per dossier, {size:,} / {smallest[0]:,}"
            scale = (size, smallest[0])
            yield Comparison(what, sample, smallest[1], bound=1.2, scale=scale)

    def changed(self, rows: int, known: int, fewer_known: int) -> Comparison:
        """A night with changed dossiers on top of many and of few known ones."""
        nights = [
            self._next_night(size, rows, f"{rows:,} changed on {size:,}")
            for size in (known, fewer_known)
        ]
        found = in_turn(nights, self.rounds, self.folder)
        what = f"night with {rows:,} changed on {known:,} / on {fewer_known:,}"
        return Comparison(what, *found, bound=2)

    def changed_beside_dbt(self, rows: int, known: int) -> Comparison:
        """A whole night against a bare `dbt build` on the same state."""
        night = self._next_night(known, rows, f"{rows:,} changed on {known:,}")
        found = in_turn([night, self._dbt(self._known(known))], self.rounds, self.folder)
        what = f"night with {rows:,} changed on {known:,} / bare dbt build"
        return Comparison(what, *found, bound=2)

    def nothing_new(self, known: int) -> Comparison:
        """A night that finds nothing new against a bare `dbt build`."""
        data = self._known(known)
        night = Command("nothing new", qo("nightly", "--as-of", f"{AS_OF}"), _at(data))
        found = in_turn([night, self._dbt(data)], self.rounds, self.folder)
        return Comparison(f"nothing new on {known:,} / bare dbt build", *found, bound=0.5)

    def ingest(self, rows: int) -> Comparison:
        """Reading, matching, cleaning, casting and accounting, against bare Polars."""
        landing = province(self.folder, rows)
        data = office(self.folder, "ingest", landing)
        alone = [sys.executable, "-m", "tests.benchmarks.ingest_alone"]
        ours = Command(f"ingest of {rows:,}", alone, _at(data), lambda: empty_but_landing(data))
        target = self.folder / "bare.parquet"
        script = python(BASELINES / "bare_polars.py", dossier_list(landing), target)
        found = in_turn([ours, Command("bare Polars", script)], self.rounds, self.folder)
        return Comparison(f"ingest of {rows:,} / bare Polars", *found, bound=1.5)

    def reading(self, rows: int) -> Comparison:
        """Sniffing, decoding, finding the table and reading it as text, against Polars alone."""
        path = dossier_list(province(self.folder, rows))
        matcher = HeaderMatcher(load_contracts(Settings(data_dir=self.folder))["dossiers"])
        found = in_turn_here(
            [lambda: read_table(path, matcher), lambda: pl.read_csv(path, infer_schema=False)],
            self.rounds,
        )
        return Comparison(f"reading {rows:,} rows as text / Polars alone", *found, bound=1.5)

    def explain(self, known: int) -> Comparison:
        """The receipt of one figure, against reading the whole table of cases once."""
        data = self._known(known)
        receipt = Command("explain", qo("explain", "05b", "--period", "2022-06"), _at(data))
        scan = Command("scan", python(BASELINES / "scan_cases.py", _published(data)))
        found = in_turn([receipt, scan], self.rounds, self.folder)
        return Comparison(f"explain 05b of a month on {known:,} / one scan", *found, bound=3)

    def report(self, known: int) -> Iterator[Comparison]:
        """The province page alone, and every report of a year, against reading all cases once."""
        data = self._known(known)
        page = [sys.executable, "-m", "tests.benchmarks.page_alone", self.folder / "page"]
        commands = [
            Command("province page", page, _at(data)),
            Command("reports", qo("report", "--period", "2022"), _at(data)),
            Command("scan", python(BASELINES / "scan_cases.py", _published(data))),
        ]
        *ours, scan = in_turn(commands, self.rounds, self.folder)
        for command, sample in zip(commands, ours, strict=False):
            yield Comparison(f"{command.name}, {known:,} / one scan", sample, scan, bound=5)

    def _first_night(self, landing: Path, name: str, settings: dict[str, str]) -> Command:
        data = office(self.folder, f"first-{landing.name}", landing)
        night = Command(name, qo("nightly", "--as-of", f"{AS_OF}"), settings | _at(data))
        # Parsed beforehand, as every night but the first after an upgrade finds the dbt project.
        prepare(Settings(data_dir=data))
        return Command(name, night.arguments, night.settings, lambda: empty_but_landing(data))

    def _known(self, dossiers: int) -> Path:
        """A data directory after its first night by the code as it is; made once and kept."""
        data = self.folder / f"known-{dossiers}"
        mark, code = data / "made_by", hash_of_code()
        if not mark.exists() or mark.read_text(encoding="utf-8") != code:
            office(self.folder, data.name, province(self.folder, dossiers))
            contracts = data / "contracts"
            contracts.mkdir()
            text = BUILT_IN.read_text(encoding="utf-8").replace("mode: full", "mode: changes")
            (contracts / "dossiers.yml").write_text(text, encoding="utf-8")
            first = Command("first night", qo("nightly", "--as-of", f"{AS_OF}"), _at(data))
            in_turn([first], 1, self.folder)
            mark.write_text(code, encoding="utf-8")
        return data

    def _next_night(self, dossiers: int, rows: int, name: str) -> Command:
        known = self._known(dossiers)
        data = self.folder / f"{known.name}-next"

        def restore() -> None:
            _copy(known, data)
            write_changes(data / "landing", dossiers=dossiers, changed=rows, seed=SEED, on=NEXT_DAY)

        return Command(name, qo("nightly", "--as-of", f"{NEXT_DAY}"), _at(data), restore)

    def _dbt(self, known: Path) -> Command:
        data = self.folder / f"{known.name}-dbt"
        project = PROJECT_DIR / "dbt_project"
        arguments = [Path(sys.executable).with_name("dbt"), "build", "--project-dir", project]
        arguments += ["--profiles-dir", project, "--target-path", data / ".dbt"]
        arguments += ["--log-path", data / ".dbt", "--exclude", "resource_type:unit_test"]
        settings = {"BUILD_DATABASE_PATH": str(data / "warehouse" / "build.duckdb")}
        return Command("bare dbt build", arguments, settings, _once(lambda: _copy(known, data)))


def _at(data: Path) -> dict[str, str]:
    return {"QO_DATA_DIR": str(data)}


def _published(data: Path) -> Path:
    return data / "warehouse" / "warehouse.duckdb"


def _copy(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, copy_function=_copy_file)


def _copy_file(source: str, target: str) -> str:
    """Copy what a night writes into; link what it never changes, which is most of it."""
    path = Path(source)
    is_final = path.suffix == ".parquet" or "landing" in path.parts or "snapshots" in path.parts
    return link(source, target) if is_final else shutil.copy2(source, target)


def _once(action: Callable[[], None]) -> Callable[[], None]:
    """The first time alone: a bare build leaves the same state behind."""
    left = [action]

    def act() -> None:
        if left:
            left.pop()()

    return act
