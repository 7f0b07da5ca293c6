"""One case for every finding that the models make, and spotless ones that must raise none."""

from __future__ import annotations

from collections.abc import Iterator

from .histories import FIRST, SECOND, THIRD, History, Row

DOSSIER: Row = {
    "procedure_id": "1.000001.000.00.00.H57",
    "procedure_name": "Cấp phép",
    "unit_id": "H57.01",
    "authority": "ppc",
    "channel": "online",
    "service_level": "level_3",
    "received_at": "2022-03-01 08:03",
    "due_at": "2022-03-15 08:03",
    "completed_at": "2022-03-11 16:40",
    "status": "delivered",
    "supplement_count": 0,
    "handled_electronically": True,
}
OPEN: Row = {"completed_at": None, "status": "processing", "due_at": "2022-03-15 08:03"}
DOCUMENT: Row = {
    "register_year": 2022,
    "register_book": "A",
    "office_id": "H57.01",
    "unit_id": "H57.01",
    "role": "lead",
    "arrived_at": "2022-03-01",
    "due_at": "2022-03-15",
    "completed_at": "2022-03-10",
    "status": "completed",
}
DIRECTIVE: Row = {
    "unit_id": "H57.01",
    "issuer": "ppc",
    "content": "Rà soát",
    "assigned_at": "2022-03-01",
    "due_at": "2022-03-15",
    "completed_at": "2022-03-10",
    "status": "completed",
}
TASK: Row = {
    "programme_year": 2022,
    "title": "Đề án",
    "unit_id": "H57.01",
    "added_at": "2022-03-01",
    "due_at": "2022-03-15",
    "completed_at": "2022-03-10",
}

QUARANTINED = "CLOSE_BEFORE_RECEIVE"
"""The fault for which the row of a case in the newest extract was quarantined."""

_DOSSIERS: dict[str, dict[int, Row]] = {
    "clean": {FIRST: OPEN, SECOND: {"completed_at": "2022-03-15", "status": "delivered"}},
    "MISSING_DUE": {THIRD: {"due_at": None}},
    "MISSING_DUE_PAST": {FIRST: OPEN, SECOND: {"due_at": None}},
    "MISSING_CLOSE": {THIRD: {"completed_at": None}},
    "CLOSE_FALLBACK": {THIRD: {"completed_at": None, "returned_at": "2022-03-14"}},
    "DUE_BEFORE_RECEIVE": {THIRD: {"due_at": "2022-02-28"}},
    "DUE_ON_NONWORKING_DAY": {THIRD: {"due_at": "2022-03-12"}},
    "DUE_RECALC_DIFF": {THIRD: {"due_at": "2022-03-22"}},
    "DUE_MOVED_UNEXPLAINED": {FIRST: OPEN, SECOND: {"due_at": "2022-03-30"}},
    "REOPENED": {FIRST: {}, SECOND: {"status": "processing"}},
    "WITHDRAWN_AFTER_DUE": {THIRD: {"status": "withdrawn", "completed_at": "2022-03-21"}},
    "PAUSE_AFTER_DUE": {
        THIRD: {
            "completed_at": "2022-03-25",
            "supplement_requested_at": "2022-03-16",
            "supplement_received_at": "2022-03-18",
        }
    },
    "APOLOGY_LATE": {THIRD: {"completed_at": "2022-03-21", "apology_sent_at": "2022-03-16"}},
    "BACKDATED_CLOSE": {
        FIRST: OPEN,
        SECOND: {},
        THIRD: {"completed_at": "2022-03-14", "status": "delivered"},
    },
    "LEVEL2_ONLINE": {THIRD: {"service_level": "level_2"}},
    "CHANNEL_NULL": {THIRD: {"channel": None}},
    "LEVEL_NULL": {THIRD: {"service_level": None, "procedure_id": None}},
    "UNMAPPED_UNIT": {THIRD: {"unit_id": "Nơi không tên"}},
    "UNMAPPED_PROCEDURE": {THIRD: {"procedure_id": "9.999999"}},
    "ENCODING_SUSPECT": {THIRD: {"procedure_name": "C\ufffdp phép"}},
    "NOT_LISTED_ANY_MORE": {FIRST: {}},
    QUARANTINED: {SECOND: {}},
}
_ENTRIES: dict[str, dict[int, Row]] = {
    "clean": {FIRST: {"completed_at": None}, SECOND: {"completed_at": "2022-03-15"}},
    "MISSING_DUE": {THIRD: {"due_at": None}},
    "MISSING_DUE_PAST": {FIRST: {}, SECOND: {"due_at": None}},
    "DUE_BEFORE_RECEIVE": {THIRD: {"due_at": "2022-02-28"}},
    "DUE_ON_NONWORKING_DAY": {THIRD: {"due_at": "2022-03-12"}},
    "DUE_MOVED_UNEXPLAINED": {FIRST: {}, SECOND: {"due_at": "2022-03-30"}},
    "UNMAPPED_UNIT": {THIRD: {"unit_id": "Nơi không tên"}},
    "NOT_LISTED_ANY_MORE": {SECOND: {}},
    "ENCODING_SUSPECT": {THIRD: {}},
    "ZOMBIE_OPEN": {THIRD: {"completed_at": None, "due_at": "2021-03-15"}},
    "REOPENED": {FIRST: {}, SECOND: {"completed_at": None}},
    "MISSING_CLOSE": {THIRD: {"completed_at": None}},
    "REF_AFTER_DUE": {
        FIRST: {"completed_at": None, "due_at": "2022-03-10"},
        SECOND: {"storage": "reference"},
    },
}


def _dossiers() -> Iterator[tuple[str, str, History]]:
    for number, (code, changes) in enumerate(_DOSSIERS.items(), start=1):
        case_id = f"H57.01-220301-{number:04}"
        until = {"NOT_LISTED_ANY_MORE": FIRST, QUARANTINED: SECOND}.get(code, THIRD)
        base = {**DOSSIER, "dossier_id": case_id}
        yield code, case_id, History("dossiers", base, changes, until)
    old = {**DOSSIER, **OPEN, "dossier_id": "H57.01-210301-0001", "received_at": "2021-03-01"}
    yield "ZOMBIE_OPEN", "H57.01-210301-0001", History("dossiers", old)
    for code, case_id in [("KEY_FORMAT", "HS 17"), ("CODE_DATE_VS_RECEIVE", "H57.01-220302-0001")]:
        yield code, case_id, History("dossiers", {**DOSSIER, "dossier_id": case_id})


def _documents() -> Iterator[tuple[str, str, History]]:
    for number, (code, changes) in enumerate(_ENTRIES.items(), start=1):
        base = {**DOCUMENT, "arrival_no": str(number)}
        if code == "ENCODING_SUSPECT":
            base["symbol"] = "12/C\ue000-UBND"
        if code == "ZOMBIE_OPEN":
            base |= {"arrived_at": "2021-03-01"}
        stated = {extract: _with_status(row, "processing") for extract, row in changes.items()}
        if code == "MISSING_CLOSE":
            stated = dict(changes)
        unit = "Nơi không tên" if code == "UNMAPPED_UNIT" else "H57.01"
        case_id = f"2022|A|{number}|H57.01"
        until = SECOND if code == "NOT_LISTED_ANY_MORE" else THIRD
        entry_id = case_id if code == "REF_AFTER_DUE" else f"{case_id}|{unit}"
        yield code, entry_id, History("documents", base, stated, until)


def _directives() -> Iterator[tuple[str, str, History]]:
    for number, (code, changes) in enumerate(_ENTRIES.items(), start=1):
        if code == "REF_AFTER_DUE":
            continue
        base = {**DIRECTIVE, "directive_id": f"N{number}"}
        if code == "ENCODING_SUSPECT":
            base["content"] = "R\ufffd soát"
        if code == "ZOMBIE_OPEN":
            base |= {"assigned_at": "2021-03-01"}
        stated = {extract: _with_status(row, "in_progress") for extract, row in changes.items()}
        if code == "MISSING_CLOSE":
            stated = dict(changes)
        unit = "Nơi không tên" if code == "UNMAPPED_UNIT" else "H57.01"
        until = SECOND if code == "NOT_LISTED_ANY_MORE" else THIRD
        yield code, f"N{number}|{unit}", History("directives", base, stated, until)


def _tasks() -> Iterator[tuple[str, str, History]]:
    for number, (code, changes) in enumerate(_ENTRIES.items(), start=1):
        if code in {"REF_AFTER_DUE", "MISSING_CLOSE"}:
            continue
        base = {**TASK, "task_id": f"T{number}"}
        if code == "ENCODING_SUSPECT":
            base["title"] = "Đ\ufffd án"
        if code == "ZOMBIE_OPEN":
            base |= {"added_at": "2021-03-01"}
        until = SECOND if code == "NOT_LISTED_ANY_MORE" else THIRD
        yield code, f"T{number}", History("programme_tasks", base, changes, until)


def _with_status(row: Row, while_open: str) -> Row:
    """The row with the status that goes with its completion date, where it gives one."""
    if "completed_at" not in row:
        return row
    return {**row, "status": "completed" if row["completed_at"] else while_open}


def _registers() -> Iterator[History]:
    unit = {"unit_id": "Nơi không tên"}
    yield History(
        "unit_reports", unit | {"product": "report", "period": "Q1", "due_at": "2022-04-05"}
    )
    yield History("initiatives", unit | {"initiative_id": "S1", "outcome": "pending"})
    yield History("dossiers_outside_system", unit | {"month": "2022-03", "dossiers_outside": 3})
    yield History("regulations", {"regulation_id": "Q\ufffd1", "issued_at": "2020-05-05"})
    milestone = {"milestone_id": "M1", "kind": "internal_audit", "due_at": "2022-03-31"}
    yield History("qms_milestones", {**milestone, "evidence": "Biên b\ue001n"})


def _rush() -> Iterator[History]:
    """Thirty dossiers of one unit that all end on the day they are due."""
    for number in range(30):
        base = {**DOSSIER, "dossier_id": f"H57.02-220301-{number:04}", "unit_id": "H57.02"}
        yield History("dossiers", {**base, "completed_at": "2022-03-15"})


def _lists() -> Iterator[History]:
    for unit_id in ("H57.01", "H57.02"):
        yield History(
            "units",
            {"unit_id": unit_id, "unit_name": f"Sở {unit_id}", "is_office": True},
        )
    yield History(
        "procedures",
        {
            "procedure_id": "1.000001",
            "procedure_name": "Cấp phép",
            "processing_days": 10,
            "processing_unit": "working_day",
        },
    )


FINDINGS = [
    (history.dataset, code, case_id)
    for make in (_dossiers, _documents, _directives, _tasks)
    for code, case_id, history in make()
]
"""Dataset, issue code (`clean` for none) and case of every history about one case."""

ALL_CASES = [
    *(history for make in (_dossiers, _documents, _directives, _tasks) for *_, history in make()),
    *_registers(),
    *_rush(),
    *_lists(),
]

SOURCES = {
    "dossiers": "daily",
    "documents": "daily",
    "directives": "daily",
    "programme_tasks": "weekly",
    "regulations": "yearly",
    "unit_reports": "monthly",
    "initiatives": "yearly",
    "qms_milestones": "yearly",
    "dossiers_outside_system": "monthly",
    "units": "yearly",
    "procedures": "yearly",
}
"""Every source with its cadence."""
