//! Somebody at a browser: a tab with cookies of its own, and what a person does with it. Things are found by their words, as a
//! person finds them; a click goes to where the thing is seen, so one that is covered or hidden cannot be clicked.

use crate::chrome::{Chrome, PATIENCE};
use serde_json::{Value, json};
use std::path::Path;
use std::time::Instant;

/// A tab.
pub struct Tab<'c> {
    chrome: &'c Chrome,
    session: String,
    /// Its cookies, which end with it; none: it shares those of another tab.
    context: Option<String>,
    base: String,
}

/// How a page came.
#[derive(Debug, Default)]
pub struct Arrived {
    pub status: u64,
    /// Its text as it was sent.
    pub html: String,
    /// Bytes of all that was fetched for it, headers included.
    pub bytes: u64,
    /// Addresses that were asked for.
    pub asked: Vec<String>,
    /// What the console says is wrong.
    pub complaints: Vec<String>,
}

/// In the page: the visible things of some kinds whose words (or label) are these, or begin with them.
const FIND: &str = r"(selector, words) => {
    const text = e => (e.getAttribute('aria-label') || e.innerText || e.value || '').replace(/\s+/g, ' ').trim();
    const seen = e => e.checkVisibility() && !e.closest('[aria-hidden=true]') && e.getClientRects().length > 0;
    const all = [...document.querySelectorAll(selector)].filter(seen);
    return all.find(e => text(e) === words) || all.find(e => text(e).includes(words));
}";

/// In the page: the control whose label has these words.
const CONTROL: &str = r"(words) => {
    const text = e => e.innerText.replace(/\s+/g, ' ').trim();
    const labels = [...document.querySelectorAll('label')].filter(l => l.checkVisibility() && l.getClientRects().length > 0 && l.control);
    const label = labels.find(l => text(l) === words) || labels.find(l => text(l).includes(words));
    return label ? label.control : [...document.querySelectorAll('[aria-label]')].find(e => e.getAttribute('aria-label').trim() === words);
}";

/// In the page: an answer of a question with several, by its words.
const ANSWER: &str = r"(question, answer) => {
    const words = g => g.tagName === 'FIELDSET' ? g.querySelector('legend')?.innerText : document.getElementById(g.getAttribute('aria-labelledby'))?.innerText;
    const groups = [...document.querySelectorAll('[role=radiogroup], fieldset')].filter(g => g.getClientRects().length > 0);
    const group = groups.find(g => (words(g) || '').includes(question));
    return group && [...group.querySelectorAll('label')].find(l => l.innerText.trim() === answer);
}";

/// In the page: where to click a thing, or what is over it.
const PLACE: &str = r"e => {
    if (!e) return { missing: true };
    e.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
    const box = e.getClientRects()[0];
    if (!box) return { hidden: true };
    const x = box.left + box.width / 2, y = box.top + box.height / 2;
    const top = document.elementFromPoint(x, y);
    const ok = top && (e === top || e.contains(top) || (top.closest('label') && e.closest('label') === top.closest('label')));
    return ok ? { x, y } : { over: top ? top.outerHTML.slice(0, 200) : 'nothing' };
}";

impl<'c> Tab<'c> {
    /// Opens a tab in which nobody is signed in.
    pub fn open(chrome: &'c Chrome, base: &str) -> Self {
        let context = chrome.call("", "Target.createBrowserContext", json!({}))["browserContextId"].as_str().unwrap().to_owned();
        Self::within(chrome, base, &context, Some(context.clone()))
    }

    /// Opens another tab of the same person.
    pub fn beside(&self) -> Self {
        let context = self.context.as_deref().expect("a tab with cookies of its own");
        Self::within(self.chrome, &self.base, context, None)
    }

    fn within(chrome: &'c Chrome, base: &str, context: &str, own: Option<String>) -> Self {
        let target = chrome.call("", "Target.createTarget", json!({ "url": "about:blank", "browserContextId": context }));
        let attached = chrome.call("", "Target.attachToTarget", json!({ "targetId": target["targetId"], "flatten": true }));
        let tab = Self { chrome, session: attached["sessionId"].as_str().unwrap().to_owned(), context: own, base: base.to_owned() };
        for domain in ["Page", "Network", "Runtime", "Log"] {
            tab.call(&format!("{domain}.enable"), json!({}));
        }
        tab.call("Page.setLifecycleEventsEnabled", json!({ "enabled": true }));
        tab
    }

    fn call(&self, method: &str, params: Value) -> Value {
        self.chrome.call(&self.session, method, params)
    }

    /// Where the service is.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The size of the window.
    pub fn size(&self, width: u32, height: u32) {
        self.call("Emulation.setDeviceMetricsOverride", json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false }));
    }

    /// Whether pages may run script.
    pub fn script(&self, on: bool) {
        self.call("Emulation.setScriptExecutionDisabled", json!({ "value": !on }));
    }

    /// Everything is fetched anew for each page, as at a first visit.
    pub fn forget(&self) {
        self.call("Network.setCacheDisabled", json!({ "cacheDisabled": true }));
    }

    /// Whether the network is there, and how many bytes go out in a second at most.
    pub fn network(&self, on: bool, bytes: Option<u32>) {
        let out = bytes.map_or(-1, i64::from);
        self.call("Network.emulateNetworkConditions", json!({ "offline": !on, "latency": 0, "downloadThroughput": -1, "uploadThroughput": out }));
    }

    /// How often something was asked of an address since the last page that was gone to.
    pub fn sent(&self, method: &str, path: &str) -> usize {
        let url = format!("{}{path}", self.base);
        let asked = |event: &&Value| {
            let request = &event["params"]["request"];
            event["method"] == "Network.requestWillBeSent" && request["method"] == method && request["url"] == url
        };
        self.chrome.told(&self.session).iter().filter(asked).count()
    }

    /// Chooses a language as its link does.
    pub fn language(&self, language: &str) {
        self.call("Network.setCookie", json!({ "name": "duixian_language", "value": language, "url": self.base }));
    }

    /// Goes to an address, and how the page came.
    pub fn go(&self, path: &str) -> Arrived {
        drop(self.chrome.told(&self.session));
        let came = self.call("Page.navigate", json!({ "url": format!("{}{path}", self.base) }));
        let loader = came["loaderId"].clone();
        assert!(loader.is_string(), "{path}: {came}");
        let done = |event: &Value| event["method"] == "Page.lifecycleEvent" && event["params"]["name"] == "load" && event["params"]["loaderId"] == loader;
        assert!(self.chrome.wait_for(&self.session, done), "{path} does not come");
        self.arrived(&self.chrome.told(&self.session), &loader)
    }

    fn arrived(&self, events: &[Value], loader: &Value) -> Arrived {
        let mut out = Arrived::default();
        for event in events {
            let params = &event["params"];
            match event["method"].as_str().unwrap_or_default() {
                "Network.requestWillBeSent" => out.asked.push(params["request"]["url"].as_str().unwrap_or_default().to_owned()),
                "Network.responseReceived" if params["requestId"] == *loader => {
                    out.status = params["response"]["status"].as_u64().unwrap_or(0);
                    let body = self.call("Network.getResponseBody", json!({ "requestId": loader }));
                    out.html = body["body"].as_str().unwrap_or_default().to_owned();
                }
                "Network.loadingFinished" => out.bytes += params["encodedDataLength"].as_u64().unwrap_or(0),
                "Runtime.exceptionThrown" => out.complaints.push(params["exceptionDetails"].to_string()),
                "Runtime.consoleAPICalled" if params["type"] == "error" => out.complaints.push(params["args"].to_string()),
                "Log.entryAdded" if params["entry"]["level"] == "error" => {
                    out.complaints.push(format!("{} {}", params["entry"]["text"], params["entry"]["url"]));
                }
                _ => {}
            }
        }
        out
    }

    /// What an expression of the page gives; a promise is waited for.
    pub fn tells(&self, expression: &str) -> Value {
        self.try_tells(expression).unwrap_or_else(|why| panic!("{why}"))
    }

    fn try_tells(&self, expression: &str) -> Result<Value, String> {
        let asked = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let came = self.chrome.try_call(&self.session, "Runtime.evaluate", asked)?;
        match came.get("exceptionDetails") {
            Some(thrown) => Err(format!("{} {}", thrown["text"], thrown["exception"]["description"])),
            None => Ok(came["result"]["value"].clone()),
        }
    }

    /// Waits until something of the page is so. What it cannot say while the next page is on its way is asked again.
    pub fn until(&self, condition: &str) {
        let begun = Instant::now();
        while self.try_tells(condition) != Ok(Value::Bool(true)) {
            assert!(begun.elapsed() < PATIENCE, "not so in time: {condition}\nat {}\n{}", self.at(), self.words());
            self.chrome.pause();
        }
    }

    /// Where the page is.
    pub fn at(&self) -> String {
        let address = self.tells("location.href");
        let address = address.as_str().unwrap_or_default();
        address.strip_prefix(&self.base).unwrap_or(address).to_owned()
    }

    /// What a person reads on the page.
    pub fn words(&self) -> String {
        self.tells("document.body.innerText").as_str().unwrap_or_default().to_owned()
    }

    /// Waits for words to stand on the page, whatever white space is between them.
    pub fn reads(&self, words: &str) {
        self.until(&format!("document.readyState === 'complete' && document.body.innerText.replace(/\\s+/g, ' ').includes({})", json!(words)));
    }

    /// Clicks the link, button or summary with these words, or the first that has them in its words.
    pub fn click(&self, words: &str) {
        self.press(&format!("({FIND})('a[href], button, summary, label, [role=button]', {})", json!(words)), words);
    }

    /// Clicks what leads to another page, and waits for it.
    pub fn follow(&self, words: &str) {
        self.leave(|| self.click(words));
    }

    /// The same for what a selector finds first.
    pub fn follow_at(&self, selector: &str) {
        self.leave(|| self.click_at(selector));
    }

    /// Does something upon which another page comes, and waits for it.
    pub fn leave(&self, act: impl FnOnce()) {
        self.tells("void (window.isLeft = true)");
        act();
        self.until("!window.isLeft && document.readyState === 'complete'");
    }

    /// Clicks what a selector finds first.
    pub fn click_at(&self, selector: &str) {
        self.press(&format!("document.querySelector({})", json!(selector)), selector);
    }

    /// Types into the control with this label, in place of what stands there.
    pub fn fill(&self, label: &str, text: &str) {
        let control = format!("({CONTROL})({})", json!(label));
        self.press(&control, label);
        self.tells(&format!("{control}.select && {control}.select()"));
        self.call("Input.insertText", json!({ "text": text }));
        assert_eq!(self.tells(&format!("{control}.value")), text, "{label}");
    }

    /// Chooses one of the answers to a question.
    pub fn choose(&self, question: &str, answer: &str) {
        self.press(&format!("({ANSWER})({}, {})", json!(question), json!(answer)), question);
    }

    /// Picks an entry of the list with this label.
    pub fn pick(&self, label: &str, entry: &str) {
        let control = format!("({CONTROL})({})", json!(label));
        let picked = self.tells(&format!(
            "(list => {{ list.value = {}; list.dispatchEvent(new Event('change', {{ bubbles: true }})); return list.value }})({control})",
            json!(entry)
        ));
        assert_eq!(picked, entry, "{label}");
    }

    /// Chooses a file for the field that a selector finds first, as its window would.
    pub fn bring(&self, selector: &str, file: &Path) {
        let field = self.call("Runtime.evaluate", json!({ "expression": format!("document.querySelector({})", json!(selector)) }));
        let object = &field["result"]["objectId"];
        assert!(object.is_string(), "no field for a file at {selector}\n{}", self.words());
        self.call("DOM.setFileInputFiles", json!({ "objectId": object, "files": [file] }));
    }

    /// Presses a key.
    pub fn key(&self, key: &str, code: u32) {
        for kind in ["rawKeyDown", "keyUp"] {
            self.call("Input.dispatchKeyEvent", json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code }));
        }
    }

    fn press(&self, element: &str, what: &str) {
        let place = self.tells(&format!("({PLACE})({element})"));
        let (Some(x), Some(y)) = (place["x"].as_f64(), place["y"].as_f64()) else {
            panic!("{what} cannot be clicked ({place}) at {}\n{}", self.at(), self.words());
        };
        for kind in ["mousePressed", "mouseReleased"] {
            self.call("Input.dispatchMouseEvent", json!({ "type": kind, "x": x, "y": y, "button": "left", "clickCount": 1 }));
        }
    }

    /// Signs in through the form, and waits for the page behind it.
    pub fn sign_in(&self, user: &str, password: &str) {
        self.go("/sign-in");
        self.fill_at("#user", user);
        self.fill_at("#password", password);
        self.click_at("main form button[type=submit]");
        self.until("document.readyState === 'complete' && location.pathname !== '/sign-in'");
    }

    fn fill_at(&self, selector: &str, text: &str) {
        self.click_at(selector);
        self.call("Input.insertText", json!({ "text": text }));
    }

    /// A picture of the window, as PNG in Base64.
    pub fn picture(&self) -> String {
        self.call("Page.captureScreenshot", json!({ "format": "png", "optimizeForSpeed": false }))["data"].as_str().unwrap_or_default().to_owned()
    }
}

impl Drop for Tab<'_> {
    fn drop(&mut self) {
        if let Some(context) = &self.context {
            drop(self.chrome.try_call("", "Target.disposeBrowserContext", json!({ "browserContextId": context })));
        }
    }
}
