//! What an event of a translated stream says.

use crate::{ChatChunk, ReportedError};

/// What an event says.
#[derive(Debug)]
pub enum Told {
    /// Pieces of the reply.
    Pieces(Vec<ChatChunk>),
    /// The last pieces of a reply that is complete.
    Ending(Vec<ChatChunk>),
    /// That the upstream failed.
    Failed(ReportedError),
    /// Nothing yet.
    Nothing,
}
