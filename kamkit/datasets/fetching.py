"""Data sets fetched from their publisher: tried again, checked, and stored whole or not at all."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from kamkit import __version__
from kamkit.datasets.catalogue import Entry, find
from kamkit.datasets.copies import bundled_folder, cache_folder, present
from kamkit.datasets.published import DamagedError, aside, by_hand, store
from kamkit.errors import FetchError
from kamkit.language import N_, number
from kamkit.language import gettext as _

_GONE = (404, 410)
_AGAIN = (408, 425, 429, 500, 502, 503, 504)
_NO_ADDRESS = N_("This is not an address on the web.")
_UNKNOWN = N_("The connection to {host} failed.")
# By the names of the classes, so that the libraries are loaded only by a download.
_REASONS = (
    ({"InvalidSchema", "MissingSchema", "InvalidURL"}, _NO_ADDRESS),
    (
        {"NameResolutionError", "gaierror"},
        N_("The server {host} was not found. Is this machine on line?"),
    ),
    ({"ConnectionRefusedError"}, N_("The server {host} refuses connections.")),
    ({"ProxyError"}, N_("The proxy of this network does not let the request through.")),
    ({"SSLError"}, N_("The server {host} could not prove that it is who it says.")),
    (
        {"IncompleteRead", "InvalidChunkLength", "ChunkedEncodingError"},
        N_("The connection broke before the whole file had come."),
    ),
    (
        {"Timeout", "TimeoutError", "ReadTimeoutError"},
        N_("The server was silent for {seconds} seconds."),
    ),
)


class _PassingError(FetchError):
    """A failure of the connection that another attempt may not meet."""


def fetch(
    name: str | Entry,
    *,
    folder: Path | None = None,
    url: str = "",
    progress: bool | None = None,
    timeout: float = 30,
    attempts: int = 3,
) -> Path:
    """Fetch a data set of the catalogue and return the file or folder that is read.

    A data set that is here already (bundled, in the folder that ``KAMKIT_DATA_DIR`` names, in the
    cache, or in ``folder``) is returned without a request. ``folder`` is where it goes, by default
    the user's cache; ``url`` is another address, such as a mirror; ``progress`` draws a bar on
    stderr (by default where stderr is a terminal); ``timeout`` is in seconds and counts the
    silence of the server; ``attempts`` counts connections that break, too.

    Raises ``ParameterError`` for an unknown name and ``FetchError``, in plain language, when the
    server is not reached, is silent, lacks the file, sends less or other than the published data
    set, or when the folder is full or cannot be written. Nothing is left behind then.

    >>> fetch("cdnow").name
    'sales.parquet'
    """
    entry = name if isinstance(name, Entry) else find(name)
    if entry.kind == "bundled":
        return bundled_folder(entry)
    if here := present(entry, folder):
        return here
    target, address = folder or cache_folder(), url or entry.url
    bar = sys.stderr.isatty() if progress is None else progress
    with aside(target) as work:
        for attempt in range(1, attempts + 1):
            try:
                raw = _download(address, work / "download", bar, timeout)
                if bar:
                    print(_("Checking and storing …"), file=sys.stderr)
                return store(raw, entry, target, origin=address)
            except (DamagedError, _PassingError) as error:
                if attempt == attempts:
                    raise _last(error, attempts) from None
                time.sleep(min(attempt / 2, 5))
    raise ValueError(attempts)


def _last(error: FetchError, attempts: int) -> FetchError:
    tried = _("{n} attempts were made.", n=number(attempts)) if attempts > 1 else ""
    return FetchError(
        " ".join(filter(None, [error.message, tried])),
        where=error.where,
        found=error.found,
        wanted=error.wanted,
        remedy=error.remedy,
    )


def _download(url: str, target: Path, bar: bool, timeout: float) -> Path:
    import pooch
    import requests
    from tqdm import tqdm

    # The plain bar: the library's own choice draws a widget, or on stdout, inside a kernel.
    drawn = tqdm(total=1, ncols=79, unit="B", unit_scale=True, file=sys.stderr, disable=not bar)
    downloader = pooch.HTTPDownloader(
        progressbar=drawn if bar else False,
        chunk_size=1 << 16,
        timeout=timeout,
        # Unpacked on the way, the body could not be compared with its announced length.
        headers={"User-Agent": f"kamkit/{__version__}", "Accept-Encoding": "identity"},
    )
    try:
        downloader(url, str(target), None)
    except requests.HTTPError as error:
        raise _refused(getattr(error.response, "status_code", 0), url) from None
    except requests.RequestException as error:
        raise _broken(error, url, timeout) from None
    finally:
        drawn.close()
    return target


def _refused(status: int, url: str) -> FetchError:
    """Turn an HTTP status into an error; only some are worth another attempt."""
    if status in _GONE:
        message = _("The publisher has no file at this address any more.")
    elif status in _AGAIN:
        message = _("The server cannot answer just now.")
    else:
        message = _("The server refuses the request.")
    kind = _PassingError if status in _AGAIN else FetchError
    return kind(message, where=url, found=f"HTTP {status}", remedy=by_hand(url))


def _broken(error: Exception, url: str, timeout: float) -> FetchError:
    """Turn a failure of the connection into an error, by what lies at its root."""
    kinds = {kind.__name__ for cause in _causes(error) for kind in type(cause).__mro__}
    reason = next((text for names, text in _REASONS if kinds & names), _UNKNOWN)
    host = urlsplit(url).hostname or url
    message = _(reason, host=host, seconds=f"{timeout:g}")
    kind = FetchError if reason is _NO_ADDRESS else _PassingError
    detail = str(error) if reason is _UNKNOWN else ""
    return kind(message, where=url, found=detail, remedy=by_hand(url))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Walk from an error to what caused it; the libraries wrap in arguments and ``reason``."""
    seen: set[int] = set()
    queue: list[object] = [error]
    while queue:
        cause = queue.pop(0)
        if isinstance(cause, BaseException) and id(cause) not in seen:
            seen.add(id(cause))
            yield cause
            reason = getattr(cause, "reason", None)
            queue += [*cause.args, reason, cause.__cause__, cause.__context__]
