//! Traces and logs of the executable: what its environment asks for, and what it never says unasked.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message;
use serde_json::Value;
use tempfile::TempDir;

const POLICY: &str = r#"
listen: 127.0.0.1:0
admin: 127.0.0.1:0
models:
  big: { api: openai, base_url: "http://BIG/v1", model: big-1, price: { input: 1, output: 2 } }
llm: big
"#;

const REPLY: &str = r#"{"id":"1","object":"chat.completion","created":1,"model":"big-1-2026","choices":[{"index":0,"message":{"role":"assistant","content":"a secret reply"},"finish_reason":"stop"}],"usage":{"prompt_tokens":5,"completion_tokens":3,"total_tokens":8}}"#;

const QUESTION: &str = "a secret question";

/// One request as a server got it: its head, and its body.
type Got = (String, Vec<u8>);

/// A server that answers everything alike, and remembers what it got.
struct Server {
    address: String,
    got: Arc<Mutex<Vec<Got>>>,
}

impl Server {
    fn start(content_type: &'static str, body: &'static str) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let got = Arc::<Mutex<Vec<Got>>>::default();
        let remembered = got.clone();
        std::thread::spawn(move || {
            for socket in listener.incoming() {
                let remembered = remembered.clone();
                std::thread::spawn(move || {
                    let mut reader = BufReader::new(socket.unwrap());
                    while let Some(request) = read(&mut reader) {
                        remembered.lock().unwrap().push(request);
                        let answer = format!(
                            "HTTP/1.1 200 OK\r\ncontent-type: {content_type}\r\ncontent-length: {}\r\n\r\n{body}",
                            body.len()
                        );
                        reader.get_mut().write_all(answer.as_bytes()).unwrap();
                    }
                });
            }
        });
        Self { address, got }
    }

    fn got(&self) -> Vec<Got> {
        self.got.lock().unwrap().clone()
    }
}

fn read(reader: &mut BufReader<TcpStream>) -> Option<Got> {
    let mut head = String::new();
    loop {
        let begun = head.len();
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
        if head[begun..].trim().is_empty() {
            break;
        }
    }
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse().ok())?
    });
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    Some((head, body))
}

/// The executable, serving, and all that it logs.
struct Serving {
    process: Child,
    clients: String,
    log: Arc<Mutex<String>>,
}

impl Serving {
    fn start(folder: &TempDir, policy: &str, environment: &[(&str, &str)]) -> Self {
        let path = folder.path().join("router.yaml");
        std::fs::write(&path, policy).unwrap();
        let mut process = Command::new(env!("CARGO_BIN_EXE_downshift"))
            .args(["serve", "--config"])
            .arg(path)
            .env("DOWNSHIFT_LOG", "debug")
            .env("NO_COLOR", "1")
            .envs(environment.iter().copied())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap());
        let log = Arc::<Mutex<String>>::default();
        let written = log.clone();
        std::thread::spawn(move || {
            let mut line = String::new();
            while lines.read_line(&mut line).is_ok_and(|read| read > 0) {
                written.lock().unwrap().push_str(&line);
                line.clear();
            }
        });
        let mut serving = Self {
            process,
            clients: String::new(),
            log,
        };
        let line = serving.wait("point a client's base URL at http://");
        let (_, rest) = line.split_once("base URL at http://").unwrap();
        rest.split("/v1")
            .next()
            .unwrap()
            .clone_into(&mut serving.clients);
        serving
    }

    /// The first line of the log with this in it.
    fn wait(&self, text: &str) -> String {
        let begun = Instant::now();
        loop {
            let log = self.log.lock().unwrap().clone();
            if let Some(line) = log.lines().find(|line| line.contains(text)) {
                return line.to_owned();
            }
            assert!(
                begun.elapsed() < Duration::from_secs(30),
                "no `{text}` in {log}"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn ask(&self, headers: &str) -> String {
        let body =
            format!(r#"{{"model":"auto","messages":[{{"role":"user","content":"{QUESTION}"}}]}}"#);
        let request = format!(
            "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
             content-type: application/json\r\n{headers}content-length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut socket = TcpStream::connect(&self.clients).unwrap();
        socket.write_all(request.as_bytes()).unwrap();
        let mut reply = String::new();
        socket.read_to_string(&mut reply).unwrap();
        assert!(reply.contains("a secret reply"), "{reply}");
        reply
    }

    /// Ends it as an operator would; all that it has logged.
    fn end(mut self) -> String {
        let pid = self.process.id().to_string();
        assert!(Command::new("kill").arg(pid).status().unwrap().success());
        assert!(self.process.wait().unwrap().success());
        std::thread::sleep(Duration::from_millis(100));
        self.log.lock().unwrap().clone()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

fn policy(big: &Server, more: &str) -> String {
    format!("{}{more}\n", POLICY.replace("BIG", &big.address))
}

#[test]
fn the_environment_alone_asks_for_traces() {
    let folder = tempfile::tempdir().unwrap();
    let big = Server::start("application/json", REPLY);
    let collector = Server::start("application/x-protobuf", "");
    let endpoint = format!("http://{}", collector.address);
    let serving = Serving::start(
        &folder,
        &policy(&big, ""),
        &[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", &*endpoint),
            ("OTEL_EXPORTER_OTLP_HEADERS", "x-team=red"),
            ("OTEL_SERVICE_NAME", "edge"),
            ("OTEL_METRICS_EXPORTER", "none"),
        ],
    );
    serving.ask("traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n");
    serving.end();
    let exchanges = collector.got();
    let (head, body) = exchanges
        .first()
        .unwrap_or_else(|| panic!("nothing was sent"));
    assert!(
        head.starts_with("POST /v1/traces ") && head.contains("x-team: red"),
        "{head}"
    );
    let request = ExportTraceServiceRequest::decode(&**body).unwrap();
    let resource = format!("{:?}", request.resource_spans[0].resource);
    assert!(resource.contains("\"edge\""), "{resource}");
    let spans = &request.resource_spans[0].scope_spans[0].spans;
    assert_eq!(spans.len(), 2);
    let (server, call) = (&spans[0], &spans[1]);
    assert_eq!(
        server.parent_span_id,
        [0x00, 0xf0, 0x67, 0xaa, 0x0b, 0xa9, 0x02, 0xb7]
    );
    assert_eq!(call.parent_span_id, server.span_id);
    let told = format!("{:?}", call.attributes);
    assert!(told.contains("big-1-2026"), "{told}");
    let all = format!("{request:?}");
    assert!(
        !all.contains("secret"),
        "no prompt and no reply is in a trace"
    );
    let (upstream, _) = &big.got()[0];
    let id = u64::from_be_bytes(call.span_id.as_slice().try_into().unwrap());
    let id = format!("{id:016x}");
    assert!(
        upstream.contains(&format!("00-4bf92f3577b34da6a3ce929d0e0e4736-{id}-01")),
        "{upstream}"
    );
}

#[test]
fn a_log_in_json_has_a_line_for_each_request_and_no_prompt() {
    let folder = tempfile::tempdir().unwrap();
    let big = Server::start("application/json", REPLY);
    let more = "log: { format: json, requests: true }";
    let serving = Serving::start(&folder, &policy(&big, more), &[]);
    let reply =
        serving.ask("traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n");
    let id = reply
        .lines()
        .find_map(|line| line.strip_prefix("x-downshift-id: "))
        .unwrap();
    let log = serving.end();
    assert!(!log.contains("secret"), "{log}");
    let lines = log
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let line = lines
        .into_iter()
        .find(|line| line["target"] == "downshift::requests");
    let line = line.unwrap_or_else(|| panic!("{log}"));
    assert_eq!(line["request_id"], *id);
    assert_eq!(line["trace_id"], "4bf92f3577b34da6a3ce929d0e0e4736");
    assert_eq!(
        (&line["rung"], &line["outcome"]),
        (&"llm".into(), &"ok".into())
    );
    assert_eq!(
        (&line["input_tokens"], &line["cost_usd"]),
        (&5.into(), &"0.000011".into())
    );
}

#[test]
fn prompts_are_logged_where_the_policy_asks_for_them() {
    let folder = tempfile::tempdir().unwrap();
    let big = Server::start("application/json", REPLY);
    let more = "log: { format: json, prompts: true }";
    let serving = Serving::start(&folder, &policy(&big, more), &[]);
    serving.ask("");
    let log = serving.end();
    let said = log.lines().find(|line| line.contains(QUESTION)).unwrap();
    let said: Value = serde_json::from_str(said).unwrap();
    assert_eq!(said["reply"], "a secret reply");
    assert!(said["request_id"].is_string(), "{said}");
}

#[test]
fn what_goes_wrong_is_logged_with_the_request_s_id() {
    let folder = tempfile::tempdir().unwrap();
    let gone = TcpListener::bind(("127.0.0.1", 0))
        .unwrap()
        .local_addr()
        .unwrap();
    let policy = POLICY.replace("BIG", &gone.to_string()) + "breaker: { failures: 1 }\n";
    let serving = Serving::start(&folder, &policy, &[("DOWNSHIFT_LOG_FORMAT", "json")]);
    let body = r#"{"model":"auto","messages":[{"role":"user","content":"x"}]}"#;
    let request = format!(
        "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut socket = TcpStream::connect(&serving.clients).unwrap();
    socket.write_all(request.as_bytes()).unwrap();
    let mut reply = String::new();
    socket.read_to_string(&mut reply).unwrap();
    let id = reply
        .lines()
        .find_map(|line| line.strip_prefix("x-downshift-id: "))
        .unwrap();
    let line: Value = serde_json::from_str(&serving.wait("a circuit opened")).unwrap();
    assert_eq!(line["span"]["request_id"], *id, "{line}");
}
