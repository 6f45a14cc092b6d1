//! Hides how a field is found in JSON with its value as it was written: no number is rounded.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

/// A reply, checked to be JSON.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reply<'a>(&'a str);

impl<'a> Reply<'a> {
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?;
        let raw: &RawValue = serde_json::from_str(text).ok()?;
        Some(Self(raw.get()))
    }

    /// The field at the top of that name, or at that path (RFC 6901).
    pub(super) fn field(self, name: &str) -> Option<Self> {
        let Some(path) = name.strip_prefix('/') else {
            return self.inner(name);
        };
        path.split('/').try_fold(self, |value, key| {
            value.inner(&key.replace("~1", "/").replace("~0", "~"))
        })
    }

    fn inner(self, key: &str) -> Option<Self> {
        let inner = if self.0.starts_with('[') {
            let list: Vec<&RawValue> = serde_json::from_str(self.0).ok()?;
            // RFC 6901: an index is digits without a leading zero.
            let index: usize = key
                .parse()
                .ok()
                .filter(|index: &usize| index.to_string() == key)?;
            *list.get(index)?
        } else {
            let object: BTreeMap<String, &RawValue> = serde_json::from_str(self.0).ok()?;
            *object.get(key)?
        };
        Some(Self(inner.get()))
    }

    pub(super) fn is_null(self) -> bool {
        self.0 == "null"
    }

    /// A string's text; a number or truth value as it is written.
    pub(super) fn scalar(self) -> Option<String> {
        match self.0.as_bytes().first()? {
            b'"' => serde_json::from_str(self.0).ok(),
            b'{' | b'[' => None,
            _ => Some(self.0.to_owned()),
        }
    }
}
