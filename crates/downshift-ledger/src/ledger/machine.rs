//! Machines that are paid by the hour: hides how their time is shared out among the calls that are
//! open at once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::model::ModelCost;
use crate::money::Money;
use crate::price::{HourPrice, Occupancy, Price};

/// Parts of a nanosecond in which shares are counted.
const PARTS: u128 = 1 << 32;

/// The machines of a ledger by the model they serve.
pub(super) type Machines = BTreeMap<Arc<str>, Arc<Machine>>;

/// One machine. While it is busy each open call has an equal share of the passing time, so that the
/// shares of all calls are the busy time, no more and no less.
#[derive(Debug)]
pub(super) struct Machine {
    price: HourPrice,
    started: Instant,
    clock: Mutex<Clock>,
}

/// How the time went so far.
#[derive(Debug)]
struct Clock {
    seen: Instant,
    open: u32,
    busy: Duration,
    /// Parts of a nanosecond that a call would have got that was open all along.
    share: u128,
}

/// A call that occupies a machine.
#[derive(Debug, Clone)]
pub(super) struct Stay {
    machine: Arc<Machine>,
    since: u128,
}

/// How a machine that is paid by the hour was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MachineTime {
    /// The time in which it had at least one call of this router's.
    pub busy: Duration,
    /// The time in which it had none.
    pub idle: Duration,
    /// What `idle` costs; `None` when that is too large to hold.
    pub idle_cost: Option<Money>,
}

/// The machines of models that are paid by the hour.
pub(super) fn machines<'a>(models: impl IntoIterator<Item = &'a ModelCost>) -> Machines {
    let now = Instant::now();
    let priced = models.into_iter().filter_map(|model| match &model.price {
        Some(Price::Hour(price)) => {
            let machine = Machine::new(*price, now);
            Some((model.name.clone(), Arc::new(machine)))
        }
        _ => None,
    });
    priced.collect()
}

// === impl Machine ===

impl Machine {
    fn new(price: HourPrice, now: Instant) -> Self {
        Self {
            price,
            started: now,
            clock: Mutex::new(Clock {
                seen: now,
                open: 0,
                busy: Duration::ZERO,
                share: 0,
            }),
        }
    }

    /// A call begins.
    pub(super) fn enter(self: &Arc<Self>, now: Instant) -> Stay {
        let mut clock = self.clock(now);
        clock.open += 1;
        Stay {
            machine: self.clone(),
            since: clock.share,
        }
    }

    /// How it was used until now.
    pub(super) fn time(&self, now: Instant) -> MachineTime {
        let busy = self.clock(now).busy;
        let idle = now
            .saturating_duration_since(self.started)
            .saturating_sub(busy);
        MachineTime {
            busy,
            idle,
            idle_cost: self.price.of_time(idle),
        }
    }

    /// The clock, brought forward to now.
    fn clock(&self, now: Instant) -> MutexGuard<'_, Clock> {
        let mut clock = self.clock.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = now.saturating_duration_since(clock.seen);
        clock.seen = clock.seen.max(now);
        if clock.open > 0 {
            clock.busy += passed;
            clock.share += passed.as_nanos() * PARTS / u128::from(clock.open);
        }
        clock
    }
}

// === impl Stay ===

impl Stay {
    /// What the call took of the machine until now.
    pub(super) fn so_far(&self, now: Instant) -> Occupancy {
        self.occupancy(&self.machine.clock(now), now)
    }

    /// The call is over.
    pub(super) fn leave(self, now: Instant) -> Occupancy {
        let mut clock = self.machine.clock(now);
        clock.open = clock.open.saturating_sub(1);
        self.occupancy(&clock, now)
    }

    fn occupancy(&self, clock: &Clock, now: Instant) -> Occupancy {
        let nanos = clock.share.saturating_sub(self.since) / PARTS;
        Occupancy {
            share: Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX)),
            busy: clock.busy,
            elapsed: now.saturating_duration_since(self.machine.started),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::price::PriceConfig;

    fn machine(json: &str) -> (Arc<Machine>, HourPrice, Instant) {
        let config: PriceConfig = serde_json::from_str(json).unwrap();
        let Price::Hour(price) = config.into() else {
            panic!("{json} is no price by the hour");
        };
        let now = Instant::now();
        (Arc::new(Machine::new(price, now)), price, now)
    }

    /// Calls from one second to another, and what each costs at 3,600 dollars an hour.
    #[track_caller]
    fn check(idle: &str, calls: &[(u64, u64)], expected: &[&str]) {
        let (machine, price, start) =
            machine(&format!(r#"{{"per_hour": 3600, "idle": "{idle}"}}"#));
        let at = |second| start + Duration::from_secs(second);
        let mut moments: Vec<_> = calls
            .iter()
            .enumerate()
            .flat_map(|(call, (from, to))| [(*to, false, call), (*from, true, call)])
            .collect();
        moments.sort_unstable();
        let mut stays = BTreeMap::new();
        let mut costs = vec![None; calls.len()];
        for (second, begins, call) in moments {
            if begins {
                stays.insert(call, machine.enter(at(second)));
            } else if let Some(stay) = stays.remove(&call) {
                costs[call] = price.cost(stay.leave(at(second)));
            }
        }
        let costs: Vec<_> = costs
            .iter()
            .map(|cost| cost.unwrap().usd_string())
            .collect();
        assert_eq!(costs, expected, "{calls:?}");
    }

    #[test]
    fn calls_that_are_open_at_once_share_the_time() {
        check("apart", &[(0, 1)], &["1"]);
        check("apart", &[(5, 7)], &["2"]);
        check("apart", &[(0, 2), (0, 2)], &["1", "1"]);
        // The first is alone for two of its four seconds.
        check("apart", &[(0, 4), (2, 4)], &["3", "1"]);
        check("apart", &[(0, 1), (1, 2)], &["1", "1"]);
    }

    #[test]
    fn idle_time_is_charged_where_the_policy_says_so() {
        check("charged", &[(0, 1)], &["1"]);
        // Busy for two seconds of eight.
        check("charged", &[(6, 8)], &["8"]);
        check("charged", &[(2, 4), (2, 4)], &["2", "2"]);
    }

    #[test]
    fn idle_time_has_a_cost_of_its_own() {
        let (machine, _, start) = machine(r#"{"per_hour": 3600}"#);
        let at = |second| start + Duration::from_secs(second);
        machine.enter(at(3)).leave(at(5));
        let time = machine.time(at(10));
        assert_eq!((time.busy.as_secs(), time.idle.as_secs()), (2, 8));
        assert_eq!(time.idle_cost, Money::from_usd("8").ok());
    }

    proptest! {
        #[test]
        fn the_shares_are_the_busy_time(steps in prop::collection::vec((0_u64..5_000_000, any::<bool>()), 1..60)) {
            let (machine, _, mut now) = machine(r#"{"per_hour": 1}"#);
            let (mut stays, mut shares) = (Vec::new(), Duration::ZERO);
            for (nanos, begins) in steps {
                now += Duration::from_nanos(nanos);
                if begins {
                    stays.push(machine.enter(now));
                } else if let Some(stay) = stays.pop() {
                    shares += stay.leave(now).share;
                }
            }
            shares += stays.into_iter().map(|stay| stay.leave(now).share).sum();
            let busy = machine.time(now).busy;
            // Each share is rounded down to a nanosecond, each step to a part of one.
            let left = busy.checked_sub(shares);
            let rounded = Duration::from_nanos(120);
            prop_assert!(left.is_some_and(|left| left <= rounded), "{shares:?} {busy:?}");
        }
    }
}
