"""What is told of a run: one message, for a log, a mail and a webhook alike.

It leaves the machine, so it holds the run's own sentences and no value of a row, not even the key
of a case: those are in the log and the warehouse that it points to.
"""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from pipelines.errors import QoError
from pipelines.nightly import MISUSED, NOT_PUBLISHED, PUBLISHED_WITH_REJECTIONS, Outcome
from pipelines.printable import one_line
from pipelines.settings import Settings

NAMED = 30
"""How many sentences of a kind a message holds; the log has all of them."""
_LENGTH = 400

_NOT_PUBLISHED = "Không công bố · Nothing was published"
_NOT_CLEAN = "Đã công bố, có phần bị loại · Published, but something was rejected"
_AFTERWARDS = "Đã công bố, sau đó có lỗi · Published, then something failed"
_LEFT = "Đã công bố, còn tệp chưa đọc · Published, but files are left for the next run"
_LATE = "Đã công bố, có nguồn chậm · Published, but sources are late"
_NOT_STARTED = "Không chạy được, sai cấu hình · Could not start, wrong configuration"
_FAULT = "Lỗi chương trình · A fault of the program"


@dataclass(frozen=True)
class Message:
    """One message.

    Attributes:
        subject: One line in Vietnamese and English.
        text: The whole, without the subject, line by line.
        facts: The same for programs, fit for JSON: `status`, `command`, `host`, `data_dir`, `as_of`
            and lists of sentences under `problems`, `afterwards`, `rejected`, `unsettled`, `stale`.
    """

    subject: str
    text: str
    facts: Mapping[str, object]


class Run(NamedTuple):
    """The run that is told of.

    Attributes:
        command: What started it, such as `qo nightly`.
        settings: Its settings; None where they could not be read.
        as_of: Its as-of date, where it is known.
    """

    command: str
    settings: Settings | None = None
    as_of: date | None = None


def of_outcome(run: Run, outcome: Outcome) -> Message | None:
    """The message about a run that ended; None about a clean one, of which there is none."""
    if outcome.status == NOT_PUBLISHED:
        headline = _NOT_PUBLISHED
    elif outcome.rejections:
        headline = _NOT_CLEAN
    elif outcome.afterwards:
        headline = _AFTERWARDS
    elif outcome.unsettled or outcome.status == PUBLISHED_WITH_REJECTIONS:
        headline = _LEFT
    elif outcome.stale:
        headline = _LATE
    else:
        return None
    parts = {
        "problems": [problem.sentence for problem in outcome.problems],
        "afterwards": [problem.sentence for problem in outcome.afterwards],
        "rejected": [f"{found.name}: {found.sentence}" for found in outcome.rejections],
        "unsettled": outcome.unsettled,
        "stale": outcome.stale,
    }
    return _message(run, headline, outcome.status, parts)


def of_error(run: Run, error: Exception) -> Message:
    """The message about a run that an error ended or did not even let begin."""
    if not isinstance(error, QoError):
        # Its words may hold anything.
        sentence = f"an unexpected fault ({type(error).__name__}); the log of the run has its words"
        return _message(run, _FAULT, NOT_PUBLISHED, {"problems": [sentence]})
    headline = _NOT_STARTED if error.exit_status == MISUSED else _NOT_PUBLISHED
    return _message(run, headline, error.exit_status, {"problems": str(error).splitlines()})


def of_text(text: str) -> Message:
    """A message in somebody's own words."""
    run = Run("qo alert")
    return _message(run, one_line(text), None, {})


_HEADINGS = {
    "problems": "Lý do · Why",
    "afterwards": "Lỗi sau khi công bố · Failed after publication",
    "rejected": "Bị loại · Rejected",
    "unsettled": "Để lại lần sau · Left for the next run",
    "stale": "Nguồn chậm · Late sources",
}


def _message(
    run: Run, headline: str, status: int | None, parts: Mapping[str, Sequence[str]]
) -> Message:
    host = platform.node()
    day = f", {run.as_of:%d/%m/%Y}" if run.as_of else ""
    kept = {name: [_short(line) for line in found[:NAMED]] for name, found in parts.items()}
    blocks = [headline, "\n".join(_about(run, host, status))]
    for name, lines in kept.items():
        more = len(parts[name]) - len(lines)
        rest = [f"- … {more} nữa · {more} more"] if more else []
        if lines:
            blocks.append("\n".join([f"{_HEADINGS[name]}:", *(f"- {ln}" for ln in lines), *rest]))
    if run.settings is not None:
        blocks.append("\n".join(_where_to_look(run.settings, kept)))
    facts = {
        "status": status,
        "command": run.command,
        "host": host,
        "data_dir": None if run.settings is None else str(run.settings.data_dir),
        "as_of": None if run.as_of is None else run.as_of.isoformat(),
        **kept,
    }
    return Message(f"[QO] {headline} ({host}{day})", "\n\n".join(blocks) + "\n", facts)


def _about(run: Run, host: str, status: int | None) -> Iterator[str]:
    ended = "" if status is None else f", kết thúc với · ended with {status}"
    yield f"Lệnh · Command: {run.command}{ended}"
    yield f"Máy · Machine: {host}"
    if run.settings is not None:
        yield f"Thư mục dữ liệu · Data directory: {one_line(str(run.settings.data_dir))}"
    if run.as_of is not None:
        yield f"Ngày đánh giá · As of: {run.as_of:%d/%m/%Y}"


def _where_to_look(settings: Settings, parts: Mapping[str, Sequence[str]]) -> Iterator[str]:
    yield "Xem ở đâu · Where to look:"
    yield "- nhật ký của lần chạy · the log of the run (journalctl -u qo-nightly, cron's mail)"
    yield f"- lịch sử · run history: make dev ({one_line(str(settings.dagster_home))})"
    if parts.get("rejected"):
        published = one_line(str(settings.published))
        yield f"- marts.extract_log, marts.rejected_rows: {published}"
        yield "- thử một tệp · try a file: qo check FILE --source SOURCE"


def _short(sentence: str) -> str:
    line = one_line(sentence)
    return line if len(line) <= _LENGTH else f"{line[:_LENGTH]}…"
