//! The scripted upstream as a program, for suites in other languages.
//!
//! Prints its base URL on one line, and serves until its standard input ends.
//! `POST /script` takes the script of the next call, `GET /counted` and
//! `GET /last` tell what was seen.

use std::io::Write;

use downshift_tests::{Script, Upstream};
use tokio::io::AsyncReadExt;

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let upstream = Upstream::start(Script::default()).await;
    writeln!(std::io::stdout(), "{}", upstream.base_url())?;
    let mut input = tokio::io::stdin();
    let mut ignored = [0; 64];
    while input.read(&mut ignored).await? > 0 {}
    Ok(())
}
