"""Python loads this at its start where the folder is on PYTHONPATH: it then reaches no network.

Every attempt (a connection, a datagram, a question for an address) is written to the file that
NETWORK_ATTEMPTS names, and refused. Children that are Python do the same. Sockets between the
processes of one machine that have a path for a name are left alone.
"""

import os
import sys

_UNIX = 1  # socket.AF_UNIX, without importing socket
_ON_SOCKETS = {"socket.connect", "socket.sendto", "socket.sendmsg"}
_QUESTIONS = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    if event not in _ON_SOCKETS and event not in _QUESTIONS:
        return
    if event in _ON_SOCKETS and getattr(arguments[0], "family", None) == _UNIX:
        return
    with open(os.environ["NETWORK_ATTEMPTS"], "a", encoding="utf-8") as file:  # noqa: PTH123
        file.write(f"{event} {arguments[1:] or arguments} by {sys.argv}\n")
    raise PermissionError(f"no network here: {event}")


sys.addaudithook(_refuse)
