"""Start kamkit from a fresh copy: sets itself up in .venv, then does what it was asked.

    python3 kam.py run                 the practice company, from ledger to report
    python3 kam.py run my-sales.xlsx   your own ledger
    python3 kam.py learn               the course, in JupyterLab
    python3 kam.py test                every check of the project
    python3 kam.py dev                 only set up what the checks need
    python3 kam.py --help              all commands: each is a command of kamkit

Needs Python 3.11 to 3.15 with pip, and the package index the first time only; the checks need
more packages than the rest, and fetch them when they are first asked for. Where a text says
"kamkit ...", type "python3 kam.py ...".
"""

# The syntax stays at that of Python 3.6, so that an old Python can read this and say what it lacks.
import contextlib
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
WINDOWS = os.name == "nt"
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")
STAMP = VENV / "kam.json"
LOCKS = {"use": ROOT / "requirements.lock", "dev": ROOT / "requirements-dev.lock"}
OLDEST, TOO_NEW = (3, 11), (3, 16)
ROOM = 2500  # megabytes: the environment and its downloads
MISLEADING = {
    "PYTHONHOME",
    "PYTHONPATH",
    "PIP_USER",
    "PIP_TARGET",
    "PIP_PREFIX",
    "PIP_REQUIRE_VIRTUALENV",
    "UV_PYTHON",
    "UV_SYSTEM_PYTHON",
    "UV_TARGET",
    "UV_PREFIX",
    "VIRTUAL_ENV",
}
NO_NETWORK = "The packages could not be fetched."
FAILED = "The set-up failed."
REASONS = (
    (
        "No space left|not enough space|quota exceeded",
        "The disk is full.",
        f"Free about {ROOM} MB, then start again.",
    ),
    (
        "Read-only file system|Permission denied|Access is denied",
        f"kamkit cannot write in {ROOT}.",
        "Copy the folder to a place of your own, then start again there.",
    ),
    (
        "DO NOT MATCH THE HASHES|hash mismatch",
        "A package that was fetched is not the one that the lock names.",
        "Try again; if it stays so, ask whoever runs your package index.",
    ),
    (
        "resolve|connect|timed? ?out|max retries|proxy|network|certificate|sending request"
        "|no matching distribution",
        NO_NETWORK,
        "Check the network: the first start needs it. A proxy goes into the variable https_proxy, "
        "a package index of your own into PIP_INDEX_URL.",
    ),
)


class Stop(Exception):  # noqa: N818 - it is what happens
    """What keeps the set-up from going on, and what to do about it."""


def reason(text):
    """Turn what pip, uv or the system said into a sentence and a remedy."""
    for pattern, sentence, remedy in REASONS:
        if re.search(pattern, text, re.IGNORECASE):
            return Stop(sentence, remedy)
    return Stop(FAILED, "Read the lines above, then start again.")


def environment():
    """Return the variables for what is started: the user's, without what points elsewhere.

    UTF-8 lets Python on Windows find a folder whose name has letters such as å.
    """
    kept = {name: value for name, value in os.environ.items() if name not in MISLEADING}
    return {"PYTHONUTF8": "1", **kept}


def shown(*command):
    """Run a command, show its lines but for the list of packages; return exit code and lines."""
    process = subprocess.Popen(
        [str(word) for word in command],
        cwd=str(ROOT),
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    lines = []
    for line in process.stdout:
        lines.append(line.decode("utf-8", "replace").rstrip())
        if not lines[-1].startswith((" + ", " - ")):
            print("  " + lines[-1], flush=True)
    return process.wait(), "\n".join(lines)


def said(*command):
    """Run a command quietly; return what it printed, and nothing when it failed."""
    try:
        words = [str(word) for word in command]
        answer = subprocess.check_output(words, env=environment(), stderr=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return answer.decode("utf-8", "replace")


def other_python():
    """Find a Python on this machine that fits, where the one that reads this does not."""
    for minor in range(TOO_NEW[1] - 1, OLDEST[1] - 1, -1):
        path = shutil.which(f"python3.{minor}")
        if path and said(path, "-c", "print('fits')"):
            return path
    raise Stop(
        f"Python {sys.version.split()[0]} ({sys.executable}) is not one that kamkit runs on.",
        "Install a Python from 3.11 to 3.15 and start kam.py with it, for example "
        "python3.13 kam.py run (Windows: py -3.13 kam.py run).",
    )


def wanted(purpose):
    """Describe the environment that the files ask for; one to develop with stays one."""
    purpose = present().get("purpose", purpose) if purpose == "use" else purpose
    files = (LOCKS[purpose], ROOT / "pyproject.toml")
    content = hashlib.sha256(b"".join(path.read_bytes() for path in files))
    version = ".".join(map(str, sys.version_info[:2]))
    python = f"{version} {sys.platform} {ROOT}"
    return {"python": python, "content": content.hexdigest(), "purpose": purpose}


def present():
    """Describe the environment that is there; empty when there is none or it is half made."""
    try:
        return json.loads(STAMP.read_text(encoding="utf-8")) if PYTHON.exists() else {}
    except (OSError, ValueError):
        return {}


@contextlib.contextmanager
def alone():
    """Let one set-up work at a time; the system frees the lock even when it is killed."""
    with (ROOT / ".venv.lock").open("a+b") as file:
        if not held(file):
            print("kam.py: another set-up is at work here; waiting for it.", flush=True)
            while not held(file):
                time.sleep(0.5)
        yield


def held(file):
    """Try to take the lock; True as well where the file system knows no locks."""
    try:
        if WINDOWS:
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        pass
    return True


def new_environment():
    """Make an empty .venv, without asking for pip: Debian's Python may lack ensurepip."""
    if VENV.exists():
        if any(VENV.iterdir()) and not (VENV / "pyvenv.cfg").exists():
            raise Stop(f"{VENV} is not a Python environment.", "Move it away, then start again.")
        shutil.rmtree(str(VENV))
    if shutil.disk_usage(str(ROOT)).free < ROOM * 1000000:
        raise Stop("There is too little room on the disk.", f"Free about {ROOM} MB first.")
    try:
        import venv
    except ImportError:
        raise Stop("Python's venv is missing.", "Debian: sudo apt install python3-venv") from None
    venv.EnvBuilder(symlinks=not WINDOWS).create(str(VENV))


def pip_command():
    """Return the command of a pip that installs into .venv, from outside or else from inside."""
    for program in (sys.executable, sys._base_executable):
        version = re.match(r"pip (\d+)\.(\d+)", said(program, "-m", "pip", "--version"))
        if version and (int(version.group(1)), int(version.group(2))) >= (22, 3):
            return [program, "-m", "pip", "--python", PYTHON]
    if said(PYTHON, "-m", "ensurepip", "--default-pip"):
        return [PYTHON, "-m", "pip"]
    raise Stop(
        f"pip 22.3 or newer is missing beside {sys.executable}.",
        "Debian and Ubuntu: sudo apt install python3-pip. Elsewhere: python3 -m ensurepip --user",
    )


def uv_command(pip):
    """Return the command of the uv that the lock names, or [] where pip has to do alone.

    uv does not read pip's configuration: where that names an index or a proxy, pip is used.
    """
    own = re.search(r"\.(index-url|no-index|proxy)=", said(*pip, "config", "list"))
    if own and not {"UV_DEFAULT_INDEX", "UV_INDEX_URL"} & set(os.environ):
        return []
    pinned = re.search(
        r"^uv==.*?(?=^\S|\Z)", LOCKS["use"].read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    (VENV / "uv.txt").write_text(pinned.group(), encoding="utf-8")
    asked = ["--quiet", "--no-deps", "--require-hashes", "-r", VENV / "uv.txt"]
    code, text = shown(*pip, "install", *asked)
    if code and reason(text).args[0] == NO_NETWORK:
        raise reason(text)
    return [] if code else [PYTHON, "-m", "uv", "pip"]


def install(lock):
    """Bring .venv to what a lock says, kamkit itself included, with uv or else with pip."""
    pip = pip_command()
    uv = uv_command(pip)
    if uv:
        code, text = shown(*uv, "sync", "--python", PYTHON, "--require-hashes", lock)
        if code and reason(text).args[0] not in (NO_NETWORK, FAILED):
            raise reason(text)
        uv = [] if code else uv
    if not uv:
        print("  installing with pip: two minutes or so", flush=True)
        code, text = shown(*pip, "install", "--quiet", "--require-hashes", "-r", lock)
        if code:
            raise reason(text)
    installer = [*uv, "install", "--python", PYTHON] if uv else [*pip, "install"]
    itself = ["--quiet", "--no-deps", "--no-build-isolation", "-e", ROOT]
    code, text = shown(*installer, *itself)
    if code:
        raise reason(text)
    # Once, not at every start where Python may write no bytecode; what cannot be compiled is
    # another Python's, and nothing that runs here.
    site = said(PYTHON, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip()
    subprocess.run(
        [PYTHON, "-m", "compileall", "-qq", "-j", "0", site, ROOT / "kamkit"],
        env=environment(),
        check=False,
    )


def prepare(purpose):
    """See to it that .venv is what the files ask for; a matching one is only looked at."""
    if present() == wanted(purpose):
        return
    with alone():
        have = present()
        want = wanted(purpose)
        if have == want:
            return
        print(f"kam.py: setting up in {VENV}; only the first start takes this long.", flush=True)
        if have.get("python") == want["python"]:
            STAMP.unlink()
        else:
            new_environment()
        install(LOCKS[want["purpose"]])
        STAMP.write_text(json.dumps(want), encoding="utf-8")


def hand_over(*command):
    """Give the place to a command; Windows cannot do that, and waits for it."""
    sys.stdout.flush()
    words = [str(word) for word in command]
    if WINDOWS:
        return subprocess.call(words, env=environment())
    return os.execve(words[0], words, environment())


def main(words):
    """Do what the words ask, after the set-up."""
    if not words:
        print(__doc__.strip())
        return 0
    if not OLDEST <= sys.version_info[:2] < TOO_NEW:
        return hand_over(other_python(), __file__, *words)
    purpose = "dev" if words[0] in ("test", "dev") else "use"
    if Path(sys.prefix).resolve() == VENV and present() != wanted(purpose):
        # An environment cannot replace itself.
        return hand_over(sys._base_executable, __file__, *words)
    prepare(purpose)
    if words[0] == "dev":
        return 0
    if words[0] == "test":
        return hand_over(PYTHON, ROOT / "tools" / "checks.py", *words[1:])
    # -P: a file click.py in the folder of the user's data is not imported.
    return hand_over(PYTHON, "-P", "-m", "kamkit", *words)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("\nkam.py: stopped. The next start goes on from here.")
    except Stop as stop:
        sys.exit("kam.py: {}\n  do: {}".format(*stop.args))
    except OSError as error:
        sys.exit("kam.py: {}\n  do: {}\n  ({})".format(*reason(str(error)).args, error))
