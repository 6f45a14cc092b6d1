//! `POST /v1/embeddings`: to the model that is named, and booked at its price.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use downshift_upstream::{Forward, Forwarded, Upload};
use downshift_wire::{Edit, JsonObject, Usage};
use http::header::CONTENT_LENGTH;

use super::forwarding::Forwarding;
use super::{Shared, exchange};
use crate::headers;
use crate::layers::request_id::RequestId;
use crate::layers::trace;
use crate::model::Model;
use crate::rescue::{self, Rescue};

/// Serves one request for embeddings.
pub async fn embed(State(shared): State<Shared>, request: Request) -> Response {
    match forward(&shared, request).await {
        Ok(response) => response,
        Err(rescue) => rescue.into_response(),
    }
}

async fn forward(shared: &Shared, request: Request) -> Result<Response, Rescue> {
    let (parts, body) = request.into_parts();
    let id = parts.extensions.get::<RequestId>().cloned();
    let id = id.unwrap_or_default().0;
    let body = exchange::read(body, &shared.router.loaded.config.limits).await?;
    let asked = JsonObject::decode(body).map_err(|error| Rescue::invalid(&error))?;
    let (requested, model) = model(shared, &asked)?;
    let name = &model.upstream.endpoint().model;
    let body = asked
        .rewritten(&[Edit::string("model", name)])
        .map_err(|error| Rescue::invalid(&error))?;
    let most = model.upstream.endpoint().max_reply_bytes;
    let forwarding = Forwarding::open(shared, &id, &requested, model)
        .traced(trace::of(&parts.extensions))
        .counting(true);
    let sent = forwarding.send(Forward {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().map(str::to_owned),
        headers: parts.headers,
        body: Some(Upload::whole(body)),
        request_id: id.to_string(),
    });
    let (forwarding, forwarded) = match sent.await {
        Ok(sent) => sent,
        Err(failure) => return Ok(exchange::refusal(shared, &failure)),
    };
    let Forwarded {
        status,
        mut headers,
        body,
    } = forwarded;
    let body = match body.whole(most).await {
        Ok(body) => body,
        Err(error) => return Ok(exchange::refusal(shared, &forwarding.failed(error))),
    };
    forwarding.mark(&mut headers);
    let entry = forwarding.close(status, Usage::of_reply(&body));
    if status.is_success() {
        headers::set_costs(&mut headers, &entry.costs());
    }
    headers.remove(CONTENT_LENGTH);
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}

/// The model that is named, by the policy's name or its provider's; `auto` is the llm.
fn model(shared: &Shared, asked: &JsonObject) -> Result<(String, Model), Rescue> {
    let Some(name) = asked.text("model").filter(|name| !name.trim().is_empty()) else {
        let message = "`model` is missing or no string; name a model of the policy";
        return Err(Rescue::new(rescue::INVALID_REQUEST, message).about("model"));
    };
    let router = &shared.router;
    let known = router.provider(&name);
    let known = known.or_else(|| router.routes(&name).then(|| router.llm()));
    match known.cloned() {
        Some(model) => Ok((name, model)),
        None => Err(exchange::unknown_model(shared, &name)),
    }
}
