"""Incoming documents: two offices with two registers each, every number starting at 1.

One row per unit a document went to: leads, supporters, those who only take note. What a register
shows on a given day, and in which file, is in `document_files`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from pipelines.samples.clock import NEVER
from pipelines.samples.dice import Dice, Flags, Ints, ordinals
from pipelines.samples.province import Province
from pipelines.samples.seasons import day_weights, days_until, last_rows
from pipelines.samples.shares import DocumentShares
from pipelines.samples.workdays import MINUTES, day_number

CHUNK_DOCUMENTS = 150_000

# Of 20 documents in a row: which register they go to, as (office, book).
_REGISTERS = ((0, 0),) * 9 + ((1, 0),) * 6 + ((0, 1),) * 3 + ((1, 1),) * 2
_FATES = (
    "late",
    "never_done",
    "forwarded",
    "returned",
    "recalled",
    "reference",
    "no_action",
    "ordinary",
)
_CLOSING = 17 * 60
_SLOTS = (("lead", 0), ("lead", 1), ("support", 2), ("inform", 3), ("inform", 4))


@dataclass(frozen=True)
class Registry:
    """Who keeps the registers of incoming documents, and how."""

    province: Province
    shares: DocumentShares
    documents: int
    seed: int
    extract_dates: Sequence[date]

    def receive(self) -> Iterator[pl.DataFrame]:
        """The documents of the year, chunk by chunk, one row per document and unit."""
        days = days_until(self.extract_dates[-1])
        weights = day_weights(self.province, days, self.seed)
        ends = last_rows(weights * self.province.workdays.is_working(days), self.documents)
        for start in range(0, self.documents, CHUNK_DOCUMENTS):
            index = ordinals(min(CHUNK_DOCUMENTS, self.documents - start), start)
            arrived_day = days[np.searchsorted(ends, index, side="right")]
            dice = Dice(self.seed, index, "documents")
            document = self._register(dice, arrived_day).with_columns(
                self._handle(dice, arrived_day)
            )
            yield self._distribute(document, dice)

    def _register(self, dice: Dice, arrived_day: Ints) -> pl.DataFrame:
        texts, register = self.province.texts, dice.index % len(_REGISTERS)
        office = np.array([office for office, _ in _REGISTERS])[register]
        book = np.array([book for _, book in _REGISTERS])[register]
        issuer = pl.Series(dice.whole("issuer", 0, len(texts["issuers"]) - 1))
        number = pl.Series(dice.whole("symbol", 1, 4000)).cast(pl.String)
        abbreviation = pl.Series([short for _, short in texts["issuers"]]).gather(issuer)
        urgency = pl.Series(dice.pick("urgency", list(texts["urgencies"].values())))
        issued_day = self.province.workdays.add(arrived_day, -dice.whole("on its way", 0, 4))
        return pl.DataFrame(
            {
                "index": dice.index,
                "register_book": pl.Series(texts["books"]).gather(pl.Series(book)),
                "arrival_no": pl.Series(_arrival_numbers(dice.index)).cast(pl.String),
                "office_id": self.province.units["unit_id"].gather(pl.Series(office)),
                "symbol": number + "/" + abbreviation,
                "issuer": pl.Series([name for name, _ in texts["issuers"]]).gather(issuer),
                "issued": issued_day * MINUTES,
                "arrived": arrived_day * MINUTES + dice.whole("arrived", 450, 1010),
                "urgency": pl.Series(list(texts["urgencies"])).gather(urgency),
            }
        )

    def _handle(self, dice: Dice, arrived_day: Ints) -> list[pl.Series]:
        shares, workdays = self.shares, self.province.workdays
        troubles = [getattr(shares, fate) for fate in _FATES[:-1]]
        fate = dice.pick("fate", [*troubles, 1 - sum(troubles)])
        span = dice.whole("span", 3, 15)
        due_day = workdays.add(arrived_day, span)
        has_deadline = ~dice.chance("no deadline", shares.without_deadline)
        filed_late = dice.chance("reference after due", shares.reference_after_due)
        filed_day = np.where(
            filed_late,
            workdays.add(due_day, dice.whole("filed late", 1, 6)),
            workdays.add(arrived_day, dice.whole("filed", 1, 3)),
        )
        return [
            pl.Series(_FATES).gather(pl.Series(fate)).alias("fate"),
            pl.Series("due_day", due_day),
            pl.Series("span", span),
            pl.Series("due", np.where(has_deadline, due_day * MINUTES + _CLOSING, NEVER)),
            pl.Series("filed", filed_day * MINUTES + 9 * 60),
            *self._push(dice, arrived_day, due_day, has_deadline),
        ]

    def _push(
        self, dice: Dice, arrived_day: Ints, due_day: Ints, has_deadline: Flags
    ) -> list[pl.Series]:
        """A later deadline between two extracts; documents know no reason for one."""
        extracts = np.array([day_number(on) for on in self.extract_dates], dtype=np.int64)
        seen = extracts[np.minimum(np.searchsorted(extracts, arrived_day), len(extracts) - 1)]
        is_open = has_deadline & (arrived_day <= seen) & (seen < due_day)
        pushed = is_open & dice.chance("pushed", self.shares.deadline_pushed)
        moved = self.province.workdays.add(due_day, 5) * MINUTES + _CLOSING
        return [
            pl.Series("due_moved", moved),
            pl.Series("due_moved_from", np.where(pushed, (seen + 4) * MINUTES, NEVER)),
        ]

    def _distribute(self, document: pl.DataFrame, dice: Dice) -> pl.DataFrame:
        no_lead = dice.chance("no lead", self.shares.no_lead)
        present = (
            ~no_lead,
            ~no_lead & dice.chance("second lead", self.shares.second_lead),
            dice.chance("support", self.shares.support),
            no_lead | dice.chance("inform", self.shares.inform),
            dice.chance("inform more", self.shares.inform / 2),
        )
        first = dice.whole("unit", 0, len(self.province.office_units) - 1)
        rows = [
            self._slot(document, role, slot, first).filter(pl.Series(flags))
            for (role, slot), flags in zip(_SLOTS, present, strict=True)
        ]
        return pl.concat(rows).sort("index", "slot")

    def _slot(self, document: pl.DataFrame, role: str, slot: int, first: Ints) -> pl.DataFrame:
        units = self.province.office_units
        names = self.province.units["unit_name"]
        unit = units[(first + slot) % len(units)]
        done = self._done(document, role, slot)
        return document.with_columns(
            slot=pl.lit(slot),
            role=pl.lit(role),
            unit_id=names.gather(pl.Series(unit)),
            done=pl.Series(done),
        )

    def _done(self, document: pl.DataFrame, role: str, slot: int) -> Ints:
        """When the unit of a slot is finished with the document."""
        workdays = self.province.workdays
        dice = Dice(self.seed, document["index"].to_numpy(), f"document slot {slot}")
        arrived_day = document["arrived"].to_numpy() // MINUTES
        due_day = document["due_day"].to_numpy()
        early = np.floor(dice.uniform("early") * document["span"].to_numpy()).astype(np.int64)
        late = (document["fate"] == "late").to_numpy() & (slot == 0)
        by_deadline = workdays.add(due_day, np.where(late, 1 + dice.waiting("late", 4), -early))
        noted = workdays.add(arrived_day, dice.whole("noted", 1, 4))
        done_day = by_deadline if role == "lead" else noted
        endless = document["fate"].is_in(["never_done", "forwarded"]).to_numpy()
        endless = endless & (role == "lead")
        return np.where(endless, NEVER, done_day * MINUTES + dice.whole("done", 470, 1010))


def _arrival_numbers(index: Ints) -> Ints:
    """The next number of the register that the document goes to."""
    cycle, place = np.divmod(index, len(_REGISTERS))
    per_cycle = np.array([_REGISTERS.count(register) for register in _REGISTERS])
    so_far = [_REGISTERS[:at].count(register) for at, register in enumerate(_REGISTERS)]
    numbers: Ints = cycle * per_cycle[place] + np.array(so_far)[place] + 1
    return numbers
