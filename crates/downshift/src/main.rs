//! The `downshift` executable.
fn main() {}
