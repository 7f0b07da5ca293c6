"""Tells somebody of runs that failed or were not clean.

`message` says what, `channels` how, `notify` to whom; `watch` stands around a command. Runs that
Dagster launches are watched by the sensors of `pipelines.defs.alerts`, with the same messages.
"""
