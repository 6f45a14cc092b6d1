mod refused;
mod timeline;

use std::time::Instant;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::filter::{Filter, Place};
use crate::history::StoreError;
use crate::ledger::{Closing, Ledger, Opening};
use crate::model::ModelCost;
use crate::price::PriceConfig;
use crate::reason::Reason;
use crate::report::{By, Report, Window};
use crate::rung::Rung;
use crate::trail::Step;
use crate::{AttemptOutcome, Outcome};

/// A database of the test's own: a file in a new folder, or a new database on the server that
/// `DOWNSHIFT_TEST_POSTGRES` names.
struct Own {
    folder: TempDir,
    address: Address,
}

impl Own {
    fn new() -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "which server the tests run against"
        )]
        let server = std::env::var("DOWNSHIFT_TEST_POSTGRES").ok();
        server.map_or_else(Self::file, |server| {
            runtime().block_on(Self::database(&server))
        })
    }

    fn file() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = Address::Sqlite(folder.path().join("new/downshift.db"));
        Self { folder, address }
    }

    async fn database(server: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_string_lossy().to_lowercase();
        let name: String = path.chars().filter(char::is_ascii_alphanumeric).collect();
        sqlx::any::install_default_drivers();
        let pool = sqlx::AnyPool::connect(server).await.unwrap();
        let sql = format!("CREATE DATABASE {name}");
        sqlx::query(&sql).execute(&pool).await.unwrap();
        let (server, _) = server.rsplit_once('/').unwrap();
        let address = Address::Postgres(format!("{server}/{name}"));
        Self { folder, address }
    }

    fn config(&self) -> StoreConfig {
        StoreConfig {
            address: self.address.clone(),
            retention: None,
            queue: 10_000,
            batch: 100,
            flush_every: Duration::from_millis(20),
            clock: || Timestamp::from_second(1_800_000_000).unwrap(),
        }
    }

    fn store(&self) -> Store {
        let store = Store::new(self.config());
        store.start();
        store
    }
}

/// A request as a test describes it.
#[derive(Debug, Clone)]
struct Asked {
    second: i64,
    llm: bool,
    tokens: Option<u64>,
    passed_on: bool,
    outcome: Outcome,
}

impl Asked {
    fn at(second: i64) -> Self {
        Self {
            second,
            llm: true,
            tokens: Some(7),
            passed_on: true,
            outcome: Outcome::Ok,
        }
    }
}

fn entry(id: usize, asked: &Asked) -> Arc<Entry> {
    let price: PriceConfig = serde_json::from_str(r#"{"input": 1.25, "output": 10}"#).unwrap();
    let big = ModelCost {
        price: Some(price.into()),
        active_parameters: Some(1e9),
        ..ModelCost::named("big")
    };
    let ledger = Ledger::new([big], "big", []);
    let open = ledger.open(Opening {
        id: format!("{id:08}"),
        started: Timestamp::from_second(asked.second).unwrap(),
        arrived: Instant::now(),
        requested_model: "a\0b".to_owned(),
        stream: false,
    });
    let tab = open.tab();
    tab.key("team\0a");
    if asked.passed_on {
        tab.pass_on(Step {
            rung: Rung::Answer,
            reason: Reason::NotUnderstood,
            confidence: Some(0.5),
            detail: Some("it's \"quoted\" \u{1F600}".to_owned()),
            spent: None,
        });
    }
    let (rung, model) = if asked.llm {
        (Rung::Llm, "big")
    } else {
        (Rung::Specialist, "small")
    };
    let attempt = tab.attempt(rung, model);
    if let Some(tokens) = asked.tokens {
        attempt.usage(downshift_wire::Usage {
            input: tokens,
            cached_input: 0,
            output: tokens / 2,
            reasoning: 1,
            ..downshift_wire::Usage::default()
        });
    }
    attempt.finish(AttemptOutcome::Ok);
    open.close(Closing {
        rung: Some(rung),
        model: Some(model.into()),
        intent: Some("code".into()),
        ..Closing::with(asked.outcome)
    })
}

/// Sums are the same to the last bit but for those of floats, whose order differs.
#[track_caller]
fn same(found: &Report, expected: &Report) {
    let close = |found: f64, expected: f64| {
        assert!(
            (found - expected).abs() <= expected.abs() * 1e-9,
            "{found} is not {expected}"
        );
    };
    let mut lines = vec![(found.total(), expected.total())];
    lines.extend(found.lines().into_iter().zip(expected.lines()));
    assert_eq!(found.lines().len(), expected.lines().len());
    for (found, expected) in lines {
        let (mut totals, wanted) = (*found.totals, *expected.totals);
        close(totals.flops, wanted.flops);
        close(totals.energy_max_joules, wanted.energy_max_joules);
        close(totals.own_seconds, wanted.own_seconds);
        totals.flops = wanted.flops;
        totals.energy_min_joules = wanted.energy_min_joules;
        totals.energy_max_joules = wanted.energy_max_joules;
        totals.baseline_energy_min_joules = wanted.baseline_energy_min_joules;
        totals.baseline_energy_max_joules = wanted.baseline_energy_max_joules;
        totals.own_seconds = wanted.own_seconds;
        totals.own_energy_min_joules = wanted.own_energy_min_joules;
        totals.own_energy_max_joules = wanted.own_energy_max_joules;
        assert_eq!(totals, wanted);
        assert_eq!(found.name, expected.name);
        assert_eq!(found.escalations, expected.escalations);
        assert_eq!(found.seconds_p50, expected.seconds_p50);
        assert_eq!(found.own_seconds_p95, expected.own_seconds_p95);
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
}

async fn written(store: &Store, entries: &[Arc<Entry>]) {
    for entry in entries {
        store.record(entry);
    }
    // A machine that is busy takes longer than a reader waits.
    for _ in 0..30 {
        store.settle().await;
        if store.health().queued == 0 {
            return;
        }
    }
    panic!("entries are still queued");
}

async fn all(store: &Store) -> Vec<Exported> {
    let (mut exported, mut after) = (Vec::new(), None);
    loop {
        let page = store
            .export(Window::default(), after.as_ref())
            .await
            .unwrap();
        let Some(last) = page.last() else {
            return exported;
        };
        after = Some(Place::of(&last.entry));
        exported.extend(page);
    }
}

#[test]
fn what_was_recorded_is_read_back_after_a_restart() {
    let own = Own::new();
    let entries: Vec<_> = (0..1_234)
        .zip(1_700_000_000..)
        .map(|(id, second)| entry(id, &Asked::at(second)))
        .collect();
    runtime().block_on(async {
        let store = own.store();
        for entry in &entries {
            store.record(entry);
        }
        store.close(Duration::from_secs(20)).await;
        assert_eq!(store.health().written, 1_234);
    });
    runtime().block_on(async {
        let store = own.store();
        let found = all(&store).await;
        assert_eq!(found.len(), entries.len());
        for (found, entry) in found.iter().zip(&entries) {
            assert_eq!(found.entry, **entry);
        }
        assert_eq!(
            store.get("00000007").await.unwrap().as_deref(),
            Some(&*entries[7])
        );
        assert_eq!(store.get("nobody").await.unwrap(), None);
    });
}

#[test]
fn an_id_has_one_row_and_counts_once() {
    let own = Own::new();
    runtime().block_on(async {
        let store = own.store();
        let one = entry(1, &Asked::at(1_700_000_000));
        written(&store, &[one.clone(), one.clone()]).await;
        written(&store, &[one.clone(), entry(2, &Asked::at(1_700_000_001))]).await;
        assert_eq!(all(&store).await.len(), 2);
        let report = store.report(Window::default(), None).await.unwrap();
        assert_eq!(report.total.totals.requests, 2);
    });
}

/// Entries of several kinds, some at the same moment, and not in the order of their ids.
fn mixed(count: usize) -> Vec<Arc<Entry>> {
    let asked = |id: i64| Asked {
        llm: id % 3 == 0,
        outcome: if id % 7 == 0 {
            Outcome::Abandoned
        } else {
            Outcome::Ok
        },
        ..Asked::at(1_700_000_000 + (id * 37 % 50))
    };
    let entries = (0..count).zip(0..);
    entries
        .map(|(id, number)| entry(id, &asked(number)))
        .collect()
}

#[test]
fn a_list_is_the_same_from_the_store_as_from_memory() {
    let own = Own::new();
    let recent = crate::Recent::new(1_000);
    let entries = mixed(300);
    for entry in &entries {
        recent.record(entry);
    }
    runtime().block_on(async {
        let store = own.store();
        written(&store, &entries).await;
        let newest = Filter::newest(40);
        let filters = [
            newest.clone(),
            Filter {
                rung: Some("llm".into()),
                ..newest.clone()
            },
            Filter {
                model: Some("small".into()),
                outcome: Some(Outcome::Abandoned),
                ..newest.clone()
            },
            Filter {
                intent: Some("none".into()),
                ..newest.clone()
            },
            Filter {
                before: Some(Place::of(&entries[100])),
                ..newest.clone()
            },
            Filter {
                before: Some(Place::at(Timestamp::from_second(1_700_000_020).unwrap())),
                since: Timestamp::from_second(1_700_000_019).ok(),
                ..newest
            },
        ];
        for filter in filters {
            let ids = |entries: Vec<Arc<Entry>>| {
                entries
                    .iter()
                    .map(|entry| entry.id.clone())
                    .collect::<Vec<_>>()
            };
            let found = ids(store.list(&filter).await.unwrap());
            assert_eq!(found, ids(recent.list(&filter)), "{filter:?}");
            let expects_some = filter.intent.is_none();
            assert_eq!(!found.is_empty(), expects_some, "{filter:?}");
        }
    });
}

fn asked() -> impl Strategy<Value = Asked> {
    let second = prop_oneof![
        1_700_000_000_i64..1_700_000_200,
        1_700_000_000_i64..1_700_300_000,
    ];
    let outcome = prop_oneof![
        Just(Outcome::Ok),
        Just(Outcome::UpstreamError),
        Just(Outcome::Abandoned)
    ];
    let tokens = proptest::option::weighted(0.8, 0_u64..1_000_000);
    (second, any::<bool>(), tokens, any::<bool>(), outcome).prop_map(
        |(second, llm, tokens, passed_on, outcome)| Asked {
            second,
            llm,
            tokens,
            passed_on,
            outcome,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn a_report_is_the_same_from_sums_as_from_entries(
        asked in proptest::collection::vec(asked(), 1..120),
        since in proptest::option::of(1_699_999_900_i64..1_700_300_000),
        length in proptest::option::of(0_i64..200_000),
        by in proptest::option::of(proptest::sample::select(By::ALL.to_vec())),
    ) {
        let own = Own::new();
        let entries: Vec<_> = asked.iter().enumerate().map(|(id, asked)| entry(id, asked)).collect();
        let window = Window {
            since: since.and_then(|since| Timestamp::from_second(since).ok()),
            until: length.and_then(|length| Timestamp::from_second(since.unwrap_or(1_700_000_000) + length).ok()),
        };
        let mut expected = Report::new(window, by);
        for entry in &entries {
            expected.add(entry);
        }
        runtime().block_on(async {
            let (first, second) = entries.split_at(entries.len() / 2);
            // Two processes, one after the other, then a third that reads.
            for part in [first, second] {
                let store = own.store();
                written(&store, part).await;
                store.close(Duration::from_secs(5)).await;
            }
            let store = own.store();
            same(&store.report(window, by).await.unwrap(), &expected);
        });
    }
}

#[test]
fn a_full_queue_drops_and_counts_and_never_waits() {
    let own = Own::new();
    let config = StoreConfig {
        queue: 10,
        ..own.config()
    };
    let store = Store::new(config);
    for id in 0..25 {
        store.record(&entry(id, &Asked::at(1_700_000_000)));
    }
    let health = store.health();
    assert_eq!((health.queued, health.dropped), (10, 15));
    runtime().block_on(async {
        store.start();
        store.close(Duration::from_secs(5)).await;
        assert_eq!(store.health().written, 10);
    });
}

#[test]
fn what_is_too_old_is_deleted() {
    let own = Own::new();
    runtime().block_on(async {
        let store = own.store();
        // The clock of the tests stands at 1 800 000 000.
        let mut entries = vec![entry(1, &Asked::at(1_799_999_000))];
        // More than one statement deletes.
        let old = (2..2_200).map(|id| entry(id, &Asked::at(1_799_000_000)));
        entries.extend(old);
        for part in entries.chunks(500) {
            written(&store, part).await;
        }
        store.close(Duration::from_secs(5)).await;
        let retention = Some(Duration::from_hours(24));
        let store = Store::new(StoreConfig {
            retention,
            ..own.config()
        });
        store.start();
        let find = |id| store.get(id);
        while find("00002199").await.unwrap().is_some() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        store.close(Duration::from_secs(5)).await;
        let store = own.store();
        assert_eq!(all(&store).await.len(), 1);
        assert_eq!(all(&store).await[0].entry.id, "00000001");
        let report = store.report(Window::default(), None).await.unwrap();
        assert_eq!(report.total.totals.requests, 1);
    });
}

#[test]
fn what_was_said_is_kept_beside_the_entry() {
    let own = Own::new();
    runtime().block_on(async {
        let store = own.store();
        store.keep(Bodies {
            id: "00000001".to_owned(),
            started: Timestamp::from_second(1_700_000_000).unwrap(),
            request: Some("{\"model\":\"auto\"}".to_owned()),
            reply: None,
        });
        written(&store, &[entry(1, &Asked::at(1_700_000_000))]).await;
        let found = all(&store).await;
        assert_eq!(found[0].request.as_deref(), Some("{\"model\":\"auto\"}"));
        assert_eq!(found[0].reply, None);
    });
}
