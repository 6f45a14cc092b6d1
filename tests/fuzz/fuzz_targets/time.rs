//! Any text, given to the `time` grammar.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| downshift_fuzz::answer("time", text));
