//! Who takes a model's place: hides how the lists in the policy become one line of models.
//!
//! A model's fallbacks are asked in the order written, each followed by its own; a model that
//! stands in the line already is not asked again. A model that would in the end replace itself is
//! an error, and so is a name that nothing has.

use std::collections::BTreeMap;

use crate::config::{ModelConfig, Problem};
use crate::router::Models;

/// The names in a policy, as written.
type Written = BTreeMap<String, ModelConfig>;

/// Gives each model those that take its place; what is wrong becomes a problem at its place.
pub(crate) fn resolve(models: &mut Models, written: &Written, problems: &mut Vec<Problem>) {
    let before = problems.len();
    for (name, config) in written {
        for (index, fallback) in config.fallback.iter().enumerate() {
            let place = format!("models.{name}.fallback[{index}]");
            if !written.contains_key(fallback) {
                problems.push(unknown(&place, fallback, written));
            } else if let Some(path) = path_back(name, fallback, written) {
                let message = format!(
                    "`{name}` would take its own place: {}; a fallback must not lead back",
                    path.join(" → ")
                );
                problems.push(Problem::at(place, message));
            }
        }
    }
    if problems.len() > before {
        return;
    }
    let lines: Vec<(String, Vec<String>)> = written
        .keys()
        .map(|name| (name.clone(), line(name, written)))
        .collect();
    let built = models.clone();
    for (name, line) in lines {
        let fallbacks = line
            .iter()
            .filter_map(|name| built.get(name.as_str()).cloned());
        if let Some(model) = models.get_mut(name.as_str()) {
            model.fallbacks = fallbacks.collect();
        }
    }
}

fn unknown(place: &str, fallback: &str, written: &Written) -> Problem {
    let names = written.keys().map(String::as_str);
    let nearest = downshift_policy::nearest(fallback, names.clone());
    let hint = match nearest {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!(
            "the models are `{}`",
            names.collect::<Vec<_>>().join("`, `")
        ),
    };
    Problem {
        hint: Some(hint),
        ..Problem::at(place, format!("unknown model `{fallback}`"))
    }
}

/// The way from `name` over `next` back to `name`, if there is one.
fn path_back(name: &str, next: &str, written: &Written) -> Option<Vec<String>> {
    let mut seen = Vec::new();
    let mut open = vec![vec![name.to_owned(), next.to_owned()]];
    while let Some(path) = open.pop() {
        let at = path.last()?;
        if at == name {
            return Some(path);
        }
        if seen.contains(at) {
            continue;
        }
        seen.push(at.clone());
        let further = written.get(at).map(|config| &config.fallback);
        for next in further.into_iter().flatten() {
            let mut longer = path.clone();
            longer.push(next.clone());
            open.push(longer);
        }
    }
    None
}

/// All that take a model's place, in order.
fn line(name: &str, written: &Written) -> Vec<String> {
    let mut line = Vec::new();
    extend(&mut line, name, written);
    line
}

fn extend(line: &mut Vec<String>, name: &str, written: &Written) {
    let direct = written.get(name).map(|config| &config.fallback);
    for next in direct.into_iter().flatten() {
        if !line.contains(next) {
            line.push(next.clone());
            extend(line, next, written);
        }
    }
}
