"""Ingests the dossiers of one data directory and nothing else, to be measured alone."""

from datetime import UTC, datetime

from pipelines.contracts.loader import load_contracts
from pipelines.extracts.ingest import ingest
from pipelines.extracts.landing import scan
from pipelines.settings import load_settings

settings = load_settings()
contract = load_contracts(settings)["dossiers"]
outcome = ingest(settings, contract, scan(settings)["dossiers"], run_at=datetime.now(UTC))
if outcome.rejected or outcome.unsettled:
    raise SystemExit(f"Not read: {outcome.rejected} {outcome.unsettled}")
