//! Entries as columns of a Parquet file: hides the format, and which type each column has.
//!
//! The columns are those of an entry's flat object ([`Exported`] with what was said beside), by the same
//! names. Money is `DECIMAL(38, 12)`: dollars, exact to the picodollar. What has parts of its own (the
//! trail, the attempts) is its JSON as text.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

use jiff::Timestamp;
use parquet::basic::Compression;
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FixedLenByteArray,
    FixedLenByteArrayType, FloatType, Int64Type,
};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use serde_json::Value;

use crate::money::Money;
use crate::store::Exported;

/// Rows that are gathered before they are written: some twenty megabytes of entries.
const ROWS: usize = 10_000;

/// Ten to the digits of the amounts' type.
const LARGEST: u128 = 10_u128.pow(38);

/// The columns, in their order.
const COLUMNS: &[(&str, Kind)] = &[
    ("id", Kind::Text),
    ("started", Kind::Time),
    ("trace_id", Kind::Text),
    ("span_id", Kind::Text),
    ("key", Kind::Text),
    ("requested_model", Kind::Text),
    ("stream", Kind::Bool),
    ("rung", Kind::Text),
    ("intent", Kind::Text),
    ("confidence", Kind::Single),
    ("model", Kind::Text),
    ("outcome", Kind::Text),
    ("prompt_tokens_estimate", Kind::Count),
    ("input_tokens", Kind::Count),
    ("cached_input_tokens", Kind::Count),
    ("output_tokens", Kind::Count),
    ("reasoning_tokens", Kind::Count),
    ("cache_write_tokens", Kind::Count),
    ("cache_write_1h_tokens", Kind::Count),
    ("input_images", Kind::Count),
    ("audio_input_tokens", Kind::Count),
    ("image_input_tokens", Kind::Count),
    ("audio_output_tokens", Kind::Count),
    ("tokens_estimated", Kind::Bool),
    ("cost_usd", Kind::Usd),
    ("known_cost_usd", Kind::Usd),
    ("unknown_costs", Kind::Count),
    ("baseline_usd", Kind::Usd),
    ("saving_usd", Kind::Usd),
    ("baseline_method", Kind::Text),
    ("flops", Kind::Double),
    ("baseline_flops", Kind::Double),
    ("energy_min_joules", Kind::Double),
    ("energy_max_joules", Kind::Double),
    ("baseline_energy_min_joules", Kind::Double),
    ("baseline_energy_max_joules", Kind::Double),
    ("co2e_min_grams", Kind::Double),
    ("co2e_max_grams", Kind::Double),
    ("baseline_co2e_min_grams", Kind::Double),
    ("baseline_co2e_max_grams", Kind::Double),
    ("energy_method", Kind::Text),
    ("own_seconds", Kind::Double),
    ("classify_seconds", Kind::Double),
    ("own_flops", Kind::Count),
    ("own_energy_min_joules", Kind::Double),
    ("own_energy_max_joules", Kind::Double),
    ("seconds", Kind::Double),
    ("upstream_seconds", Kind::Double),
    ("first_token_seconds", Kind::Double),
    ("trail", Kind::Json),
    ("attempts", Kind::Json),
    ("judged", Kind::Json),
    ("shadow", Kind::Json),
    ("request", Kind::Text),
    ("reply", Kind::Text),
];

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    /// Anything, as JSON text.
    Json,
    Bool,
    Count,
    Single,
    Double,
    Usd,
    Time,
}

/// Why a file could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// The file itself.
    #[error("cannot write the Parquet file")]
    Parquet(#[from] ParquetError),
    /// An entry.
    #[error("an entry cannot be written")]
    Entry(#[from] serde_json::Error),
    /// A value that its column cannot hold.
    #[error("`{0}` does not fit into the column `{1}`")]
    Value(String, &'static str),
}

/// Writes entries into a Parquet file, many at a time. Without [`ParquetFile::finish`] the file is no
/// whole one, and readers refuse it.
#[derive(Debug)]
pub struct ParquetFile<W: Write + Send> {
    writer: SerializedFileWriter<W>,
    rows: Vec<BTreeMap<String, Value>>,
}

// === impl ParquetFile ===

impl<W: Write + Send> ParquetFile<W> {
    /// Begins a file.
    pub fn new(out: W) -> Result<Self, ExportError> {
        let fields = COLUMNS
            .iter()
            .map(|(name, kind)| format!("optional {};", kind.field(name)));
        let schema = format!("message entry {{ {} }}", fields.collect::<String>());
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by(concat!("downshift ", env!("CARGO_PKG_VERSION")).to_owned())
            .build();
        let schema = Arc::new(parse_message_type(&schema)?);
        Ok(Self {
            writer: SerializedFileWriter::new(out, schema, Arc::new(properties))?,
            rows: Vec::new(),
        })
    }

    /// Adds an entry.
    pub fn add(&mut self, exported: &Exported) -> Result<(), ExportError> {
        let text = serde_json::to_string(&exported.entry)?;
        let mut row: BTreeMap<String, Value> = serde_json::from_str(&text)?;
        let said = |text: &Option<String>| text.clone().map_or(Value::Null, Value::String);
        row.insert("request".to_owned(), said(&exported.request));
        row.insert("reply".to_owned(), said(&exported.reply));
        self.rows.push(row);
        if self.rows.len() >= ROWS {
            self.write()?;
        }
        Ok(())
    }

    /// Ends the file.
    pub fn finish(mut self) -> Result<(), ExportError> {
        self.write()?;
        self.writer.close()?;
        Ok(())
    }

    fn write(&mut self) -> Result<(), ExportError> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let mut group = self.writer.next_row_group()?;
        for (name, kind) in COLUMNS {
            let values = self
                .rows
                .iter()
                .map(|row| row.get(*name).filter(|value| !value.is_null()));
            kind.write(&mut group, name, values.collect())?;
        }
        group.close()?;
        self.rows.clear();
        Ok(())
    }
}

// === impl Kind ===

impl Kind {
    /// A column of this kind, in the language of schemas.
    fn field(self, name: &str) -> String {
        let (physical, logical) = match self {
            Self::Text | Self::Json => ("binary", " (STRING)"),
            Self::Bool => ("boolean", ""),
            Self::Count => ("int64", ""),
            Self::Single => ("float", ""),
            Self::Double => ("double", ""),
            Self::Usd => ("fixed_len_byte_array(16)", " (DECIMAL(38,12))"),
            Self::Time => ("int64", " (TIMESTAMP(MICROS,true))"),
        };
        format!("{physical} {name}{logical}")
    }

    fn write<W: Write + Send>(
        self,
        group: &mut SerializedRowGroupWriter<'_, W>,
        name: &'static str,
        values: Vec<Option<&Value>>,
    ) -> Result<(), ExportError> {
        let mut column = Column {
            group,
            name,
            values,
        };
        match self {
            Self::Text => column.write::<ByteArrayType, _>(|value| value.as_str().map(bytes)),
            Self::Json => column.write::<ByteArrayType, _>(|value| Some(bytes(&value.to_string()))),
            Self::Bool => column.write::<BoolType, _>(Value::as_bool),
            Self::Count => column.write::<Int64Type, _>(count),
            Self::Single => column.write::<FloatType, _>(single),
            Self::Double => column.write::<DoubleType, _>(Value::as_f64),
            Self::Usd => column.write::<FixedLenByteArrayType, _>(usd),
            Self::Time => column.write::<Int64Type, _>(|value| {
                let moment: Timestamp = value.as_str()?.parse().ok()?;
                Some(moment.as_microsecond())
            }),
        }
    }
}

/// One column of the rows that are written together; a value that is not there is null.
struct Column<'a, 'g, W: Write + Send> {
    group: &'a mut SerializedRowGroupWriter<'g, W>,
    name: &'static str,
    values: Vec<Option<&'a Value>>,
}

// === impl Column ===

impl<W: Write + Send> Column<'_, '_, W> {
    fn write<T: DataType, F: Fn(&Value) -> Option<T::T>>(
        &mut self,
        read: F,
    ) -> Result<(), ExportError> {
        let present = self.values.iter().flatten().map(|value| {
            let misfit = || ExportError::Value(value.to_string(), self.name);
            read(value).ok_or_else(misfit)
        });
        let present: Vec<T::T> = present.collect::<Result<_, _>>()?;
        let levels: Vec<i16> = self
            .values
            .iter()
            .map(|value| value.is_some().into())
            .collect();
        // The columns are written in the order of the schema, which is that of `COLUMNS`.
        if let Some(mut column) = self.group.next_column()? {
            column
                .typed::<T>()
                .write_batch(&present, Some(&levels), None)?;
            column.close()?;
        }
        Ok(())
    }
}

fn bytes(text: &str) -> ByteArray {
    text.as_bytes().to_vec().into()
}

/// A count that is larger than a column can hold is the largest it can: nobody counted so far.
fn count(value: &Value) -> Option<i64> {
    let count = value.as_u64()?;
    Some(i64::try_from(count).unwrap_or(i64::MAX))
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "it was written from a number of this size"
)]
fn single(value: &Value) -> Option<f32> {
    value.as_f64().map(|number| number as f32)
}

fn usd(value: &Value) -> Option<FixedLenByteArray> {
    let picodollars = Money::from_usd(value.as_str()?).ok()?.picodollars();
    let fits = picodollars.unsigned_abs() < LARGEST;
    fits.then(|| picodollars.to_be_bytes().to_vec().into())
}

#[cfg(test)]
mod tests;
