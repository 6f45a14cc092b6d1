//! The table of units, read from its data file.

use std::{collections::HashMap, sync::LazyLock};

use super::Unit;
use crate::{number, reading::fold_key};

/// The unit of that folded name.
pub(super) fn named(name: &str) -> Option<&'static Unit> {
    let index = TABLE.names.get(name)?;
    TABLE.units.get(*index)
}

struct Table {
    units: Vec<Unit>,
    names: HashMap<String, usize>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table {
        units: Vec::new(),
        names: HashMap::new(),
    };
    for line in DATA.lines().filter(|line| !line.starts_with('#')) {
        if let Some((names, unit)) = read(line) {
            for name in names.split('|') {
                table.names.insert(fold_key(name), table.units.len());
            }
            table.units.push(unit);
        }
    }
    table
});

fn read(line: &'static str) -> Option<(&'static str, Unit)> {
    let mut cells = line.split(';');
    let (names, one, many, dimension) =
        (cells.next()?, cells.next()?, cells.next()?, cells.next()?);
    let factor = cells.next()?;
    let offset = cells
        .next()
        .filter(|offset| !offset.is_empty())
        .unwrap_or("0");
    let twin = cells.next();
    let inverse = offset == "inverse";
    let offset = if inverse { "0" } else { offset };
    let (factor, exact) = match factor.strip_prefix('~') {
        Some(rounded) => (rounded, false),
        None => (factor, true),
    };
    let unit = Unit {
        one,
        many,
        dimension,
        factor: number::decimal(factor)?,
        offset: number::decimal(offset)?,
        exact,
        inverse,
        twin,
    };
    Some((names, unit))
}

const DATA: &str = include_str!("../../data/units.txt");
