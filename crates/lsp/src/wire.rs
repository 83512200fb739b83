//! Messages over standard input and output, none longer than a policy could ever need: a length that nobody can mean
//! is refused before memory is asked for.

use crate::server::Failure;
use lsp_server::{Connection, Message};
use policy::diagnostic::Text;
use std::io::{BufRead, Cursor, Read};
use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;

/// A policy has at most 16 MiB; an editor sends a file as a whole, with signs written out.
const MESSAGE_BYTES_MAX: usize = 64 << 20;

/// Lines before a message, together.
const HEAD_BYTES_MAX: usize = 4 << 10;

/// The threads behind a connection.
pub struct Wire {
    told: Receiver<Failure>,
    writer: JoinHandle<std::io::Result<()>>,
}

/// A connection over standard input and output.
pub fn stdio() -> (Connection, Wire) {
    let (server, client) = Connection::memory();
    let (tell, told) = channel();
    let Connection { sender, receiver } = client;
    std::thread::spawn(move || {
        let mut input = std::io::stdin().lock();
        loop {
            match read(&mut input) {
                Ok(Some(message)) => {
                    let exit = matches!(&message, Message::Notification(note) if note.method == "exit");
                    if sender.send(message).is_err() || exit {
                        return;
                    }
                }
                Ok(None) => return,
                Err(failure) => {
                    // Before the connection closes: whoever waits for it then finds the reason.
                    let _ = tell.send(failure);
                    return;
                }
            }
        }
    });
    let writer = std::thread::spawn(move || {
        let mut output = std::io::stdout().lock();
        receiver.iter().try_for_each(|message| message.write(&mut output))
    });
    (server, Wire { told, writer })
}

impl Wire {
    /// Waits until everything is written; an error in what was read comes before `result`.
    pub fn close(self, connection: Connection, result: Result<(), Failure>) -> Result<(), Failure> {
        drop(connection);
        let written = self.writer.join();
        if let Ok(failure) = self.told.try_recv() {
            return Err(failure);
        }
        result?;
        written.map_or(Err(Failure::Gone), |written| written.map_err(Failure::Io))
    }
}

/// The next message; `None` at the end.
fn read(input: &mut impl BufRead) -> Result<Option<Message>, Failure> {
    let mut head = Vec::new();
    let mut length = None;
    loop {
        let before = head.len();
        let left = u64::try_from(HEAD_BYTES_MAX.saturating_sub(before)).unwrap_or(0);
        if input.by_ref().take(left).read_until(b'\n', &mut head)? == 0 && before == 0 {
            return Ok(None);
        }
        let line = head.get(before..).unwrap_or_default();
        if line == b"\r\n" {
            break;
        }
        let Some((name, value)) = std::str::from_utf8(line).ok().and_then(|line| line.strip_suffix("\r\n")).and_then(|line| line.split_once(": ")) else {
            return Err(said("消息的开头读不懂（应是 Content-Length: 字节数）", "the head of a message cannot be read (Content-Length: bytes is expected)"));
        };
        if name.eq_ignore_ascii_case("content-length") {
            length = Some(value.trim().to_owned());
        }
    }
    let Some(length) = length else { return Err(said("消息没有写长度（Content-Length）", "a message without its length (Content-Length)")) };
    if !length.bytes().all(|b| b.is_ascii_digit()) || length.is_empty() {
        return Err(said("消息的长度不是数", "the length of a message is no number"));
    }
    // More digits than fit are too long as well.
    let bytes = length.parse().unwrap_or(usize::MAX);
    if bytes > MESSAGE_BYTES_MAX {
        return Err(said("消息超过64MiB，不读", "a message of more than 64 MiB is not read"));
    }
    let mut body = Vec::new();
    input.by_ref().take(u64::try_from(bytes).unwrap_or(0)).read_to_end(&mut body)?;
    head.append(&mut body);
    Message::read(&mut Cursor::new(head)).map_err(|error| match error.kind() {
        std::io::ErrorKind::UnexpectedEof => said("消息没有发完就断了", "a message broke off"),
        _ => Failure::Said(Text::new("消息不是可读的 JSON", format!("a message is no readable JSON: {}", shorten(&error.to_string())))),
    })
}

fn said(zh: &str, en: &str) -> Failure {
    Failure::Said(Text::new(zh, en))
}

fn shorten(text: &str) -> String {
    text.chars().take(200).collect()
}
