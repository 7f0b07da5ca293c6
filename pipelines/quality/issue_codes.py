"""The codes under which faults are listed, here and in `data_quality_issues`.

An expectation that finds what the models list case by case carries the same code, so that a check
that failed leads to its cases.
"""

from __future__ import annotations

ISSUE_CODES = frozenset(
    {
        "APOLOGY_LATE",
        "BACKDATED_CLOSE",
        "CHANNEL_NULL",
        "CLOSE_BEFORE_RECEIVE",
        "CLOSE_FALLBACK",
        "CODE_DATE_VS_RECEIVE",
        "DUE_BEFORE_RECEIVE",
        "DUE_MOVED_UNEXPLAINED",
        "DUE_ON_NONWORKING_DAY",
        "DUE_RECALC_DIFF",
        "DUP_KEY",
        "ENCODING_SUSPECT",
        "FUTURE_CLOSE",
        "FUTURE_RECEIVE",
        "KEY_FORMAT",
        "LEVEL2_ONLINE",
        "LEVEL_NULL",
        "MISSING_CLOSE",
        "MISSING_DUE",
        "MISSING_DUE_PAST",
        "OFFICER_SUBMITTED",
        "PARTITION_ADDS_UP",
        "PAUSE_AFTER_DUE",
        "PERIOD_GAP",
        "PERIOD_OVERLAP",
        "RATE_BOUNDS",
        "RECON_BIEU06",
        "REF_AFTER_DUE",
        "REOPENED",
        "SPIKE_CLOSE_AT_DUE",
        "STALE_EXTRACT",
        "TOTALS_MISMATCH",
        "UNMAPPED_PROCEDURE",
        "UNMAPPED_STATUS",
        "UNMAPPED_UNIT",
        "VOLUME_DROP",
        "WITHDRAWN_AFTER_DUE",
        "ZOMBIE_OPEN",
    }
)
"""All that an expectation may carry."""
