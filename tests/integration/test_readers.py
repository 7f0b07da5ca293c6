"""Who has the published warehouse open notices nothing of a run, nor the run of them."""

from __future__ import annotations


def test_a_reader_sees_one_consistent_edition_during_a_whole_run(
    office, first_night, watched_night
):
    seen = watched_night.seen
    assert seen.questions > 1
    [(published_at, figure, cases)] = seen.answers
    assert figure == cases
    [(expected,)] = office.query(
        "select published_at::varchar from ops.publication", edition=first_night.kept
    )
    assert published_at == expected


def test_the_run_publishes_all_the_same_and_new_readers_see_it(office, first_night, third_night):
    assert third_night.run.status == 3, third_night.run
    stamp = "select distinct published_at from marts.scorecard"
    [(then,)] = office.query(stamp, edition=first_night.kept)
    [(now,)] = office.query(stamp)
    assert now > then
    newest = "select max(extracted_on) from marts.extract_log where source = 'permits'"
    assert office.query(newest) > office.query(newest, edition=first_night.kept)
