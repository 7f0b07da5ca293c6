"""The invented province: its units and procedures, as tables and as columns to pick from.

The names lie in `data/`; here they get identifiers, parents and the positions by which the other
modules refer to a unit or a procedure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import yaml

from pipelines.samples.dice import Dice, Floats, Ints
from pipelines.samples.workdays import Workdays, day_number

DATA = Path(__file__).parent / "data"

LEVELS_RENAMED_ON = date(2022, 8, 15)
"""Decree 42/2022: levels 3 and 4 are called partial and full from this day on."""

DOSSIERS_PER_COMMUNE_RING = 18_000
"""One more commune in every district for each of these: about what a real one handles a year."""
MOST_COMMUNES_PER_DISTRICT = 15

Names = dict[str, Any]
"""A mapping as read from YAML."""

_BY_DISTRICT = -1
_BY_COMMUNE = -2


@dataclass(frozen=True)
class Province:
    """Units and procedures by position.

    Attributes:
        units: The canonical columns of `units`, plus `alias` and `missing_deadlines`.
        procedures: The list of procedures, plus `owner_position` (negative: see `unit_of`).
        office_units: Positions of the units below the office.
        departments: Positions of the departments.
        districts: Positions of the districts.
        communes: Positions of the communes, one row per district.
        merged: Position of the commune that was merged.
        merger_day: The day from which its successor, the last unit, has its business.
        names: The name lists as read.
    """

    units: pl.DataFrame
    procedures: pl.DataFrame
    office_units: Ints
    departments: Ints
    districts: Ints
    communes: Ints
    merged: int
    merger_day: int
    names: Names

    @cached_property
    def workdays(self) -> Workdays:
        """The working days of the province."""
        return Workdays.without(self.names["days_off"])

    @cached_property
    def texts(self) -> Names:
        """Words for the registers."""
        words: Names = yaml.safe_load((DATA / "texts.yml").read_text(encoding="utf-8"))
        return words

    @cached_property
    def missing_deadlines(self) -> Floats:
        """Per unit: the share of missing deadlines, not a number where nothing is special."""
        return self.units["missing_deadlines"].to_numpy()

    def numbers(self, column: str) -> Ints:
        """A whole-number column of the procedures."""
        return self.procedures[column].to_numpy().astype(np.int64)

    def unit_of(self, dice: Dice, procedure: Ints, day: Ints) -> Ints:
        """The resolving unit of each dossier."""
        owner = self.numbers("owner_position")[procedure]
        district = dice.pick("district", [each["weight"] for each in self.names["districts"]])
        ring = dice.whole("commune", 0, self.communes.shape[1] - 1)
        unit = np.where(owner == _BY_DISTRICT, self.districts[district], owner)
        unit = np.where(owner == _BY_COMMUNE, self.communes[district, ring], unit)
        gone = (unit == self.merged) & (day >= self.merger_day)
        return np.where(gone, self.units.height - 1, unit)


def load_province(dossiers: int) -> Province:
    """The province, with as many communes as its number of dossiers deserves."""
    names = yaml.safe_load((DATA / "province.yml").read_text(encoding="utf-8"))
    rings = min(1 + dossiers // DOSSIERS_PER_COMMUNE_RING, MOST_COMMUNES_PER_DISTRICT)
    offices = [_office_unit(names, number) for number in range(1, len(names["office_units"]) + 1)]
    departments = [_agency(names, each) for each in names["departments"]]
    districts = [_agency(names, each) for each in names["districts"]]
    communes = [
        _commune(names, ring, position)
        for position in range(len(districts))
        for ring in range(rings)
    ]
    top = [names["province"] | {"in_qms_scope": True}, _office(names)]
    first = np.cumsum([0, len(top), len(offices), len(departments), len(districts), len(communes)])
    successor = _succeed(names, communes)
    units = [*top, *offices, *departments, *districts, *communes, successor]
    return Province(
        units=_unit_table(units),
        procedures=_procedure_table(names),
        office_units=np.arange(first[1], first[2]),
        departments=np.arange(first[2], first[3]),
        districts=np.arange(first[3], first[4]),
        communes=np.arange(first[4], first[5]).reshape(len(districts), rings),
        merged=int(first[4]),
        merger_day=day_number(names["merger_on"]),
        names=names,
    )


def _office(names: Names) -> Names:
    place = {"parent_unit_id": names["province"]["unit_id"]}
    return {**names["office"], **place, "is_office": True, "in_qms_scope": True}


def _office_unit(names: Names, number: int) -> Names:
    return {
        **names["office_units"][number - 1],
        "unit_id": f"000.{number:02}.01.{names['agency_suffix']}",
        "parent_unit_id": names["office"]["unit_id"],
        "is_office": True,
        "in_qms_scope": True,
    }


def _agency(names: Names, unit: Names) -> Names:
    return unit | {
        "unit_id": f"000.00.{unit['code']:02}.{names['agency_suffix']}",
        "parent_unit_id": names["province"]["unit_id"],
    }


def _commune(names: Names, ring: int, district: int) -> Names:
    firsts, seconds = names["commune_first"], names["commune_second"]
    number = ring * len(names["districts"]) + district
    turn, first = divmod(number, len(firsts))
    name = f"{firsts[first]} {seconds[(first + turn) % len(seconds)]}"
    above = names["districts"][district]["code"]
    suffix = names["agency_suffix"]
    return {
        "unit_id": f"000.{ring + 1:02}.{above}.{suffix}",
        "parent_unit_id": f"000.00.{above}.{suffix}",
        "unit_name": f"UBND xã {name}",
        "aliases": [f"Xã {name}", f"UBND X. {name}"],
    }


def _succeed(names: Names, communes: list[Names]) -> Names:
    """Close the first commune the day before the merger and return its successor."""
    old = communes[0]
    merger = names["merger_on"]
    old["valid_to"] = merger.fromordinal(merger.toordinal() - 1)
    return old | {
        "unit_id": old["unit_id"].replace(".01.", ".51."),
        "unit_name": f"{old['unit_name']} Mới",
        "aliases": [f"{alias} Mới" for alias in old["aliases"]],
        "valid_from": merger,
        "valid_to": None,
    }


def _unit_table(units: list[Names]) -> pl.DataFrame:
    rows = [
        {
            "unit_id": unit["unit_id"],
            "unit_name": unit["unit_name"],
            "aliases": ";".join(unit["aliases"]),
            "parent_unit_id": unit.get("parent_unit_id"),
            "is_office": unit.get("is_office", False),
            "in_qms_scope": unit.get("in_qms_scope", False),
            "valid_from": unit.get("valid_from"),
            "valid_to": unit.get("valid_to"),
            "alias": unit["aliases"][0],
            "missing_deadlines": unit.get("missing_deadlines", float("nan")),
        }
        for unit in units
    ]
    return pl.DataFrame(rows, schema_overrides={"valid_from": pl.Date, "valid_to": pl.Date})


def _procedure_table(names: Names) -> pl.DataFrame:
    table = pl.read_csv(DATA / "procedures.csv", schema_overrides={"procedure_id": pl.String})
    first_department = 2 + len(names["office_units"])
    codes = [unit["code"] for unit in names["departments"]]
    owners = {str(code): first_department + place for place, code in enumerate(codes)}
    owners |= {f"office:{number}": 1 + number for number in range(1, first_department - 1)}
    owners |= {"district": _BY_DISTRICT, "commune": _BY_COMMUNE}
    return table.with_columns(
        owner_position=pl.col("owner").cast(pl.String).replace_strict(owners, return_dtype=pl.Int64)
    )
