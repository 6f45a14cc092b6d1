//! `intents:` and `rules:` of router.yaml, compiled: facts in, a plan out.
