//! Where a model's servers are: one address, or several that are as good as each other.

use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, SeqAccess, Visitor};

/// One address or several, at least one: `https://api.openai.com/v1`, or a list of such.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrls {
    first: String,
    more: Vec<String>,
}

struct BaseUrlsVisitor;

// === impl BaseUrls ===

impl BaseUrls {
    /// The first.
    pub fn first(&self) -> &String {
        &self.first
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.first).chain(&self.more)
    }
}

impl From<String> for BaseUrls {
    fn from(first: String) -> Self {
        Self {
            first,
            more: Vec::new(),
        }
    }
}

impl<'de> Deserialize<'de> for BaseUrls {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(BaseUrlsVisitor)
    }
}

impl<'de> Visitor<'de> for BaseUrlsVisitor {
    type Value = BaseUrls;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an address such as https://api.openai.com/v1, or a list of them")
    }

    fn visit_str<E: de::Error>(self, address: &str) -> Result<BaseUrls, E> {
        Ok(address.to_owned().into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<BaseUrls, A::Error> {
        let first = list.next_element()?;
        let first = first.ok_or_else(|| de::Error::invalid_length(0, &self))?;
        let mut more = Vec::new();
        while let Some(address) = list.next_element()? {
            more.push(address);
        }
        Ok(BaseUrls { first, more })
    }
}
