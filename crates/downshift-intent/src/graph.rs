//! Hides the little of the ONNX file format that must be known before a backend is let near a file.
//!
//! tract ends the process when an id lies beyond the last row of a table, and on some files that are no graphs at
//! all. So the tables that the inputs index are looked up here and held against what the tokenizer and the hash can
//! produce. Field numbers are those of the public `onnx.proto` (IR version 3 and later); nothing is copied.

use std::collections::{BTreeSet, HashMap};

use crate::Error;
use crate::source::File;

/// A graph's tables by name, and which inputs index which.
#[derive(Debug, Default)]
pub(crate) struct Graph<'a> {
    /// Rows of every initializer, and of what is a mere conversion of one.
    rows: HashMap<&'a [u8], u64>,
    /// Table and index of every Gather.
    gathers: Vec<(&'a [u8], &'a [u8])>,
    /// The value that each mere conversion converts.
    converts: HashMap<&'a [u8], &'a [u8]>,
    /// The files that hold numbers of initializers, by their place beside the graph's own.
    parts: BTreeSet<&'a str>,
}

/// Operators that leave the number of rows, or an index, as it is.
const CONVERSIONS: [&[u8]; 3] = [b"Cast", b"DequantizeLinear", b"Identity"];

impl<'a> Graph<'a> {
    /// Reads a model's file, which the error names.
    pub(crate) fn of(file: &'a File) -> Result<Self, Error> {
        Self::decode(file.bytes()).map_err(|problem| Error::Graph {
            file: file.name().to_owned(),
            problem: problem.to_owned(),
        })
    }

    /// Refuses the file it was read from if a table has fewer rows than there are ids of `input`, and says whose ids those
    /// are.
    pub(crate) fn check_rows(
        &self,
        file: &File,
        input: &str,
        needed: u64,
        whose: &str,
    ) -> Result<(), Error> {
        match self.rows(input) {
            Some(rows) if rows < needed => Err(Error::Contract {
                file: file.name().to_owned(),
                found: format!("{rows} rows for `{input}`"),
                expected: format!("at least {needed}, for {whose}"),
            }),
            _ => Ok(()),
        }
    }

    /// Reads a whole `model.onnx`. The error says what about it is not ONNX.
    pub(crate) fn decode(model: &'a [u8]) -> Result<Self, &'static str> {
        let mut graph = None;
        for field in Fields(model) {
            if let (7, Value::Bytes(bytes)) = field? {
                graph = Some(bytes);
            }
        }
        let mut read = Self::default();
        for field in Fields(graph.ok_or(NO_GRAPH)?) {
            match field? {
                (1, Value::Bytes(node)) => read.node(node)?,
                (5, Value::Bytes(tensor)) => read.tensor(tensor)?,
                _ => {}
            }
        }
        Ok(read)
    }

    /// How many rows the smallest table has that `input` indexes; `None` if no table can be seen to be.
    pub(crate) fn rows(&self, input: &str) -> Option<u64> {
        let indexed = self
            .gathers
            .iter()
            .filter(|(_, index)| self.origin(index) == input.as_bytes());
        indexed
            .filter_map(|(table, _)| self.rows.get(self.origin(table)).copied())
            .min()
    }

    /// The files that hold numbers of initializers, by their place beside the graph's own.
    pub(crate) fn parts(&self) -> Vec<&'a str> {
        self.parts.iter().copied().collect()
    }

    /// What `value` is a mere conversion of. A chain longer than any real one is given up on.
    fn origin(&self, value: &'a [u8]) -> &'a [u8] {
        let mut origin = value;
        for _ in 0..8 {
            match self.converts.get(origin) {
                Some(before) => origin = before,
                None => break,
            }
        }
        origin
    }

    fn node(&mut self, node: &'a [u8]) -> Result<(), &'static str> {
        let (mut inputs, mut output, mut operator) = (Vec::new(), None, None);
        for field in Fields(node) {
            match field? {
                (1, Value::Bytes(name)) => inputs.push(name),
                (2, Value::Bytes(name)) => output = output.or(Some(name)),
                (4, Value::Bytes(name)) => operator = Some(name),
                _ => {}
            }
        }
        match (operator, inputs.as_slice(), output) {
            (Some(b"Gather"), [table, index, ..], _) => self.gathers.push((table, index)),
            (Some(operator), [input, ..], Some(output)) if CONVERSIONS.contains(&operator) => {
                self.converts.insert(output, input);
            }
            _ => {}
        }
        Ok(())
    }

    fn tensor(&mut self, tensor: &'a [u8]) -> Result<(), &'static str> {
        let (mut name, mut rows) = (None, None);
        for field in Fields(tensor) {
            match field? {
                // Dimensions come one by one or packed together; the first is the number of rows.
                (1, Value::Number(number)) => rows = rows.or(Some(number)),
                (1, Value::Bytes(packed)) if rows.is_none() => rows = Some(varint(packed)?.0),
                (8, Value::Bytes(bytes)) => name = Some(bytes),
                (13, Value::Bytes(entry)) => self.parts.extend(location(entry)?),
                _ => {}
            }
        }
        if let (Some(name), Some(rows)) = (name, rows) {
            self.rows.insert(name, rows);
        }
        Ok(())
    }
}

/// The file that an entry of a tensor's external data names, if it is the one that names it.
fn location(entry: &[u8]) -> Result<Option<&str>, &'static str> {
    let (mut key, mut value) = (None, None);
    for field in Fields(entry) {
        match field? {
            (1, Value::Bytes(bytes)) => key = Some(bytes),
            (2, Value::Bytes(bytes)) => value = Some(bytes),
            _ => {}
        }
    }
    match (key, value) {
        (Some(b"location"), Some(value)) => Ok(str::from_utf8(value).ok()),
        _ => Ok(None),
    }
}

const NO_GRAPH: &str = "it holds no graph";
const CUT_OFF: &str = "it is cut off, or not ONNX";
const NOT_ONNX: &str = "it is not ONNX";

/// The fields of a protobuf message, in order. Ends after the first error.
struct Fields<'a>(&'a [u8]);

enum Value<'a> {
    Number(u64),
    Bytes(&'a [u8]),
    /// Of a fixed width; none that matters here is.
    Fixed,
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u64, Value<'a>), &'static str>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let field = field(self.0);
        Some(match field {
            Ok((number, value, rest)) => {
                self.0 = rest;
                Ok((number, value))
            }
            Err(problem) => {
                self.0 = &[];
                Err(problem)
            }
        })
    }
}

/// The first field of `bytes`, and what comes after it.
fn field(bytes: &[u8]) -> Result<(u64, Value<'_>, &[u8]), &'static str> {
    let (key, rest) = varint(bytes)?;
    let (value, rest) = match key & 7 {
        0 => {
            let (number, rest) = varint(rest)?;
            (Value::Number(number), rest)
        }
        1 => (Value::Fixed, rest.get(8..).ok_or(CUT_OFF)?),
        2 => {
            let (length, rest) = varint(rest)?;
            let length = usize::try_from(length).map_err(|_| CUT_OFF)?;
            let (bytes, rest) = rest.split_at_checked(length).ok_or(CUT_OFF)?;
            (Value::Bytes(bytes), rest)
        }
        5 => (Value::Fixed, rest.get(4..).ok_or(CUT_OFF)?),
        _ => return Err(NOT_ONNX),
    };
    match key >> 3 {
        0 => Err(NOT_ONNX),
        number => Ok((number, value, rest)),
    }
}

/// A base-128 number, low bits first, and what comes after it.
fn varint(bytes: &[u8]) -> Result<(u64, &[u8]), &'static str> {
    let mut number = 0;
    for (place, byte) in bytes.iter().enumerate().take(10) {
        number |= u64::from(byte & 0x7F) << (7 * place);
        if byte & 0x80 == 0 {
            return Ok((number, &bytes[place + 1..]));
        }
    }
    Err(if bytes.len() < 10 { CUT_OFF } else { NOT_ONNX })
}

#[cfg(test)]
mod tests;
