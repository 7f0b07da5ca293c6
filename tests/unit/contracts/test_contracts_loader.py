from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.contracts.loader import BUILTIN, load_contract_file, load_contracts
from pipelines.errors import ConfigurationError
from pipelines.settings import Settings

WriteContract = Callable[[str, str], Path]

SOUND = """
source: {source}
dataset: dossiers
columns:
  dossier_id: {{headers: [ID]}}
  received_at: {{headers: [Opened]}}
  status: {{headers: [State], values: {{accepted: [01, yes, 2022-01-31, 1_000, on]}}}}
"""


def faults_of(path: Path) -> list[str]:
    with pytest.raises(ConfigurationError) as error:
        load_contract_file(path)
    return str(error.value).splitlines()


def test_without_a_site_the_built_in_contracts_are_in_force(tmp_path: Path) -> None:
    contracts = load_contracts(Settings(data_dir=tmp_path))
    assert len(contracts) == 12
    assert all(contract.source == source for source, contract in contracts.items())


@pytest.mark.parametrize("suffix", ["yml", "yaml"])
def test_a_site_adds_and_replaces_contracts(
    write: WriteContract, tmp_path: Path, suffix: str
) -> None:
    write(f"dossiers.{suffix}", SOUND.format(source="dossiers"))
    write(f"permits.{suffix}", SOUND.format(source="permits"))
    write("README.md", "not a contract")
    write(".draft.yml", "not: [a contract")
    contracts = load_contracts(Settings(data_dir=tmp_path))
    assert len(contracts) == 13
    assert contracts["permits"].headers_of("dossier_id") == ("id", "dossier_id")
    assert contracts["dossiers"].headers_of("dossier_id") == ("id", "dossier_id")


def test_a_copy_of_a_built_in_contract_changes_nothing(
    write: WriteContract, tmp_path: Path
) -> None:
    built_in = load_contracts(Settings(data_dir=tmp_path))["dossiers"]
    write("dossiers.yml", (BUILTIN / "dossiers.yml").read_text(encoding="utf-8"))
    assert load_contracts(Settings(data_dir=tmp_path))["dossiers"].version == built_in.version


def test_plain_values_stay_the_text_that_was_written(write: WriteContract) -> None:
    contract = load_contract_file(write("site.yml", SOUND.format(source="site")))
    labels = contract.columns["status"].values["accepted"]
    assert labels == ("01", "yes", "2022-01-31", "1_000", "on")


def test_every_fault_of_a_file_is_told_at_once_with_its_key(write: WriteContract) -> None:
    path = write(
        "site.yml",
        """
source: other
dataset: dossiers
mode: delta
sheets: A
columns:
  dossier_id: {header: ID}
  received_at:
  status: {values: {open: [Mở]}, headers: [" "]}
  due_at: {formats: ["%d/%m"]}
""",
    )
    faults = faults_of(path)
    assert all(fault.startswith(f"{path}: ") and fault.endswith(".") for fault in faults)
    keys = [fault.removeprefix(f"{path}: ").split(": ")[0] for fault in faults]
    assert sorted(keys) == [
        "columns.dossier_id.header",
        "columns.due_at.formats",
        "columns.received_at",
        "columns.status.headers",
        "mode",
        "sheets",
        "source",
    ]
    text = "\n".join(faults)
    assert "known ones are headers, formats, values, required, constant, from" in text
    assert "known ones are source, dataset, files" in text
    assert "columns.status.headers: holds a blank text." in text
    assert "mode: must be 'full', 'changes' or 'period', not 'delta'." in text


def test_a_missing_key_is_told(write: WriteContract) -> None:
    path = write("site.yml", "source: site\ncolumns: {}\n")
    assert faults_of(path) == [f"{path}: dataset: is missing."]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("source: site\ndataset: [dossiers\n", "is not valid YAML: line 3, column 1: "),
        ("source: site\nmode: full\nmode: full\n", "line 3, column 1: the key 'mode' stands"),
        (
            "columns:\n  due_at: {headers: [A], headers: [B]}\n",
            "line 2, column 26: the key 'headers' stands here twice",
        ),
        ("source: !!python/object/apply:os.getcwd []\n", "line 1, column 9: could not determine"),
        ("", "holds no contract"),
        ("- a\n", "holds no contract"),
        ("source: a\x00b\n", "is not a text file in UTF-8"),
    ],
)
def test_what_is_no_yaml_mapping_is_told_with_its_place(
    write: WriteContract, text: str, reason: str
) -> None:
    faults = faults_of(write("site.yml", text))
    assert len(faults) == 1
    assert reason in faults[0]


def test_other_encodings_are_refused(write: WriteContract) -> None:
    path = write("site.yml", "")
    path.write_bytes("source: Đ".encode("cp1258"))
    assert "is not a text file in UTF-8" in faults_of(path)[0]


def test_an_unreadable_file_is_told(tmp_path: Path) -> None:
    assert "cannot be read: No such file" in faults_of(tmp_path / "site.yml")[0]
    assert "cannot be read: Is a directory" in faults_of(tmp_path)[0]


def test_a_contracts_folder_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "contracts").write_text("")
    with pytest.raises(ConfigurationError, match="contracts: cannot be listed: Not a directory"):
        load_contracts(Settings(data_dir=tmp_path))


def test_all_bad_files_are_told_together(write: WriteContract, tmp_path: Path) -> None:
    write("a.yml", "source: a\n")
    write("b.yml", "source: b\n")
    write("c.yml", SOUND.format(source="c"))
    write("c.yaml", SOUND.format(source="c"))
    with pytest.raises(ConfigurationError) as error:
        load_contracts(Settings(data_dir=tmp_path))
    text = str(error.value)
    assert "a.yml: dataset: is missing." in text
    assert "b.yml: columns: is missing." in text
    assert "c.yml: c.yaml is a contract for the same source; keep one." in text
    assert error.value.exit_status == 2
