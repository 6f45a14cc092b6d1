use super::script::{LARGE, Line};
use super::*;
use crate::explain::{Circumstances, Explainer};

/// Nothing listens there; no query of these tests is sent.
const NOWHERE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 9);

#[tokio::test]
async fn every_query_stops_where_the_list_says() {
    let router = router(NOWHERE, None).unwrap();
    let explainer = Explainer::new(&router);
    let mut wrong = Vec::new();
    for line in Line::all() {
        let decision = explainer
            .explain(line.query, &Circumstances::default())
            .await;
        let decision = serde_json::to_value(&decision).unwrap();
        let model = decision["model"].as_str().unwrap_or_default();
        let stopped = line
            .model
            .map_or(model.starts_with("downshift/"), |stand_in| {
                model == stand_in
            });
        if !stopped {
            wrong.push(format!("{}: {decision}", line.query));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn models_are_called_what_they_are() {
    let router = router(NOWHERE, None).unwrap();
    assert!(
        router
            .models
            .keys()
            .all(|name| name.starts_with("stand-in-"))
    );
    assert!(router.models.contains_key(LARGE));
    let notice = router.loaded.config.notice.as_deref().unwrap();
    assert!(notice.contains("stand-in models"), "{notice}");
}
