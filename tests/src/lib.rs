//! The harness: a router started from YAML text, and scripted upstreams.
