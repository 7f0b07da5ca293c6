"""Ingests the dossiers of one data directory and nothing else, to be measured alone."""

import sys
from datetime import UTC, datetime

from pipelines.contracts.loader import load_contracts
from pipelines.extracts.ingest import ingest
from pipelines.extracts.landing import scan
from pipelines.process import short_lived
from pipelines.settings import load_settings

with short_lived():
    settings = load_settings()
    contract = load_contracts(settings)["dossiers"]
    outcome = ingest(settings, contract, scan(settings)["dossiers"], run_at=datetime.now(UTC))
    if outcome.rejected or outcome.unsettled:
        sys.exit(f"Not read: {outcome.rejected} {outcome.unsettled}")
    sys.exit(0)
