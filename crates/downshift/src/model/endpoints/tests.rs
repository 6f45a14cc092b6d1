use std::time::Duration;

use downshift_upstream::{Client, ClientConfig, Endpoint};

use super::*;

fn endpoints(count: usize) -> Endpoints {
    let client = Client::new(&ClientConfig::default()).expect("a client");
    let upstream = |index| {
        let endpoint = Endpoint {
            name: "model".into(),
            base_url: format!("http://127.0.0.1:{}/v1", index + 1),
            ..Endpoint::default()
        };
        Upstream::new(&client, endpoint).expect("an upstream")
    };
    let breaker = BreakerConfig {
        failures: Some(2),
        open: Some(Duration::from_secs(5)),
    };
    Endpoints::new((0..count).map(upstream).collect(), breaker)
}

fn failure(kind: ErrorKind) -> upstream::Error {
    upstream::Error::resting(kind, Duration::ZERO, "made up")
}

impl Endpoints {
    #[track_caller]
    fn chosen(&self) -> Permit {
        self.choose(&Tried::default(), false).expect("a server")
    }
}

fn port(permit: &Permit) -> String {
    permit.upstream().origin()
}

#[tokio::test(start_paused = true)]
async fn a_server_that_fails_is_left_out() {
    let all = endpoints(2);
    let bad = port(&all.chosen());
    for _ in 0..200 {
        let permit = all.chosen();
        let ended = if port(&permit) == bad {
            Err(&failure(ErrorKind::Connect))
        } else {
            Ok(())
        };
        permit.ended(ended);
    }
    for _ in 0..50 {
        let permit = all.chosen();
        assert_ne!(port(&permit), bad, "its circuit is open");
        permit.ended(Ok(()));
    }
    tokio::time::advance(Duration::from_secs(5)).await;
    let probe = all.chosen();
    assert_eq!(port(&probe), bad, "one request finds out how it is");
    assert_ne!(port(&all.chosen()), bad, "and no other until then");
    probe.ended(Ok(()));
    assert_eq!(all.health()[0].level().max(all.health()[1].level()), 0);
}

#[tokio::test(start_paused = true)]
async fn a_request_goes_to_each_server_before_it_comes_back_to_one() {
    let all = endpoints(3);
    let tried = Tried::default();
    let mut seen: Vec<_> = (0..3)
        .map(|_| port(&all.choose(&tried, false).expect("a server")))
        .collect();
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 3, "{seen:?}");
    assert!(all.choose(&tried, false).is_ok(), "and then to any");
}

#[tokio::test(start_paused = true)]
async fn the_slower_of_two_is_asked_less() {
    let all = endpoints(2);
    let slow = port(&all.chosen());
    let mut asked = 0;
    for _ in 0..100 {
        let mut permit = all.chosen();
        let is_slow = port(&permit) == slow;
        asked += u32::from(is_slow);
        let takes = if is_slow { 900 } else { 10 };
        tokio::time::advance(Duration::from_millis(takes)).await;
        permit.begun();
        permit.ended(Ok(()));
    }
    assert!(asked < 20, "{asked} of a hundred went to the slow one");
}

#[tokio::test(start_paused = true)]
async fn when_all_rest_it_is_said_for_how_long() {
    let all = endpoints(2);
    for _ in 0..2 {
        for _ in 0..2 {
            let tried = Tried::default();
            while let Ok(permit) = all.choose(&tried, false) {
                permit.ended(Err(&failure(ErrorKind::Connect)));
            }
        }
    }
    tokio::time::advance(Duration::from_secs(2)).await;
    let error = all.choose(&Tried::default(), false).expect_err("all rest");
    assert_eq!(error.kind, ErrorKind::CircuitOpen);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3)));
    assert!(
        error.to_string().contains("each of its 2 servers"),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn only_what_was_measured_is_shown_as_latency() {
    let all = endpoints(1);
    let permit = all.chosen();
    tokio::time::advance(Duration::from_secs(2)).await;
    permit.ended(Err(&failure(ErrorKind::FirstTokenTimeout)));
    assert_eq!(all.health()[0].seconds, None, "it never sent a token");
    let mut permit = all.chosen();
    tokio::time::advance(Duration::from_millis(125)).await;
    permit.begun();
    permit.ended(Ok(()));
    assert_eq!(all.health()[0].seconds, Some(0.125));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_leaves_says_nothing_against_a_server() {
    let all = endpoints(1);
    for _ in 0..10 {
        drop(all.chosen());
    }
    let health = &all.health()[0];
    assert_eq!((health.level(), health.pending), (0, 0));
}
