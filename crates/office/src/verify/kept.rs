//! A store against its log: each record, entry and book must be what the last event about it wrote.

use super::log::{LogReader, PAGE};
use super::{FINDINGS_MAX, Finding, KeptWrong, Options, Report, VerifyError};
use crate::assess::{Loaded, compile, repeat};
use crate::checkpoint::Signed;
use casework::chain::{Effect, Event, Fingerprint};
use casework::determination::Determination;
use casework::kind::{KINDS, Kind};
use casework::ledger::{Account, Book};
use casework::policy_version::PolicyVersion;
use std::collections::{BTreeMap, HashMap};
use std::io::BufRead;
use store::work::Kept;
use store::{Store, Work};
use values::Fen;

/// What the log says of a record, entry or book: its last fingerprint. Under 100 bytes each, so that the millions of a
/// district fit into memory; its name is read again from the event if it is needed.
struct Last {
    fingerprint: Fingerprint,
    version: i64,
    event: i64,
    seen: bool,
}

/// Table and id, shortened.
type Name = [u8; 16];

fn name(table: &str, id: &str) -> Name {
    let full = Fingerprint::of(format!("{table}\n{id}").as_bytes());
    let mut short = [0; 16];
    short.iter_mut().zip(full.bytes()).for_each(|(to, from)| *to = *from);
    short
}

/// Checks a store: the chain of its log, and everything kept against it.
///
/// Errors: the store cannot be read, or a file of checkpoints cannot be used.
pub async fn store<R: BufRead>(store: &Store, signed: &mut Signed<R>, options: Options<'_>) -> Result<Report, VerifyError> {
    let mut work = store.begin().await?;
    let mut check = Check { report: Report::default(), last: HashMap::new(), loaded: BTreeMap::new() };
    check.log(&mut work, signed, options).await?;
    for kind in KINDS {
        check.records(&mut work, kind, options).await?;
    }
    check.ledger(&mut work).await?;
    check.gone(&mut work).await?;
    Ok(check.report)
}

struct Check {
    report: Report,
    last: HashMap<Name, Last>,
    loaded: BTreeMap<String, Result<Loaded, String>>,
}

impl Check {
    async fn log<R: BufRead>(&mut self, work: &mut Work, signed: &mut Signed<R>, options: Options<'_>) -> Result<(), VerifyError> {
        let mut reader = LogReader::after(0, Fingerprint::NONE, signed, options);
        let (mut after, mut read) = (0, 0);
        loop {
            let page = work.events_kept(after, PAGE).await?;
            let Some((seq, _)) = page.last() else { break };
            after = *seq;
            for (_, event) in page {
                read += 1;
                // What a bad record says it did is compared too: so the records it touched are not all told as wrong.
                let kept = event.ok();
                if let Some(event) = &kept {
                    self.effects(event);
                }
                reader.take(kept)?;
            }
        }
        let head = work.head().await?;
        let head = head.map_or((i64::MAX, Fingerprint::NONE), |(seq, text)| (seq, Fingerprint::parse(&text).unwrap_or(Fingerprint::NONE)));
        reader.end(Some(head), &mut self.report);
        self.rows("event", work.count("event").await?, read);
        Ok(())
    }

    fn effects(&mut self, event: &Event) {
        let Ok(effects) = serde_json::from_str::<Vec<Effect>>(&event.effects) else { return };
        for effect in effects {
            if !matches!(effect.table.as_str(), "entry" | "book") && !KINDS.iter().any(|kind| kind.table.name == effect.table) {
                let (table, id) = (effect.table.clone(), effect.id.clone());
                self.report.note(Finding::Kept { table, id, wrong: KeptWrong::UnknownTable, event: Some(event.seq) });
                continue;
            }
            let last = Last { fingerprint: effect.fingerprint, version: effect.version, event: event.seq, seen: false };
            self.last.insert(name(&effect.table, &effect.id), last);
        }
    }

    fn rows(&mut self, table: &str, has: i64, read: i64) {
        if has != read {
            self.report.note(Finding::Rows { table: table.into(), has, read });
        }
    }

    /// Compares one thing that is kept with what the log says of it.
    fn compare(&mut self, table: &str, id: &str, version: i64, body: &str) {
        let wrong = match self.last.get_mut(&name(table, id)) {
            None => Some((KeptWrong::Inserted, None)),
            Some(last) => {
                last.seen = true;
                let good = last.version == version && last.fingerprint == Fingerprint::of(body.as_bytes());
                (!good).then_some((KeptWrong::Altered, Some(last.event)))
            }
        };
        if let Some((wrong, event)) = wrong {
            self.report.note(Finding::Kept { table: table.into(), id: id.into(), wrong, event });
        }
    }

    fn unreadable(&mut self, table: &str, id: &str, why: String) {
        let event = self.last.get_mut(&name(table, id)).map(|last| {
            last.seen = true;
            last.event
        });
        self.report.note(Finding::Kept { table: table.into(), id: id.into(), wrong: KeptWrong::Unreadable(why), event });
    }

    async fn records(&mut self, work: &mut Work, kind: &Kind, options: Options<'_>) -> Result<(), VerifyError> {
        let table = kind.table;
        let (mut after, mut read) = (String::new(), 0);
        loop {
            let page = work.rows(table, &[], &after, PAGE).await?;
            let Some((last, _)) = page.last() else { break };
            after.clone_from(&last.id);
            for (kept, keys) in &page {
                read += 1;
                let before = self.report.findings.len();
                self.compare(table.name, &kept.id, kept.version, &kept.body);
                if self.report.findings.len() > before {
                    continue;
                }
                match kind.read(&kept.body) {
                    Err(why) => self.unreadable(table.name, &kept.id, why),
                    Ok((id, wanted)) => {
                        let other = if id == kept.id { wanted.iter().zip(keys).position(|(wanted, key)| wanted != key) } else { None };
                        let column = if id == kept.id { other.and_then(|at| table.columns.get(at)).map(|c| c.name) } else { Some("id") };
                        if let Some(column) = column {
                            let wrong = KeptWrong::Column(column.into());
                            self.report.note(Finding::Kept { table: table.name.into(), id: kept.id.clone(), wrong, event: None });
                        }
                    }
                }
                if options.determinations && table.name == "determination" {
                    self.determination(work, kept).await?;
                }
            }
        }
        self.report.records += read;
        self.rows(table.name, work.count(table.name).await?, read);
        Ok(())
    }

    /// Computes the assessment of a determination again: the frozen application under the stored policy version.
    async fn determination(&mut self, work: &mut Work, kept: &Kept) -> Result<(), VerifyError> {
        let Ok(determination) = serde_json::from_str::<Determination>(&kept.body) else { return Ok(()) };
        let id = determination.version.as_str();
        if !self.loaded.contains_key(id) {
            let version: Option<PolicyVersion> = work.peek(id).await?;
            let loaded = version.ok_or_else(|| format!("there is no policy version {id}")).and_then(|version| compile(&version));
            self.loaded.insert(id.to_owned(), loaded);
        }
        let again = match self.loaded.get(id) {
            Some(Ok(loaded)) => repeat(&loaded.scheme, &determination),
            Some(Err(why)) => Err(why.clone()),
            None => Ok(()),
        };
        self.report.determinations += 1;
        if let Err(why) = again {
            self.report.note(Finding::Determination { id: kept.id.clone(), why });
        }
        Ok(())
    }

    /// Entries and books: each against the log, and the balances against the entries.
    async fn ledger(&mut self, work: &mut Work) -> Result<(), VerifyError> {
        let mut kept: BTreeMap<String, Book> = BTreeMap::new();
        let mut replayed: BTreeMap<String, Book> = BTreeMap::new();
        for (id, book) in work.books_kept().await? {
            self.report.books += 1;
            match book {
                Err(why) => self.unreadable("book", &id, why),
                Ok((version, book)) => {
                    self.compare("book", &id, version, &serde_json::to_string(&book).unwrap_or_default());
                    replayed.insert(id.clone(), Book::new(book.id.clone(), book.kind, book.year, book.name.clone()));
                    kept.insert(id, book);
                }
            }
        }
        let (mut after, mut read) = (0, 0);
        loop {
            let page = work.posted(after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.number;
            for posted in page {
                read += 1;
                match posted.entry {
                    Err(why) => self.unreadable("entry", &posted.id, why),
                    Ok(entry) => {
                        self.compare("entry", &posted.id, 1, &serde_json::to_string(&entry).unwrap_or_default());
                        for id in std::iter::once(&entry.fund).chain(&entry.pool) {
                            let posted = match replayed.get_mut(id.as_str()) {
                                Some(book) => book.post(&entry).map_err(|why| why.to_string()),
                                None => Err("there is no such book".to_owned()),
                            };
                            if let Err(why) = posted {
                                self.report.note(Finding::Balance { book: id.to_string(), why: format!("{}: {why}", entry.id) });
                            }
                        }
                    }
                }
            }
        }
        self.report.entries = read;
        self.rows("entry", work.count("entry").await?, read);
        for (id, book) in kept {
            let Some(again) = replayed.get(&id) else { continue };
            let differ: Vec<String> = Account::ALL
                .iter()
                .map(|account| (account.name(), book.balance(*account), again.balance(*account)))
                .filter(|(_, kept, again)| kept != again)
                .map(|(account, Fen(kept), Fen(again))| format!("{account} {kept} fen, its entries give {again}"))
                .collect();
            if !differ.is_empty() {
                self.report.note(Finding::Balance { book: id, why: differ.join("; ") });
            }
        }
        Ok(())
    }

    /// What the log says was written and nobody met, in the order of the log.
    async fn gone(&mut self, work: &mut Work) -> Result<(), VerifyError> {
        let mut gone: Vec<(i64, Name)> = self.last.iter().filter(|(_, last)| !last.seen).map(|(name, last)| (last.event, *name)).collect();
        gone.sort_unstable();
        for (seq, missing) in gone.into_iter().take(FINDINGS_MAX) {
            let event = work.events(seq.saturating_sub(1), 1).await?.into_iter().next();
            let effects: Vec<Effect> = event.and_then(|event| serde_json::from_str(&event.effects).ok()).unwrap_or_default();
            for effect in effects.into_iter().filter(|effect| name(&effect.table, &effect.id) == missing) {
                self.report.note(Finding::Kept { table: effect.table, id: effect.id, wrong: KeptWrong::Missing, event: Some(seq) });
            }
        }
        Ok(())
    }
}
