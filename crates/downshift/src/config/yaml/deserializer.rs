//! The tree as serde sees it.

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, IntoDeserializer, MapAccess, SeqAccess,
    Unexpected, VariantAccess, Visitor, value::StrDeserializer,
};
use serde::forward_to_deserialize_any;

use super::WRITTEN;
use super::blank::Blank;
use super::fault::{Fault, Kind};
use super::node::{Entry, Node, Resolved, Scalar, Value};
use super::problem::listed;
use super::read::Reading;

/// A node, read by what earlier readings found.
#[derive(Clone, Copy)]
pub(super) struct ValueDeserializer<'a> {
    node: &'a Node,
    reading: &'a Reading,
}

// === impl ValueDeserializer ===

impl<'a> ValueDeserializer<'a> {
    pub(super) fn new(node: &'a Node, reading: &'a Reading) -> Self {
        Self { node, reading }
    }

    fn entries(self, entries: &'a [Entry]) -> Entries<'a> {
        let blanks = self.reading.blanks(self.node).iter();
        Entries {
            rest: entries.iter(),
            value: None,
            blanks,
            reading: self.reading,
        }
    }

    fn elements(self, nodes: &'a [Node]) -> Elements<'a> {
        Elements {
            nodes: nodes.iter().enumerate(),
            reading: self.reading,
        }
    }

    /// Nothing is written, which where a list or mapping is wanted is one that is empty.
    fn is_null(self) -> bool {
        matches!(&self.node.value, Value::Scalar(scalar) if matches!(scalar.resolved(), Ok(Resolved::Null)))
    }
}

fn resolved(scalar: &Scalar) -> Result<Resolved<'_>, Fault> {
    scalar
        .resolved()
        .map_err(|unresolved| Fault::new(Kind::Reference(unresolved.clone())))
}

fn visit_scalar<'de, V: Visitor<'de>>(scalar: &Scalar, visitor: V) -> Result<V::Value, Fault> {
    match resolved(scalar)? {
        Resolved::Null => visitor.visit_unit(),
        Resolved::Bool(flag) => visitor.visit_bool(flag),
        Resolved::Unsigned(number) => visitor.visit_u64(number),
        Resolved::Signed(number) => visitor.visit_i64(number),
        Resolved::Float(number) => visitor.visit_f64(number),
        Resolved::Text(text) => visitor.visit_str(text),
    }
}

/// Whole numbers may be written with an exponent: `128e3`.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "bounded just before"
)]
fn visit_whole<'de, V: Visitor<'de>>(scalar: &Scalar, visitor: V) -> Result<V::Value, Fault> {
    /// Up to here every whole number has a float of its own: 2^53.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match resolved(scalar)? {
        Resolved::Float(number) if number.fract() == 0.0 && (0.0..=EXACT).contains(&number) => {
            visitor.visit_u64(number as u64)
        }
        _ => visit_scalar(scalar, visitor),
    }
}

macro_rules! whole_numbers {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            match &self.node.value {
                Value::Scalar(scalar) => visit_whole(scalar, visitor),
                Value::List(_) | Value::Mapping(_) => self.deserialize_any(visitor),
            }
        })*
    };
}

impl<'de> Deserializer<'de> for ValueDeserializer<'_> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match &self.node.value {
            Value::Scalar(scalar) => visit_scalar(scalar, visitor),
            Value::List(nodes) => visitor.visit_seq(self.elements(nodes)),
            Value::Mapping(entries) => visitor.visit_map(self.entries(entries)),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match &self.node.value {
            // What a variable holds is a string, whatever it looks like.
            Value::Scalar(scalar) if scalar.refers() => match scalar.text() {
                Ok(text) => visitor.visit_str(text),
                Err(unresolved) => Err(Fault::new(Kind::Reference(unresolved.clone()))),
            },
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if self.is_null() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match &self.node.value {
            Value::Scalar(scalar) if name == WRITTEN && !self.is_null() => {
                visitor.visit_newtype_struct(scalar.written.as_str().into_deserializer())
            }
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if self.is_null() {
            visitor.visit_seq(self.elements(&[]))
        } else {
            self.deserialize_any(visitor)
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if self.is_null() {
            visitor.visit_map(self.entries(&[]))
        } else {
            self.deserialize_any(visitor)
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        // A derived struct would take a list too, field by field; an operator means something else by it.
        match &self.node.value {
            Value::List(_) => Err(Fault::invalid_type(Unexpected::Seq, &visitor)),
            Value::Scalar(_) | Value::Mapping(_) => self.deserialize_map(visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        known: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match &self.node.value {
            Value::Scalar(scalar) => match resolved(scalar)? {
                Resolved::Text(word) => visitor.visit_enum(word.into_deserializer()),
                _ => Err(Fault::new(Kind::Type {
                    expected: listed(known),
                })),
            },
            Value::Mapping(entries) => match self.entries(entries).next() {
                Some(entry) if entries.len() == 1 => visitor.visit_enum(Variant {
                    entry,
                    reading: self.reading,
                }),
                _ => Err(Fault::new(Kind::Type {
                    expected: listed(known),
                })),
            },
            Value::List(_) => Err(Fault::new(Kind::Type {
                expected: listed(known),
            })),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    whole_numbers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
    }

    forward_to_deserialize_any! {
        bool f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct identifier
    }
}

/// The entries of a mapping that are not left out, then blanks for those that are missing.
struct Entries<'a> {
    rest: std::slice::Iter<'a, Entry>,
    /// The entry whose key was read last; `None` for a blank.
    value: Option<&'a Entry>,
    blanks: std::slice::Iter<'a, &'static str>,
    reading: &'a Reading,
}

impl<'a> Entries<'a> {
    fn next(&mut self) -> Option<&'a Entry> {
        let reading = self.reading;
        self.rest.find(|entry| reading.reads(&entry.value))
    }
}

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Fault> {
        self.value = self.next();
        let Some(entry) = self.value else {
            let name = self
                .blanks
                .next()
                .map(|name| IntoDeserializer::<Fault>::into_deserializer(*name));
            return name.map(|name| seed.deserialize(name)).transpose();
        };
        let key: StrDeserializer<'_, Fault> = entry.key.text.as_str().into_deserializer();
        let key = seed.deserialize(key);
        key.map(Some)
            .map_err(|fault| fault.in_key(&entry.key.text, entry.key.place, &entry.value))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        let Some(entry) = self.value.take() else {
            return seed.deserialize(Blank).map_err(|_| Fault::new(Kind::Blank));
        };
        let value = seed.deserialize(ValueDeserializer::new(&entry.value, self.reading));
        value.map_err(|fault| fault.in_entry(&entry.key.text, entry.key.place, &entry.value))
    }
}

/// The elements of a list that are not left out.
struct Elements<'a> {
    nodes: std::iter::Enumerate<std::slice::Iter<'a, Node>>,
    reading: &'a Reading,
}

impl<'de> SeqAccess<'de> for Elements<'_> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Fault> {
        let reading = self.reading;
        let Some((index, node)) = self.nodes.find(|(_, node)| reading.reads(node)) else {
            return Ok(None);
        };
        let element = seed.deserialize(ValueDeserializer::new(node, reading));
        element
            .map(Some)
            .map_err(|fault| fault.in_element(index, node))
    }
}

/// An enum's variant with its content: `{ lookup: … }`.
struct Variant<'a> {
    entry: &'a Entry,
    reading: &'a Reading,
}

impl Variant<'_> {
    fn located<T>(&self, value: Result<T, Fault>) -> Result<T, Fault> {
        value.map_err(|fault| {
            fault.in_entry(
                &self.entry.key.text,
                self.entry.key.place,
                &self.entry.value,
            )
        })
    }

    fn content(&self) -> ValueDeserializer<'_> {
        ValueDeserializer::new(&self.entry.value, self.reading)
    }
}

impl<'de> EnumAccess<'de> for Variant<'_> {
    type Error = Fault;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Fault> {
        let Entry { key, value } = self.entry;
        let name: StrDeserializer<'_, Fault> = key.text.as_str().into_deserializer();
        match seed.deserialize(name) {
            Ok(variant) => Ok((variant, self)),
            Err(fault) => Err(fault.in_key(&key.text, key.place, value)),
        }
    }
}

impl<'de> VariantAccess<'de> for Variant<'_> {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        let unit = Fault::new(Kind::Type {
            expected: "nothing more after this word".to_owned(),
        });
        if self.content().is_null() {
            Ok(())
        } else {
            self.located(Err(unit))
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Fault> {
        self.located(seed.deserialize(self.content()))
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Fault> {
        self.located(self.content().deserialize_tuple(length, visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.located(self.content().deserialize_struct("", fields, visitor))
    }
}
