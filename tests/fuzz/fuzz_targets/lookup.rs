//! Any text, given to the `lookup` grammar.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| downshift_fuzz::answer("lookup", text));
