//! How a trail is printed for people: a line per rung that passed on.

use std::io::{self, Write};

use downshift_ledger::Step;

/// One step: the rung, why it passed on, and what it knows of the fault.
pub(super) fn line(out: &mut impl Write, step: &Step) -> io::Result<()> {
    write!(
        out,
        "{:<11}passed on: {}",
        step.rung.label(),
        step.reason.describe()
    )?;
    if let Some(detail) = &step.detail {
        write!(out, " ({detail})")?;
    }
    writeln!(out)
}
