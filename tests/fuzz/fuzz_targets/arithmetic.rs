//! Any text, given to the `arithmetic` grammar.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| downshift_fuzz::answer("arithmetic", text));
