//! Any text, given to the `smalltalk` grammar.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| downshift_fuzz::answer("smalltalk", text));
