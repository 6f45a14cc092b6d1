//! Calls a named specialist or LLM: dialects, transport, streaming, timeouts.
