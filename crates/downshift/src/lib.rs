//! The router: config, the ladder, endpoints, metrics, command line.
