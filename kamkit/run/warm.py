"""Processes that start at once: forked from one that has everything imported, where that works.

Starting Python and importing pandas, Ibis, DuckDB and Matplotlib takes seconds; a fork of a process
that has done so takes milliseconds. The process that is forked never opens a ledger and runs no
thread, so that nothing half done is copied. Without fork (Windows) processes are started anew.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.connection import wait
from multiprocessing.context import BaseContext
from pathlib import Path
from types import ModuleType
from typing import Any

from jupyter_client.provisioning.local_provisioner import LocalProvisioner

PRELOADED = ["kamkit.run.preload"]
"""What is imported before anything is forked."""

NAME = "kamkit-warm"
_WARM = {"PYTHONHASHSEED": "0", "MPLBACKEND": "agg"}
START = "KAMKIT_START"
"""The variable that says how processes start: ``spawn`` starts each anew."""

_starting = threading.Lock()
_cannot: list[OSError] = []


def context() -> BaseContext:
    """Return how processes are started here: forked from a warm one, or anew.

    Examples
    --------
    >>> context().get_start_method() in ("forkserver", "spawn")
    True
    """
    known = multiprocessing.get_all_start_methods()
    if "forkserver" not in known or os.environ.get(START) == "spawn" or _cannot:
        return multiprocessing.get_context("spawn")
    result = multiprocessing.get_context("forkserver")
    result.set_forkserver_preload(PRELOADED)
    return result


def can_fork() -> bool:
    """Tell whether processes are forked from a warm one here.

    Examples
    --------
    >>> can_fork() == ("forkserver" in multiprocessing.get_all_start_methods())
    True
    """
    return context().get_start_method() == "forkserver"


def warm_up() -> None:
    """Start the process that others are forked from; it imports while the caller goes on."""
    if not can_fork():
        return
    from multiprocessing import forkserver

    with without_main(), _environment(_WARM):
        try:
            forkserver.ensure_running()
        except OSError as error:  # a temporary folder whose name is too long for a socket, say
            _cannot.append(error)


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def without_main() -> Iterator[None]:
    """Start processes without importing the program that started kamkit a second time."""
    with _starting:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = main


def _kernel(arguments: list[str], environment: dict[str, str], folder: str, log: str) -> None:
    """Become a Jupyter kernel: the first thing a forked process does."""
    os.setsid()
    os.environ.clear()
    os.environ.update(environment, JPY_PARENT_PID=str(os.getppid()))
    os.chdir(folder)
    file = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for stream in (1, 2):
        os.dup2(file, stream)
    end_with_parent()
    from ipykernel.kernelapp import launch_new_instance

    sys.argv = ["kernel", *arguments]
    launch_new_instance()


def end_with_parent() -> None:
    """End this process, and what it has started, when the one that asked for it is killed.

    Forked processes hold the pipe by which the warm process would notice, so it lives while they
    do; they wait for the program itself.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        wait([parent.sentinel])
        if os.name == "posix" and os.getpgrp() == os.getpid():
            os.killpg(0, signal.SIGKILL)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


class _Forked:
    """A forked process with the methods of ``subprocess.Popen`` that Jupyter uses."""

    stdin = stdout = stderr = None

    def __init__(self, process: Any) -> None:
        self._process = process
        self.pid: int = process.pid

    def poll(self) -> int | None:
        code: int | None = self._process.exitcode
        return code

    @property
    def returncode(self) -> int | None:
        return self.poll()

    def wait(self, timeout: float | None = None) -> int | None:
        self._process.join(timeout)
        return self.poll()

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self._process.terminate()

    def kill(self) -> None:
        self._process.kill()


class WarmProvisioner(LocalProvisioner):
    """Gives Jupyter kernels that are forked from the warm process."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Fork a kernel; ``cmd`` is what would start one anew."""
        log = getattr(kwargs.get("stderr"), "name", os.devnull)
        arguments = cmd[cmd.index("ipykernel_launcher") + 1 :]
        process = context().Process(  # type: ignore[attr-defined]
            target=_kernel,
            args=(arguments, dict(kwargs["env"]), str(Path.cwd()), str(log)),
            daemon=True,
        )
        with without_main():
            process.start()
        self.process = _Forked(process)  # type: ignore[assignment]
        self.pid = process.pid
        self.pgid = process.pid
        return self.connection_info


def provide() -> None:
    """Make the warm kernels known to Jupyter, in this process only."""
    from importlib.metadata import EntryPoint

    from jupyter_client.provisioning.factory import KernelProvisionerFactory

    known = KernelProvisionerFactory.instance().provisioners
    group = KernelProvisionerFactory.GROUP_NAME
    known[NAME] = EntryPoint(NAME, f"{__name__}:{WarmProvisioner.__name__}", group)
