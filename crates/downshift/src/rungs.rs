//! The ladder's layers, one file each, from the outermost in.
//!
//! A rung replies, or writes its reason on the trail and calls its inner
//! service: escalation is calling inner.

pub mod account;
pub mod answer;
pub(crate) mod asking;
pub mod classify;
pub mod decide;
pub mod llm;
pub mod record;
pub mod shadow;
pub mod specialist;
pub mod stick;
pub mod worth;

use futures_util::future::BoxFuture;

use crate::ladder::{Error, Reply};

/// What a rung's service gives back.
pub type RungFuture = BoxFuture<'static, Result<Reply, Error>>;
