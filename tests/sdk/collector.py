"""A real OpenTelemetry collector, and what stands behind it: decodes what it passes on."""

import gzip
import sys
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from subprocess import DEVNULL, Popen
from urllib.error import URLError
from urllib.request import Request, urlopen

import rotel
from conftest import free_address
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

PROGRAM = Path(rotel.__file__).with_name("rotel-agent")


def value(any_value):
    """An attribute's value in Python's types."""
    kind = any_value.WhichOneof("value")
    if kind == "array_value":
        return [value(one) for one in any_value.array_value.values]
    return getattr(any_value, kind)


def attributes(of):
    names = [attribute.key for attribute in of.attributes]
    assert len(set(names)) == len(names), f"an attribute twice: {names}"
    return {attribute.key: value(attribute.value) for attribute in of.attributes}


class Behind:
    """Where the collector sends what it received."""

    def __init__(self):
        self.traces, self.metrics = [], []
        behind = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                if self.headers["content-encoding"] == "gzip":
                    body = gzip.decompress(body)
                if self.path == "/v1/traces":
                    behind.traces.append(ExportTraceServiceRequest.FromString(body))
                elif self.path == "/v1/metrics":
                    behind.metrics.append(ExportMetricsServiceRequest.FromString(body))
                self.send_response(200)
                self.send_header("content-type", "application/x-protobuf")
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = "http://127.0.0.1:%d" % self.server.server_port

    def spans(self):
        """Every span so far, each with its resource's attributes."""
        return [
            (attributes(of_resource.resource), span)
            for request in list(self.traces)
            for of_resource in request.resource_spans
            for scope in of_resource.scope_spans
            for span in scope.spans
        ]

    def points(self):
        """The newest points of each metric: its labels and its value, or its count and sum."""
        found = {}
        for request in list(self.metrics):
            for of_resource in request.resource_metrics:
                for scope in of_resource.scope_metrics:
                    for metric in scope.metrics:
                        kind = metric.WhichOneof("data")
                        for point in getattr(metric, kind).data_points:
                            seen = (point.count, point.sum) if kind == "histogram" else point.as_double
                            found[(metric.name, frozenset(attributes(point).items()))] = seen
        return found


def waited(until, what):
    for _ in range(600):
        if until():
            return
        time.sleep(0.05)
    raise AssertionError(f"waited in vain for {what}")


def answers(url):
    try:
        with urlopen(Request(url, b"", {"content-type": "application/x-protobuf"}), timeout=2) as response:
            return response.status == 200
    except (URLError, ConnectionError):
        return False


@contextmanager
def collector():
    """The collector's address, and what is behind it."""
    behind = Behind()
    threading.Thread(target=behind.server.serve_forever, daemon=True).start()
    grpc, http = free_address(), free_address()
    program = [str(PROGRAM), "start", "--otlp-grpc-endpoint", grpc, "--otlp-http-endpoint", http, "--exporter", "otlp"]
    program += ["--otlp-exporter-endpoint", behind.url, "--otlp-exporter-protocol", "http"]
    with Popen(program, stdin=DEVNULL, stdout=sys.stderr) as process:
        try:
            waited(lambda: answers(f"http://{http}/v1/traces"), "the collector")
            yield f"http://{http}", behind
        finally:
            process.terminate()
            behind.server.shutdown()
            behind.server.server_close()
