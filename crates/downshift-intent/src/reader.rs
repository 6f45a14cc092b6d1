//! Hides two unlike linear functions per class that are read as one: over the encoder's vector of a text, and over its
//! letters.
//!
//! The two err differently, so their log-probabilities are averaged. How much letters count and how sure the result may
//! be is chosen on texts that the functions judged there were not fitted to; what is kept is fitted to all.

pub(crate) mod choice;
mod file;
mod lexical;
mod regression;

pub(crate) use choice::{Chosen, Held, Probe};
pub(crate) use regression::Regression;

use crate::meanwhile::meanwhile;
use crate::vectors::softmax;
use lexical::Lexical;

/// How much each text of an intent counts against the penalty on squared weights: 20 times as in the usual notation
/// `C = 20`, best of 5, 20 and 60 on ten examples per intent of BANKING77 and HWU64.
pub(crate) const WEIGHT: f32 = 0.02;
/// Parts that the texts are dealt into; each is judged by functions fitted to the others.
pub(crate) const FOLDS: usize = 5;
/// How probable a class must be for a text that nobody labelled to count as of it.
const SURE: f32 = 0.8;
/// How much such a text counts, beside one that was labelled.
const SHARE: f32 = 0.3;

/// What is known of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Truth {
    /// It is of this class.
    Is(usize),
    /// It is of any class but this one.
    Not(usize),
}

/// A text to fit to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample<'a> {
    pub(crate) text: &'a str,
    /// The encoder's vector, of length 1.
    pub(crate) vector: &'a [f32],
    pub(crate) truth: Truth,
    /// How much it counts.
    pub(crate) weight: f32,
}

/// The classes that texts are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Classes {
    pub(crate) count: usize,
    /// The first is a medley of texts, which have nothing in common but that they are of no other class.
    pub(crate) first_is_all_else: bool,
}

/// What a reader is fitted to, and by how much of it it is judged.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Material<'a> {
    pub(crate) samples: &'a [Sample<'a>],
    /// These are never held out to choose by.
    pub(crate) anchors: &'a [Sample<'a>],
    pub(crate) classes: Classes,
    /// How many of the [`FOLDS`] parts that samples are dealt into are held out, one after another.
    pub(crate) judged: usize,
}

/// Both functions.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Reader {
    linear: Regression,
    lexical: Lexical,
    /// How much letters count beside the vector, 0 to 1.
    pub(crate) letters: f32,
    /// What log-probabilities are divided by.
    pub(crate) temperature: f32,
}

/// A reader, and what its choices were made on.
#[derive(Debug)]
pub(crate) struct Fitted {
    pub(crate) reader: Reader,
    /// What was chosen, and what it is worth.
    pub(crate) chosen: Chosen,
    /// What functions made of the texts they were not fitted to.
    pub(crate) held: Vec<Held>,
    /// The functions that were not fitted to the first part of the texts.
    pub(crate) partial: Reader,
}

/// What a text came to, before calibration.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Scored {
    /// Log-probabilities of either function, averaged.
    pub(crate) likely: Vec<f32>,
    /// The largest score: the lower, the less the text is like anything fitted to.
    pub(crate) familiar: f32,
}

// === impl Classes ===

impl Classes {
    /// So many classes, each of texts that are alike.
    pub(crate) fn of(count: usize) -> Self {
        Self {
            count,
            first_is_all_else: false,
        }
    }
}

// === impl Reader ===

impl Reader {
    /// Fits both functions to the samples and the anchors. The same material in the same order gives the same reader.
    pub(crate) fn fit(material: Material<'_>) -> Fitted {
        Self::judged(material, |samples| (Self::of(samples, material.classes), 0)).0
    }

    /// The same with texts that nobody labelled: what functions fitted to the samples are sure of counts as labelled,
    /// though less. `chosen` is what those functions are read by. Functions are judged by samples that neither they nor
    /// whoever labelled for them has seen. Gives how many texts were labelled, too.
    pub(crate) fn fit_beside(
        material: Material<'_>,
        unlabelled: &[(&str, Vec<f32>)],
        chosen: &Chosen,
    ) -> (Fitted, usize) {
        Self::judged(material, |samples| {
            let mut teacher = Self::of(samples, material.classes);
            teacher.letters = chosen.letters;
            teacher.temperature = chosen.temperature;
            let taught = unlabelled
                .iter()
                .filter_map(|(text, vector)| teacher.labelled(text, vector));
            let all: Vec<_> = samples.iter().copied().chain(taught).collect();
            let labelled = all.len() - samples.len();
            (Self::of(&all, material.classes), labelled)
        })
    }

    /// A text that nobody labelled as a sample, if it is surely of one class.
    fn labelled<'a>(&self, text: &'a str, vector: &'a [f32]) -> Option<Sample<'a>> {
        let probabilities = self.probabilities(text, vector).into_iter().enumerate();
        let (class, sure) = probabilities.max_by(|(_, a), (_, b)| a.total_cmp(b))?;
        (sure >= SURE).then_some(Sample {
            text,
            vector,
            truth: Truth::Is(class),
            weight: WEIGHT * SHARE,
        })
    }

    /// A reader that `of` makes of all, what its choices were made on, which is readers that it makes of parts, and what
    /// `of` says of the former besides. That one needs none of the choices, so it is made at the same time.
    fn judged(
        material: Material<'_>,
        of: impl Fn(&[Sample<'_>]) -> (Self, usize) + Sync,
    ) -> (Fitted, usize) {
        let Material {
            samples, anchors, ..
        } = material;
        let everything: Vec<_> = samples.iter().chain(anchors).copied().collect();
        let choose = || {
            let (held, partial) = Self::held(material, &of);
            (choice::choose(&held), held, partial)
        };
        let whole = || of(&everything);
        let ((chosen, held, partial), (mut reader, said)) = meanwhile("fit-all", choose, whole);
        reader.letters = chosen.letters;
        reader.temperature = chosen.temperature;
        let fitted = Fitted {
            partial: partial.unwrap_or_else(|| reader.clone()),
            reader,
            chosen,
            held,
        };
        (fitted, said)
    }

    /// What readers that `of` makes of all other parts say of each part that is judged, and the first of these readers.
    fn held(
        material: Material<'_>,
        of: &impl Fn(&[Sample<'_>]) -> (Self, usize),
    ) -> (Vec<Held>, Option<Self>) {
        let Material {
            samples,
            anchors,
            classes,
            judged,
        } = material;
        let folds = dealt(samples, classes.count);
        let mut held = Vec::with_capacity(samples.len());
        let mut partial = None;
        for fold in 0..judged.clamp(1, FOLDS) {
            let parts = || samples.iter().zip(&folds);
            let others = parts().filter_map(|(sample, own)| (*own != fold).then_some(*sample));
            let others: Vec<_> = others.chain(anchors.iter().copied()).collect();
            let (reader, _) = of(&others);
            for (sample, _) in parts().filter(|(_, own)| **own == fold) {
                if let Truth::Is(class) = sample.truth {
                    held.push(Held {
                        class,
                        weight: f64::from(sample.weight),
                        probe: reader.probe(sample.text, sample.vector),
                    });
                }
            }
            partial.get_or_insert(reader);
        }
        (held, partial)
    }

    /// Both functions as fitted, before anything is chosen. They are fitted at the same time where threads are to be
    /// had.
    fn of(samples: &[Sample<'_>], classes: Classes) -> Self {
        let linear = || Regression::fit(samples, classes);
        let lexical = || Lexical::fit(samples, classes.count);
        let (linear, lexical) = meanwhile("fit-letters", linear, lexical);
        Self {
            linear,
            lexical,
            letters: 0.0,
            temperature: 1.0,
        }
    }

    /// What both functions say of a text with this vector.
    pub(crate) fn probe(&self, text: &str, vector: &[f32]) -> Probe {
        Probe {
            linear: self.linear.scores(vector),
            lexical: self.lexical.scores(text),
        }
    }

    /// What a text with this vector comes to, before the temperature.
    pub(crate) fn scored(&self, text: &str, vector: &[f32]) -> Scored {
        self.probe(text, vector).blended(self.letters)
    }

    /// The probability of each class.
    pub(crate) fn probabilities(&self, text: &str, vector: &[f32]) -> Vec<f32> {
        let mut likely = self.scored(text, vector).likely;
        for likely in &mut likely {
            *likely /= self.temperature;
        }
        softmax(&mut likely);
        likely
    }

    /// Floating-point operations of one text of so many bytes.
    pub(crate) fn flops(&self, bytes: usize) -> u64 {
        let classes = self.linear.classes();
        let width = classes.first().map_or(0, Vec::len);
        let flops = 2 * classes.len() * (width + 3 * bytes.min(4096));
        u64::try_from(flops).unwrap_or(u64::MAX)
    }
}

/// The fold of each text: those of a class are dealt out one by one, so that each fold has of all.
fn dealt(samples: &[Sample<'_>], classes: usize) -> Vec<usize> {
    let mut next = vec![0_usize; classes];
    let each = samples.iter().map(|sample| match sample.truth {
        Truth::Is(class) => next.get_mut(class).map_or(0, |next| {
            *next += 1;
            (*next - 1) % FOLDS
        }),
        Truth::Not(_) => 0,
    });
    each.collect()
}

/// Turns probabilities into the gradient of the loss by the scores: what each class has too much. Of a text that is not
/// of a class, what that class has belongs to the others as they stand.
fn excess(probabilities: &mut [f32], truth: Truth) {
    match truth {
        Truth::Is(class) => {
            if let Some(own) = probabilities.get_mut(class) {
                *own -= 1.0;
            }
        }
        Truth::Not(class) => {
            let too_much = probabilities.get(class).copied().unwrap_or(0.0);
            let owed = too_much / (1.0 - too_much).max(1e-6);
            for (at, probability) in probabilities.iter_mut().enumerate() {
                if at != class {
                    *probability *= -owed;
                }
            }
        }
    }
}
