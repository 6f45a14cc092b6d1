//! The time where somebody is who stands in the question: "my boss is in Paris, what time is it there".

use super::there;
use crate::pattern::{Fragment, Rule};

pub(super) const FRAGMENTS: &[Fragment] = &[(
    "whose",
    "(my (friend|mom|mum|mother|dad|father|brother|sister|boss|colleague|coworker|client|cousin|girlfriend|boyfriend|wife|husband|partner|team|family|parents|son|daughter|aunt|uncle|grandma|grandpa)|our (client|team|office)|a (friend|colleague|coworker|client) [of mine])",
)];

pub(super) const RULES: &[Rule] = &[
    Rule {
        pattern: "<whose> (is|lives|live|are|works|work|is living|is staying|moved|is based|lives over|is currently) [over] (in|to) {place} [now|right now|atm] [,|.|;|and] [so] what (time is it|is the [current|local] time|is <thetime>) [over] [there|for them|for him|for her|where they are] <now>",
        say: there,
    },
    Rule {
        pattern: "i (am|m) (in|staying in|visiting|travelling in|traveling in) {place} [now|right now|atm] [,|.|;|and] [so] what (time is it|is the [current|local] time) [here] <now>",
        say: there,
    },
];
