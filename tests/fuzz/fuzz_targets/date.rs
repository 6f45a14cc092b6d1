//! Any text, given to the `date` grammar.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| downshift_fuzz::answer("date", text));
