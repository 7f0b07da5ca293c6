"""Three nights of one office, told once and looked at by many tests.

The first night finds the samples of `qo sample`, the office's own sources and everything that can
be wrong with a delivery. The second fails: an account was tampered with. Before the third the
damage is mended, a contract is written and new extracts arrive; a reader watches it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from pipelines.settings import PROJECT_DIR
from tests.support import deliveries
from tests.support.event_log import CONTRACT, EXTRACTED_ON, event_log
from tests.support.office import File, Finished, Office, Running
from tests.support.reader import Reader, Seen


@dataclass(frozen=True)
class Night:
    """One run.

    Attributes:
        run: How it ended.
        edition: The edition that it published, if it did.
        delivered: The extracts that lay in landing/ then, as `source/name`.
        published: The published file then.
        changed_in_raw: What it made or wrote anew under raw/.
        expectations: The page of expectations that it left.
    """

    run: Finished
    edition: Path | None
    delivered: frozenset[str]
    published: File
    changed_in_raw: frozenset[str]
    expectations: str

    @property
    def kept(self) -> Path:
        """The edition, of a night that published one."""
        assert self.edition is not None, self.run
        return self.edition


@dataclass(frozen=True)
class Watched:
    """A night, and what somebody saw who had the published warehouse open all through it."""

    night: Night
    seen: Seen


@pytest.fixture(scope="session")
def office(open_office: Callable[..., Office], samples_at_work: tuple[Office, Running]) -> Office:
    """The office before the first night. The run on the samples goes on beside it."""
    office = open_office("nights")
    made = office.run("sample", "--out", office.settings.landing, "--dossiers", 30, "--seed", 7)
    assert made.status == 0, made
    for source, precision in {"log_by_date": "date", "log_by_clock": "timestamp"}.items():
        office.contract(source, CONTRACT.format(source=source, precision=precision))
        manifest = f"extracted_on: {EXTRACTED_ON}\n"
        office.drop(source, "receipt.csv", event_log(source), manifest)
    for source in ("permits", "licences"):
        office.contract(source, deliveries.OWN_CONTRACT.format(source=source))
    office.drop("permits", "permits_2022-10-31.csv", deliveries.PERMITS_IN_OCTOBER)
    office.drop("licences", "licences_2022-10-31.csv", deliveries.LICENCES_IN_OCTOBER)
    office.drop("licences", "licences_2022-08-31.csv", deliveries.LICENCES_IN_AUGUST)
    office.drop("documents", "van-ban-den_2022-12-15.csv", deliveries.DOCUMENTS)
    for (source, name), content in deliveries.BAD_DELIVERIES.items():
        office.drop(source, name, content)
    return office


@pytest.fixture(scope="session")
def first_night(office: Office) -> Night:
    """Everything is read for the first time."""
    return _night(office)


@pytest.fixture(scope="session")
def failed_night(office: Office, first_night: Night) -> Night:
    """An older extract arrives, and an account no longer adds up."""
    office.drop("licences", "licences_2022-09-30.csv", deliveries.LICENCES_IN_SEPTEMBER)
    tampered = _account(office, "permits")
    intact = tampered.read_bytes()
    account = json.loads(intact)
    tampered.write_text(json.dumps(account | {"rows_read": account["rows_read"] + 3}))
    night = _night(office)
    tampered.write_bytes(intact)
    return night


@pytest.fixture(scope="session")
def watched_night(office: Office, failed_night: Night) -> Watched:
    """The account is as it was; a contract is mended and new extracts have arrived."""
    office.contract("documents", _with_status(deliveries.UNKNOWN_STATUS, "processing"))
    office.drop("permits", "permits_2022-11-30.csv", deliveries.PERMITS_IN_NOVEMBER)
    office.drop("licences", "licences_2022-08-31.csv", deliveries.LICENCES_IN_AUGUST_AGAIN)
    reader = Reader(office.settings.published)
    try:
        night = _night(office)
    finally:
        seen = reader.end()
    return Watched(night, seen)


@pytest.fixture(scope="session")
def third_night(watched_night: Watched) -> Night:
    """The night after the failed one."""
    return watched_night.night


def _night(office: Office) -> Night:
    raw, editions = office.files("raw"), office.editions()
    run = office.run("nightly")
    new = [path for path in office.editions() if path not in editions]
    after = office.files("raw")
    changed = frozenset(name for name, file in after.items() if raw.get(name) != file)
    published = office.files("warehouse")["warehouse.duckdb"]
    page = (office.settings.reports / "expectations.html").read_text(encoding="utf-8")
    return Night(run, new[0] if new else None, office.delivered(), published, changed, page)


def _account(office: Office, source: str) -> Path:
    [path] = (office.settings.raw / source / "accounts").glob("*.json")
    return path


def _with_status(label: str, code: str) -> str:
    """The built-in contract of documents, which maps one more status."""
    built_in = PROJECT_DIR / "pipelines" / "contracts" / "builtin" / "documents.yml"
    contract = yaml.safe_load(built_in.read_text(encoding="utf-8"))
    contract["columns"]["status"]["values"].setdefault(code, []).append(label)
    return yaml.safe_dump(contract, allow_unicode=True)
