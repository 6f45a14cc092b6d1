//! Prices, exact money, FLOPs and joules: exactly one entry per request.
