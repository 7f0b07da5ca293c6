"""The benchmarks, as `make bench` runs them: prints ratios and writes them to a file."""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Column, Table

from pipelines.settings import PROJECT_DIR
from tests.benchmarks.scenarios import Bench, Comparison

HEADINGS = ("What", "Ours, s", "Baseline, s", "Ratio", "Bound", "Ours, MiB", "Baseline, MiB")
WIDTH = 130


def main() -> None:
    """Run the comparisons that were asked for."""
    asked = _arguments()
    folder: Path = asked.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    bench, console = Bench(folder, asked.rounds), Console(width=max(WIDTH, Console().width))
    found = []
    for name, measure in _measures(bench, asked):
        if asked.only and name not in asked.only:
            continue
        console.print(f"measuring: {name} ...")
        found.append(measure())
        console.print(f"  {found[-1].what}: {found[-1].ratio:.2f}")
    console.print(_table(found))
    target = folder / "results.json"
    machine = {"cores": os.cpu_count(), "system": platform.platform()}
    rows = [{**asdict(row), "ratio": row.ratio} for row in found]
    target.write_text(json.dumps({"machine": machine, "comparisons": rows}, indent=2))
    console.print(f"written: {target}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--dossiers", type=int, default=100_000, help="of the large province")
    parser.add_argument("--few", type=int, default=10_000, help="of the small province")
    parser.add_argument("--changed", type=int, default=1_000, help="dossiers changed in a night")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is measured")
    parser.add_argument("--only", nargs="*", help="names of comparisons, as printed")
    parser.add_argument("--folder", type=Path, default=PROJECT_DIR / "build" / "bench")
    return parser.parse_args()


def _measures(
    bench: Bench, asked: argparse.Namespace
) -> Iterator[tuple[str, Callable[[], Comparison]]]:
    large, few, changed = asked.dossiers, asked.few, asked.changed
    yield "reading", lambda: bench.reading(large)
    yield "ingest", lambda: bench.ingest(large)
    yield "first-load", lambda: bench.first_load(large)
    yield "first-load-2gb", lambda: bench.first_load(large, "2GB")
    yield "pandas", lambda: bench.first_load_beside_pandas(large)
    yield "growth", lambda: bench.growth(few, large)
    yield "changed", lambda: bench.changed(changed, large, few)
    yield "changed-dbt", lambda: bench.changed_beside_dbt(changed, large)
    yield "nothing-new", lambda: bench.nothing_new(large)
    yield "explain", lambda: bench.explain(large)


def _table(found: list[Comparison]) -> Table:
    table = Table(*(Column(heading, no_wrap=True) for heading in HEADINGS))
    for row in found:
        figures = (row.ours.seconds, row.baseline.seconds, row.ratio, row.bound)
        memory = (row.ours.peak_mib, row.baseline.peak_mib)
        texts = [f"{figure:.2f}" for figure in figures] + [f"{size:,.0f}" for size in memory]
        table.add_row(row.what, *texts)
    return table


if __name__ == "__main__":
    main()
