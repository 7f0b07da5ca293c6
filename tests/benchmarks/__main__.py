"""The benchmarks, as `make bench` runs them: prints ratios and writes them to a file."""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Column, Table

from pipelines.settings import PROJECT_DIR
from tests.benchmarks.scenarios import Bench, Comparison

NAMES = (
    "reading",
    "ingest",
    "first-load",
    "first-load-limited",
    "pandas",
    "growth",
    "changed",
    "changed-dbt",
    "nothing-new",
    "explain",
    "report",
)
MILLION = 1_000_000
SMALL: Mapping[str, object] = {
    "dossiers": 100_000,
    "few": 10_000,
    "changed": 1_000,
    "rows": 100_000,
    "sizes": [10_000, 100_000],
}
FULL: Mapping[str, object] = {
    "dossiers": 10 * MILLION,
    "few": 100_000,
    "changed": 50_000,
    "rows": MILLION,
    "sizes": [MILLION, 2 * MILLION, 5 * MILLION, 10 * MILLION],
}

HEADINGS = ("What", "Ours, s", "Baseline, s", "Ratio", "Bound", "Ours, MiB", "Baseline, MiB")
WIDTH = 130


def main() -> None:
    """Run the comparisons that were asked for."""
    asked = _arguments()
    folder: Path = asked.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    bench, console = Bench(folder, asked.rounds), Console(width=max(WIDTH, Console().width))
    found: list[Comparison] = []
    for name, measure in _measures(bench, asked):
        if asked.only and name not in asked.only:
            continue
        console.print(f"measuring: {name} ...")
        for row in measure():
            found.append(row)
            console.print(f"  {row.what}: {row.ratio:.2f}")
    console.print(_table(found))
    target = folder / "results.json"
    machine = {"cores": os.cpu_count(), "system": platform.platform()}
    rows = [{**asdict(row), "ratio": row.ratio} for row in found]
    target.write_text(json.dumps({"machine": machine, "comparisons": rows}, indent=2))
    console.print(f"written: {target}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--full", action="store_true", help="take the sizes of a whole country")
    parser.add_argument("--dossiers", type=int, help="of the large province")
    parser.add_argument("--few", type=int, help="of the small province")
    parser.add_argument("--changed", type=int, help="dossiers changed in a night")
    parser.add_argument("--rows", type=int, help="read alone, and loaded beside pandas")
    parser.add_argument("--sizes", type=int, nargs="+", help="of provinces, for the growth")
    parser.add_argument("--memory-limit", default="2GB", help="of the first load with a limit")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is measured")
    parser.add_argument("--only", nargs="+", choices=NAMES, help="these comparisons alone")
    parser.add_argument("--folder", type=Path, default=PROJECT_DIR / "build" / "bench")
    asked = parser.parse_args()
    for name, size in (FULL if asked.full else SMALL).items():
        if getattr(asked, name) is None:
            setattr(asked, name, size)
    return asked


def _measures(
    bench: Bench, asked: argparse.Namespace
) -> Iterator[tuple[str, Callable[[], Iterable[Comparison]]]]:
    large, few, changed, rows = asked.dossiers, asked.few, asked.changed, asked.rows
    limit = asked.memory_limit
    measures: Sequence[Callable[[], Iterable[Comparison]]] = (
        lambda: [bench.reading(rows)],
        lambda: [bench.ingest(rows)],
        lambda: [bench.first_load(large)],
        lambda: [bench.first_load(large, limit)],
        lambda: [bench.first_load_beside_pandas(rows)],
        lambda: bench.growth(sorted(asked.sizes)),
        lambda: [bench.changed(changed, large, few)],
        lambda: [bench.changed_beside_dbt(changed, large)],
        lambda: [bench.nothing_new(large)],
        lambda: [bench.explain(large)],
        lambda: bench.report(large),
    )
    yield from zip(NAMES, measures, strict=True)


def _table(found: list[Comparison]) -> Table:
    table = Table(*(Column(heading, no_wrap=True) for heading in HEADINGS))
    for row in found:
        figures = (row.ours.seconds, row.baseline.seconds, row.ratio, row.bound)
        memory = (row.ours.peak_mib, row.baseline.peak_mib)
        texts = [f"{figure:.2f}" for figure in figures]
        texts += [f"{size:,.0f}" if size else "–" for size in memory]
        table.add_row(row.what, *texts)
    return table


if __name__ == "__main__":
    main()
