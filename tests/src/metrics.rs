//! Prometheus' text format, read strictly.

use std::collections::BTreeMap;

/// One scrape.
#[derive(Debug, Clone, Default)]
pub struct Metrics {
    samples: Vec<Sample>,
}

#[derive(Debug, Clone)]
struct Sample {
    name: String,
    labels: BTreeMap<String, String>,
    value: f64,
}

// === impl Metrics ===

impl Metrics {
    /// Reads a scrape; a line that is neither comment nor sample fails the test.
    pub fn parse(text: &str) -> Self {
        let lines = text.lines().filter(|line| !line.is_empty());
        let (comments, samples): (Vec<_>, Vec<_>) = lines.partition(|line| line.starts_with('#'));
        for comment in comments {
            let known = comment.starts_with("# HELP ") || comment.starts_with("# TYPE ");
            assert!(known, "not a comment Prometheus knows: {comment}");
        }
        Self {
            samples: samples.into_iter().map(Sample::parse).collect(),
        }
    }

    /// The sum of the samples of this name that carry all these labels.
    pub fn sum(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let carries = |sample: &&Sample| {
            sample.name == name
                && labels
                    .iter()
                    .all(|(label, value)| sample.labels.get(*label).is_some_and(|has| has == value))
        };
        self.samples
            .iter()
            .filter(carries)
            .map(|sample| sample.value)
            .sum()
    }

    /// The same, of samples that count whole things.
    #[track_caller]
    pub fn count(&self, name: &str, labels: &[(&str, &str)]) -> u64 {
        let sum = self.sum(name, labels);
        let whole = sum.fract() == 0.0 && (0.0..1e15).contains(&sum);
        assert!(whole, "{name} counts whole things: {sum}");
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is whole, and in range"
        )]
        let count = sum as u64;
        count
    }

    /// Whether there is any sample of this name.
    pub fn has(&self, name: &str) -> bool {
        self.samples.iter().any(|sample| sample.name == name)
    }

    /// The names of all samples.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.samples.iter().map(|sample| sample.name.as_str())
    }

    /// The values a label takes, over all samples.
    pub fn values(&self, label: &str) -> Vec<&str> {
        let mut values: Vec<_> = self
            .samples
            .iter()
            .filter_map(|sample| sample.labels.get(label))
            .map(String::as_str)
            .collect();
        values.sort_unstable();
        values.dedup();
        values
    }
}

impl Sample {
    fn parse(line: &str) -> Self {
        let (series, value) = line
            .rsplit_once(' ')
            .unwrap_or_else(|| panic!("no value in {line:?}"));
        let value = value
            .parse()
            .unwrap_or_else(|error| panic!("{error} in {line:?}"));
        let (name, labels) = match series.split_once('{') {
            Some((name, labels)) => {
                let labels = labels.strip_suffix('}');
                (
                    name,
                    labels.unwrap_or_else(|| panic!("no closing brace in {line:?}")),
                )
            }
            None => (series, ""),
        };
        let labels = labels
            .split("\",")
            .filter(|label| !label.is_empty())
            .map(|label| {
                let (label, value) = label
                    .split_once("=\"")
                    .unwrap_or_else(|| panic!("a label in {line:?}"));
                (label.to_owned(), value.trim_end_matches('"').to_owned())
            });
        Self {
            name: name.to_owned(),
            labels: labels.collect(),
            value,
        }
    }
}
