//! The ledger of the executable: what a kill, a full disk and an orderly end leave behind.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use parquet::file::reader::{FileReader, SerializedFileReader};
use serde_json::Value;
use tempfile::TempDir;

const POLICY: &str = r#"
listen: 127.0.0.1:0
admin: 127.0.0.1:0
models:
  big: { api: openai, base_url: "http://127.0.0.1:9/v1", model: big-1 }
llm: big
intents:
  arithmetic: { answer: arithmetic }
store: { url: "sqlite:STORE", flush_every: 100ms }
"#;

/// Longer than `flush_every`, and than a busy machine needs to write.
const WRITTEN: Duration = Duration::from_secs(2);

const BODY: &str = r#"{"model":"auto","messages":[{"role":"user","content":"what is 17 * 23?"}]}"#;

/// The executable, serving.
struct Serving {
    process: Child,
    clients: String,
    operators: String,
}

impl Serving {
    fn start(folder: &TempDir, store: &Path) -> Self {
        let policy = folder.path().join("router.yaml");
        let store = store.display().to_string();
        std::fs::write(&policy, POLICY.replace("STORE", &store)).unwrap();
        let mut process = Command::new(env!("CARGO_BIN_EXE_downshift"))
            .args(["serve", "--config"])
            .arg(policy)
            .env("DOWNSHIFT_LOG", "info")
            .env("NO_COLOR", "1")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(process.stderr.take().unwrap());
        let (clients, operators) = loop {
            let mut line = String::new();
            assert!(log.read_line(&mut line).unwrap() > 0, "it does not start");
            let after = |name: &str| {
                let (_, rest) = line.split_once(name)?;
                Some(rest.split_whitespace().next()?.to_owned())
            };
            if let (Some(clients), Some(operators)) = (after("listen="), after("admin=")) {
                break (clients, operators);
            }
        };
        // Whoever does not read a pipe stops who writes to it.
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        Self {
            process,
            clients,
            operators,
        }
    }

    /// Asks once; whether a whole answer came.
    fn ask(&self) -> bool {
        let request = format!(
            "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{BODY}",
            BODY.len()
        );
        exchange(&self.clients, &request).is_some_and(|reply| reply.contains("391"))
    }

    fn metric(&self, name: &str) -> f64 {
        let request = "GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
        let page = exchange(&self.operators, request).unwrap();
        let line = page.lines().find(|line| line.starts_with(name)).unwrap();
        line.rsplit_once(' ').unwrap().1.parse().unwrap()
    }

    /// Waits until a metric is as it should be.
    fn wait(&self, name: &str, holds: impl Fn(f64) -> bool) {
        let begun = Instant::now();
        while !holds(self.metric(name)) {
            assert!(
                begun.elapsed() < Duration::from_secs(30),
                "{name} stays {}",
                self.metric(name)
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Ends it in an orderly way, should it not have ended already.
    fn terminate(mut self) {
        let pid = self.process.id().to_string();
        Command::new("kill").arg(pid).status().unwrap();
        assert!(self.process.wait().unwrap().success());
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

fn exchange(address: &str, request: &str) -> Option<String> {
    let mut socket = TcpStream::connect(address).ok()?;
    socket.write_all(request.as_bytes()).ok()?;
    let mut reply = String::new();
    socket.read_to_string(&mut reply).ok()?;
    Some(reply)
}

/// Requests by the report of the executable.
fn reported(store: &Path) -> u64 {
    let output = Command::new(env!("CARGO_BIN_EXE_downshift"))
        .args(["report", "--json", "--store"])
        .arg(format!("sqlite:{}", store.display()))
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    report["total"]["requests"].as_u64().unwrap()
}

/// Lines of the export of the executable.
fn exported(store: &Path) -> u64 {
    let output = Command::new(env!("CARGO_BIN_EXE_downshift"))
        .args(["export", "--store"])
        .arg(format!("sqlite:{}", store.display()))
        .output()
        .unwrap();
    output.stdout.lines().count() as u64
}

/// Rows of the Parquet file that the executable makes of the store.
fn exported_as_columns(store: &Path) -> u64 {
    let file = store.with_file_name("ledger.parquet");
    let status = Command::new(env!("CARGO_BIN_EXE_downshift"))
        .args(["export", "--store"])
        .arg(format!("sqlite:{}", store.display()))
        .arg("--out")
        .arg(&file)
        .status()
        .unwrap();
    assert!(status.success());
    let reader = SerializedFileReader::new(File::open(file).unwrap()).unwrap();
    u64::try_from(reader.metadata().file_metadata().num_rows()).unwrap()
}

/// Several clients at once, until `end` or until nobody answers; how many answers came.
fn load(serving: &Serving, end: Instant) -> u64 {
    std::thread::scope(|scope| {
        let client = || {
            let mut answers = 0;
            while Instant::now() < end {
                answers += u64::from(serving.ask());
            }
            answers
        };
        let clients: Vec<_> = (0..4).map(|_| scope.spawn(client)).collect();
        clients
            .into_iter()
            .map(|client| client.join().unwrap())
            .sum()
    })
}

#[test]
fn an_orderly_end_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("ledger.db");
    let mut answers = 0;
    for _ in 0..2 {
        let serving = Serving::start(&folder, &store);
        answers += load(&serving, Instant::now() + Duration::from_millis(400));
        serving.terminate();
    }
    assert!(answers > 0);
    assert_eq!((reported(&store), exported(&store)), (answers, answers));
    assert_eq!(exported_as_columns(&store), answers);
}

#[test]
fn an_end_under_load_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("ledger.db");
    let mut answers = 0;
    for _ in 0..3 {
        let serving = Serving::start(&folder, &store);
        let pid = serving.process.id().to_string();
        std::thread::scope(|scope| {
            scope.spawn(move || {
                std::thread::sleep(Duration::from_millis(300));
                Command::new("kill").arg(&pid).status().unwrap()
            });
            // Longer than it lives: whoever comes too late is not answered.
            answers += load(&serving, Instant::now() + Duration::from_millis(600));
        });
        serving.terminate();
    }
    assert!(answers > 0);
    assert_eq!((reported(&store), exported(&store)), (answers, answers));
}

#[test]
fn a_kill_loses_at_most_what_was_not_yet_due() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("ledger.db");
    let mut serving = Serving::start(&folder, &store);
    let due = load(&serving, Instant::now() + Duration::from_millis(500));
    std::thread::sleep(WRITTEN);
    let mut all = due;
    std::thread::scope(|scope| {
        let victim = serving.process.id().to_string();
        scope.spawn(move || {
            std::thread::sleep(Duration::from_millis(500));
            Command::new("kill").args(["-9", &victim]).status().unwrap()
        });
        all += load(&serving, Instant::now() + Duration::from_secs(1));
    });
    serving.process.wait().unwrap();
    let kept = reported(&store);
    assert!(due <= kept, "{kept} of {due} that were long due");
    // A request whose answer the kill cut off may have been booked: at most one a client.
    assert!(kept <= all + 4, "{kept} of {all}");
    assert_eq!(
        exported(&store),
        kept,
        "sums and rows are of the same transactions"
    );
    let serving = Serving::start(&folder, &store);
    assert!(serving.ask());
    serving.terminate();
    assert_eq!(reported(&store), kept + 1, "it goes on where it was");
}

/// Needs root, to mount a small file system.
#[test]
#[ignore = "mounts a file system"]
fn a_full_disk_is_waited_out_while_requests_are_served() {
    let folder = tempfile::tempdir().unwrap();
    let disk = folder.path().join("disk");
    std::fs::create_dir(&disk).unwrap();
    let mount = |program: &str, arguments: &[&str]| {
        Command::new(program)
            .args(arguments)
            .arg(&disk)
            .status()
            .is_ok_and(|status| status.success())
    };
    assert!(
        mount("mount", &["-t", "tmpfs", "-o", "size=1m", "tmpfs"]),
        "cannot mount: run as root"
    );
    let filler = disk.join("filler");
    let store = disk.join("ledger.db");
    let serving = Serving::start(&folder, &store);
    assert!(serving.ask());
    serving.wait("downshift_store_written_total ", |written| written >= 1.0);
    // What is left of the disk, to the last page.
    let mut file = std::fs::File::create(&filler).unwrap();
    while file.write_all(&[0; 512]).is_ok() {}
    let mut asked = 1.0;
    while serving.metric("downshift_store_up ") > 0.0 {
        assert!(serving.ask(), "requests are served");
        asked += 1.0;
        assert!(asked < 5_000.0, "the disk does not fill");
    }
    assert!(serving.metric("downshift_store_failures_total ") >= 1.0);
    drop(file);
    std::fs::remove_file(&filler).unwrap();
    serving.wait("downshift_store_written_total ", |written| written >= asked);
    serving.wait("downshift_store_up ", |up| up > 0.0);
    assert!(serving.metric("downshift_store_dropped_total ") < 1.0);
    serving.terminate();
    let kept = reported(&store);
    assert!(mount("umount", &[]));
    assert!((kept as f64 - asked).abs() < 0.5, "{kept} of {asked}");
}
