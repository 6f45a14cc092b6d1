//! Hides the files beside an encoder's graph: how long a text it takes, how its tokens become one vector, what it costs.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::Error;
use crate::source::File;

const CONFIG: &str = "config.json";
const MODULES: &str = "modules.json";
const POOLING: &str = "1_Pooling/config.json";
const SENTENCES: &str = "sentence_bert_config.json";
const WORDS: &str = "tokenizer_config.json";

/// No text is given more tokens than this, whatever the encoder would take: the time grows with their square.
const MOST_TOKENS: u64 = 512;
/// Fewer leave no room for a text's ends beside the special tokens.
const FEWEST_TOKENS: u64 = 8;

/// Families whose first positions are not for tokens: as many as the padding id, and one.
const SHIFTED: [&str; 4] = ["roberta", "xlm-roberta", "camembert", "mpnet"];

/// What is known of an encoder besides its graph and its tokenizer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct About {
    pub(crate) name: String,
    /// The most tokens of one run, special ones included.
    pub(crate) max_tokens: usize,
    /// How the vectors of tokens become one: in these ways, one after another.
    pub(crate) pooling: Vec<Pooling>,
    /// A step after pooling that is not known here.
    pub(crate) stranger: Option<String>,
    layers: u64,
    width: u64,
    inner: u64,
}

/// A way in which the vectors of tokens become one. The names are those of sentence-transformers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pooling {
    First,
    Last,
    Max,
    Mean,
    MeanByRoot,
    WeightedMean,
}

type Fields = Map<String, Value>;

// === impl About ===

impl About {
    /// Reads what the directory says, and names the files that were read.
    pub(crate) fn read(folder: &Path) -> Result<(Self, Vec<PathBuf>), Error> {
        let mut files = Vec::new();
        let mut optional = |name: &str| -> Result<Option<Value>, Error> {
            if !folder.join(name).exists() {
                return Ok(None);
            }
            files.push(PathBuf::from(name));
            json(&File::read(folder, name)?).map(Some)
        };
        let modules = optional(MODULES)?;
        let pooling = optional(POOLING)?;
        let said = [optional(SENTENCES)?, optional(WORDS)?];
        files.push(PathBuf::from(CONFIG));
        let file = File::read(folder, CONFIG)?;
        let config = json(&file)?;
        let config = config
            .as_object()
            .ok_or_else(|| bad(&file, "expected an object"))?;
        let number = |names: &[&str]| {
            let found = names.iter().find_map(|name| config.get(*name)?.as_u64());
            found.ok_or_else(|| bad(&file, &format!("it has no number `{}`", names[0])))
        };
        let (most, said_by) = limit(&said, config);
        if most < FEWEST_TOKENS {
            let problem = format!("it takes {most} tokens, expected at least {FEWEST_TOKENS}");
            let file = folder.join(said_by).display().to_string();
            return Err(bad_at(&file, &problem));
        }
        let named = folder.file_name().map(|name| name.to_string_lossy());
        let about = Self {
            name: named.map_or_else(|| "encoder".to_owned(), Into::into),
            max_tokens: usize::try_from(most).unwrap_or(usize::MAX),
            pooling: match pooling {
                Some(written) => ways(&written).map_err(|problem| {
                    bad_at(&folder.join(POOLING).display().to_string(), &problem)
                })?,
                None => vec![Pooling::Mean],
            },
            stranger: modules.as_ref().and_then(stranger),
            layers: number(&["num_hidden_layers", "n_layers", "num_layers"])?,
            width: number(&["hidden_size", "dim", "d_model"])?,
            inner: number(&["intermediate_size", "hidden_dim", "d_ff"])?,
        };
        Ok((about, files))
    }

    /// Floating-point operations of a run over so many tokens: in each layer four square matrices, two that widen and
    /// narrow, and each token's look at each other.
    pub(crate) fn flops(&self, tokens: usize) -> u64 {
        let tokens = u64::try_from(tokens).unwrap_or(u64::MAX);
        let of_width = |times: u64, by: u64| times.saturating_mul(self.width).saturating_mul(by);
        let matrices = of_width(8, self.width).saturating_add(of_width(4, self.inner));
        let looks = of_width(4, tokens);
        let layer = matrices.saturating_add(looks).saturating_mul(tokens);
        layer.saturating_mul(self.layers)
    }
}

// === impl Pooling ===

impl Pooling {
    /// By the name that sentence-transformers has for it.
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "cls" => Self::First,
            "lasttoken" => Self::Last,
            "max" => Self::Max,
            "mean" => Self::Mean,
            "mean_sqrt_len_tokens" => Self::MeanByRoot,
            "weightedmean" => Self::WeightedMean,
            _ => return None,
        })
    }

    /// Adds what the vectors of tokens, each of a width, become.
    pub(crate) fn pool(self, tokens: &[f32], width: usize, into: &mut Vec<f32>) {
        let mut rows = tokens.chunks_exact(width.max(1));
        let count = rows.len() as f32;
        let weighted = |weight: &dyn Fn(usize) -> f32| {
            let mut sum = vec![0.0_f32; width];
            for (at, row) in rows.clone().enumerate() {
                let weight = weight(at);
                for (sum, value) in sum.iter_mut().zip(row) {
                    *sum += weight * value;
                }
            }
            sum
        };
        match self {
            Self::First => into.extend(rows.next().unwrap_or(&[])),
            Self::Last => into.extend(rows.next_back().unwrap_or(&[])),
            Self::Max => {
                let mut most = vec![f32::NEG_INFINITY; width];
                for row in rows {
                    for (most, value) in most.iter_mut().zip(row) {
                        *most = value.max(*most);
                    }
                }
                into.extend(most);
            }
            Self::Mean => into.extend(weighted(&|_| 1.0 / count)),
            Self::MeanByRoot => into.extend(weighted(&|_| 1.0 / count.sqrt())),
            Self::WeightedMean => {
                let whole = count * (count + 1.0) / 2.0;
                into.extend(weighted(&|at| (at as f32 + 1.0) / whole));
            }
        }
    }
}

/// The most tokens of one run, and the file that says so: of the two beside the configuration the first that has a number,
/// if the configuration has no fewer places.
fn limit(said: &[Option<Value>; 2], config: &Fields) -> (u64, &'static str) {
    let number = |at: usize, field: &str| said[at].as_ref()?.get(field)?.as_u64();
    let of_sentences = number(0, "max_seq_length").map(|most| (most, SENTENCES));
    let of_words = number(1, "model_max_length").map(|most| (most, WORDS));
    let places = places(config).map(|most| (most, CONFIG));
    let limits = [of_sentences.or(of_words), places].into_iter().flatten();
    limits.fold((MOST_TOKENS, CONFIG), |least, limit| {
        if limit.0 < least.0 { limit } else { least }
    })
}

/// How many tokens have a place of their own; `None` where the encoder has no table of places, or does not say.
fn places(config: &Fields) -> Option<u64> {
    let places = config.get("max_position_embeddings")?.as_u64()?;
    let family = config.get("model_type").and_then(Value::as_str);
    if SHIFTED.contains(&family.unwrap_or("")) {
        let padding = config.get("pad_token_id").and_then(Value::as_u64);
        return Some(places.saturating_sub(padding.unwrap_or(1) + 1));
    }
    Some(places)
}

/// The ways of pooling: by their names as newer files have them, or by a switch each as older ones do.
fn ways(written: &Value) -> Result<Vec<Pooling>, String> {
    let names: Vec<&str> = match written.get("pooling_mode") {
        Some(Value::String(name)) => vec![name],
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        _ => {
            let fields = written.as_object().into_iter().flatten();
            let on = fields.filter(|(_, value)| value.as_bool() == Some(true));
            let names = on.filter_map(|(name, _)| name.strip_prefix("pooling_mode_"));
            let names = names.map(|name| match name {
                "cls_token" => "cls",
                "max_tokens" => "max",
                "mean_tokens" => "mean",
                "weightedmean_tokens" => "weightedmean",
                other => other,
            });
            names.collect()
        }
    };
    if names.is_empty() {
        return Err("it names no way of pooling, expected `pooling_mode_…`".to_owned());
    }
    let ways = names.iter().map(|name| {
        let known = "cls, lasttoken, max, mean, mean_sqrt_len_tokens or weightedmean";
        Pooling::named(name).ok_or_else(|| format!("unknown pooling `{name}`, expected {known}"))
    });
    ways.collect()
}

/// The first step that `modules.json` names and that is none of those known here.
fn stranger(modules: &Value) -> Option<String> {
    let kinds = modules.as_array()?.iter();
    let kinds = kinds.filter_map(|module| module.get("type")?.as_str());
    let kinds = kinds.map(|kind| kind.rsplit('.').next().unwrap_or(kind));
    kinds
        .filter(|kind| !["Transformer", "Pooling", "Normalize"].contains(kind))
        .map(str::to_owned)
        .next()
}

fn json(file: &File) -> Result<Value, Error> {
    serde_json::from_slice(file.bytes()).map_err(|problem| bad(file, &problem.to_string()))
}

fn bad(file: &File, problem: &str) -> Error {
    bad_at(file.name(), problem)
}

fn bad_at(file: &str, problem: &str) -> Error {
    Error::Description {
        file: file.to_owned(),
        problem: problem.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_smallest_limit_counts_with_its_file() {
        #[track_caller]
        fn check(sentences: Value, words: Value, config: &Value, expected: (u64, &str)) {
            let config = config.as_object().expect("an object");
            assert_eq!(limit(&[Some(sentences), Some(words)], config), expected);
        }
        let (none, bert) = (json!({}), json!({ "max_position_embeddings": 100 }));
        let roberta = json!({ "max_position_embeddings": 100, "model_type": "roberta" });
        let sentences = |most: Value| json!({ "max_seq_length": most });
        let words = |most: Value| json!({ "model_max_length": most });
        check(json!({}), words(1e30.into()), &none, (512, CONFIG));
        check(sentences(Value::Null), words(4.into()), &bert, (4, WORDS));
        check(sentences(7.into()), words(4.into()), &bert, (7, SENTENCES));
        check(sentences(256.into()), json!({}), &bert, (100, CONFIG));
        check(sentences(256.into()), json!({}), &roberta, (98, CONFIG));
    }

    #[test]
    fn no_width_overflows() {
        let about = About {
            name: String::new(),
            max_tokens: 8,
            pooling: Vec::new(),
            stranger: None,
            layers: 2,
            width: u64::MAX,
            inner: u64::MAX,
        };
        assert_eq!(about.flops(8), u64::MAX);
    }
}
