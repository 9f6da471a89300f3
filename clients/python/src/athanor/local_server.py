"""A server on this machine that lasts as long as a notebook."""

from __future__ import annotations

import atexit
import json
import os
import re
import secrets
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Optional, Union

from .client import Client
from .errors import ServerAway

_SERVING = re.compile(r"serving at (\S+?);")
_READY = re.compile(r"worker ready")


def command_of(command: Union[None, str, Sequence[str]] = None) -> list[str]:
    """How Athanor is started: as given, by ATHANOR_COMMAND, the `athanor` on the path, or `npx athanor`."""
    given = command or os.environ.get("ATHANOR_COMMAND")
    if given:
        return shlex.split(given) if isinstance(given, str) else list(given)
    found = shutil.which("athanor")
    if found is not None:
        return [found]
    npx = shutil.which("npx")
    if npx is not None:
        return [npx, "--yes", "athanor"]
    raise ServerAway("neither 'athanor' nor 'npx' is on the path: install Node 20 or later, or give `command`")


class _Process:
    """A verb of Athanor that runs until it is ended, with what it said last."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str]) -> None:
        self.said: deque[str] = deque(maxlen=50)
        self.lines = threading.Condition()
        self.name = " ".join(command)
        own: dict[str, Any] = {} if sys.platform == "win32" else {"start_new_session": True}
        self.process = subprocess.Popen(
            command, env=dict(env), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, **own
        )
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        with self.process.stderr as stream:
            for line in stream:
                with self.lines:
                    self.said.append(line.rstrip("\n"))
                    self.lines.notify_all()
        with self.lines:
            self.lines.notify_all()

    def wait_for(self, pattern: re.Pattern[str], timeout: float) -> re.Match[str]:
        """The first line that matches. Raises `ServerAway` with what was said where it ends, or takes too long."""
        end = time.monotonic() + timeout
        with self.lines:
            while True:
                for line in self.said:
                    found = pattern.search(line)
                    if found is not None:
                        return found
                left = end - time.monotonic()
                is_gone = not self.reader.is_alive()
                if is_gone or left <= 0:
                    words = "ended" if is_gone else f"was not ready within {timeout:g} s"
                    raise ServerAway("\n  ".join([f"'{self.name}' {words}", *self.said]))
                self.lines.wait(min(left, 1.0))

    def end(self, patience: float = 20.0) -> None:
        """Interrupts it, as Ctrl-C does, and kills it where that does not help."""
        if self.process.poll() is None:
            self._signal(signal.SIGINT if sys.platform != "win32" else signal.SIGTERM)
            try:
                self.process.wait(patience)
            except subprocess.TimeoutExpired:
                self._signal(signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
                self.process.wait()

    def _signal(self, kind: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            if sys.platform == "win32":
                self.process.send_signal(kind)
            else:
                # What npx starts hears it as well.
                os.killpg(self.process.pid, kind)


class LocalServer(Client):
    """A client of a server that it started; `close()`, or the end of a `with` or of Python, ends that."""

    def __init__(self, processes: Sequence[_Process], url: str, token: str, end_token: Any) -> None:
        super().__init__(url, token)
        self._processes = list(processes)
        self._end_token = end_token
        atexit.register(self.close)

    def close(self) -> None:
        """Ends the token, the worker and the server; campaigns, and the database of the home, stay."""
        atexit.unregister(self.close)
        super().close()
        end, self._end_token = self._end_token, None
        if end is not None:
            end()
        while self._processes:
            self._processes.pop().end()


def local(
    command: Union[None, str, Sequence[str]] = None,
    *,
    home: Union[None, str, os.PathLike[str]] = None,
    worker: bool = True,
    role: str = "admin",
    timeout: float = 600.0,
    env: Optional[Mapping[str, str]] = None,
) -> LocalServer:
    """Starts Athanor on this machine and gives a client of it.

    `command` is how it is started where it is not on the path, `home` its campaign home (ATHANOR_HOME, ~/.athanor), `worker` whether
    one does the work of campaigns, too. The first start may fetch servers: it is waited for `timeout` seconds. PostgreSQL and
    Temporal of the home go on running for other commands until `athanor down`. Raises `ServerAway` with what Athanor said.
    """
    start = command_of(command)
    environment = {**os.environ, **(env or {})}
    if home is not None:
        environment["ATHANOR_HOME"] = os.fspath(home)
    name = f"python-{os.getpid()}-{secrets.token_hex(3)}"

    def say(*args: str) -> str:
        done = subprocess.run([*start, *args], env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            raise ServerAway(f"'athanor {' '.join(args)}' failed: {done.stderr.strip()}")
        return done.stdout

    processes = [_Process([*start, "serve", "--port", "0"], environment)]
    try:
        url = processes[0].wait_for(_SERVING, timeout)[1]
        given = json.loads(say("token", "add", "--name", name, "--role", role, "--lasts", "7d", "--json"))
        if worker:
            processes.append(_Process([*start, "worker"], environment))
            processes[1].wait_for(_READY, timeout)
    except BaseException:
        for process in processes:
            process.end()
        raise

    def end_token() -> None:
        # A token that cannot be ended, as its database is gone, ends by itself.
        with suppress(ServerAway):
            say("token", "end", name)

    return LocalServer(processes, url, given["token"], end_token)
