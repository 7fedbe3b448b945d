"""A client that writes a key to etcd every 200 ms, with all three endpoints, as a good client has.

It runs as a process of its own inside the lab's network, over etcd's JSON gateway (v3), begins to
count at its first success, and prints its counts when it is told to stop.
"""

from __future__ import annotations

import json
import subprocess
import sys
from types import TracebackType
from typing import Self

from tests.lab.site import ADDRESSES, Site

PROGRAM = """
import base64, json, sys, threading, time, http.client
hosts = sys.argv[1:]
stop = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), stop.set()), daemon=True).start()
end = time.monotonic() + 600

def put(host, value):
    body = json.dumps({"key": base64.b64encode(b"/kwizard-test").decode(),
                       "value": base64.b64encode(value).decode()})
    connection = http.client.HTTPConnection(host, 2379, timeout=3)
    try:
        connection.request("POST", "/v3/kv/put", body)
        response = connection.getresponse()
        response.read()
        return response.status == 200
    except OSError:
        return False
    finally:
        connection.close()

tries = failed = 0
first = 0
while not stop.is_set() and time.monotonic() < end:
    began = time.monotonic()
    good = False
    for turn in range(len(hosts)):
        if put(hosts[(first + turn) % len(hosts)], str(tries).encode()):
            first = (first + turn) % len(hosts)
            good = True
            break
    if good or tries:
        tries += 1
        failed += not good
    time.sleep(max(0, 0.2 - (time.monotonic() - began)))
print(json.dumps([tries, failed]))
"""


class EtcdWriter:
    """A context manager; `tries` and `failed` are known afterwards."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._process: subprocess.Popen[str] | None = None
        self.tries = 0
        self.failed = 0

    def __enter__(self) -> Self:
        self._process = self._site.lab.popen_exec(
            [sys.executable, "-c", PROGRAM, *ADDRESSES.values()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._process is not None
        try:
            out, _ = self._process.communicate("", timeout=30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            out, _ = self._process.communicate()
        if kind is None:
            self.tries, self.failed = json.loads(out)
