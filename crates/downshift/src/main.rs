//! The `downshift` executable: parse, run, print what went wrong, exit.

use std::process::ExitCode;

use clap::Parser;
use downshift::cli::Cli;

fn main() -> ExitCode {
    Cli::parse().run()
}
