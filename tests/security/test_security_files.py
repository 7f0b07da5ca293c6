"""What a run writes is for its user and group, though its caller lets everybody in."""

from __future__ import annotations

import os
import stat

import pytest

from pipelines.filemode import for_group_only

TOO_MUCH = stat.S_IRWXO | stat.S_IWGRP


def mode(path):
    return stat.S_IMODE(path.lstat().st_mode)


def test_nothing_is_open_to_all_or_changed_by_the_group(night):
    written = [path for path in night.written() if not path.is_symlink()]
    assert len(written) > 50
    open_ = {str(path): oct(mode(path)) for path in written if mode(path) & TOO_MUCH}
    assert open_ == {}


def test_published_files_are_changed_by_nobody(night):
    settings = night.office.settings
    published = [settings.published, *settings.snapshot_dir.iterdir()]
    assert len(published) == 2
    assert {mode(path) for path in published} == {0o440}


def test_every_kind_of_file_was_looked_at(night):
    tops = {
        path.relative_to(night.office.data_dir).parts[0]
        for path in night.written()
        if path.is_relative_to(night.office.data_dir)
    }
    assert tops >= {"raw", "warehouse", ".dagster", ".dbt"}


@pytest.mark.parametrize(("given", "within"), [(0o000, 0o027), (0o022, 0o027), (0o077, 0o077)])
def test_a_stricter_mask_stays_and_the_callers_comes_back(given, within):
    before = os.umask(given)
    try:
        with for_group_only():
            inside = os.umask(0)
            os.umask(inside)
        after = os.umask(0)
    finally:
        os.umask(before)
    assert (inside, after) == (within, given)
