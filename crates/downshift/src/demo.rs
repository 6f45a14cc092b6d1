//! The whole stack at work without a key or a server: scripted stand-ins for models, and somebody who asks.
//!
//! Everything goes over HTTP on loopback through the router that `serve` runs. Only the models are
//! not real: [`StandIns`] reply from a script, and are called stand-ins wherever their names appear.

mod script;
mod stand_in;
mod tally;
mod visitor;

use std::net::SocketAddr;
use std::sync::Arc;

use crate::config::{self, Loaded};
use crate::router::{self, Router};

pub use self::script::{Request, Script};
pub use self::stand_in::StandIns;
pub use self::tally::Tally;
pub use self::visitor::{Asked, Pace, Visitor};

/// The demo's policy; its models' addresses are filled in when the stand-ins listen.
const POLICY: &str = include_str!("../../../config/demo/router.yaml");

/// Builds the demo's router in front of the stand-ins at `models`.
pub fn router(models: SocketAddr, admin: Option<SocketAddr>) -> Result<Arc<Router>, router::Error> {
    let mut loaded = policy()?;
    for (name, model) in &mut loaded.config.models {
        model.base_url = format!("http://{models}/{name}/v1").into();
    }
    loaded.config.admin = admin.unwrap_or(loaded.config.admin);
    Router::build(loaded)
}

/// The demo's policy, as it stands in the file.
fn policy() -> Result<Loaded, config::Error> {
    Loaded::parse(
        "config/demo/router.yaml (built in)",
        POLICY.to_owned(),
        None,
    )
}

#[cfg(test)]
mod tests;
