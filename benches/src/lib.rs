//! What the router costs, measured.
