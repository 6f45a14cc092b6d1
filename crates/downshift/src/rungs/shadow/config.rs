//! How much is shadowed, as an operator writes it.

use std::fmt;
use std::time::Duration;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserializer, MapAccess, Visitor};

use crate::duration::Seconds;

/// A share, such as `0.1`; or `{ share, in_flight, deadline }`.
#[derive(Debug, Clone, PartialEq)]
pub struct ShadowConfig {
    /// The share of requests that is shadowed, 0 to 1.
    pub share: f64,
    /// How many runs may be under way; one more is dropped, and counted.
    pub in_flight: usize,
    /// How long the ladder's own answer may take.
    pub deadline: Seconds,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Map {
    #[serde(default)]
    share: f64,
    #[serde(default)]
    in_flight: Option<usize>,
    #[serde(default)]
    deadline: Option<Seconds>,
}

impl Default for ShadowConfig {
    fn default() -> Self {
        Self {
            share: 0.0,
            in_flight: 16,
            deadline: Seconds(Duration::from_mins(1)),
        }
    }
}

impl<'de> Deserialize<'de> for ShadowConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;
        impl<'de> Visitor<'de> for Written {
            type Value = ShadowConfig;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a share from 0 to 1, or `{ share, in_flight, deadline }`")
            }

            fn visit_f64<E: de::Error>(self, share: f64) -> Result<ShadowConfig, E> {
                if !(0.0..=1.0).contains(&share) {
                    return Err(E::invalid_value(de::Unexpected::Float(share), &self));
                }
                Ok(ShadowConfig {
                    share,
                    ..ShadowConfig::default()
                })
            }

            fn visit_u64<E: de::Error>(self, share: u64) -> Result<ShadowConfig, E> {
                self.visit_f64(share as f64)
            }

            fn visit_i64<E: de::Error>(self, share: i64) -> Result<ShadowConfig, E> {
                self.visit_f64(share as f64)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ShadowConfig, A::Error> {
                let map = Map::deserialize(MapAccessDeserializer::new(map))?;
                let given: ShadowConfig = self.visit_f64(map.share)?;
                Ok(ShadowConfig {
                    in_flight: map.in_flight.unwrap_or(given.in_flight),
                    deadline: map.deadline.unwrap_or(given.deadline),
                    ..given
                })
            }
        }
        deserializer.deserialize_any(Written)
    }
}
