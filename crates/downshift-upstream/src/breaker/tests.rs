use super::*;

const OPEN: Duration = Duration::from_secs(5);

/// A breaker that opens at three failures, and a clock that is moved by hand.
struct Bench {
    breaker: Breaker,
    now: Instant,
}

impl Bench {
    fn new() -> Self {
        let config = BreakerConfig {
            failures: Some(3),
            open: Some(OPEN),
        };
        Self {
            breaker: Breaker::new(config),
            now: Instant::now(),
        }
    }

    fn after(&mut self, seconds: u64) -> &mut Self {
        self.now += Duration::from_secs(seconds);
        self
    }

    /// `.` a call that goes well, `x` one that fails, `-` one that tells nothing.
    #[track_caller]
    fn calls(&mut self, outcomes: &str) -> &mut Self {
        for outcome in outcomes.chars() {
            let admission = self.breaker.admit(self.now).expect("a call passes");
            match outcome {
                '.' => self.breaker.succeeded(),
                'x' => drop(self.breaker.failed(admission, self.now)),
                _ => self.breaker.unknown(admission),
            }
        }
        self
    }

    #[track_caller]
    fn stands(&mut self, expected: Circuit) -> &mut Self {
        assert_eq!(self.breaker.circuit(self.now), expected);
        self
    }
}

fn open(seconds: u64) -> Circuit {
    let left = Duration::from_secs(seconds);
    Circuit::Open { left }
}

#[test]
fn failures_in_a_row_open_it() {
    Bench::new().calls("xx.xx").stands(Circuit::Closed);
    Bench::new()
        .calls("xxx")
        .stands(open(5))
        .after(2)
        .stands(open(3));
}

#[test]
fn half_of_the_newest_twenty_open_it() {
    let mut bench = Bench::new();
    bench.calls("x.x.x.x.x.x.x.x.x.").stands(Circuit::Closed);
    bench.calls(".x").stands(open(5));
}

#[test]
fn old_failures_do_not_count() {
    Bench::new()
        .calls("x.x.x.x.x.x.x.x....................x.x.x")
        .stands(Circuit::Closed);
}

#[test]
fn one_probe_passes_and_decides() {
    let mut bench = Bench::new();
    bench.calls("xxx").after(5).stands(Circuit::HalfOpen);
    let probe = bench.breaker.admit(bench.now).expect("a probe");
    assert!(probe.probe);
    let another = bench.breaker.admit(bench.now);
    assert!(matches!(another, Err(Circuit::Open { .. })), "{another:?}");
    assert!(bench.breaker.failed(probe, bench.now), "opens again");
    bench
        .stands(open(5))
        .after(5)
        .calls(".")
        .stands(Circuit::Closed);
    bench.calls("xx").stands(Circuit::Closed);
}

#[test]
fn a_probe_that_nobody_waited_for_makes_room_for_another() {
    let mut bench = Bench::new();
    bench
        .calls("xxx")
        .after(5)
        .calls("-")
        .stands(Circuit::HalfOpen);
    bench.calls(".").stands(Circuit::Closed);
}

#[test]
fn what_was_sent_before_it_opened_changes_nothing() {
    let mut bench = Bench::new();
    let early = bench.breaker.admit(bench.now).expect("closed");
    bench.calls("xxx");
    bench.breaker.succeeded();
    assert!(!bench.breaker.failed(early, bench.now));
    bench.stands(open(5)).after(5).stands(Circuit::HalfOpen);
    assert!(!bench.breaker.failed(early, bench.now));
    bench.stands(Circuit::HalfOpen);
}

#[test]
fn a_pause_is_kept_and_then_forgotten() {
    let mut bench = Bench::new();
    let until = bench.now + Duration::from_secs(9);
    bench.breaker.pause(until);
    bench.breaker.pause(bench.now + Duration::from_secs(2));
    let left = Duration::from_secs(6);
    bench.after(3).stands(Circuit::Paused { left });
    bench.after(6).stands(Circuit::Closed).calls("..");
}

#[test]
fn a_paused_probe_is_probed_again() {
    let mut bench = Bench::new();
    bench.calls("xxx").after(5);
    let probe = bench.breaker.admit(bench.now).expect("a probe");
    assert!(probe.probe);
    bench.breaker.pause(bench.now + Duration::from_secs(1));
    bench.after(1).stands(Circuit::HalfOpen);
}

#[test]
fn a_call_with_nowhere_else_to_go_passes_an_open_circuit() {
    let mut bench = Bench::new();
    bench.calls("xxx").stands(open(5));
    let insisting = bench.breaker.insist(bench.now).expect("it passes");
    assert!(bench.breaker.failed(insisting, bench.now));
    bench.stands(open(5));
    bench.breaker.insist(bench.now).expect("it passes");
    bench.breaker.succeeded();
    bench.stands(Circuit::Closed);
    bench.breaker.pause(bench.now + Duration::from_secs(1));
    assert!(bench.breaker.insist(bench.now).is_err(), "not into a pause");
}
