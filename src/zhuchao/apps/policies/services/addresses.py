"""Ask an address whether it can be opened: over http or https, of a public machine, within seconds, no body read."""

import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPMethod, HTTPStatus
from ipaddress import ip_address
from typing import Final
from urllib.parse import quote, urljoin, urlsplit

from ..models import SourceCheck

Outcome = SourceCheck.Outcome

AGENT: Final = "Zhuchao-source-check/1.0"
SECONDS: Final = 10.0
"""How long one answer may take, all in all."""
MOST_REDIRECTS: Final = 5
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_GONE: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


@dataclass(frozen=True)
class Seen:
    """What an address answered; ``status`` is the last one that came, None where none did."""

    outcome: SourceCheck.Outcome
    status: int | None = None


def is_public(address: str) -> bool:
    """Return whether a machine's address is one of the public network: nobody makes this server knock at its own doors."""
    return ip_address(address.partition("%")[0]).is_global


def look(address: str, *, seconds: float = SECONDS, may_call: Callable[[str], bool] = is_public) -> Seen:
    """Return what an address answers, redirects followed. It never raises for what the other side does.

    Asked by HEAD, and once more by GET where HEAD finds no page: many sites answer only that. Each machine on the way
    is looked up once and called by what ``may_call`` has let pass.
    """
    seen = _followed(address, HTTPMethod.HEAD, seconds, may_call)
    if seen.status is not None and seen.outcome in (Outcome.GONE, Outcome.REFUSED, Outcome.FAILED):
        seen = _followed(address, HTTPMethod.GET, seconds, may_call)
    return seen


def _followed(address: str, method: str, seconds: float, may_call: Callable[[str], bool]) -> Seen:
    been: set[str] = set()
    for _turn in range(MOST_REDIRECTS + 1):
        if address in been:
            return Seen(Outcome.LOOPED)
        been.add(address)
        try:
            status, goal = _asked(address, method, seconds, may_call)
        except ssl.SSLError:
            return Seen(Outcome.UNTRUSTED)
        except TimeoutError:
            return Seen(Outcome.TIMED_OUT)
        except PermissionError:
            return Seen(Outcome.FORBIDDEN)
        except (OSError, ValueError, http.client.HTTPException):
            return Seen(Outcome.UNREACHABLE)
        if status not in _REDIRECTS or not goal:
            return Seen(_outcome(status), status)
        address = urljoin(address, goal)
    return Seen(Outcome.LOOPED)


def _outcome(status: int) -> SourceCheck.Outcome:
    if status < HTTPStatus.BAD_REQUEST:
        return Outcome.OPENED
    if status in _GONE:
        return Outcome.GONE
    return Outcome.REFUSED if status < HTTPStatus.INTERNAL_SERVER_ERROR else Outcome.FAILED


def _asked(address: str, method: str, seconds: float, may_call: Callable[[str], bool]) -> tuple[int, str]:
    """Return the status of one answer and where it sends on.

    Raises PermissionError for a machine that may not be called, OSError, ValueError and HTTPException.
    """
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise PermissionError(parts.scheme)
    is_secure = parts.scheme == "https"
    port = parts.port or (443 if is_secure else 80)
    machine = _machine(parts.hostname, port, may_call)
    maker = http.client.HTTPSConnection if is_secure else http.client.HTTPConnection
    connection = maker(parts.hostname, port, timeout=seconds)
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._") + (
        f"?{quote(parts.query, safe='/%:@!$&()*+,;=~-._?')}" if parts.query else ""
    )
    try:
        connection.sock = _connected(parts.hostname, (machine, port), seconds, is_secure=is_secure)
        with _hung_up_after(connection.sock, seconds):
            connection.request(method, path, headers={"User-Agent": AGENT, "Accept": "*/*"})
            answer = connection.getresponse()
            return answer.status, answer.getheader("Location") or ""
    finally:
        connection.close()


def _machine(host: str, port: int, may_call: Callable[[str], bool]) -> str:
    found = [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    # One that names a machine inside as well as one outside is not trusted with either.
    if not found or not all(may_call(machine) for machine in found):
        raise PermissionError(host)
    return found[0]


def _connected(host: str, place: tuple[str, int], seconds: float, *, is_secure: bool) -> socket.socket:
    plain = socket.create_connection(place, timeout=seconds)
    if not is_secure:
        return plain
    try:
        return ssl.create_default_context().wrap_socket(plain, server_hostname=host)
    except BaseException:
        plain.close()
        raise


@contextmanager
def _hung_up_after(line: socket.socket, seconds: float) -> Iterator[None]:
    """Hang up when an answer drips in for longer than it may take; then raises TimeoutError."""
    hung_up = threading.Event()

    def hang_up() -> None:
        hung_up.set()
        try:
            line.shutdown(socket.SHUT_RDWR)
        except OSError:  # it has closed already
            return

    timer = threading.Timer(seconds, hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, http.client.HTTPException) as error:
        if hung_up.is_set():
            raise TimeoutError from error
        raise
    finally:
        timer.cancel()
    if hung_up.is_set():  # what had dripped in by then reads like a whole answer
        raise TimeoutError
