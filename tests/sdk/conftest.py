"""Starts the router's executable, under each of two policies, and a scripted upstream, once for the whole run."""

import json
import os
import re
import socket
import subprocess
import threading
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import openai
import pytest

ROOT = Path(__file__).resolve().parents[2]
READY = re.compile(r"point a client's base URL at (http://\S+/v1)")


class Upstream:
    """The scripted upstream: says what the next call gets, and what the last one was."""

    def __init__(self, base_url):
        self.base_url = base_url
        self.root = base_url.removesuffix("/v1")

    def then(self, **script):
        self._fetch("/script", json.dumps(script).encode())

    def refuses(self, model, status, message="no, not like that", headers=(), type="invalid_request_error"):
        """The next call is refused, in the words of the model's dialect."""
        error = {"message": message, "type": type}
        if model == "messages":
            body = {"type": "error", "error": error, "request_id": "req_1"}
        else:
            body = {"error": error | {"param": None, "code": None}}
        self.then(status=status, body=json.dumps(body), headers=[list(header) for header in headers])

    def last(self):
        return self._fetch("/last")

    def calls(self):
        return self.counted()["calls"]

    def counted(self):
        return self._fetch("/counted")

    def called(self, before):
        """Waits until it was called once more than when `before` was counted."""
        self._more("calls", before, 3000, "the upstream was not called")

    def left(self, before):
        """Waits until one more client has left before its reply had ended than when `before` was counted."""
        self._more("left", before, 500, "the upstream was not told that its client left")

    def _more(self, what, before, times, otherwise):
        for _ in range(times):
            if self.counted()[what] > before[what]:
                return
            time.sleep(0.01)
        pytest.fail(otherwise)

    def _fetch(self, path, data=None):
        with urllib.request.urlopen(self.root + path, data, timeout=5) as response:
            return json.load(response)


@pytest.fixture(scope="session")
def upstream():
    program = [os.environ["SCRIPTED_UPSTREAM"]]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Upstream(process.stdout.readline().strip())
        process.stdin.close()
        assert process.wait(timeout=10) == 0, "the scripted upstream failed"


def environment(**variables):
    """The environment without what would reach a real provider."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "OLLAMA_"))}
    return kept | {"DOWNSHIFT_STORE": "off"} | variables


def free_address():
    """An address that nobody listens on."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return "127.0.0.1:%d" % held.getsockname()[1]


@contextmanager
def serving(*arguments, **variables):
    """The base URL of the executable, serving the policy that its arguments name."""
    with running(*arguments, **variables) as router:
        yield router.url


@contextmanager
def running(*arguments, **variables):
    """The executable, serving the policy that its arguments name: its base URL, and its admin port's."""
    program = [os.environ["DOWNSHIFT"], "serve", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", *arguments]
    with subprocess.Popen(program, cwd=ROOT, env=environment(**variables), stderr=subprocess.PIPE, text=True) as process:
        log = []
        for line in process.stderr:
            log.append(line)
            if ready := READY.search(re.sub(r"\x1b\[[0-9;]*m", "", line)):
                break
        else:
            pytest.fail("the router did not start:\n" + "".join(log))
        # Read on, so that a full pipe never stops it.
        reader = threading.Thread(target=lambda: log.extend(process.stderr), daemon=True)
        reader.start()
        admin = re.search(r"admin=(\S+)", ready.string)[1]
        yield SimpleNamespace(url=ready[1], admin=f"http://{admin}")
        process.terminate()
        code = process.wait(timeout=30)
        assert code == 0, f"SIGTERM ended the router with {code}:\n" + "".join(log)
        assert not any("panicked" in line for line in log), "".join(log)


@pytest.fixture(scope="session")
def router(upstream):
    """The base URL of the executable, serving the shipped policy."""
    with serving(OPENAI_BASE_URL=upstream.base_url, OPENAI_API_KEY="sk-router", OLLAMA_URL=upstream.base_url) as url:
        yield url


@pytest.fixture(scope="session")
def dialects(upstream):
    """The same, serving a policy whose models are the upstream in each dialect."""
    policy = str(Path(__file__).with_name("policy.yaml"))
    with serving("--config", policy, UPSTREAM=upstream.base_url, UPSTREAM_KEY="sk-router") as url:
        yield url


@pytest.fixture(scope="session")
def client(router):
    with openai.OpenAI(base_url=router, api_key="sk-client", timeout=20) as client:
        yield client


@pytest.fixture(scope="session")
def patient(client):
    """A client that does not try again by itself."""
    return client.with_options(max_retries=0)
