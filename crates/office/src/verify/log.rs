//! The log: read from a file or a store in one pass, against checkpoints; and written to a file.

use super::{Finding, Options, Report, VerifyError};
use crate::checkpoint::{Noted, Signed};
use casework::chain::{Auditor, Event, Fingerprint, withdrawn};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{BufRead, Write};
use store::{Store, StoreError};

/// So many events are held at a time.
pub(crate) const PAGE: i64 = 1000;

/// The last line of a file: what the log's head was.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Head {
    head: End,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct End {
    seq: i64,
    fingerprint: String,
}

/// Reads a log, place by place.
pub struct LogReader<'a, R> {
    auditor: Auditor,
    signed: &'a mut Signed<R>,
    noted: Noted,
    options: Options<'a>,
    place: i64,
    withdrawn: Withdrawn,
}

/// Words that are gone, and who took them out.
#[derive(Default)]
struct Withdrawn {
    /// Positions of the events by what they were done to, until the act comes that took their words out.
    open: BTreeMap<String, Vec<i64>>,
    count: i64,
    /// The first of which the words should be there.
    bad: Option<i64>,
}

impl Withdrawn {
    fn take(&mut self, event: &Event) {
        if event.act == withdrawn::WITHDRAWS {
            self.open.remove(&event.subject);
        }
        if event.is_withdrawn() {
            self.count += 1;
            if withdrawn::WITHDRAWABLE.contains(&event.act.as_str()) {
                self.open.entry(event.subject.clone()).or_default().push(event.seq);
            } else {
                self.bad = self.bad.or(Some(event.seq));
            }
        }
    }

    fn end(&self, report: &mut Report) {
        report.withdrawn = self.count;
        if let Some(position) = self.bad.into_iter().chain(self.open.values().flatten().copied()).min() {
            report.note(Finding::Withdrawn { position });
        }
    }
}

impl<'a, R: BufRead> LogReader<'a, R> {
    /// Begins after a record that is known to be good.
    pub fn after(place: i64, last: Fingerprint, signed: &'a mut Signed<R>, options: Options<'a>) -> Self {
        Self { auditor: Auditor::after(place, last), signed, noted: Noted::default(), options, place, withdrawn: Withdrawn::default() }
    }

    /// The next record, or none if it cannot be read. Answers one that is good, a few places behind.
    pub fn take(&mut self, event: Option<Event>) -> Result<Option<Event>, VerifyError> {
        self.place += 1;
        let signed = self.signed.at(self.place)?;
        let good = self.auditor.push(event, signed);
        if let Some(event) = &good {
            self.noted.take(event, self.options.key);
            self.withdrawn.take(event);
        }
        Ok(good)
    }

    /// The records still held back, when there are no more; only good ones are answered.
    pub fn rest(&mut self) -> Vec<Event> {
        let mut out = Vec::new();
        while let Some(judged) = self.auditor.drain() {
            out.extend(judged);
        }
        for event in &out {
            self.noted.take(event, self.options.key);
            self.withdrawn.take(event);
        }
        out
    }

    /// Whether a bad record was met.
    #[must_use]
    pub const fn failed(&self) -> bool {
        self.auditor.fault().is_some()
    }

    /// Ends it against the head that stands beside the log, and says how it came out.
    pub fn end(mut self, head: Option<(i64, Fingerprint)>, report: &mut Report) {
        drop(self.rest());
        let until = self.signed.until();
        let audit = self.auditor.end(head, until);
        report.events = audit.position;
        report.head = Some(audit.head);
        report.signed = until.min(audit.position);
        report.checkpoints = self.noted.count;
        report.signers = self.noted.signers;
        if let Some(fault) = audit.fault {
            report.note(Finding::Log(fault));
        }
        // Of a log that breaks off, the act that took words out may be behind the break.
        if report.findings.is_empty() {
            self.withdrawn.end(report);
        }
        if let Some((position, covers, since)) = self.noted.bad {
            report.note(Finding::Checkpoint { position, covers, since });
        }
    }
}

/// Checks a file that [`export`] wrote: one event a line, then the head.
///
/// A file without its head may be cut off anywhere; only checkpoints tell then.
pub fn file<R: BufRead>(mut log: impl BufRead, signed: &mut Signed<R>, options: Options<'_>) -> Result<Report, VerifyError> {
    let mut report = Report::default();
    let mut reader = LogReader::after(0, Fingerprint::NONE, signed, options);
    let mut head = None;
    let mut line = Vec::new();
    while log.read_until(b'\n', &mut line)? > 0 {
        let text = line.trim_ascii_end();
        if text.starts_with(b"{\"head\":") {
            // A head that is no head names nothing that could be there.
            let end = serde_json::from_slice::<Head>(text).map(|head| head.head).ok();
            head = Some(end.and_then(|end| Some((end.seq, Fingerprint::parse(&end.fingerprint)?))).unwrap_or((i64::MAX, Fingerprint::NONE)));
        } else if !text.is_empty() {
            reader.take(serde_json::from_slice(text).ok())?;
        }
        line.clear();
    }
    reader.end(head, &mut report);
    Ok(report)
}

/// Writes the log of a store as lines of JSON, and its head as the last line. Answers how many events there were.
///
/// Errors: an event that cannot be read; writing fails.
pub async fn export(store: &Store, out: &mut dyn Write) -> Result<i64, VerifyError> {
    let mut work = store.begin().await?;
    let mut last = 0;
    let mut count = 0;
    loop {
        let page = work.events_kept(last, PAGE).await?;
        let Some((seq, _)) = page.last() else { break };
        last = *seq;
        for (seq, event) in page {
            let event = event.map_err(|why| StoreError::Unreadable { table: "event", id: seq.to_string(), why })?;
            serde_json::to_writer(&mut *out, &event).map_err(std::io::Error::from)?;
            out.write_all(b"\n")?;
            count += 1;
        }
    }
    let (seq, fingerprint) = work.head().await?.unwrap_or((0, String::new()));
    serde_json::to_writer(&mut *out, &Head { head: End { seq, fingerprint } }).map_err(std::io::Error::from)?;
    out.write_all(b"\n")?;
    Ok(count)
}
