"""The papermill engine of kamkit: kernels of our own interpreter that cannot hang for ever."""

from __future__ import annotations

import logging
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import zmq
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import (
    CellControlSignal,
    CellExecutionError,
    CellTimeoutError,
    DeadKernelError,
)
from nbclient.output_widget import OutputWidget
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines

from kamkit.errors import MissingTable
from kamkit.run import warm

NAME = "kamkit"
CELL_TIMEOUT = 600
START_TIMEOUT = 120
OUTPUT_TIMEOUT = 60
MOST_OUTPUT = 50_000_000
"""Bytes that one cell may write; a page with more can be opened by nobody."""
_KEPT = 50_000
"""Bytes that a stopped cell keeps of what it wrote: more is a flood that ended in time."""


_OUTPUTS = ("stream", "display_data", "execute_result", "update_display_data", "error")
_GRACE = 5


class OurKernelSpec(KernelSpecManager):
    """Answers every kernel name with the interpreter that runs kamkit.

    A ``python3`` kernelspec of the machine may point to an interpreter without kamkit.
    """

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return the kernel of this interpreter, whatever the name."""
        about: dict[str, Any] = {"supported_encryption": ["curve"]}
        warm.warm_up()
        if warm.can_fork():
            warm.provide()
            about["kernel_provisioner"] = {"provisioner_name": warm.NAME}
        return KernelSpec(
            argv=[
                sys.executable,
                "-m",
                "ipykernel_launcher",
                "-f",
                "{connection_file}",
                "--HistoryManager.enabled=False",
            ],
            display_name=kernel_name,
            language="python",
            metadata=about,
        )


class Output(OutputWidget):
    """The Output widget's stand-in, mended.

    Sending on the shell socket swallows the wake-up of a reply that arrives just then, and the
    cell waits for ever (papermill 2.7, nbclient 0.11, jupyter_client #1059 is the same class).
    Asking the socket again after the send finds the reply.
    """

    def _publish_msg(self, *args: Any, **keys: Any) -> None:
        super()._publish_msg(*args, **keys)
        self.kernel_client.shell_channel.socket._schedule_remaining_events()


class Kernels:
    """The kernels that are running, so that an interrupt can end them all.

    Kernels live in process groups of their own: Ctrl-C in the terminal does not reach them.
    ``turns`` of them work at the same time; the next one starts up meanwhile.

    >>> Kernels().stopped
    False
    """

    def __init__(self, turns: int = 1) -> None:
        self._turns = threading.BoundedSemaphore(turns)
        self._running: list[AsyncKernelManager] = []
        self._lock = threading.Lock()
        self.stopped = False
        self.failed = False

    @contextmanager
    def turn(self) -> Iterator[float]:
        """Wait until there is room to work; gives the seconds waited.

        Raises ``CancelledError`` where another has failed meanwhile.
        """
        started = time.monotonic()
        with self._turns:
            if self.failed:
                raise CancelledError
            yield time.monotonic() - started

    def add(self, manager: AsyncKernelManager) -> None:
        """Remember a kernel that has started; one that starts after ``stop`` is ended at once."""
        with self._lock:
            self._running.append(manager)
        if self.stopped:
            _kill(manager)

    def remove(self, manager: AsyncKernelManager) -> None:
        """Forget a kernel that has ended."""
        with self._lock:
            self._running = [m for m in self._running if m is not manager]

    def stop(self) -> None:
        """End every kernel, without waiting for what it is doing."""
        self.stopped = True
        with self._lock:
            running = list(self._running)
        for manager in running:
            _kill(manager)


class OutputFloodError(CellControlSignal):
    """A cell wrote more than anybody can read."""


class Client(PapermillNotebookClient):  # type: ignore[misc]
    """A notebook client whose cells end: with a result, an error, or at the time limit."""

    def __init__(
        self,
        nb_man: Any,
        *,
        kernels: Kernels | None = None,
        watch: Callable[[int, int], None] | None = None,
        spent: list[float] | None = None,
        waited: list[float] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(nb_man, **options)
        self.spent = [] if spent is None else spent
        self.waited = [] if waited is None else waited
        self.widget_registry["@jupyter-widgets/output"] = {"OutputModel": Output}
        self.kernels = kernels or Kernels()
        self.watch = watch or (lambda _done, _of: None)
        self._begun = 0.0
        self._size = 0
        self._ended: Exception | None = None

    def process_message(self, msg: Any, cell: Any, cell_index: int) -> Any:
        """Take what a cell writes, until that is too much or its time is over.

        While messages come in without a pause nothing else gets its turn, the time limit neither.
        """
        if self._ended is None:
            self._size += len(str(msg["content"])) if msg["msg_type"] in _OUTPUTS else 0
            if self._size > MOST_OUTPUT:
                self._ended = OutputFloodError(f"more than {MOST_OUTPUT // 1_000_000} MB")
            elif time.monotonic() - self._begun > self.timeout + _GRACE:
                self._ended = CellTimeoutError(f"more than {self.timeout} seconds")
            else:
                return super().process_message(msg, cell, cell_index)
            cell.outputs = []
            _kill(self.km)
        return None

    def execute(self, **start: Any) -> Any:
        """Run all cells in a fresh kernel; ``start`` goes to the kernel's process (``env``)."""
        self.reset_execution_trackers()
        with tempfile.TemporaryDirectory(prefix="kamkit-kernel-") as folder:
            self.km = _manager(self.kernel_name, folder)
            self.owns_km = True
            manager = self.km
            log = Path(folder) / "kernel.log"
            try:
                with log.open("wb") as file, self.setup_kernel(stdout=file, stderr=file, **start):
                    self.papermill_execute_cells()
            except RuntimeError as error:
                raise _with_log(error, log) from None
            finally:
                self.kernels.remove(manager)
        return self.nb

    def start_new_kernel(self, **start: Any) -> None:
        """Start the kernel and make it known to ``Kernels``."""
        super().start_new_kernel(**start)
        self.kernels.add(self.km)

    def papermill_execute_cells(self) -> None:
        """Run cell by cell; the first that fails, in whatever way, is the last.

        Papermill's own marks and its copy on disk after every cell are left out: the notebook is
        written when it has ended.
        """
        with self.kernels.turn() as waited:
            self.waited.append(waited)
            self._execute_cells(self.nb.cells)

    def _execute_cells(self, cells: list[Any]) -> None:
        ended = True
        for index, cell in enumerate(cells):
            started = self._begun = time.monotonic()
            self._size = 0
            try:
                self.execute_cell(cell, index)
            except CellExecutionError as error:
                self.kernels.failed |= error.ename != MissingTable.__name__
                self.nb_man.cell_exception(cells[index], cell_index=index, exception=error)
                break
            except (CellTimeoutError, DeadKernelError) as dead:
                ended, self.kernels.failed = False, True
                # From here on what still arrives is not taken: a cleared flood would fill up again.
                ending = self._ended = self._ended or dead
                if self._size > _KEPT:
                    cell.outputs = []
                cell.outputs.append(_as_output(ending))
                self.nb_man.cell_exception(cells[index], cell_index=index, exception=ending)
                break
            finally:
                self.spent.append(time.monotonic() - started)
            self.watch(index + 1, len(cells))
        if ended:
            self._describe()

    def _describe(self) -> None:
        reply = self.wait_for_reply(self.kc.kernel_info())
        if reply:
            self.nb.metadata["language_info"] = reply["content"]["language_info"]


class KamkitEngine(NBClientEngine):  # type: ignore[misc]
    """Runs a notebook for papermill."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        execution_timeout: int | None = None,
        start_timeout: int = START_TIMEOUT,
        env: dict[str, str] | None = None,
        kernels: Kernels | None = None,
        watch: Callable[[int, int], None] | None = None,
        spent: list[float] | None = None,
        waited: list[float] | None = None,
        **_: Any,
    ) -> Any:
        """Run the cells of a notebook that papermill has prepared."""
        client = Client(
            nb_man,
            kernels=kernels,
            watch=watch,
            spent=spent,
            waited=waited,
            timeout=execution_timeout or CELL_TIMEOUT,
            startup_timeout=start_timeout,
            iopub_timeout=OUTPUT_TIMEOUT,
            kernel_name=kernel_name,
            shutdown_kernel="immediate",
            coalesce_streams=True,
            log=logging.getLogger("papermill"),
        )
        return client.execute(env={**os.environ, **(env or {})})


def register() -> str:
    """Make the engine known to papermill and return its name.

    Not by an entry point: papermill would import this module while this module imports papermill.

    >>> register()
    'kamkit'
    """
    papermill_engines.register(NAME, KamkitEngine)
    return NAME


def _manager(kernel_name: str, folder: str) -> AsyncKernelManager:
    return AsyncKernelManager(
        kernel_name=kernel_name,
        kernel_spec_manager=OurKernelSpec(),
        connection_file=str(Path(folder) / "connection.json"),
        transport_encryption="auto" if zmq.has("curve") else "disabled",
    )


def _with_log(error: RuntimeError, log: Path) -> RuntimeError:
    """Return the error with the last line that the kernel printed, which tells why it ended."""
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return RuntimeError(" ".join([str(error), *lines[-1:]]))


def _as_output(error: Exception) -> Any:
    first = str(error).splitlines()[0]
    parts = {"ename": type(error).__name__, "evalue": first, "traceback": [first]}
    return NotebookNode(output_type="error", **parts)  # type: ignore[no-untyped-call]


def _kill(manager: AsyncKernelManager) -> None:
    process = getattr(manager.provisioner, "process", None)
    group = getattr(manager.provisioner, "pgid", None)
    if process is None or process.poll() is not None:
        return
    if group and hasattr(os, "killpg"):
        os.killpg(group, signal.SIGKILL)
    else:
        process.kill()
