//! What many requests came to, together and by group: hides how entries become figures.
//!
//! The terminal's table, `GET /report` and the dashboard all print a [`Report`]; whether its
//! entries came from memory or from the store makes no difference to it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::entry::Entry;
use crate::percentiles::Percentiles;
use crate::rung::Rung;
use crate::totals::Totals;

/// What groups and filters call that which an entry has not: a key, an intent, a model.
pub const NONE: &str = "none";

/// What a report is broken down by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum By {
    /// The rung that replied.
    Rung,
    /// The intent the request was given.
    Intent,
    /// The model that replied.
    Model,
    /// The caller's key, by the operator's name for it.
    Key,
    /// The day it arrived, in UTC.
    Day,
}

/// The requests a report is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Window {
    /// The first moment; from the beginning if absent.
    pub since: Option<Timestamp>,
    /// The first moment no longer; to the end if absent.
    pub until: Option<Timestamp>,
}

/// What an entry is grouped by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Group {
    /// The rung that replied.
    pub rung: String,
    /// The intent.
    pub intent: String,
    /// The model that replied.
    pub model: String,
    /// The caller's key.
    pub key: String,
}

/// Figures of many entries.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Figures {
    /// Sums.
    pub totals: Totals,
    /// Seconds from arrival to the end of the reply.
    pub seconds: Percentiles,
    /// Seconds of the router's own.
    pub own_seconds: Percentiles,
    /// Rungs that passed on, by rung and reason: `answer:not_understood`.
    pub escalations: BTreeMap<String, u64>,
}

/// Figures of the entries of a window, together and by group.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The entries it is of.
    pub window: Window,
    /// What the groups are.
    pub by: Option<By>,
    /// All entries together.
    pub total: Figures,
    /// By group, those with the most requests first.
    groups: BTreeMap<String, Figures>,
}

/// [`Report`] as it is written.
#[derive(Debug, Serialize)]
struct ReportRow<'a> {
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    by: Option<By>,
    total: Line<'a>,
    groups: Vec<Line<'a>>,
}

/// [`Figures`] as they are shown.
#[derive(Debug, Serialize)]
pub struct Line<'a> {
    /// The group; none for all entries together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'a str>,
    /// Its share of the requests, 0 to 1.
    pub share: f64,
    /// Its sums.
    #[serde(flatten)]
    pub totals: &'a Totals,
    /// Half of the replies ended within so many seconds.
    pub seconds_p50: Option<f64>,
    /// Ninety-five in a hundred replies ended within so many seconds.
    pub seconds_p95: Option<f64>,
    /// The same for the router's own time.
    pub own_seconds_p50: Option<f64>,
    /// The same for the router's own time.
    pub own_seconds_p95: Option<f64>,
    /// Rungs that passed on, by rung and reason.
    pub escalations: &'a BTreeMap<String, u64>,
}

// === impl By ===

impl By {
    /// Every way.
    pub const ALL: [Self; 5] = [Self::Rung, Self::Intent, Self::Model, Self::Key, Self::Day];

    /// Its name on the command line and in queries.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Rung => "rung",
            Self::Intent => "intent",
            Self::Model => "model",
            Self::Key => "key",
            Self::Day => "day",
        }
    }

    /// The way of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|by| by.label() == name)
    }
}

// === impl Window ===

impl Window {
    /// Whether a moment lies in it.
    pub fn holds(&self, moment: Timestamp) -> bool {
        self.since.is_none_or(|since| since <= moment)
            && self.until.is_none_or(|until| moment < until)
    }
}

// === impl Group ===

impl Group {
    /// What an entry is grouped by. No database takes a NUL in text: it is replaced.
    pub fn of(entry: &Entry) -> Self {
        let or_none = |name: Option<&str>| name.unwrap_or(NONE).replace('\0', "\u{fffd}");
        Self {
            rung: or_none(entry.rung.map(Rung::label)),
            intent: or_none(entry.intent.as_deref()),
            model: or_none(entry.model.as_deref()),
            key: or_none(entry.key.as_deref()),
        }
    }
}

// === impl Figures ===

impl Figures {
    /// Adds one entry.
    pub fn add(&mut self, entry: &Entry) {
        self.totals.add(entry);
        self.seconds.add(entry.seconds);
        self.own_seconds.add(entry.own_seconds);
        for step in &entry.trail {
            let name = format!("{}:{}", step.rung, step.reason);
            *self.escalations.entry(name).or_default() += 1;
        }
    }

    /// Adds figures of other entries.
    pub fn merge(&mut self, other: &Self) {
        self.totals.merge(&other.totals);
        self.seconds.merge(&other.seconds);
        self.own_seconds.merge(&other.own_seconds);
        for (name, count) in &other.escalations {
            *self.escalations.entry(name.clone()).or_default() += count;
        }
    }

    fn line<'a>(&'a self, name: Option<&'a str>, requests: u64) -> Line<'a> {
        let share = self.totals.requests as f64 / requests.max(1) as f64;
        Line {
            name,
            share,
            totals: &self.totals,
            seconds_p50: self.seconds.at(50),
            seconds_p95: self.seconds.at(95),
            own_seconds_p50: self.own_seconds.at(50),
            own_seconds_p95: self.own_seconds.at(95),
            escalations: &self.escalations,
        }
    }
}

// === impl Report ===

impl Report {
    /// A report of no entries yet.
    pub fn new(window: Window, by: Option<By>) -> Self {
        Self {
            window,
            by,
            total: Figures::default(),
            groups: BTreeMap::new(),
        }
    }

    /// Adds an entry, if it lies in the window.
    pub fn add(&mut self, entry: &Entry) {
        if !self.window.holds(entry.started) {
            return;
        }
        self.total.add(entry);
        if let Some(name) = self.name(&Group::of(entry), entry.started) {
            self.groups.entry(name).or_default().add(entry);
        }
    }

    /// Adds figures of entries of one group that arrived on the day of `moment`, which the caller
    /// knows to lie in the window.
    pub fn merge(&mut self, group: &Group, moment: Timestamp, figures: &Figures) {
        self.total.merge(figures);
        if let Some(name) = self.name(group, moment) {
            self.groups.entry(name).or_default().merge(figures);
        }
    }

    /// All entries together.
    pub fn total(&self) -> Line<'_> {
        self.total.line(None, self.total.totals.requests)
    }

    /// The groups: days in their order, others by their number of requests, the most first.
    pub fn lines(&self) -> Vec<Line<'_>> {
        let requests = self.total.totals.requests;
        let groups = self.groups.iter();
        let mut lines: Vec<_> = groups
            .map(|(name, figures)| figures.line(Some(name), requests))
            .collect();
        if self.by != Some(By::Day) {
            lines.sort_by_key(|line| std::cmp::Reverse(line.totals.requests));
        }
        lines
    }

    /// What the report's group of an entry is called.
    fn name(&self, group: &Group, moment: Timestamp) -> Option<String> {
        Some(match self.by? {
            By::Rung => group.rung.clone(),
            By::Intent => group.intent.clone(),
            By::Model => group.model.clone(),
            By::Key => group.key.clone(),
            By::Day => TimeZone::UTC.to_datetime(moment).date().to_string(),
        })
    }
}

impl Serialize for Report {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let row = ReportRow {
            since: self.window.since,
            until: self.window.until,
            by: self.by,
            total: self.total(),
            groups: self.lines(),
        };
        row.serialize(serializer)
    }
}

#[cfg(test)]
mod tests;
