//! Any text, given to the `units` grammar.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| downshift_fuzz::answer("units", text));
