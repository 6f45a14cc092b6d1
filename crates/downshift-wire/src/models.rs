//! Hides the shape of `GET /v1/models`.

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

impl Model {
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
