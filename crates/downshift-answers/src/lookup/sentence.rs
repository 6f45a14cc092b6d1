//! How a fact of a table is said.

use crate::figures;

/// "The capital of Mongolia is Ulaanbaatar."
pub(super) fn fact(key: &str, label: &str, cell: &str) -> Option<String> {
    let values: Vec<String> = cell
        .split(';')
        .map(str::trim)
        .filter(|value| !value.is_empty())
        .map(str::to_owned)
        .collect();
    let listed = figures::listed(&values);
    if label == "continent" {
        return Some(closed(format!(
            "{} is in {listed}",
            figures::capitalised(key)
        )));
    }
    if label == "meaning" && values.len() == 1 {
        return Some(closed(format!(
            "{} means {listed}",
            figures::capitalised(key)
        )));
    }
    match values.len() {
        0 => None,
        1 => Some(closed(format!("The {label} of {key} is {listed}"))),
        _ => Some(closed(format!(
            "The {} of {key} are {listed}",
            plural(label)
        ))),
    }
}

/// "Ulaanbaatar is the capital of Mongolia."
pub(super) fn owner(key: &str, label: &str, cell: &str, wanted: &str) -> Option<String> {
    let value = cell
        .split(';')
        .map(str::trim)
        .find(|value| super::value_of(value) == wanted)?;
    Some(closed(format!(
        "{} is the {label} of {key}",
        figures::capitalised(value)
    )))
}

/// One full stop, also after "Washington, D.C.".
fn closed(text: String) -> String {
    if text.ends_with('.') {
        text
    } else {
        text + "."
    }
}

fn plural(label: &str) -> String {
    match label.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'i', 'o', 'u']) => format!("{stem}ies"),
        _ => format!("{label}s"),
    }
}
