"""A fault that nobody foresaw costs the file over which it came, and quotes nobody's values."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from pipelines.errors import RunError
from pipelines.extracts import ingest as ingesting
from pipelines.extracts.landing import scan
from pipelines.extracts.preview import preview
from pipelines.extracts.rawstore import RawStore
from pipelines.extracts.rows.swapped import Swaps
from pipelines.extracts.unforeseen import UnforeseenError, refusing_unforeseen

HEADER = "Mã hồ sơ,Ngày tiếp nhận,Trạng thái\n"
SOUND = HEADER + "a,01/03/2022,Đang xử lý\n"
HARMFUL = HEADER + "Nguyen Van A,01/03/2022,Đang xử lý\n"
RUN_AT = datetime(2022, 4, 1, 18, tzinfo=UTC)


@pytest.fixture
def folder(settings, contract):
    folder = settings.landing / contract.source
    folder.mkdir(parents=True)
    (folder / "x_2022-03-30.csv").write_text(HARMFUL, encoding="utf-8")
    (folder / "x_2022-03-31.csv").write_text(SOUND, encoding="utf-8")
    return folder


@pytest.fixture(params=[KeyError, pl.exceptions.PanicException, pl.exceptions.ComputeError])
def kind(request, monkeypatch):
    """A kind of exception that the first row of the harmful file raises in the row checks."""
    watch = Swaps.watch

    def watch_and_fail(swaps, raw, casts):
        [name] = raw["dossier_id"].head(1)
        if name == "Nguyen Van A":
            raise request.param(name)
        watch(swaps, raw, casts)

    monkeypatch.setattr(Swaps, "watch", watch_and_fail)
    return request.param


def test_the_file_is_refused_and_the_others_go_on(settings, contract, folder, kind):
    files = scan(settings)[contract.source]
    outcome = ingesting.ingest(settings, contract, files, run_at=RUN_AT)
    refused, taken = sorted(outcome.read, key=lambda account: account.file_name)
    assert refused.status == "rejected"
    assert refused.rows_read is None
    assert "An unexpected fault" in refused.error
    assert kind.__name__ in refused.error
    assert "extracts/rows/account.py, line " in refused.error
    assert "Nguyen" not in refused.error
    assert (taken.status, taken.rows_accepted) == ("loaded", 1)
    kept = RawStore(settings.raw, contract.source).folder.glob("*.parquet")
    assert [path.stem for path in kept] == [taken.extract_id]


def test_a_check_of_the_file_says_the_same(settings, contract, folder, kind):
    [error] = preview(settings, contract, folder / "x_2022-03-30.csv").errors
    assert kind.__name__ in error
    assert "Nguyen" not in error
    assert preview(settings, contract, folder / "x_2022-03-31.csv").errors == ()


@pytest.mark.parametrize(
    "error",
    [
        OSError(28, "No space left on device"),
        RunError("An account is damaged."),
        pl.exceptions.ComputeError("No space left on device (os error 28)"),
    ],
)
def test_what_the_system_refuses_is_no_fault_of_a_file(error):
    with pytest.raises(type(error)), refusing_unforeseen():
        raise error


def test_a_fault_within_a_library_names_it_as_such():
    with pytest.raises(UnforeseenError, match="ValueError in a library"), refusing_unforeseen():
        raise ValueError
