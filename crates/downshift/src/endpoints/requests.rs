//! The ledger as operators read it: one request, many of them, and what they came to.
//!
//! `downshift report` prints the same [`Report`](downshift_ledger::Report) in the terminal.

use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use downshift_ledger::{By, Filter, LONGEST_PAGE, Outcome, Place, Rung, Window};
use serde::Deserialize;
use serde_json::json;

use super::Shared;
use crate::rescue::{self, Rescue};
use crate::{clock, moment};

/// Entries on a page that does not say how many it wants.
const PAGE: usize = 50;

/// What `GET /requests` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListParameters {
    limit: Option<usize>,
    /// The id of the last entry of the page before, or a moment.
    before: Option<String>,
    since: Option<String>,
    rung: Option<String>,
    intent: Option<String>,
    model: Option<String>,
    key: Option<String>,
    outcome: Option<String>,
}

/// What `GET /report` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportParameters {
    since: Option<String>,
    until: Option<String>,
    by: Option<String>,
}

/// One request's entry in the ledger.
pub async fn request(
    State(shared): State<Shared>,
    id: Result<Path<String>, PathRejection>,
) -> Response {
    let Path(id) = match id {
        Ok(id) => id,
        Err(error) => return Rescue::path(&error).into_response(),
    };
    match shared.router.history.get(&id).await {
        Ok(Some(entry)) => Json(entry).into_response(),
        Ok(None) => {
            let message =
                format!("no request `{id}` is remembered; it may be too old, or still open");
            Rescue::new(rescue::NOT_FOUND, message).into_response()
        }
        Err(error) => unreadable(&error).into_response(),
    }
}

/// The newest entries, as many as asked for.
pub async fn list(
    State(shared): State<Shared>,
    parameters: Result<Query<ListParameters>, QueryRejection>,
) -> Response {
    let filter = match parameters {
        Ok(Query(parameters)) => filter(&shared, parameters).await,
        Err(error) => Err(unread("/requests?limit=50&rung=llm", &error)),
    };
    let filter = match filter {
        Ok(filter) => filter,
        Err(rescue) => return rescue.into_response(),
    };
    match shared.router.history.list(&filter).await {
        Ok(entries) => {
            let full = entries.len() == filter.limit;
            let next = entries.last().filter(|_| full).map(|entry| &*entry.id);
            Json(json!({ "requests": entries, "next": next })).into_response()
        }
        Err(error) => unreadable(&error).into_response(),
    }
}

/// What the requests of a window came to.
pub async fn report(
    State(shared): State<Shared>,
    parameters: Result<Query<ReportParameters>, QueryRejection>,
) -> Response {
    let wanted = match parameters {
        Ok(Query(parameters)) => window(&parameters),
        Err(error) => Err(unread("/report?since=24h&by=rung", &error)),
    };
    let (window, by) = match wanted {
        Ok(wanted) => wanted,
        Err(rescue) => return rescue.into_response(),
    };
    match shared.router.history.report(window, by).await {
        Ok(report) => Json(report).into_response(),
        Err(error) => unreadable(&error).into_response(),
    }
}

fn window(parameters: &ReportParameters) -> Result<(Window, Option<By>), Rescue> {
    let window = Window {
        since: moment("since", parameters.since.as_deref())?,
        until: moment("until", parameters.until.as_deref())?,
    };
    let by = parameters.by.as_deref();
    let by = by.map(|name| {
        let all = By::ALL.map(By::label);
        By::named(name).ok_or_else(|| none_such("by", name, &all))
    });
    Ok((window, by.transpose()?))
}

async fn filter(shared: &Shared, parameters: ListParameters) -> Result<Filter, Rescue> {
    let limit = parameters.limit.unwrap_or(PAGE);
    if !(1..=LONGEST_PAGE).contains(&limit) {
        let message = format!("`limit` is {limit}; a page holds 1 to {LONGEST_PAGE} requests");
        return Err(Rescue::new(rescue::INVALID_REQUEST, message).about("limit"));
    }
    let rung = parameters.rung.map(|name| {
        let all: Vec<_> = Rung::ALL
            .iter()
            .map(|rung| rung.label())
            .chain([downshift_ledger::NONE])
            .collect();
        if all.contains(&&*name) {
            Ok(name)
        } else {
            Err(none_such("rung", &name, &all))
        }
    });
    let outcome = parameters.outcome.as_deref().map(|name| {
        let named = Outcome::ALL
            .into_iter()
            .find(|outcome| outcome.label() == name);
        named.ok_or_else(|| none_such("outcome", name, &Outcome::ALL.map(Outcome::label)))
    });
    Ok(Filter {
        limit,
        before: match parameters.before {
            Some(before) => Some(place(shared, &before).await?),
            None => None,
        },
        since: moment("since", parameters.since.as_deref())?,
        rung: rung.transpose()?,
        intent: parameters.intent,
        model: parameters.model,
        key: parameters.key,
        outcome: outcome.transpose()?,
    })
}

/// The place in the list that an id or a moment names.
async fn place(shared: &Shared, before: &str) -> Result<Place, Rescue> {
    if let Ok(started) = moment::parse(before, clock::now()) {
        return Ok(Place::at(started));
    }
    match shared.router.history.get(before).await {
        Ok(Some(entry)) => Ok(Place::of(&entry)),
        Ok(None) => {
            let message = format!(
                "`before` is `{before}`, which is neither the id of a request that is remembered nor a moment"
            );
            Err(Rescue::new(rescue::INVALID_REQUEST, message).about("before"))
        }
        Err(error) => Err(unreadable(&error)),
    }
}

fn moment(name: &'static str, text: Option<&str>) -> Result<Option<jiff::Timestamp>, Rescue> {
    let read = |text| {
        moment::parse(text, clock::now())
            .map_err(|message| Rescue::new(rescue::INVALID_REQUEST, message).about(name))
    };
    text.map(read).transpose()
}

fn none_such(parameter: &'static str, name: &str, all: &[&str]) -> Rescue {
    let message = format!(
        "there is no {parameter} `{name}`; there are `{}`",
        all.join("`, `")
    );
    Rescue::new(rescue::INVALID_REQUEST, message).about(parameter)
}

pub(super) fn unread(example: &str, error: &QueryRejection) -> Rescue {
    let message = format!("ask as {example}: {}", error.body_text());
    Rescue::new(rescue::INVALID_REQUEST, message)
}

fn unreadable(error: &downshift_ledger::StoreError) -> Rescue {
    tracing::warn!(error = %error, cause = ?std::error::Error::source(error).map(ToString::to_string), "the store cannot be read");
    Rescue::new(rescue::STORE_UNAVAILABLE, error.to_string())
}
