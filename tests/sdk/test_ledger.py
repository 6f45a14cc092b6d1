"""The ledger, judged by other programs: an OpenTelemetry collector is told of it, pyarrow reads its export."""

import json
import os
import re
import subprocess
import urllib.request
from decimal import Decimal
from types import SimpleNamespace

import openai
import pyarrow
import pyarrow.compute
import pyarrow.parquet
import pytest
from collector import attributes, collector, waited
from conftest import environment, running
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from seen import STORY

POLICY = """
models:
  big: { api: openai, base_url: "${UPSTREAM}", model: big-1, price: { input: 2.5, cached_input: 0.25, output: 15 }, active_parameters: 1e11 }
  small: { api: openai, base_url: "${UPSTREAM}", model: small-1, price: { input: 0.1, output: 0.3 }, active_parameters: 7e9 }
  unpriced: { api: openai, base_url: "${UPSTREAM}", model: unpriced-1 }
llm: big
route: [auto, small-first]
intents:
  arithmetic: { answer: arithmetic }
rules:
  - { when: { model: small-first }, use: small }
retries: { attempts: 0 }
store: { url: "sqlite:${STORE}", bodies: true }
telemetry: { otlp: "${COLLECTOR}", metrics_every: 1s }
"""
TRACE, CALLER = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
SUM = "what is 15% of 2,340?"
MODELS = {"big": "big-1", "small": "small-1", "unpriced": "unpriced-1"}
# What goes on while it is read.
MOVING = re.compile("downshift_(otlp|store|http|build|machine)_|.*_bytes|process_")


def fetched(url):
    with urllib.request.urlopen(url, timeout=10) as response:
        return response.read().decode()


def refused(ask, **more):
    with pytest.raises(openai.APIStatusError) as error:
        ask(**more)
    return error.value.status_code


def traffic(client, upstream):
    """A request of each kind: every rung, a stream, an escalation, faults, and one without a price."""

    def ask(model="auto", text=STORY, **more):
        return client.chat.completions.create(model=model, messages=[{"role": "user", "content": text}], **more)

    ask(text=SUM)
    ask(extra_headers={"traceparent": f"00-{TRACE}-{CALLER}-01", "tracestate": "vendor=1"})
    with ask(stream=True) as stream:
        assert list(stream)
    upstream.refuses("chat", 500)
    ask("small-first")
    upstream.refuses("chat", 500)
    assert refused(ask) >= 500
    upstream.then(fault={"cut_after": 1})
    with pytest.raises(openai.APIError), ask(stream=True) as stream:
        list(stream)
    ask("unpriced", "Grüße, <b>\"quoted\"</b> \u2028 and\ttabs")
    assert refused(ask, model="no-such-model") == 404


def counters(text):
    """What Prometheus reads: each counter with its labels."""
    found, kinds = {}, {}
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split()
            kinds[name] = kind
        elif not line.startswith("#"):
            sample, number = line.rsplit(" ", 1)
            name, _, labels = sample.partition("{")
            if kinds.get(name) == "counter":
                labels = re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', labels)
                found[(name, frozenset((key, label) for key, label in labels if label))] = float(number)
    return found


def total(points, metric):
    return sum(number for (name, _), number in points.items() if name == metric)


def exported(folder, variables, name):
    program = [os.environ["DOWNSHIFT"], "export", "--config", str(folder / "router.yaml"), "--output", str(folder / name)]
    subprocess.run(program, env=environment(**variables), check=True, timeout=60)
    return folder / name


@pytest.fixture(scope="module")
def told(upstream, tmp_path_factory):
    """What the ledger has, and what others were told of it."""
    folder = tmp_path_factory.mktemp("ledger")
    (folder / "router.yaml").write_text(POLICY)
    with collector() as (address, behind):
        variables = {"UPSTREAM": upstream.base_url, "STORE": str(folder / "ledger.db"), "COLLECTOR": address}
        with running("--config", str(folder / "router.yaml"), **variables) as router:
            with openai.OpenAI(base_url=router.url, api_key="sk-client", max_retries=0, timeout=20) as client:
                traffic(client, upstream)
            waited(lambda: len(json.loads(fetched(f"{router.admin}/requests"))["requests"]) == 7, "seven entries")
            entries = json.loads(fetched(f"{router.admin}/requests"))["requests"]
            metrics = fetched(f"{router.admin}/metrics")
        count = len(entries) + 1 + sum(len(entry["attempts"]) for entry in entries)
        waited(lambda: len(behind.spans()) >= count, f"{count} spans, of which there are {len(behind.spans())}")
        waited(lambda: total(behind.points(), "downshift_requests_total") == len(entries), "the last metrics")
        yield SimpleNamespace(
            entries=entries,
            spans=behind.spans(),
            counted=counters(metrics),
            points=behind.points(),
            lines=[json.loads(line) for line in exported(folder, variables, "ledger.jsonl").read_text().split("\n")[:-1]],
            parquet=exported(folder, variables, "ledger.parquet"),
        )


def usage(of):
    """The attributes of the tokens that something used."""
    if of["input_tokens"] is None:
        return {}
    return {
        "gen_ai.usage.input_tokens": of["input_tokens"],
        "gen_ai.usage.output_tokens": of["output_tokens"],
        "gen_ai.usage.cache_read.input_tokens": of["cached_input_tokens"],
    }


def check(got, expected):
    """Each attribute is as expected, and what the ledger does not know is not there."""
    for name, wanted in expected.items():
        wanted = float(wanted) if name.endswith("_usd") and wanted is not None else wanted
        assert got.get(name) == wanted, f"{name}: {got.get(name)}, not {wanted}"


def test_each_entry_is_one_tree_of_spans(told):
    spans = {span.span_id.hex(): span for _, span in told.spans}
    assert len(spans) == len(told.spans), "no span comes twice"
    for entry in told.entries:
        server = spans.pop(entry["span_id"])
        assert (server.kind, server.trace_id.hex()) == (Span.SPAN_KIND_SERVER, entry["trace_id"])
        assert server.name == "POST /v1/chat/completions" and attributes(server)["downshift.id"] == entry["id"]
        for attempt in entry["attempts"]:
            client = spans.pop(attempt["span_id"])
            assert (client.kind, client.trace_id, client.parent_span_id) == (Span.SPAN_KIND_CLIENT, server.trace_id, server.span_id)
            assert client.name == f"chat {MODELS[attempt['model']]}"
            assert server.start_time_unix_nano <= client.start_time_unix_nano <= client.end_time_unix_nano <= server.end_time_unix_nano
    (refused,) = spans.values()
    assert attributes(refused)["http.response.status_code"] == 404 and not refused.parent_span_id


def test_a_span_says_what_the_ledger_says(told):
    spans = {span.span_id.hex(): span for _, span in told.spans}
    for entry in told.entries:
        failed = entry["outcome"] != "ok"
        server = spans[entry["span_id"]]
        assert server.status.code == (Status.STATUS_CODE_ERROR if failed else Status.STATUS_CODE_UNSET)
        check(attributes(server), usage(entry) | {
            "gen_ai.operation.name": "chat",
            "gen_ai.request.model": entry["requested_model"],
            "gen_ai.request.stream": entry["stream"],
            "downshift.rung": entry["rung"],
            "downshift.intent": entry["intent"],
            "downshift.model": entry["model"],
            "downshift.outcome": entry["outcome"],
            "downshift.cost_usd": entry["cost_usd"],
            "downshift.baseline_usd": entry["baseline_usd"],
            "downshift.saving_usd": entry["saving_usd"],
            "downshift.energy_joules.min": entry["energy_min_joules"],
            "downshift.energy_joules.max": entry["energy_max_joules"],
            "downshift.flops": entry["flops"],
        })
        for attempt in entry["attempts"]:
            client = spans[attempt["span_id"]]
            assert client.status.code == (Status.STATUS_CODE_UNSET if attempt["outcome"] == "ok" else Status.STATUS_CODE_ERROR)
            check(attributes(client), usage(attempt) | {
                "gen_ai.request.model": MODELS[attempt["model"]],
                "gen_ai.provider.name": "openai",
                "server.address": "127.0.0.1",
                "downshift.outcome": attempt["outcome"],
                "downshift.cost_usd": attempt["cost_usd"],
                "downshift.cost_unknown": attempt["cost_unknown"],
                "error.type": None if attempt["outcome"] == "ok" else attempt["outcome"],
            })


def test_every_kind_of_request_is_among_them(told):
    assert sorted((entry["rung"] or "none", entry["outcome"]) for entry in told.entries) == [
        ("answer", "ok"), ("llm", "ok"), ("llm", "ok"), ("llm", "ok"), ("llm", "ok"), ("llm", "upstream_error"), ("llm", "upstream_error"),
    ]
    assert any(len(entry["attempts"]) == 2 for entry in told.entries)
    assert any(entry["cost_usd"] is None for entry in told.entries)


def test_the_caller_s_trace_is_taken_up(told):
    (entry,) = [entry for entry in told.entries if entry["trace_id"] == TRACE]
    (server,) = [span for _, span in told.spans if span.span_id.hex() == entry["span_id"]]
    assert (server.parent_span_id.hex(), server.trace_state) == (CALLER, "vendor=1")


def test_the_resource_is_named(told):
    for resource, _ in told.spans:
        assert resource["service.name"] == "downshift" and resource["service.version"]


def test_metrics_are_those_that_prometheus_reads(told):
    compared = {sample: number for sample, number in told.counted.items() if not MOVING.match(sample[0])}
    assert {"downshift_requests_total", "downshift_cost_usd_total", "downshift_tokens_total"} <= {name for name, _ in compared}
    wrong = {sample: (number, told.points.get(sample)) for sample, number in compared.items() if told.points.get(sample) != number}
    assert not wrong
    tokens = sum(seen[1] for (name, _), seen in told.points.items() if name == "gen_ai.client.token.usage")
    assert tokens == sum((attempt["input_tokens"] or 0) + (attempt["output_tokens"] or 0) for entry in told.entries for attempt in entry["attempts"])


def test_parquet_has_what_json_has(told):
    table = pyarrow.parquet.read_table(told.parquet)
    rows = table.to_pylist()
    assert len(rows) == len(told.lines) == len(told.entries)
    assert set(table.column_names) == set().union(*told.lines)
    for row, line in zip(rows, told.lines):
        for name, field in zip(table.column_names, table.schema):
            same(name, field.type, row[name], line.get(name))
    assert any(row["cost_usd"] is None for row in rows) and any(row["request"] for row in rows)


def same(name, kind, read, written):
    """A cell is what the line of JSON says, in its column's own type."""
    assert (read is None) == (written is None), f"{name}: {read}, not {written}"
    if read is None:
        return
    if pyarrow.types.is_decimal(kind):
        assert isinstance(written, str) and read == Decimal(written), name
    elif pyarrow.types.is_timestamp(kind):
        assert read.isoformat().replace("+00:00", "Z")[:23] == written[:23], name
    elif name in ("trail", "attempts", "judged", "shadow", "request"):
        assert json.loads(read) == written, name
    elif pyarrow.types.is_float32(kind):
        assert read == pytest.approx(written), name
    else:
        assert read == written, name


def test_parquet_s_types_are_those_of_the_docs(told):
    schema = pyarrow.parquet.read_schema(told.parquet)
    types = {field.name: field.type for field in schema}
    assert all(field.nullable for field in schema)
    assert types["started"] == pyarrow.timestamp("us", tz="UTC")
    assert {name for name, kind in types.items() if kind == pyarrow.decimal128(38, 12)} == {
        "cost_usd", "known_cost_usd", "baseline_usd", "saving_usd",
    }
    assert types["input_tokens"] == pyarrow.int64() and types["flops"] == pyarrow.float64() and types["confidence"] == pyarrow.float32()
    assert types["trail"] == types["attempts"] == pyarrow.string()


def test_parquet_adds_up_to_the_picodollar(told):
    table = pyarrow.parquet.read_table(told.parquet)
    for column in ("cost_usd", "known_cost_usd", "baseline_usd", "saving_usd"):
        exact = sum(Decimal(line[column]) for line in told.lines if line[column] is not None)
        assert pyarrow.compute.sum(table[column]).as_py() == exact, column
