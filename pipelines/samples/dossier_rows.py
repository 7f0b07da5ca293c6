"""How a row of the dossier list is written: text under Vietnamese headers, as exports print it.

Takes what `views` says the system shows and adds what typing, systems and habits do to it. Every
choice is tied to the dossier, so that it is spelled the same in every extract unless said
otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from pipelines.contracts.datasets import AUTHORITY, DATASETS, DOSSIER_STATUS
from pipelines.samples.course import Missing
from pipelines.samples.delivery import DAY_FIRST
from pipelines.samples.dice import Dice, Flags, Ints
from pipelines.samples.dossier_deliveries import Delivery
from pipelines.samples.intake import LEVELS
from pipelines.samples.province import LEVELS_RENAMED_ON, Province
from pipelines.samples.shares import DossierShares
from pipelines.samples.untidy import Wording, choose_spelling
from pipelines.samples.views import STATUSES
from pipelines.samples.workdays import MINUTES, day_number

DATASET = DATASETS["dossiers"]
UNKNOWN_STATUS = "Chờ liên thông thuế"
UNKNOWN_UNIT = "Bộ phận Một cửa lưu động"
OWNER_HEADER = "Chủ hồ sơ"
"""A column that no contract declares: it must never be stored. The names in it are fictional."""
OWNERS = ("Nguyễn Văn A", "Trần Thị B", "Lê Văn C", "Phạm Thị D")

_FINISHED = [STATUSES.index(code) for code in ("result_ready", "delivered", "refused", "withdrawn")]
_UNKNOWN_STATUSES = 400  # a handful among the open land dossiers, however many dossiers there are
_UNKNOWN_UNITS = 200  # of those written by name: a handful of all


@dataclass(frozen=True)
class Clerk:
    """Who writes the rows: the province and the habits of its offices."""

    province: Province
    shares: DossierShares
    dossiers: int
    seed: int

    def write(self, shown: pl.DataFrame, delivery: Delivery) -> pl.DataFrame:
        """The rows of one extract as text, under their Vietnamese headers, in dataset order."""
        dice = Dice(self.seed, shown["index"].to_numpy(), "dossier rows")
        columns: dict[str, pl.Series] = {
            "dossier_id": shown["dossier_id"],
            **self._procedure(shown),
            **self._unit(shown, dice),
            **self._categories(shown, dice),
            **_instants(self._as_dated(shown, dice), delivery),
            "supplement_count": shown["supplement_count"].cast(pl.String),
            **self._truths(shown, dice, delivery),
        }
        frame = pl.DataFrame({each.label_vi: columns[each.name] for each in DATASET.columns})
        return frame.with_columns(_owners(dice)) if delivery.shows_owners else frame

    def _procedure(self, shown: pl.DataFrame) -> dict[str, pl.Series]:
        table = self.province.procedures
        position = shown["procedure"]
        return {
            "procedure_id": table["procedure_id"].gather(position),
            "procedure_name": table["procedure_name"].gather(position),
            "field": table["field"].gather(position),
        }

    def _unit(self, shown: pl.DataFrame, dice: Dice) -> dict[str, pl.Series]:
        table, position = self.province.units, shown["unit"]
        by_name = dice.chance("unit by name", self.shares.unit_by_name)
        unknown = by_name & dice.chance("unknown unit", self._handful(_UNKNOWN_UNITS))
        number = np.where(by_name, position.to_numpy() + table.height, position.to_numpy())
        number = np.where(unknown, 2 * table.height, number)
        spelling = choose_spelling(dice, "unit", self.shares.untidy_label)
        ids = table["unit_id"].extend_constant(None, 1)
        return {
            "unit_id": ids.gather(pl.Series(np.where(by_name, table.height, position.to_numpy()))),
            "unit_name": self._unit_names.write(number, spelling),
        }

    def _categories(self, shown: pl.DataFrame, dice: Dice) -> dict[str, pl.Series]:
        untidy = self.shares.untidy_label
        authority = self._authority_codes[shown["procedure"].to_numpy()]
        authority = _leave_out(dice, "authority", self.shares.authority_left_out, authority)
        level = shown["level"].to_numpy()
        renamed = shown["submitted"].to_numpy() >= day_number(LEVELS_RENAMED_ON) * MINUTES
        level = np.where(renamed & (level > 0), level + len(LEVELS) - 1, level)
        level = _leave_out(dice, "level", self.shares.level_left_out, level)
        return {
            "authority": _AUTHORITIES.write(authority, choose_spelling(dice, "authority", untidy)),
            "channel": _CHANNELS.write(
                shown["channel"].to_numpy(), choose_spelling(dice, "channel", untidy)
            ),
            "service_level": _LEVELS.write(level, choose_spelling(dice, "level", untidy)),
            "status": _STATUSES.write(
                self._status_label(shown, dice), choose_spelling(dice, "status", untidy)
            ),
        }

    def _status_label(self, shown: pl.DataFrame, dice: Dice) -> Ints:
        """Below the departments another system is in use, with the second label of each status."""
        status = shown["status"].to_numpy()
        below = shown["unit"].to_numpy() >= self.province.districts[0]
        label = np.where(below, _SECOND_STATUS_LABEL[status], status)
        land = self._is_land[shown["procedure"].to_numpy()]
        waiting = land & (status == STATUSES.index("processing"))
        unknown = waiting & dice.chance("at the tax office", self._handful(_UNKNOWN_STATUSES))
        return np.where(unknown, _STATUS_LABELS.index(UNKNOWN_STATUS), label)

    def _as_dated(self, shown: pl.DataFrame, dice: Dice) -> pl.DataFrame:
        """Drop the dates that were never typed in."""
        undated = dice.chance("undated", self.shares.finished_undated)
        only_returned = dice.chance("only returned", self.shares.only_returned)
        finished = pl.col("status").is_in(_FINISHED)
        gone = finished & pl.lit(pl.Series(undated))
        replaced = pl.lit(pl.Series(only_returned)) & pl.col("returned_at").is_not_null()
        nothing = pl.lit(None, dtype=pl.Int64)
        return shown.with_columns(
            submitted_at="submitted",
            completed_at=pl.when(gone | replaced).then(nothing).otherwise("completed_at"),
            returned_at=pl.when(gone).then(nothing).otherwise("returned_at"),
        )

    def _truths(self, shown: pl.DataFrame, dice: Dice, delivery: Delivery) -> dict[str, pl.Series]:
        logged = dice.chance("conformity logged", self.shares.conformity_logged)
        conforming = ~dice.chance("not conforming", self.shares.not_conforming)
        finished = shown["status"].is_in(_FINISHED).to_numpy()
        electronic = ~dice.chance("on paper only", self.shares.paper_only)
        said = dice.chance("said to be electronic", 1 - self.shares.electronic_left_out)
        exempt = shown["length"].to_numpy() == 0
        everywhere = np.ones_like(exempt)
        return {
            "deadline_exempt": _truth(exempt, everywhere, delivery),
            "handled_electronically": _truth(electronic, said | ~electronic, delivery),
            "process_conforming": _truth(conforming, logged & finished, delivery),
        }

    def _handful(self, count: int) -> float:
        """A share that makes about the same number of rows whatever the size."""
        return min(0.15, count / max(self.dossiers, 1))

    @cached_property
    def _unit_names(self) -> Wording:
        table = self.province.units
        return Wording.of([*table["unit_name"], *table["alias"], UNKNOWN_UNIT])

    @cached_property
    def _authority_codes(self) -> Ints:
        codes = tuple(AUTHORITY)
        return np.array([codes.index(code) for code in self.province.procedures["authority"]])

    @cached_property
    def _is_land(self) -> Flags:
        flags: Flags = (self.province.procedures["field"] == "Đất đai").to_numpy()
        return flags


def _leave_out(dice: Dice, name: str, share: float, numbers: Ints) -> Ints:
    return np.where(dice.chance(f"{name} left out", share), -1, numbers)


def _instants(dated: pl.DataFrame, delivery: Delivery) -> dict[str, pl.Series]:
    names = [each.name for each in DATASET.columns if each.type == "instant"]
    texts = dated.select(
        (pl.col(name) * 60_000_000).cast(pl.Datetime("us")).dt.strftime(delivery.dates)
        for name in names
    )
    shown_missing = pl.when(dated["received_at"].is_not_null()).then(dated["missing"])
    year_one = "01/01/0001" if delivery.dates == DAY_FIRST else "0001-01-01T00:00:00"
    due = (
        pl.when(shown_missing == Missing.ZEROS)
        .then(pl.lit("00/00/0000"))
        .when(shown_missing == Missing.YEAR_ONE)
        .then(pl.lit(year_one))
        .otherwise("due_at")
    )
    return texts.with_columns(due_at=due).to_dict()


def _truth(values: Flags, said: Flags, delivery: Delivery) -> pl.Series:
    flags = pl.DataFrame({"value": values, "said": said})
    yes, no = pl.lit(delivery.yes), pl.lit(delivery.no, dtype=pl.String)
    return flags.select(
        pl.when("said").then(pl.when("value").then(yes).otherwise(no)).alias("text")
    )["text"]


def _owners(dice: Dice) -> pl.Expr:
    """Fictional owners: a name nobody has, and the number of the dossier."""
    names = pl.Series(OWNERS).gather(pl.Series(dice.index % len(OWNERS)))
    numbers = pl.Series(dice.index + 1).cast(pl.String).str.zfill(4)
    return (pl.lit(names) + " " + pl.lit(numbers)).alias(OWNER_HEADER)


def _labels(codes: Mapping[str, tuple[str, ...]], place: int) -> list[str]:
    return [labels[min(place, len(labels) - 1)] for labels in codes.values()]


_STATUS_LABELS = [
    *_labels(DOSSIER_STATUS, 0),
    *_labels(DOSSIER_STATUS, 1),
    UNKNOWN_STATUS,
]
_SECOND_STATUS_LABEL = np.arange(len(STATUSES)) + len(STATUSES)
_LEVEL_CODES = DATASET.column("service_level").codes
_STATUSES = Wording.of(_STATUS_LABELS)
_AUTHORITIES = Wording.of(_labels(AUTHORITY, 0))
_CHANNELS = Wording.of(_labels(DATASET.column("channel").codes, 0))
_LEVELS = Wording.of([*_labels(_LEVEL_CODES, 0), *_labels(_LEVEL_CODES, 1)[1:]])
