"""Starts the router's executable and a scripted upstream, once for the whole run."""

import json
import os
import re
import subprocess
import threading
import urllib.request
from pathlib import Path

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

    def last(self):
        return self._fetch("/last")

    def calls(self):
        return self._fetch("/counted")["calls"]

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


@pytest.fixture(scope="session")
def router(upstream):
    """The base URL of the executable, serving the shipped policy."""
    program = [os.environ["DOWNSHIFT"], "serve", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"]
    variables = environment(OPENAI_BASE_URL=upstream.base_url, OPENAI_API_KEY="sk-router", OLLAMA_URL=upstream.base_url)
    with subprocess.Popen(program, cwd=ROOT, env=variables, stderr=subprocess.PIPE, text=True) as process:
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
        yield ready[1]
        process.terminate()
        code = process.wait(timeout=30)
        assert code == 0, f"SIGTERM ended the router with {code}:\n" + "".join(log)
        assert not any("panicked" in line for line in log), "".join(log)


@pytest.fixture(scope="session")
def client(router):
    with openai.OpenAI(base_url=router, api_key="sk-client", timeout=20) as client:
        yield client


@pytest.fixture(scope="session")
def patient(client):
    """A client that does not try again by itself."""
    return client.with_options(max_retries=0)
