"""How often things go wrong in the samples: one number per kind of trouble, each with its reason.

Shares are fractions of the rows they can happen to. They are chosen so that each rule of the
counting has something to bite on already in a small set, without drowning the ordinary cases.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class DossierShares:
    """Shares among one-stop dossiers."""

    missing_deadline: float = 0.008
    """No appointment date typed in, outside the two units that make a habit of it."""
    sentinel_zero: float = 0.25
    """Of the missing ones: printed as 00/00/0000; as many again as 01/01/0001, the rest empty."""
    late: float = 0.016
    late_at_the_top: float = 0.0042
    """For the UBND and its chairman: with what else fails there, a little over 2%, so that the
    98% of the decision is missed by a hair and the missing deadlines decide."""
    never_done: float = 0.004
    refused_intake: float = 0.015
    refused: float = 0.015
    cancelled: float = 0.005
    withdrawn: float = 0.012
    withdrawn_late: float = 0.0015
    supplement: float = 0.06
    supplement_unanswered: float = 0.1
    supplement_twice: float = 0.1
    other_pause: float = 0.012
    """Waiting for fees or suspended: no dates of its own, seen only in the status."""
    deadline_pushed: float = 0.06
    """Of the cases open at an extract: a later deadline without any reason given."""
    deadline_pulled: float = 0.04
    deadline_lost: float = 0.025
    late_covered_up: float = 0.2
    """Of the late ones: the deadline was moved onto the completion afterwards."""
    closed_afterwards: float = 0.04
    """Of the cases due shortly before an extract: closed only later, with an earlier date."""
    reopened: float = 0.03
    """Of the cases finished shortly before an extract."""
    finished_undated: float = 0.004
    only_returned: float = 0.01
    """The result has no date, only its hand-over has one."""
    never_collected: float = 0.06
    apology: float = 0.55
    apology_too_late: float = 0.2
    paper_only: float = 0.004
    conformity_logged: float = 0.3
    not_conforming: float = 0.006
    authority_left_out: float = 0.03
    level_left_out: float = 0.05
    electronic_left_out: float = 0.05
    unit_by_name: float = 0.02
    """The unit's identifier is empty and an alias stands in its name column."""
    repeated_row: float = 0.004
    untidy_label: float = 0.03


@dataclass(frozen=True)
class DocumentShares:
    """Shares among incoming documents."""

    without_deadline: float = 0.07
    late: float = 0.05
    never_done: float = 0.02
    forwarded: float = 0.02
    returned: float = 0.01
    recalled: float = 0.005
    reference: float = 0.12
    reference_after_due: float = 0.1
    no_action: float = 0.03
    no_lead: float = 0.05
    second_lead: float = 0.1
    support: float = 0.35
    inform: float = 0.3
    deadline_pushed: float = 0.08
    finished_undated: float = 0.006
