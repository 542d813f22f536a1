"""Notebooks take turns: none works beside more than there is room for, and none after a failure."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from concurrent.futures import CancelledError
from types import SimpleNamespace

import pytest

from kamkit.errors import NotebookError
from kamkit.run.engine import Kernels
from kamkit.run.notebooks import Execution, Notebook, execute


def sleeper():
    """A kernel's process in a group of its own, as the manager of Jupyter gives it."""
    process = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True
    )
    group = os.getpgid(process.pid)
    return SimpleNamespace(provisioner=SimpleNamespace(process=process, pgid=group)), process


class TestTurns:
    @pytest.mark.parametrize("turns", [1, 2, 3])
    def test_no_more_work_at_once_than_there_are_turns(self, turns):
        kernels = Kernels(turns)
        lock, full = threading.Lock(), threading.Event()
        working, most = [], []

        def work():
            with kernels.turn():
                with lock:
                    working.append(1)
                    most.append(len(working))
                    if len(working) == turns:
                        full.set()
                full.wait()  # every turn is taken before one is given back
                with lock:
                    working.pop()

        threads = [threading.Thread(target=work) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (len(most), max(most)) == (6, turns)

    def test_who_waited_for_one_that_fails_does_not_begin(self):
        kernels, ends = Kernels(1), []
        entered = threading.Event()

        def second():
            entered.set()
            try:
                with kernels.turn():
                    ends.append("worked")
            except CancelledError:
                ends.append("cancelled")

        thread = threading.Thread(target=second)
        with kernels.turn():
            thread.start()
            entered.wait()
            kernels.failed = True
        thread.join()
        assert ends == ["cancelled"]

    def test_a_turn_is_given_back_by_one_that_is_cancelled_and_one_that_fails(self):
        kernels = Kernels(1)
        for _ in range(2):
            with pytest.raises(ZeroDivisionError), kernels.turn():
                raise ZeroDivisionError
        kernels.failed = True
        for _ in range(2):
            with pytest.raises(CancelledError), kernels.turn():
                pass
        kernels.failed = False
        with kernels.turn() as waited:
            assert waited < 60


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="groups of processes are of POSIX")
class TestStopping:
    def test_every_kernel_is_ended_and_one_that_has_ended_is_forgotten(self):
        kernels = Kernels(2)
        (one, first), (two, second), (three, third) = sleeper(), sleeper(), sleeper()
        try:
            for manager in (one, two, three):
                kernels.add(manager)
            kernels.remove(three)
            kernels.stop()
            assert first.wait(30) == second.wait(30) == -9
            assert third.poll() is None
            assert kernels.stopped
        finally:
            third.kill()
            third.wait()

    def test_one_that_starts_after_the_end_is_ended_at_once(self):
        kernels = Kernels()
        kernels.stop()
        manager, process = sleeper()
        kernels.add(manager)
        assert process.wait(30) == -9

    def test_what_has_ended_by_itself_or_never_began_is_left_alone(self):
        kernels = Kernels()
        done = subprocess.Popen([sys.executable, "-c", ""])
        done.wait()
        for process in (done, None):
            kernels.add(SimpleNamespace(provisioner=SimpleNamespace(process=process, pgid=1)))
        kernels.stop()
        assert done.returncode == 0


def test_a_notebook_after_a_failed_one_runs_no_cell(book, tmp_path):
    kernels = Kernels(1)
    broken = book("01_ledger", "1 / 0")
    mark = tmp_path / "mark"
    next_one = book("02_identify", f"open({str(mark)!r}, 'w').close()")
    with pytest.raises(NotebookError, match="“01_ledger” failed"):
        execute(Notebook(broken), tmp_path / "1.ipynb", Execution({}, {}, kernels=kernels))
    with pytest.raises(CancelledError):
        execute(Notebook(next_one), tmp_path / "2.ipynb", Execution({}, {}, kernels=kernels))
    assert not mark.exists()


def test_a_notebook_that_is_left_out_stops_nobody_and_every_cell_is_timed(book, tmp_path):
    kernels, seen = Kernels(1), []
    missing = book(
        "06_relate",
        "from kamkit.errors import MissingTable\nraise MissingTable('No contacts.')",
        "1",
    )
    whole = book("07_plan", "1", "M prose", "2")
    first = Execution({}, {}, kernels=kernels)
    assert execute(Notebook(missing), tmp_path / "6.ipynb", first) == "No contacts."
    second = Execution({}, {}, kernels=kernels, watch=lambda done, of: seen.append((done, of)))
    assert execute(Notebook(whole), tmp_path / "7.ipynb", second) == ""
    # the cell behind the one that is missing something is not run
    assert (len(first.spent), len(second.spent)) == (1, 3)
    assert (len(first.waited), len(second.waited)) == (1, 1)
    assert seen == [(1, 3), (2, 3), (3, 3)]
