//! Downshift: a proxy in front of LLM APIs that stops each query on the lowest rung that is sure of it.
//!
//! [`stack::ladder`] is the product in one function. [`config`] is what an
//! operator writes, [`router`] is that with everything it names built,
//! [`serve`] listens, [`cli`] is the command line.

pub mod cli;
pub mod clock;
pub mod close;
pub mod config;
pub mod demo;
pub mod duration;
pub mod endpoints;
pub mod explain;
pub mod gets;
mod hashed;
pub mod headers;
pub mod judge;
pub mod ladder;
pub mod layers;
pub mod log;
pub mod metrics;
pub mod model;
pub mod moment;
pub mod reasons;
pub mod replay;
pub mod rescue;
pub mod router;
pub mod rungs;
pub mod serve;
pub mod stack;
pub mod sticky;
pub mod subject;
pub mod telemetry;

pub use config::{Config, Loaded};
pub use router::Router;
pub use serve::Server;
