//! Chromium without a window, spoken to over a pipe in its own protocol: a message is a line of JSON that ends in a zero byte.
//! No driver stands between, whose version would have to be the browser's, and no port that others could reach.

use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

/// Longest that the browser may take for anything.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// What came from the browser and was not looked at yet.
#[derive(Default)]
struct Inbox {
    answers: HashMap<u64, Value>,
    /// What happened, by session.
    events: HashMap<String, Vec<Value>>,
    ended: bool,
}

/// A browser that runs.
pub struct Chrome {
    child: Child,
    to: Mutex<ChildStdin>,
    next: AtomicU64,
    inbox: Arc<(Mutex<Inbox>, Condvar)>,
    profile: PathBuf,
}

impl Chrome {
    /// Starts one with a profile of its own, which is thrown away at the end.
    pub fn start(name: &str) -> Self {
        let profile = std::env::temp_dir().join(format!("duixian-browser-{}-{name}", std::process::id()));
        drop(std::fs::remove_dir_all(&profile));
        std::fs::create_dir_all(&profile).unwrap();
        let program = std::env::var("DUIXIAN_CHROMIUM").unwrap_or_else(|_| "chromium".into());
        // The browser reads from its third file and writes to its fourth.
        let mut command = Command::new("sh");
        command.args(["-c", "exec \"$@\" 3<&0 4>&1 </dev/null >/dev/null", "sh", &program]);
        command.args(["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-pipe", "--no-first-run"]);
        command.args(["--no-default-browser-check", "--disable-background-networking", "--disable-component-update", "--disable-default-apps"]);
        command.args(["--disable-sync", "--disable-extensions", "--hide-scrollbars", "--mute-audio", "--force-color-profile=srgb", "--lang=zh-CN"]);
        // Nothing is looked up anywhere: whatever asks another host, fails.
        command.args(["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--window-size=1366,768"]);
        command.arg(format!("--user-data-dir={}", profile.display())).arg("about:blank");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("a shell");
        let to = Mutex::new(child.stdin.take().unwrap());
        let from = BufReader::new(child.stdout.take().unwrap());
        let inbox = Arc::new((Mutex::new(Inbox::default()), Condvar::new()));
        let filled = Arc::clone(&inbox);
        std::thread::spawn(move || listen(from, &filled));
        let chrome = Self { child, to, next: AtomicU64::new(1), inbox, profile };
        let version = chrome.call("", "Browser.getVersion", json!({}));
        assert!(version["product"].as_str().is_some(), "{program} does not answer: install Debian's package chromium, or let `cargo xtask test` do it");
        chrome
    }

    /// Asks and waits for the answer.
    pub fn call(&self, session: &str, method: &str, params: Value) -> Value {
        self.try_call(session, method, params).unwrap_or_else(|why| panic!("{method}: {why}"))
    }

    /// The same; the error is what the browser says.
    pub fn try_call(&self, session: &str, method: &str, params: Value) -> Result<Value, String> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let mut message = json!({ "id": id, "method": method, "params": params });
        if !session.is_empty() {
            message["sessionId"] = session.into();
        }
        let mut bytes = serde_json::to_vec(&message).unwrap();
        bytes.push(0);
        let sent = self.to.lock().unwrap().write_all(&bytes);
        let answer = self.wait(|inbox| if sent.is_err() || inbox.ended { Some(None) } else { inbox.answers.remove(&id).map(Some) });
        let Some(answer) = answer.flatten() else {
            return Err("no answer: is Debian's package chromium installed? `cargo xtask test` installs it".into());
        };
        match answer.get("error") {
            Some(error) => Err(error["message"].as_str().unwrap_or_default().to_owned()),
            None => Ok(answer["result"].clone()),
        }
    }

    /// Looks at what came until there is what is looked for; none: it did not come in time.
    fn wait<T>(&self, mut look: impl FnMut(&mut Inbox) -> Option<T>) -> Option<T> {
        let until = Instant::now() + PATIENCE;
        let mut inbox = self.inbox.0.lock().unwrap();
        loop {
            if let Some(found) = look(&mut inbox) {
                return Some(found);
            }
            let left = until.checked_duration_since(Instant::now())?;
            inbox = self.inbox.1.wait_timeout(inbox, left).unwrap().0;
        }
    }

    /// Waits until a session tells something that is looked for; whether it did in time. What it told stays.
    pub fn wait_for(&self, session: &str, look: impl Fn(&Value) -> bool) -> bool {
        self.wait(|inbox| if inbox.ended { Some(false) } else { inbox.events.get(session)?.iter().any(&look).then_some(true) }).unwrap_or(false)
    }

    /// Lets time pass until something comes, or a moment has passed.
    pub fn pause(&self) {
        let inbox = self.inbox.0.lock().unwrap();
        drop(self.inbox.1.wait_timeout(inbox, Duration::from_millis(25)).unwrap());
    }

    /// Takes what a session told so far.
    pub fn told(&self, session: &str) -> Vec<Value> {
        self.inbox.0.lock().unwrap().events.remove(session).unwrap_or_default()
    }
}

fn listen(mut from: impl BufRead, filled: &(Mutex<Inbox>, Condvar)) {
    let mut bytes = Vec::new();
    while from.read_until(0, &mut bytes).is_ok_and(|read| read > 0) {
        bytes.pop();
        let message: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        bytes.clear();
        let mut inbox = filled.0.lock().unwrap();
        match message["id"].as_u64() {
            Some(id) => drop(inbox.answers.insert(id, message)),
            None => inbox.events.entry(message["sessionId"].as_str().unwrap_or_default().to_owned()).or_default().push(message),
        }
        filled.1.notify_all();
    }
    filled.0.lock().unwrap().ended = true;
    filled.1.notify_all();
}

impl Drop for Chrome {
    fn drop(&mut self) {
        drop(self.try_call("", "Browser.close", json!({})));
        drop(self.child.kill());
        drop(self.child.wait());
        drop(std::fs::remove_dir_all(&self.profile));
    }
}
