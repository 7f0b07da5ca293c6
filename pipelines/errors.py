"""The errors a person is meant to read, each with the exit status it ends a command with.

Anything raised as a subclass of `QoError` carries a full sentence: what is wrong, where, and what
to do. Everything else is a defect of the program and keeps its traceback.
"""


class QoError(Exception):
    """A fault with a sentence for people; `exit_status` is what a command ends with."""

    exit_status = 1


class ConfigurationError(QoError):
    """Wrong usage, a bad setting or a bad contract: nothing was started."""

    exit_status = 2


class RunError(QoError):
    """The run could not publish: the published warehouse is as it was."""

    exit_status = 1
