"""Asks a real Prometheus, which scrapes the demo, every query that deploy/ ships."""

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
# Grafana fills these in.
VARIABLES = {"$__rate_interval": "30s", "$__range": "2m"}


def free_address() -> str:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return "127.0.0.1:%d" % held.getsockname()[1]


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as response:
        return response.read().decode()


def wait_for(url: str) -> None:
    for _ in range(200):
        try:
            get(url)
            return
        except OSError:
            time.sleep(0.1)
    sys.exit(f"nothing answers at {url}")


class Prometheus:
    def __init__(self, address: str) -> None:
        self.base = f"http://{address}/api/v1"

    def query(self, query: str) -> list:
        url = f"{self.base}/query?" + urllib.parse.urlencode({"query": query})
        return json.loads(get(url))["data"]["result"]

    def rules(self) -> list:
        groups = json.loads(get(f"{self.base}/rules"))["data"]["groups"]
        return [rule for group in groups for rule in group["rules"]]


def panels() -> list:
    """Dashboard, panel, query; every panel has a description and a unit."""
    found = []
    for path in sorted((DEPLOY / "grafana/dashboards").glob("*.json")):
        for panel in json.loads(path.read_text())["panels"]:
            name = f"{path.stem}: {panel['title']}"
            if not panel.get("description") or not panel["fieldConfig"]["defaults"].get("unit"):
                sys.exit(f"{name} has no description or no unit")
            found += [(name, target["expr"]) for target in panel["targets"]]
    return found


def wrong_queries(prometheus: Prometheus) -> list:
    wrong = []
    for name, query in panels():
        for variable, value in VARIABLES.items():
            query = query.replace(variable, value)
        values = [float(row["value"][1]) for row in prometheus.query(query)]
        if not any(value == value for value in values):
            wrong.append(f"{name}: no data for {query}")
    for rule in prometheus.rules():
        if rule["health"] != "ok":
            wrong.append(f"{rule['name']}: {rule['health']} {rule.get('lastError', '')}")
        if rule["type"] == "recording" and not prometheus.query(rule["name"]):
            wrong.append(f"{rule['name']}: no data")
    return wrong


def main() -> None:
    admin, listen = free_address(), free_address()
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "prometheus.yml"
        text = (DEPLOY / "prometheus/prometheus.yml").read_text()
        text = text.replace("15s", "1s").replace("downshift:9090", admin)
        text = re.sub(r"- (rules|alerts).yml", rf"- {DEPLOY}/prometheus/\1.yml", text)
        config.write_text(text)
        demo = [os.environ["DOWNSHIFT"], "demo", "--keep", "--json", "--requests", "400", "--admin", admin]
        server = ["prometheus", f"--config.file={config}", f"--storage.tsdb.path={folder}/data",
                  f"--web.listen-address={listen}", "--log.level=warn"]
        started = [subprocess.Popen(demo, stdout=subprocess.PIPE, text=True), subprocess.Popen(server)]
        try:
            wait_for(f"http://{listen}/-/ready")
            report = json.loads(started[0].stdout.readline())  # the demo's end
            time.sleep(3)
            check(Prometheus(listen), admin, report)
        finally:
            for process in started:
                process.terminate()
            for process in started:
                process.wait(timeout=20)


def check(prometheus: Prometheus, admin: str, report: dict) -> None:
    metrics = get(f"http://{admin}/metrics")
    subprocess.run(["promtool", "check", "metrics"], input=metrics, text=True, check=True)
    wrong = wrong_queries(prometheus)
    (scraped,) = prometheus.query("sum(downshift_requests_total)")
    booked = report["tally"]["report"]["total"]["requests"]
    if float(scraped["value"][1]) != booked:
        wrong.append(f"{scraped['value'][1]} requests scraped, {booked} in the ledger")
    print(f"{len(panels())} queries of panels, {len(prometheus.rules())} rules, {booked} requests")
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
