//! Hides the shapes of `GET /v1/models`: OpenAI's and Anthropic's.

use serde::Serialize;

/// The models a client may name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ModelList {
    /// In the order they are listed.
    pub data: Vec<Model>,
}

/// One model a client may name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    /// The name.
    pub id: String,
    /// Seconds since 1970.
    pub created: i64,
    /// Who runs it.
    pub owned_by: String,
}

/// A part of the list, as Anthropic's clients ask for it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ModelPage {
    /// The names behind this one.
    pub after: Option<String>,
    /// The names before this one; nearest to it.
    pub before: Option<String>,
    /// How many at most.
    pub limit: usize,
}

/// When a model was made of which that is not known, as Anthropic says it.
const UNKNOWN_DATE: &str = "1970-01-01T00:00:00Z";

#[derive(Serialize)]
struct PageBody<'a> {
    data: Vec<InfoBody<'a>>,
    first_id: Option<&'a str>,
    has_more: bool,
    last_id: Option<&'a str>,
}

#[derive(Serialize)]
struct InfoBody<'a> {
    r#type: &'static str,
    id: &'a str,
    display_name: &'a str,
    created_at: &'static str,
}

#[derive(Serialize)]
struct ListBody<'a> {
    object: &'static str,
    data: Vec<ModelBody<'a>>,
}

#[derive(Serialize)]
struct ModelBody<'a> {
    id: &'a str,
    object: &'static str,
    created: i64,
    owned_by: &'a str,
}

impl ModelList {
    /// `{"object":"list","data":[…]}`.
    pub fn to_json(&self) -> String {
        let data = self.data.iter().map(Model::body).collect();
        // Strings and integers cannot fail to be written.
        serde_json::to_string(&ListBody {
            object: "list",
            data,
        })
        .unwrap_or_default()
    }
}

impl ModelList {
    /// A page of the list in Anthropic's words. A name that is not in the list bounds nothing.
    pub fn page(&self, page: &ModelPage) -> String {
        let place = |id: &Option<String>| {
            let id = id.as_ref()?;
            self.data.iter().position(|model| model.id == *id)
        };
        let from = place(&page.after).map_or(0, |at| at + 1);
        let to = place(&page.before).unwrap_or(self.data.len());
        let all = self.data.get(from..to).unwrap_or_default();
        let has_more = all.len() > page.limit;
        let shown = if page.before.is_some() {
            &all[all.len().saturating_sub(page.limit)..]
        } else {
            &all[..all.len().min(page.limit)]
        };
        let body = PageBody {
            data: shown.iter().map(Model::info).collect(),
            first_id: shown.first().map(|model| model.id.as_str()),
            has_more,
            last_id: shown.last().map(|model| model.id.as_str()),
        };
        serde_json::to_string(&body).unwrap_or_default()
    }
}

impl Model {
    /// The same in Anthropic's words.
    pub fn to_anthropic_json(&self) -> String {
        serde_json::to_string(&self.info()).unwrap_or_default()
    }

    fn info(&self) -> InfoBody<'_> {
        InfoBody {
            r#type: "model",
            id: &self.id,
            display_name: &self.id,
            created_at: UNKNOWN_DATE,
        }
    }

    /// One model as it stands in the list, for `GET /v1/models/{id}`.
    pub fn to_json(&self) -> String {
        serde_json::to_string(&self.body()).unwrap_or_default()
    }

    fn body(&self) -> ModelBody<'_> {
        let Self {
            id,
            created,
            owned_by,
        } = self;
        ModelBody {
            id,
            object: "model",
            created: *created,
            owned_by,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(page: &ModelPage, expected: &str) {
        let data = ["a", "b", "c"].map(|id| Model {
            id: id.into(),
            created: 0,
            owned_by: "downshift".into(),
        });
        let list = ModelList { data: data.into() };
        let page: serde_json::Value = serde_json::from_str(&list.page(page)).unwrap();
        let ids: Vec<&str> = page["data"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|model| model["id"].as_str())
            .collect();
        let bounds = [&page["first_id"], &page["last_id"], &page["has_more"]];
        assert_eq!(format!("{ids:?} {bounds:?}"), expected);
    }

    #[test]
    fn lists_models_as_anthropic_does() {
        let page = |after: Option<&str>, before: Option<&str>, limit| ModelPage {
            after: after.map(Into::into),
            before: before.map(Into::into),
            limit,
        };
        check(
            &page(None, None, 20),
            r#"["a", "b", "c"] [String("a"), String("c"), Bool(false)]"#,
        );
        check(
            &page(None, None, 2),
            r#"["a", "b"] [String("a"), String("b"), Bool(true)]"#,
        );
        check(
            &page(Some("b"), None, 2),
            r#"["c"] [String("c"), String("c"), Bool(false)]"#,
        );
        check(
            &page(None, Some("c"), 1),
            r#"["b"] [String("b"), String("b"), Bool(true)]"#,
        );
        check(&page(Some("c"), None, 2), "[] [Null, Null, Bool(false)]");
        check(
            &page(Some("c"), Some("b"), 2),
            "[] [Null, Null, Bool(false)]",
        );
        let model = Model {
            id: "a".into(),
            created: 0,
            owned_by: "x".into(),
        };
        insta::assert_snapshot!(model.to_anthropic_json(), @r#"{"type":"model","id":"a","display_name":"a","created_at":"1970-01-01T00:00:00Z"}"#);
    }

    #[test]
    fn lists_models_as_openai_does() {
        let auto = Model {
            id: "auto".into(),
            created: 1_700_000_000,
            owned_by: "downshift".into(),
        };
        let list = ModelList {
            data: vec![auto.clone()],
        };
        insta::assert_snapshot!(list.to_json(), @r#"{"object":"list","data":[{"id":"auto","object":"model","created":1700000000,"owned_by":"downshift"}]}"#);
        insta::assert_snapshot!(auto.to_json(), @r#"{"id":"auto","object":"model","created":1700000000,"owned_by":"downshift"}"#);
    }
}
