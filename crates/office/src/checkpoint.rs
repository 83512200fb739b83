//! Checkpoints: noted in the log every so many events, and written to files of all fingerprints that are kept elsewhere.

use crate::desk::Desk;
use crate::key::{PublicKey, SecretKey};
use crate::verify::PAGE;
use crate::verify::VerifyError;
use crate::{Context, Office, Outcome, Stop};
use casework::authority::Standing;
use casework::chain::checkpoint::LogAct;
use casework::chain::{Auditor, Checkpoint, Fault, Fingerprint};
use casework::id::CheckpointId;
use casework::{Act, Refusal};
use serde::{Deserialize, Serialize};
use sm3::{Digest, Sm3};
use std::io::{BufRead, Write};
use store::Store;
use values::Moment;

pub(crate) async fn act(desk: &mut Desk<'_>, act: &LogAct) -> Result<Outcome, Stop> {
    match act {
        LogAct::Checkpoint { checkpoint } => note(desk, checkpoint).await,
    }
}

/// Notes a checkpoint whose head is the log's own, and whose signature is its key's.
async fn note(desk: &mut Desk<'_>, checkpoint: &Checkpoint) -> Result<Outcome, Stop> {
    desk.allow(Standing::Foreign)?;
    desk.is_about::<Checkpoint>(&checkpoint.id);
    desk.must_be_new::<Checkpoint>(checkpoint.id.as_str()).await?;
    let event = desk.work.events(checkpoint.seq.saturating_sub(1), 1).await?.into_iter().next();
    if event.is_none_or(|event| event.seq != checkpoint.seq || event.fingerprint != checkpoint.head) {
        return Err(Refusal::Input(format!("the log has another record at {}", checkpoint.seq)).into());
    }
    if !signed(checkpoint) {
        return Err(Refusal::Input("the signature is not the key's".into()).into());
    }
    desk.work.save(checkpoint).await?;
    Ok(Outcome::Done)
}

/// Whether the signature of a checkpoint is its own key's.
#[must_use]
pub fn signed(checkpoint: &Checkpoint) -> bool {
    let text = Checkpoint::statement(checkpoint.seq, checkpoint.head, checkpoint.at);
    PublicKey::parse(&checkpoint.key).is_ok_and(|key| key.signed(&text, &checkpoint.signature))
}

impl Office {
    /// Notes a checkpoint in the log if none was noted yet since its length last passed a multiple of `every`.
    ///
    /// To be called after acts, or from time to time. The context is that of the program that holds the key (role `service`), with a request of its own.
    /// Errors: as [`Office::perform`].
    pub async fn checkpoint(&self, context: &Context, key: &SecretKey, every: u32) -> Result<Option<Checkpoint>, Stop> {
        let mut work = self.store.begin().await?;
        let Some((seq, head)) = work.head().await? else { return Ok(None) };
        let number = seq / i64::from(every.max(1));
        let id = CheckpointId::parse(&format!("every-{every}-{number}")).map_err(|why| Refusal::Input(why.to_string()))?;
        if number == 0 || work.peek::<Checkpoint>(id.as_str()).await?.is_some() {
            return Ok(None);
        }
        drop(work);
        let head = Fingerprint::parse(&head).ok_or_else(|| Refusal::Input("the head of the log is no fingerprint".into()))?;
        let signature = key.sign(&Checkpoint::statement(seq, head, context.now));
        let checkpoint = Checkpoint { id, seq, head, at: context.now, key: key.public().to_string(), signature };
        match self.perform(context, &Act::Log(LogAct::Checkpoint { checkpoint: checkpoint.clone() })).await {
            Ok(_) => Ok(Some(checkpoint)),
            // Someone else noted it in the meantime.
            Err(Stop::Refused(Refusal::Exists { .. })) => Ok(None),
            Err(stop) => Err(stop),
        }
    }
}

/// What a file of checkpoints is about: its first line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range {
    /// Form of the file.
    pub duixian_checkpoint: u32,
    /// The record it begins after; 0 for the whole log.
    pub after: i64,
    /// Fingerprint of that record.
    pub before: Fingerprint,
    /// The last record it covers.
    pub until: i64,
    /// Fingerprint of that record.
    pub head: Fingerprint,
    /// When it was signed.
    pub at: Moment,
    /// Public key.
    pub key: String,
}

/// Last line of a file of checkpoints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Seal {
    /// SM3 of all lines before this one.
    sm3: Fingerprint,
    /// Signature of that.
    signature: String,
}

fn statement(digest: Fingerprint) -> String {
    format!("duixian checkpoint file\n{digest}\n")
}

/// Writes lines and keeps their fingerprint.
struct Hashed<'a> {
    out: &'a mut (dyn Write + Send),
    hash: Sm3,
}

impl Hashed<'_> {
    fn line(&mut self, text: &str) -> std::io::Result<()> {
        for bytes in [text.as_bytes(), b"\n"] {
            self.hash.update(bytes);
            self.out.write_all(bytes)?;
        }
        Ok(())
    }
}

/// Writes a file of checkpoints for the log of a store: what it covers, each fingerprint on a line, the signature of it all.
///
/// It begins after what `since` covers, or at the beginning. The log is read and checked on the way; with a bad record in it
/// nothing is signed, and the record is answered.
pub async fn export(
    store: &Store,
    since: Option<&Range>,
    key: &SecretKey,
    at: Moment,
    out: &mut (dyn Write + Send),
) -> Result<Result<Range, Fault>, VerifyError> {
    let mut work = store.begin().await?;
    let (after, before) = since.map_or((0, Fingerprint::NONE), |range| (range.until, range.head));
    let (until, head) = work.head().await?.unwrap_or_default();
    let head = Fingerprint::parse(&head).unwrap_or(Fingerprint::NONE);
    let range = Range { duixian_checkpoint: 1, after, before, until, head, at, key: key.public().to_string() };
    let mut hashed = Hashed { out, hash: Sm3::new() };
    hashed.line(&serde_json::to_string(&range).map_err(std::io::Error::from)?)?;
    let mut auditor = Auditor::after(after, before);
    let mut last = after;
    loop {
        let page = work.events_kept(last, PAGE).await?;
        let Some((seq, _)) = page.last() else { break };
        last = *seq;
        for (_, event) in page {
            if let Some(good) = auditor.push(event.ok(), None) {
                hashed.line(&good.fingerprint.to_string())?;
            }
        }
    }
    while let Some(judged) = auditor.drain() {
        if let Some(good) = judged {
            hashed.line(&good.fingerprint.to_string())?;
        }
    }
    if let Some(fault) = auditor.end(Some((until, head)), 0).fault {
        return Ok(Err(fault));
    }
    // What is signed must be on the disk: a log that lost its tail in a crash would else be called forged.
    work.confirm().await?;
    let Hashed { out, hash } = hashed;
    let sm3 = Fingerprint::of_hash(hash.finalize().into());
    let seal = Seal { sm3, signature: key.sign(&statement(sm3)) };
    writeln!(out, "{}", serde_json::to_string(&seal).map_err(std::io::Error::from)?)?;
    Ok(Ok(range))
}

/// What is wrong with a file of checkpoints.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It cannot be read.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// It is none, or was changed: which line, and why.
    #[error("line {line}: {why}")]
    Form {
        /// Line, from 1.
        line: u64,
        /// Why.
        why: &'static str,
    },
    /// It is whole and its signature is not the key's.
    #[error("the signature is not the key's")]
    Signature,
    /// It was signed with another key than the one given.
    #[error("it was signed with {0}")]
    OtherKey(String),
}

/// Reads a whole file of checkpoints and checks that it is what was signed.
///
/// Without a key that is known by other means, the file vouches only for itself.
pub fn check(mut file: impl BufRead, key: Option<&PublicKey>) -> Result<Range, FileError> {
    let mut line = String::new();
    let mut number = 0;
    let mut hash = Sm3::new();
    let mut range: Option<Range> = None;
    let mut last = Fingerprint::NONE;
    loop {
        line.clear();
        number += 1;
        let form = |why| FileError::Form { line: number, why };
        if file.read_line(&mut line)? == 0 {
            return Err(form("the file ends without its seal"));
        }
        let text = line.trim_end();
        let Some(range) = &range else {
            let read: Range = serde_json::from_str(text).map_err(|_| form("this is no file of checkpoints"))?;
            last = read.before;
            range = Some(read);
            hash.update(line.as_bytes());
            continue;
        };
        if let Some(fingerprint) = Fingerprint::parse(text) {
            last = fingerprint;
            hash.update(line.as_bytes());
            continue;
        }
        let seal: Seal = serde_json::from_str(text).map_err(|_| form("neither a fingerprint nor the seal"))?;
        let count = i64::try_from(number).unwrap_or(i64::MAX) - 2;
        if Some(count) != range.until.checked_sub(range.after) || last != range.head {
            return Err(form("not as many fingerprints as it says, or another head"));
        }
        let own = PublicKey::parse(&range.key).map_err(|_| FileError::Form { line: 1, why: "no key" })?;
        if seal.sm3 != Fingerprint::of_hash(hash.finalize().into()) || !own.signed(&statement(seal.sm3), &seal.signature) {
            return Err(FileError::Signature);
        }
        if key.is_some_and(|key| *key != own) {
            return Err(FileError::OtherKey(range.key.clone()));
        }
        return Ok(range.clone());
    }
}

/// Files of checkpoints that were checked, opened again: what they say of each place of a log, in its order.
pub struct Signed<R> {
    files: Vec<(Range, R, i64)>,
}

impl<R: BufRead> Signed<R> {
    /// Of files as they were checked, each opened anew.
    pub fn new(files: Vec<(Range, R)>) -> Result<Self, FileError> {
        let mut out = Vec::new();
        for (range, mut file) in files {
            file.read_line(&mut String::new())?;
            let at = range.after;
            out.push((range, file, at));
        }
        Ok(Self { files: out })
    }

    /// The last place they cover.
    #[must_use]
    pub fn until(&self) -> i64 {
        self.files.iter().map(|(range, ..)| range.until).max().unwrap_or(0)
    }

    /// The fingerprint of a place, if a file covers it; places are asked for in their order, each once. Where two files
    /// differ both are told: one of them was signed for another log.
    pub fn at(&mut self, place: i64) -> Result<Option<Fingerprint>, FileError> {
        let mut found: Option<Fingerprint> = None;
        for (range, file, read) in &mut self.files {
            if place <= range.after || place > range.until {
                continue;
            }
            let mut line = String::new();
            while *read < place {
                line.clear();
                file.read_line(&mut line)?;
                *read += 1;
            }
            let form = |why| FileError::Form { line: u64::try_from(place.saturating_sub(range.after).saturating_add(1)).unwrap_or(0), why };
            let fingerprint = Fingerprint::parse(line.trim_end()).ok_or_else(|| form("no fingerprint"))?;
            if found.is_some_and(|other| other != fingerprint) {
                return Err(form("two files have different fingerprints for the same record"));
            }
            found = Some(fingerprint);
        }
        Ok(found)
    }
}

/// Checkpoints that stand in the log itself, met while it is read.
#[derive(Debug, Default)]
pub struct Noted {
    /// Fingerprints of the last records, oldest first.
    recent: std::collections::VecDeque<(i64, Fingerprint)>,
    /// How many were checked.
    pub count: i64,
    /// Keys that signed them.
    pub signers: Vec<String>,
    /// The last record that is bound by a good one.
    pub bound: i64,
    /// The first that is not good: where it stands, the last record it covers, the last that was bound before it.
    pub bad: Option<(i64, i64, i64)>,
}

/// A checkpoint is noted soon after the record it covers.
const RECENT: usize = 100_000;

impl Noted {
    /// Takes a record that is good in itself.
    pub fn take(&mut self, event: &casework::chain::Event, key: Option<&PublicKey>) {
        if event.act == "log.checkpoint"
            && let Ok(Act::Log(LogAct::Checkpoint { checkpoint })) = serde_json::from_str::<Act>(&event.input)
        {
            let covered = self.recent.iter().find(|(seq, _)| *seq == checkpoint.seq);
            let by_key = key.is_none_or(|key| key.to_string() == checkpoint.key);
            self.count += 1;
            if !self.signers.contains(&checkpoint.key) {
                self.signers.push(checkpoint.key.clone());
            }
            if by_key && signed(&checkpoint) && covered.is_none_or(|(_, fingerprint)| *fingerprint == checkpoint.head) {
                self.bound = checkpoint.seq;
            } else if self.bad.is_none() {
                self.bad = Some((event.seq, checkpoint.seq, self.bound));
            }
        }
        self.recent.push_back((event.seq, event.fingerprint));
        if self.recent.len() > RECENT {
            self.recent.pop_front();
        }
    }
}
