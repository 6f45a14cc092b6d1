//! Any text, given to the `text` grammar.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| downshift_fuzz::answer("text", text));
