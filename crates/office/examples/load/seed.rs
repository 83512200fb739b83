//! Seeding: a block of firms, calls and cases is done once, act by act, by the office itself; then it is stamped out again and
//! again under other names. Every event is as the office would have written it, so the log verifies and can be replayed.

use crate::district::{District, id};
use crate::records::KINDS;
use crate::town::{applicant, approve, asked, call, organisation, start, summarise};
use crate::{after, district, sound};
use casework::Act;
use casework::budget::BudgetAct;
use casework::call::CallAct;
use casework::case::CaseAct;
use casework::chain::{Effect, Event, Fingerprint};
use casework::id::{AccountId, BatchId, BookId, CallId, CaseId, DueId, EntryId, NoticeId, PolicyVersionId, ReceiptId, RequestId, UserId};
use casework::ledger::{Book, Entry};
use casework::notice::NoticeAct;
use casework::outbox::Message;
use casework::payment::{PaymentAct, Report};
use casework::people::Role;
use casework::policy_version::PolicyVersion;
use casework::registry::RegistryAct;
use casework::{Key, Record};
use office::{Context, Office};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use store::Store;
use store::bulk::{BOOK, ENTRY, EVENT, Loader, Sheet, book_row, entry_row, event_row};
use store::work::Entries;
use values::{CreditCode, Fen, WorkCalendar};

/// How much there is to be.
#[derive(Clone, Debug)]
pub struct Size {
    pub organisations: u64,
    pub cases: u64,
    pub events: u64,
}

/// Firms of a block.
const FIRMS: u64 = 100;
/// Signs of the id of a message.
const MESSAGE: usize = 34;
/// The number of the block that is done by the office itself. Stamping puts another in its place, wherever it stands.
const PATTERN: &str = "9999";

/// Firms of a block whose case of its last call is still open: one of fifty cases of all.
const OPEN: usize = 20;

/// How far a case goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Submitted,
    Accepted,
    Summarised,
    Determined,
    Declined,
    Withdrawn,
}

impl Way {
    /// Of the firm of this number in a block: of the calls that are over two of five are paid, the others ended before; of the last
    /// one some wait at each step.
    const fn of(number: usize, is_last: bool) -> Self {
        match (number % 5, is_last) {
            (_, true) if number >= OPEN => Self::Declined,
            (0, _) | (1, false) => Self::Determined,
            (1, true) => Self::Summarised,
            (2, true) => Self::Submitted,
            (3, true) => Self::Accepted,
            (4, true) => Self::Summarised,
            (2 | 3, false) => Self::Declined,
            (_, _) => Self::Withdrawn,
        }
    }
}

/// The notice of what was determined of a call, its payment of so many cases, and what the bank reports of it.
pub fn pay_all(add: &mut dyn FnMut(&str, Role, &str, Act) -> u64, block: &str, at: &str, call: &CallId, determined: usize) {
    let notice = id(NoticeId::parse, &format!("n-blk-{block}-{at}"));
    let publish = NoticeAct::Publish { notice: notice.clone(), call: call.clone() };
    add("clerk", Role::Clerk, "2025-04-01", Act::Notice(publish));
    let made = format!("en-blk-{block}-{at}");
    add("leader", Role::Leader, "2025-05-06", Act::Notice(NoticeAct::Conclude { notice, entry: id(EntryId::parse, &made) }));
    let batch = id(BatchId::parse, &format!("b-blk-{block}-{at}"));
    let plan = PaymentAct::Plan { batch: batch.clone(), call: call.clone(), cases: None };
    add("clerk", Role::Clerk, "2025-05-07", Act::Payment(plan));
    let request = PaymentAct::Request { batch: batch.clone(), number: format!("请示-{batch}") };
    add("leader", Role::Leader, "2025-05-07", Act::Payment(request));
    let pay = PaymentAct::Pay { batch: batch.clone(), entry: id(EntryId::parse, &format!("eb-blk-{block}-{at}")) };
    add("finance", Role::Finance, "2025-05-07", Act::Payment(pay));
    let report = |number: usize| Report {
        receipt: id(ReceiptId::parse, &format!("rc-blk-{block}-{at}-{number}")),
        // Cases are committed in the order of their ids, each with its one clause and its one part.
        due: id(DueId::parse, &format!("{made}:{number}:1.1")),
        on: district::day("2025-05-09"),
        returned: None,
    };
    let reports = (1..=determined).map(report).collect();
    let report = PaymentAct::Report { batch, reports, entry: id(EntryId::parse, &format!("er-blk-{block}-{at}")) };
    add("finance", Role::Finance, "2025-05-12", Act::Payment(report));
}

/// A firm of a block, by its number in it.
pub fn firm(block: u64, number: u64) -> u32 {
    u32::try_from(700_000_000 + block * 10_000 + number).unwrap()
}

/// A text with the places where the block's number stands, and those of check digits of credit codes that follow from it.
#[derive(Debug)]
struct Text {
    bytes: Vec<u8>,
    blocks: Vec<usize>,
    checks: Vec<(usize, usize)>,
    messages: Vec<(usize, usize)>,
}

/// Ids of messages, which follow from the request and its number in it, and so cannot be stamped like other ids.
#[derive(Debug, Default)]
struct Messages {
    places: BTreeMap<String, usize>,
    of: Vec<(Text, usize)>,
}

impl Messages {
    /// Notes the message with an id that a request left.
    fn note(&mut self, request: &RequestId, id: &str) {
        let number = (1..).find(|number| Message::id_of(request, *number) == id).expect("a message of the request");
        self.places.insert(id.to_owned(), self.of.len());
        self.of.push((Text::of(request.as_str(), &Self::default()), number));
    }
}

impl Text {
    fn of(text: &str, known: &Messages) -> Self {
        let bytes = text.as_bytes().to_vec();
        let firms = format!("7{PATTERN}");
        let mut blocks: Vec<usize> = text.match_indices("blk-9999").map(|(at, _)| at + 4).collect();
        let mut checks = Vec::new();
        for (at, _) in text.match_indices(&firms) {
            let Some(number) = text.get(at + 5..at + 9).and_then(|digits| digits.parse().ok()) else { continue };
            blocks.push(at + 1);
            if text[..at].ends_with("91990117") {
                checks.push((at + 9, number));
            }
        }
        let message = |at: usize| text.get(at..at + MESSAGE).and_then(|id| known.places.get(id)).map(|place| (at, *place));
        let messages = text.match_indices("m-").filter_map(|(at, _)| message(at)).collect();
        Self { bytes, blocks, checks, messages }
    }

    fn stamped(&self, stamp: &Stamp) -> String {
        let mut bytes = self.bytes.clone();
        for at in &self.blocks {
            bytes[*at..at + 4].copy_from_slice(&stamp.digits);
        }
        for (at, number) in &self.checks {
            bytes[*at] = stamp.checks[*number];
        }
        for (at, place) in &self.messages {
            bytes[*at..at + MESSAGE].copy_from_slice(stamp.messages[*place].as_bytes());
        }
        String::from_utf8(bytes).expect("digits in place of digits")
    }
}

/// What is put in place of the pattern.
struct Stamp {
    digits: [u8; 4],
    checks: Vec<u8>,
    messages: Vec<String>,
}

impl Stamp {
    fn of(block: u64, messages: &Messages) -> Self {
        let digits = format!("{block:04}");
        let check = |number| {
            let code = CreditCode::with_check_digit(&format!("91990117{:09}", firm(block, number))).expect("a code");
            *code.as_str().as_bytes().last().expect("a check digit")
        };
        let digits = digits.as_bytes().try_into().expect("four digits");
        let mut stamp = Self { digits, checks: (0..FIRMS).map(check).collect(), messages: Vec::new() };
        let id_of = |(request, number): &(Text, usize)| Message::id_of(&id(RequestId::parse, &request.stamped(&stamp)), *number);
        stamp.messages = messages.of.iter().map(id_of).collect();
        stamp
    }
}

/// A value of a column, to be stamped.
#[derive(Debug)]
enum Cell {
    Fixed(Key),
    Text(Text),
}

impl Cell {
    fn of(key: Key, known: &Messages) -> Self {
        match key {
            Key::Text(text) => {
                let text_of = Text::of(&text, known);
                if text_of.blocks.is_empty() && text_of.messages.is_empty() { Self::Fixed(Key::Text(text)) } else { Self::Text(text_of) }
            }
            other => Self::Fixed(other),
        }
    }

    fn stamped(&self, stamp: &Stamp) -> Key {
        match self {
            Self::Fixed(key) => key.clone(),
            Self::Text(text) => Key::Text(text.stamped(stamp)),
        }
    }
}

#[derive(Debug)]
struct Change {
    table: String,
    id: Text,
    version: i64,
    body: Text,
}

#[derive(Debug)]
struct Done {
    event: Event,
    user: Text,
    request: Text,
    subject: Text,
    input: Text,
    outcome: Text,
    changes: Vec<Change>,
}

/// Rows of a table with its columns, to be stamped.
type Rows = (&'static str, Vec<&'static str>, Vec<Vec<Cell>>);

/// A block as the office did it.
struct Template {
    done: Vec<Done>,
    messages: Messages,
    /// Rows at the end, by table, those that others point to first.
    sheets: Vec<Rows>,
}

/// The acts of a block, in order.
fn acts(block: &str, number: u64, cases: u64, events: u64) -> Vec<(Context, Act)> {
    let mut acts = Vec::new();
    let mut add = |who: &str, role, today: &str, act| {
        let request = format!("r-blk-{block}-{}", acts.len());
        acts.push((asked(who, role, district::day(today), &request), act));
        acts.len() as u64
    };
    let fund = id(BookId::parse, &format!("fund-blk-{block}"));
    add("finance", Role::Finance, "2025-02-03", Act::Budget(BudgetAct::OpenFund { book: fund.clone(), year: 2024, source: format!("专项 blk-{block}") }));
    let entry = id(EntryId::parse, &format!("e-blk-{block}"));
    let appropriate = BudgetAct::Appropriate { entry, book: fund.clone(), amount: Fen(100_000_000_000), reason: "预算1号".into() };
    add("finance", Role::Finance, "2025-02-03", Act::Budget(appropriate));
    let firms: Vec<u32> = (0..FIRMS).map(|at| firm(number, at)).collect();
    for firm in &firms {
        add("clerk", Role::Clerk, "2025-02-04", Act::Registry(RegistryAct::PutOrganisation { organisation: organisation(*firm).into() }));
        let verify = RegistryAct::VerifyAccount { entry: id(AccountId::parse, &format!("firm{firm}:1")) };
        add("finance", Role::Finance, "2025-02-04", Act::Registry(verify));
        add("admin", Role::Administrator, "2025-02-04", Act::Registry(RegistryAct::PutUser { user: applicant(*firm) }));
    }
    let calls = cases / FIRMS;
    let mut met = 0;
    for at in 0..calls {
        let name = format!("call-blk-{block}-{at}");
        let call_id = id(CallId::parse, &name);
        let mut call = call(&name);
        call.clauses = vec!["4".into()];
        call.fund = fund.clone();
        call.pools = Vec::new();
        add("clerk", Role::Clerk, "2025-03-03", Act::Call(CallAct::Prepare { call }));
        add("leader", Role::Leader, "2025-03-03", Act::Call(CallAct::Open { call: call_id.clone() }));
        let is_last = at + 1 == calls;
        for (number, firm) in firms.iter().enumerate() {
            let case = format!("case{firm}-{at}");
            let case_id = id(CaseId::parse, &case);
            let person = format!("firm{firm}");
            let claims = [("4", 1_000_000 + i64::try_from(at).unwrap() * 1_001)];
            let mut so_far = add(&person, Role::Applicant, "2025-03-04", start(&name, *firm, &case, &claims));
            let mut case_act = |who: &str, role, today, act| add(who, role, today, Act::Case(act));
            case_act(&person, Role::Applicant, "2025-03-04", CaseAct::Submit { case: case_id.clone(), declaration: None });
            match Way::of(number, is_last) {
                Way::Submitted => {}
                Way::Declined => {
                    so_far = case_act("clerk", Role::Clerk, "2025-03-05", CaseAct::Decline { case: case_id.clone(), reason: "不属申报范围".into() });
                }
                Way::Withdrawn => so_far = case_act(&person, Role::Applicant, "2025-03-05", CaseAct::Withdraw { case: case_id.clone() }),
                way => {
                    so_far = case_act("clerk", Role::Clerk, "2025-03-05", CaseAct::Accept { case: case_id.clone() });
                    if way != Way::Accepted {
                        case_act("clerk", Role::Clerk, "2025-03-05", CaseAct::Screen { case: case_id.clone() });
                        so_far = add("reviewer", Role::Reviewer, "2025-03-06", summarise(&case, &claims));
                    }
                    if way == Way::Determined {
                        so_far = add("leader", Role::Leader, "2025-03-07", approve(&case));
                    }
                }
            }
            // What else is done: the firm's entry in the register is brought up to date, until there are as many events as wanted.
            met += 1;
            while so_far < events * met / (calls * FIRMS) {
                let mut organisation = organisation(*firm);
                organisation.aliases = vec![format!("第{so_far}次更新")];
                so_far = add("clerk", Role::Clerk, "2025-03-10", Act::Registry(RegistryAct::PutOrganisation { organisation: organisation.into() }));
            }
        }
        if !is_last {
            let determined = (0..firms.len()).filter(|number| Way::of(*number, false) == Way::Determined).count();
            pay_all(&mut add, block, &at.to_string(), &call_id, determined);
        }
    }
    after::acts(&mut add, block, &fund, firms[0]);
    acts
}

impl Template {
    /// Does a block in memory, after everything that was done before, and keeps what each act wrote.
    async fn done(before: &[Event], cases: u64, events: u64) -> Self {
        let office = Office::new(Store::memory(), WorkCalendar::china());
        for event in before {
            let context = Context { user: event.user.clone(), role: event.role, now: event.at, request: event.request.clone() };
            office.perform(&context, &serde_json::from_str(&event.input).expect("an act")).await.expect("what was done can be done");
        }
        let mut done = Vec::new();
        let mut messages = Messages::default();
        let mut last: BTreeMap<(String, String), (i64, String)> = BTreeMap::new();
        let mut entries: Vec<Entry> = Vec::new();
        let mut seq = i64::try_from(before.len()).unwrap();
        for (context, act) in acts(PATTERN, 9999, cases, events) {
            office.perform(&context, &act).await.unwrap_or_else(|stop| panic!("{}: {stop}", act.name()));
            let mut work = office.store().begin().await.expect("begins");
            let event = work.events(seq, 1).await.expect("the log").pop().expect("an event an act");
            seq = event.seq;
            let effects: Vec<Effect> = serde_json::from_str(&event.effects).expect("effects");
            for effect in effects.iter().filter(|effect| effect.table == Message::TABLE.name) {
                messages.note(&context.request, &effect.id);
            }
            let text = |text: &str| Text::of(text, &messages);
            let mut changes = Vec::new();
            for effect in effects {
                let body = match effect.table.as_str() {
                    "entry" => {
                        let entry = work.entries(&Entries::Of(effect.id.clone())).await.expect("the ledger").pop().expect("an entry");
                        entries.push(entry.clone());
                        serde_json::to_string(&entry).expect("JSON")
                    }
                    "book" => serde_json::to_string(&work.book(&id(BookId::parse, &effect.id)).await.expect("the ledger").expect("a book")).expect("JSON"),
                    table => {
                        let kind = KINDS.iter().find(|kind| kind.table.name == table).expect("a kind of record");
                        work.kept(kind.table, &effect.id).await.expect("a table").expect("a record").body
                    }
                };
                assert_eq!(effect.fingerprint, Fingerprint::of(body.as_bytes()));
                last.insert((effect.table.clone(), effect.id.clone()), (effect.version, body.clone()));
                changes.push(Change { table: effect.table, id: text(&effect.id), version: effect.version, body: text(&body) });
            }
            let (user, request, subject) = (text(event.user.as_str()), text(event.request.as_str()), text(&event.subject));
            done.push(Done { user, request, subject, input: text(&event.input), outcome: text(&event.outcome), changes, event });
        }
        let sheets = sheets(&last, &entries, &messages);
        Self { done, messages, sheets }
    }

    /// The rows of a block, and its events with no place in a chain yet.
    fn stamped(&self, block: u64) -> (Vec<Sheet>, Vec<Event>) {
        let stamp = Stamp::of(block, &self.messages);
        let sheet = |(table, columns, rows): &Rows| {
            let rows = rows.iter().map(|row| row.iter().map(|cell| cell.stamped(&stamp)).collect()).collect();
            Sheet { table, columns: columns.clone(), rows }
        };
        let event = |done: &Done| {
            let effect = |change: &Change| {
                let fingerprint = Fingerprint::of(change.body.stamped(&stamp).as_bytes());
                Effect { table: change.table.clone(), id: change.id.stamped(&stamp), version: change.version, fingerprint }
            };
            let mut effects: Vec<Effect> = done.changes.iter().map(effect).collect();
            // Ids of messages stand in another order than those of the pattern.
            effects.sort_by(|a, b| (&a.table, &a.id).cmp(&(&b.table, &b.id)));
            Event {
                user: id(UserId::parse, &done.user.stamped(&stamp)),
                request: id(RequestId::parse, &done.request.stamped(&stamp)),
                subject: done.subject.stamped(&stamp),
                input: done.input.stamped(&stamp),
                outcome: done.outcome.stamped(&stamp),
                effects: serde_json::to_string(&effects).expect("JSON"),
                ..done.event.clone()
            }
        };
        (self.sheets.iter().map(sheet).collect(), self.done.iter().map(event).collect())
    }
}

fn sheets(last: &BTreeMap<(String, String), (i64, String)>, entries: &[Entry], messages: &Messages) -> Vec<Rows> {
    let cells = |row: Vec<Key>| row.into_iter().map(|key| Cell::of(key, messages)).collect::<Vec<_>>();
    let of =
        |table: &'static str| last.iter().filter(move |((name, _), _)| name == table).map(|((_, id), (version, body))| (id.clone(), *version, body.clone()));
    let mut sheets = Vec::new();
    let books = of("book").map(|(_, version, body)| cells(book_row(&serde_json::from_str::<Book>(&body).expect("a book"), version)));
    sheets.push(("book", BOOK.to_vec(), books.collect()));
    for kind in KINDS {
        let mut columns = vec!["id", "version", "body"];
        columns.extend(kind.table.columns.iter().map(|column| column.name));
        let rows: Vec<_> = of(kind.table.name)
            .map(|(id, version, body)| {
                let mut row = vec![Key::Text(id), Key::Number(version)];
                let keys = (kind.keys)(&body);
                row.push(Key::Text(body));
                row.extend(keys);
                cells(row)
            })
            .collect();
        if !rows.is_empty() {
            sheets.push((kind.table.name, columns, rows));
        }
    }
    sheets.push(("entry", ENTRY.to_vec(), entries.iter().map(|entry| cells(entry_row(entry))).collect()));
    sheets
}

/// Fills a new database. What was made in all.
pub async fn seed(database: &str, size: &Size, progress: impl Fn(u64, u64)) -> Size {
    let store = Store::open(database).await.expect("the database opens");
    let district = District::of_a_town(store.clone()).await;
    // A policy of the size of a real one, being drafted.
    let (files, official) = district::policy_files("qianjiang");
    let mut version = PolicyVersion { id: id(PolicyVersionId::parse, "qianjiang-draft"), scheme_hash: String::new(), files, official };
    version.scheme_hash = office::hash_of(&version).expect("the policy compiles");
    district.ok("drafter", Role::Drafter, Act::Registry(RegistryAct::LoadPolicy { version })).await;
    let mut seldom = Vec::new();
    after::offer(&mut |who, role, today, act| {
        seldom.push((asked(who, role, district::day(today), &format!("r-before-{}", seldom.len())), act));
        seldom.len() as u64
    });
    for (context, act) in seldom {
        district.office.perform(&context, &act).await.unwrap_or_else(|stop| panic!("{}: {stop}", act.name()));
    }
    drop(district);
    let before = sound::events(&store).await;
    let blocks = (size.organisations / FIRMS).max(1);
    assert!(blocks < 9999, "at most 999,800 organisations");
    let template = Arc::new(Template::done(&before, (size.cases / blocks).max(FIRMS), size.events / blocks).await);
    let mut head = before.last().map(|event| (event.seq, event.fingerprint)).expect("an office that was founded");
    let mut loader = Loader::open(database).await.expect("the database opens");
    // Blocks are stamped, chained and loaded at the same time.
    let (send, mut chained) = tokio::sync::mpsc::channel(2);
    let stamping = Arc::clone(&template);
    tokio::spawn(async move {
        let stamp = |block: u64| {
            let template = Arc::clone(&stamping);
            tokio::task::spawn_blocking(move || template.stamped(block))
        };
        let mut ahead: VecDeque<_> = (1..=blocks.min(4)).map(stamp).collect();
        for block in 1..=blocks {
            let (mut sheets, events) = ahead.pop_front().expect("a block").await.expect("it was stamped");
            if block + 4 <= blocks {
                ahead.push_back(stamp(block + 4));
            }
            let chaining = tokio::task::spawn_blocking(move || {
                let rows = events.into_iter().map(|event| {
                    let event = event.chained(head.0 + 1, head.1);
                    head = (event.seq, event.fingerprint);
                    event_row(event)
                });
                sheets.push(Sheet { table: "event", columns: EVENT.to_vec(), rows: rows.collect() });
                (sheets, head)
            });
            let (sheets, end) = chaining.await.expect("it was chained");
            head = end;
            if send.send((sheets, head)).await.is_err() {
                return;
            }
        }
    });
    let mut block = 0;
    let mut end = head;
    while let Some((sheets, head)) = chained.recv().await {
        loader.load(&sheets, head).await.expect("a block is loaded");
        end = head;
        block += 1;
        progress(block, blocks);
    }
    assert_eq!(block, blocks, "every block is loaded");
    loader.finish().await.expect("everything is on the disk");
    store.pool().expect("a database").close().await;
    let cases = template.sheets.iter().find(|(table, ..)| *table == "case_file").map_or(0, |(.., rows)| rows.len() as u64 * blocks);
    Size { organisations: blocks * FIRMS, cases, events: u64::try_from(end.0).unwrap() }
}
