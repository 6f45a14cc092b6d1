//! A server that reads a request and sends bytes as it is told: what no HTTP library would send.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A server that answers every request with the same bytes; stops when it is dropped.
#[derive(Debug)]
pub struct Raw {
    address: SocketAddr,
    calls: Arc<AtomicU64>,
    accepting: JoinHandle<()>,
}

// === impl Raw ===

impl Raw {
    /// Answers with these pieces, a wait before each but the first, and closes.
    pub async fn start(pieces: Vec<Bytes>, wait: Duration) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await;
        let listener = listener.expect("the server binds");
        let address = listener
            .local_addr()
            .expect("a bound listener has an address");
        let calls = Arc::new(AtomicU64::new(0));
        let counted = calls.clone();
        let accepting = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (pieces, counted) = (pieces.clone(), counted.clone());
                tokio::spawn(serve(socket, pieces, wait, counted));
            }
        });
        Self {
            address,
            calls,
            accepting,
        }
    }

    /// What stands in a policy's `base_url`.
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// How many requests it has read.
    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::SeqCst)
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn serve(mut socket: TcpStream, pieces: Vec<Bytes>, wait: Duration, calls: Arc<AtomicU64>) {
    if !read_request(&mut socket).await {
        return;
    }
    calls.fetch_add(1, Ordering::SeqCst);
    for (index, piece) in pieces.iter().enumerate() {
        if index > 0 {
            tokio::time::sleep(wait).await;
        }
        // A client that has seen enough may have left.
        if socket.write_all(piece).await.is_err() {
            return;
        }
    }
    drop(socket.shutdown().await);
}

/// Reads the head, and as much body as it announces.
async fn read_request(socket: &mut TcpStream) -> bool {
    let mut read = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        match socket.read(&mut buffer).await {
            Ok(0) | Err(_) => return false,
            Ok(count) => read.extend_from_slice(&buffer[..count]),
        }
        let text = String::from_utf8_lossy(&read).to_ascii_lowercase();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head.lines().find_map(|line| {
            let value = line.strip_prefix("content-length:")?;
            value.trim().parse::<usize>().ok()
        });
        if body.len() >= length.unwrap_or(0) {
            return true;
        }
    }
}
