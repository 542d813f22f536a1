"""A PostgreSQL server of the tests' own, where its programs are installed."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest

_PLACES = ("/usr/local/bin", "/usr/bin", "/opt/homebrew/bin")
PASSWORD = "hemmelig/ord@42"
"""A password with signs that an address has a meaning for."""


def _programs():
    """The folder of initdb and postgres; None where they are not."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    known = [Path(found).parent for name in ("initdb",) if (found := shutil.which(name))]
    for folder in (*versions, *known, *map(Path, _PLACES)):
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    return None


def _as_other(home):
    """PostgreSQL refuses root: return what starts a command as somebody else."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return []
    if not shutil.which("setpriv"):
        pytest.skip("the tests run as root, and setpriv is not there")
    import pwd

    try:
        user = pwd.getpwnam("postgres")
    except KeyError:
        user = pwd.getpwnam("nobody")
    os.chown(home, user.pw_uid, user.pw_gid)
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


@pytest.fixture(scope="session")
def postgres():
    """The address of a server with a password, started for the tests and stopped after them."""
    from urllib.parse import quote

    pytest.importorskip("psycopg", reason="psycopg is not installed")
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed")
    home = Path(tempfile.mkdtemp(prefix="kamkit-postgres-"))
    home.chmod(0o755)
    other = _as_other(home)
    secret = home / "password"
    secret.write_text(PASSWORD)
    secret.chmod(0o644)
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    data = home / "data"
    make = [programs / "initdb", "-D", data, "-U", "kari", "-A", "scram-sha-256", "-N"]
    subprocess.run(
        [*other, *make, "-E", "UTF8", f"--pwfile={secret}"], check=True, capture_output=True
    )
    options = ["-p", str(port), "-k", home, "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]
    server = subprocess.Popen(
        [*other, programs / "postgres", "-D", data, *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"postgresql://kari:{quote(PASSWORD, safe='')}@127.0.0.1:{port}/postgres"
    try:
        _wait(address, server)
        yield address
    finally:
        server.send_signal(signal.SIGINT)  # the other way waits until connections are closed
        server.wait(30)
        shutil.rmtree(home, ignore_errors=True)


def _wait(address, server):
    import time

    import psycopg

    for _try in range(150):
        if server.poll() is not None:
            pytest.skip("PostgreSQL does not start here")
        try:
            psycopg.connect(address, connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.2)
        else:
            return
    pytest.skip("PostgreSQL does not answer here")
