//! What requests cost: exactly one entry per request, whatever becomes of it.
//!
//! A [`Ledger`] is told what is known of each model ([`ModelCost`]) and opens an [`OpenEntry`] for
//! each request. Rungs book what they do through its [`Tab`]: why they passed on, and every call
//! to an upstream. Closing it, or dropping it, makes one [`Entry`] and sends it to every [`Sink`].
//!
//! - Money is exact ([`Money`]), never a float; prices are data ([`PriceBook`]).
//! - What is unknown is `None` in every sum it is part of, with the reason beside it
//!   ([`CostUnknown`]) and a counter. It is never zero and never guessed.
//! - Energy is an estimate, a range with its method ([`EnergyRange`], [`EnergyMethod`]).
//! - The formulas and their sources stand in `docs/cost-model.md`.
//!
//! ```
//! use std::time::Instant;
//! use downshift_ledger::*;
//!
//! let ledger = Ledger::new([ModelCost::named("frontier")], "frontier", []);
//! let entry = ledger.open(Opening {
//!     id: "1".into(),
//!     started: "2026-01-01T00:00:00Z".parse()?,
//!     arrived: Instant::now(),
//!     requested_model: "auto".into(),
//!     stream: false,
//! });
//! let attempt = entry.tab().attempt(Rung::Llm, "frontier");
//! attempt.finish(AttemptOutcome::NotSent);
//! assert_eq!(entry.close(Closing::with(Outcome::Unavailable)).cost, Some(Money::ZERO));
//! # Ok::<(), jiff::Error>(())
//! ```

mod book;
mod energy;
mod entry;
mod error;
mod filter;
mod history;
mod judgement;
mod ledger;
mod model;
mod money;
mod parquet;
mod percentiles;
mod price;
mod reason;
mod recent;
mod report;
mod rung;
mod store;
mod timeline;
mod tokens;
mod totals;
mod trace;
mod trail;

pub use book::{Change, PriceBook, PriceRow, Update, litellm};
pub use energy::{ActiveShare, HardwareConfig, Range, RangeConfig};
pub use energy::{CarbonRange, EnergyMethod, EnergyRange, GridIntensity, Hardware, HardwareClass};
pub use entry::{AttemptEntry, AttemptOutcome, BaselineMethod, Costs, Entry, Outcome};
pub use error::Error;
pub use filter::{Filter, LONGEST_PAGE, Place};
pub use history::{History, StoreError};
pub use judgement::{Judge, Judgement, Score, ShadowEntry, ShadowOutcome};
pub use ledger::{Attempt, Classified, Closing, Ledger, MachineTime, OpenEntry, Opening};
pub use ledger::{ShadowRun, Tab};
pub use model::{CostUnknown, ModelCost, Shape};
pub use money::Money;
pub use parquet::{ExportError, ParquetFile};
pub use percentiles::Percentiles;
pub use price::{HourPrice, HourPriceConfig, Idle, LongInputConfig, LongInputs, Occupancy, Price};
pub use price::{PriceConfig, Rate, TokenPrice, TokenPriceConfig, UnitPrice};
pub use reason::Reason;
pub use recent::{Recent, Sink};
pub use report::{By, Figures, Group, Line, NONE, Report, Window};
pub use rung::Rung;
pub use store::{Address, Bodies, Exported, Store, StoreConfig, StoreHealth};
pub use timeline::{Point, Span, Timeline};
pub use tokens::estimate_tokens;
pub use totals::Totals;
pub use trace::{Sent, Trace};
pub use trail::{Spent, Step, Trail};
