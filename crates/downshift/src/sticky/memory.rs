//! A map of bounded size that forgets what was not asked for: the longest unused first, and all that was silent too long.

use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use super::Bound;
use crate::hashed::Hashed;

#[derive(Debug)]
pub(super) struct Memory {
    most: NonZeroUsize,
    idle: Duration,
    bound: HashMap<Hashed, Slot>,
    /// Keys in the order of their last use.
    order: BTreeMap<u64, Hashed>,
    uses: u64,
}

#[derive(Debug)]
struct Slot {
    bound: Bound,
    used: Instant,
    turn: u64,
}

impl Memory {
    pub(super) fn new(most: NonZeroUsize, idle: Duration) -> Self {
        Self {
            most,
            idle,
            bound: HashMap::new(),
            order: BTreeMap::new(),
            uses: 0,
        }
    }

    pub(super) fn get(&mut self, key: &Hashed, now: Instant) -> Option<Bound> {
        let slot = self.bound.get_mut(key)?;
        if now.saturating_duration_since(slot.used) > self.idle {
            return None;
        }
        self.uses += 1;
        self.order.remove(&slot.turn);
        self.order.insert(self.uses, *key);
        (slot.used, slot.turn) = (now, self.uses);
        Some(slot.bound.clone())
    }

    pub(super) fn put(&mut self, key: Hashed, bound: Bound, now: Instant) {
        self.uses += 1;
        let slot = Slot {
            bound,
            used: now,
            turn: self.uses,
        };
        if let Some(before) = self.bound.insert(key, slot) {
            self.order.remove(&before.turn);
        }
        self.order.insert(self.uses, key);
        self.forget(now);
    }

    /// Drops what is too much, and what was silent too long: the order of use is that of silence.
    fn forget(&mut self, now: Instant) {
        while let Some((&turn, key)) = self.order.first_key_value() {
            let silent = self
                .bound
                .get(key)
                .is_none_or(|slot| now.saturating_duration_since(slot.used) > self.idle);
            if !silent && self.order.len() <= self.most.get() {
                return;
            }
            self.bound.remove(key);
            self.order.remove(&turn);
        }
    }
}

#[cfg(test)]
mod tests {
    use downshift_ledger::Rung;

    use super::*;

    fn memory(most: usize) -> Memory {
        Memory::new(NonZeroUsize::new(most).unwrap(), Duration::from_secs(10))
    }

    fn bound(model: &str) -> Bound {
        Bound {
            rung: Rung::Llm,
            model: model.into(),
        }
    }

    #[test]
    fn the_longest_unused_is_forgotten_first() {
        let (mut memory, now) = (memory(2), Instant::now());
        memory.put([1, 1], bound("a"), now);
        memory.put([2, 2], bound("b"), now);
        assert_eq!(memory.get(&[1, 1], now), Some(bound("a")));
        memory.put([3, 3], bound("c"), now);
        assert_eq!(memory.get(&[2, 2], now), None);
        assert_eq!(memory.get(&[1, 1], now), Some(bound("a")));
        assert_eq!((memory.bound.len(), memory.order.len()), (2, 2));
    }

    #[test]
    fn what_is_silent_too_long_is_forgotten() {
        let (mut memory, start) = (memory(100), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        memory.put([1, 1], bound("a"), at(0));
        memory.put([2, 2], bound("b"), at(0));
        assert_eq!(memory.get(&[1, 1], at(9)), Some(bound("a")));
        assert_eq!(memory.get(&[1, 1], at(18)), Some(bound("a")));
        assert_eq!(memory.get(&[2, 2], at(18)), None);
        memory.put([1, 1], bound("c"), at(19));
        assert_eq!(memory.get(&[1, 1], at(19)), Some(bound("c")));
        assert_eq!((memory.bound.len(), memory.order.len()), (1, 1));
    }
}
