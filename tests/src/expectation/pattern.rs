//! As much of regular expressions as the rows use: characters, classes such as `[0-9a-f]`, and counts such as `{8}`.

/// One character after another, each one of a few.
#[derive(Debug)]
pub(super) struct Pattern(Vec<Class>);

/// The ranges of which a character must be in one; both ends belong to it.
type Class = Vec<(char, char)>;

// === impl Pattern ===

impl Pattern {
    /// Reads a pattern; a sign it does not know fails the test.
    pub(super) fn parse(text: &str) -> Self {
        let mut classes: Vec<Class> = Vec::new();
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            rest = &rest[c.len_utf8()..];
            match c {
                '[' => {
                    let (inside, after) = rest.split_once(']').expect("a class that ends");
                    classes.push(class(inside));
                    rest = after;
                }
                '{' => {
                    let (inside, after) = rest.split_once('}').expect("a count that ends");
                    let count: usize = inside.parse().expect("a count in figures");
                    let class = classes.pop().expect("a count of something");
                    classes.extend(std::iter::repeat_n(class, count));
                    rest = after;
                }
                c if c.is_alphanumeric() || c == '-' => classes.push(vec![(c, c)]),
                other => panic!("{other:?} in the pattern {text}"),
            }
        }
        Self(classes)
    }

    /// Whether some part of `text` matches.
    pub(super) fn is_found_in(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        let mut parts = text.windows(self.0.len());
        parts.any(|part| {
            let mut pairs = self.0.iter().zip(part);
            pairs.all(|(class, c)| class.iter().any(|(low, high)| (low..=high).contains(&c)))
        })
    }
}

/// The inside of the brackets: characters and ranges, not negated.
fn class(inside: &str) -> Class {
    let characters: Vec<char> = inside.chars().collect();
    let mut rest = characters.as_slice();
    let mut class = Class::new();
    while let [low, after @ ..] = rest {
        assert!(low.is_alphanumeric(), "{low:?} in the class {inside}");
        rest = match after {
            ['-', high, after @ ..] => {
                class.push((*low, *high));
                after
            }
            after => {
                class.push((*low, *low));
                after
            }
        };
    }
    class
}
