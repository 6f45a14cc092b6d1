//! The scripted upstream as a program, for suites in other languages.
//!
//! Prints its base URL on one line, and serves until its standard input ends.
//! `POST /script` takes the script of the next call, `GET /counted` and
//! `GET /last` tell what was seen.

use std::io::{self, Write};

use downshift_tests::{Script, Upstream};

#[tokio::main]
async fn main() -> io::Result<()> {
    let upstream = Upstream::start(Script::default()).await;
    writeln!(io::stdout(), "{}", upstream.base_url())?;
    let reading = tokio::task::spawn_blocking(|| io::copy(&mut io::stdin(), &mut io::sink()));
    reading.await.map_err(io::Error::other)??;
    Ok(())
}
