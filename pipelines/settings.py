"""The only place that knows paths and the environment.

Settings are environment variables with the prefix `QO_` (and an optional `.env` in the working
directory). Nothing here touches the disk at import; folders are made by whoever writes to them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeGuard
from zoneinfo import ZoneInfo

from dotenv import dotenv_values
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails

from pipelines.errors import ConfigurationError

PREFIX = "QO_"
LOCAL_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
PROJECT_DIR = Path(__file__).resolve().parents[1]
_ALERT = "alert"
_SECRETS = frozenset({"smtp_password", "webhook"})


class AlertSettings(BaseModel):
    """Whom a run tells that failed or was not clean, beside its own log: `QO_ALERT_...`.

    Secrets are never printed: the password, and the webhook's address, which often holds a key.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    email_to: tuple[str, ...] = ()
    """Addresses, parted by commas."""
    email_from: str | None = None
    """The sender; without it the first of the addresses."""
    smtp_host: str | None = None
    smtp_port: Annotated[int, Field(ge=1, le=65535)] | None = None
    """Without it 587, 465 or 25, as the security says."""
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    webhook: SecretStr | None = None
    """An http or https address that is sent JSON."""
    timeout: Annotated[float, Field(gt=0)] = 10.0
    """Seconds to wait for a server's answer."""

    @field_validator("email_to", mode="before")
    @classmethod
    def _part(cls, value: object) -> object:
        return tuple(filter(None, map(str.strip, value.split(",")))) if _is_text(value) else value

    @field_validator("email_to", "email_from")
    @classmethod
    def _require_addresses(cls, value: Any) -> Any:
        for address in (value,) if _is_text(value) else value or ():
            if not re.fullmatch(r"[!-~]+@[!-~]+", address):
                raise ValueError(f"{address!r} is no e-mail address")
        return value

    @field_validator("smtp_password")
    @classmethod
    def _require_ascii(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().isascii():
            raise ValueError("mail servers are told passwords of ASCII characters only")
        return value

    @field_validator("webhook")
    @classmethod
    def _require_web_address(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.fullmatch(r"https?://[!-~]+", value.get_secret_value()):
            raise ValueError("it has to begin with http:// or https:// and hold no spaces")
        return value

    @model_validator(mode="after")
    def _require_the_rest(self) -> Self:
        if self.email_to and self.smtp_host is None:
            raise ValueError("QO_ALERT_EMAIL_TO needs QO_ALERT_SMTP_HOST")
        if (self.smtp_user is None) != (self.smtp_password is None):
            raise ValueError("QO_ALERT_SMTP_USER and QO_ALERT_SMTP_PASSWORD go together")
        if self.smtp_password is not None and self.smtp_security == "none":
            raise ValueError("QO_ALERT_SMTP_SECURITY=none would send the password in the clear")
        return self


def _is_text(value: object) -> TypeGuard[str]:
    return isinstance(value, str)


class Settings(BaseModel):
    """One run's settings and every path that hangs off the data directory."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data_dir: Path = PROJECT_DIR / "data"
    as_of: date | None = None
    snapshots: Annotated[int, Field(ge=1)] = 14
    threads: Annotated[int, Field(ge=1)] | None = None
    memory_limit: Annotated[str, Field(pattern=r"^\d+(\.\d+)?\s?[KMGT]i?B$")] | None = None
    lock_wait: Annotated[float, Field(ge=0)] = 60.0
    """Seconds a second writer waits for the first one before it gives up."""
    alert: AlertSettings = AlertSettings()

    @property
    def landing(self) -> Path:
        """Extracts as delivered, one folder per source; read-only for the pipeline."""
        return self.data_dir / "landing"

    @property
    def contracts(self) -> Path:
        """The site's own contracts."""
        return self.data_dir / "contracts"

    @property
    def raw(self) -> Path:
        """Accepted rows, one Parquet file per extract, with their accounts beside them."""
        return self.data_dir / "raw"

    @property
    def warehouse_dir(self) -> Path:
        """The folder of the database files."""
        return self.data_dir / "warehouse"

    @property
    def build(self) -> Path:
        """The pipeline's own working database."""
        return self.warehouse_dir / "build.duckdb"

    @property
    def published(self) -> Path:
        """The published warehouse."""
        return self.warehouse_dir / "warehouse.duckdb"

    @property
    def snapshot_dir(self) -> Path:
        """The kept editions of the published warehouse."""
        return self.warehouse_dir / "snapshots"

    @property
    def lock_file(self) -> Path:
        """The file whose kernel lock makes a run the only writer."""
        return self.warehouse_dir / "run.lock"

    @property
    def reports(self) -> Path:
        """What people read, written from the published warehouse."""
        return self.data_dir / "reports"

    @property
    def templates(self) -> Path:
        """The site's own templates of reports."""
        return self.data_dir / "templates"

    @property
    def chart_fonts(self) -> Path:
        """What the chart library knows of this machine's fonts."""
        return self.data_dir / ".fonts"

    @property
    def dagster_home(self) -> Path:
        """Dagster's run history, shared by `qo nightly` and the UI."""
        return self.data_dir / ".dagster"

    @property
    def dbt_target(self) -> Path:
        """dbt's compiled project: manifest, partial parse and run results."""
        return self.data_dir / ".dbt"

    @property
    def scratch(self) -> Path:
        """What a run puts aside while it works; gone at its end, or cleared by the next one."""
        return self.data_dir / ".scratch"

    @property
    def dbt_project(self) -> Path:
        """The dbt project, shipped with the code."""
        return PROJECT_DIR / "dbt_project"

    @property
    def expectations(self) -> Path:
        """The expectation suites, shipped with the code."""
        return PROJECT_DIR / "expectations"

    def evaluation_date(self, now: datetime) -> date:
        """The as-of date of a run that starts at the aware instant `now`."""
        return self.as_of or now.astimezone(LOCAL_ZONE).date()


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the environment, with `.env` below it.

    Args:
        environment: Variables to read instead of the process's own (then `.env` is not read).

    Raises:
        ConfigurationError: A variable with the prefix is unknown or malformed; it is named.
    """
    values, alert = _parted(_given(environment))
    try:
        settings = Settings.model_validate(values | {_ALERT: alert})
    except ValidationError as error:
        raise ConfigurationError(_explain(error)) from error
    return settings.model_copy(update={"data_dir": settings.data_dir.expanduser().absolute()})


def load_alert_settings(environment: Mapping[str, str] | None = None) -> AlertSettings:
    """Whom to tell, even where other settings are wrong: so that somebody learns of those.

    Nobody where these are wrong too.
    """
    try:
        return AlertSettings.model_validate(_parted(_given(environment))[1])
    except ValidationError:
        return AlertSettings()


def _given(environment: Mapping[str, str] | None) -> dict[str, str]:
    """The variables with the prefix, by the rest of their names in lower case."""
    if environment is None:
        dotenv = {key: value for key, value in dotenv_values(".env").items() if value is not None}
        environment = {**dotenv, **os.environ}
    return {
        key.removeprefix(PREFIX).lower(): value
        for key, value in environment.items()
        if key.startswith(PREFIX) and value != ""
    }


def _parted(values: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Settings of the run, and those of alerts by the rest of their names."""
    run, alert = {}, {}
    for name, text in values.items():
        first, _, rest = name.partition("_")
        if first == _ALERT:
            alert[rest] = text
        else:
            run[name] = text
    return run, alert


def _explain(error: ValidationError) -> str:
    return " ".join(map(_sentence, error.errors()))


def _sentence(problem: ErrorDetails) -> str:
    *path, name = problem["loc"] or ("",)
    model = AlertSettings if path else Settings
    variable = PREFIX + "_".join(map(str, problem["loc"])).upper()
    reason = problem["msg"].removeprefix("Value error, ")
    if problem["type"] == "extra_forbidden":
        known = ", ".join(sorted(_variables(model)))
        return f"{variable} is not a setting; known ones are {known}."
    if name == _ALERT:  # what several of them together say
        return f"{reason}."
    shown = "" if name in _SECRETS else f"={problem['input']!r}"
    return f"{variable}{shown} is not valid: {reason}."


def _variables(model: type[BaseModel]) -> Iterator[str]:
    for name in model.model_fields:
        if model is AlertSettings:
            yield f"{PREFIX}{_ALERT}_{name}".upper()
        elif name == _ALERT:
            yield from _variables(AlertSettings)
        else:
            yield f"{PREFIX}{name}".upper()
