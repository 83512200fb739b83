//! What waits in the whole office, all calls in brief and the names of enterprises, in memory as far as the log was read: queues,
//! counts and searches are looked up here, however many cases lie in the tables. It follows from the records and the log and is
//! never written down; what may be seen of it is decided for each reader when it is read.

mod calls;
mod chosen;
mod eyes;
mod names;
mod sheets;
mod tally;

use crate::queue::{About, OPEN, Post, Queue, Thing, Waiting, Whose};
use crate::reading::collection::Belongs;
use crate::reading::{Reading, Sight, collection};
use crate::{Office, Stop};
pub use calls::Brief;
use casework::call::Call;
use casework::case::Case;
use casework::id::{BookId, CallId, CaseId};
use casework::organisation::Organisation;
use casework::{Key, Record, Table};
pub use chosen::{Choice, Chosen, Due};
use eyes::{Eyes, Marks, Numbers};
use sheets::SHEETS;
pub use sheets::Sheet;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::work::Kept;
use store::{Store, StoreError, Work};
pub use tally::{Bounds, Counts, Held, OfCall, OfStages, Tally};
use values::{Date, WorkCalendar};

/// Records and events read at once.
const PAGE: i64 = 500;
/// Entries read before looking at the log again, while there are very many that were not read yet.
const ENTRIES_AT_ONCE: i64 = 20_000;
/// So many events on, everything is looked for anew instead.
const BEHIND_MAX: i64 = 20_000;

/// How records that wait are found where nothing is known yet.
enum Found {
    /// By a column that holds one of these.
    By(&'static str, &'static [&'static str]),
    /// By a column of numbers.
    Numbered(&'static str, i64),
    /// By words of their body.
    Saying(&'static str),
}

/// The collections whose records may wait.
const SOURCES: &[(&str, Found)] = &[
    ("cases", Found::By("stage", OPEN)),
    ("objections", Found::By("state", &["received", "checked"])),
    ("performances", Found::By("state", &["awaited", "reported"])),
    ("motions", Found::Numbered("open", 1)),
    ("batches", Found::Saying("\"result\":null")),
    ("recoveries", Found::By("stage", &["filed", "notified", "decided"])),
    ("leads", Found::By("state", &["open"])),
    ("accounts", Found::Saying("\"verified\":null")),
    ("proposals", Found::Saying("\"confirmed\":null")),
];

/// A record of a collection.
type Place = (&'static str, String);

/// What is known, and the position in the log up to which that holds.
#[derive(Default)]
pub(crate) struct Board {
    seq: i64,
    calendar: Option<WorkCalendar>,
    /// All calls in brief.
    briefs: BTreeMap<CallId, Arc<Brief>>,
    /// Names of enterprises by their ids.
    names: BTreeMap<String, Box<str>>,
    /// Calls of what waits, whole.
    calls: BTreeMap<CallId, Arc<Call>>,
    /// In the order of [`Waiting::place`].
    posts: BTreeMap<String, Posted>,
    /// Cases that are open, each at the place of what ends first of it.
    open: BTreeMap<String, OpenCase>,
    /// The same as they are counted, with calls and units as numbers.
    lines: tally::Lines,
    numbers: Numbers,
    /// Budgets and pools with what their entries come to.
    sheets: BTreeMap<BookId, Arc<Sheet>>,
    /// Where the posts of each record stand.
    of: BTreeMap<Place, Vec<String>>,
    /// Records that wait and are about a case, beside the case itself.
    about: BTreeMap<CaseId, BTreeSet<Place>>,
}

/// What waits, and who sees and holds it.
#[derive(Clone)]
struct Posted {
    post: Post,
    marks: Marks,
}

/// A case that is open: as it is told, and where it stands among the lines.
struct OpenCase {
    open: Arc<Open>,
    line: usize,
}

/// A case that is open, with what it waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// The case.
    pub case: CaseId,
    /// Its call.
    pub call: CallId,
    /// The name of its stage.
    pub stage: &'static str,
    /// Who holds it, since when, until when: what ends first comes first.
    pub waits: Vec<Arc<Waiting>>,
}

impl Open {
    /// Where it stands: at the place of what ends first of it.
    #[must_use]
    pub fn place(&self) -> String {
        self.waits.first().map(|wait| wait.place()).unwrap_or_default()
    }

    /// Its last day: the first of those that are set.
    #[must_use]
    pub fn until(&self) -> Option<Date> {
        self.waits.iter().filter_map(|wait| wait.until).min()
    }
}

impl Office {
    /// Reads what is new in the log, so that whoever asks next waits for nothing. `store` may be one for reading alone.
    pub async fn keep_up(&self, store: &Store) -> Result<(), Stop> {
        let mut work = store.begin().await?;
        self.board(&mut work, |_| ()).await?;
        self.read_entries_on(&mut work, ENTRIES_AT_ONCE).await?;
        Ok(())
    }

    /// Looks at what waits, as far as the log goes.
    async fn board<T>(&self, work: &mut Work, look: impl FnOnce(&Board) -> T) -> Result<T, Stop> {
        let head = work.head().await?.map_or(0, |(seq, _)| seq);
        // One reads what is new, the others wait for it. Whoever fails on the way leaves nothing half read.
        let mut known = self.board.lock().await;
        let board = match known.take() {
            Some(board) if board.seq >= head => board,
            Some(board) if head - board.seq <= BEHIND_MAX => board.since(self, work).await?,
            _ => Board::all(self, work, head).await?,
        };
        Ok(look(known.insert(board)))
    }
}

fn unreadable(table: &'static str, id: &str) -> impl FnOnce(serde_json::Error) -> StoreError {
    move |why| StoreError::Unreadable { table, id: id.to_owned(), why: why.to_string() }
}

fn table_of(name: &str) -> Option<&'static Table> {
    collection(name).and_then(|collection| collection.kind()).map(|kind| kind.table)
}

impl Board {
    async fn all(office: &Office, work: &mut Work, head: i64) -> Result<Self, Stop> {
        let mut board = Self { seq: head, calendar: Some(crate::calendar::current(office, work).await?), ..Self::default() };
        let mut after = String::new();
        loop {
            let page = work.page(Call::TABLE, &[], &after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after.clone_from(&last.id);
            for kept in &page {
                let call: Call = serde_json::from_str(&kept.body).map_err(unreadable(Call::TABLE.name, &kept.id))?;
                board.briefs.insert(call.id.clone(), Arc::new(Brief::of(call)));
            }
        }
        board.all_named(work).await?;
        board.all_sheets(work).await?;
        for (name, found) in SOURCES {
            let Some(table) = table_of(name) else { continue };
            let filter = match found {
                Found::By(column, values) => (*column, values.iter().map(|value| Key::from(*value)).collect()),
                Found::Numbered(column, number) => (*column, vec![Key::Number(*number)]),
                Found::Saying(words) => {
                    for kept in work.rows_saying(table, words, i64::MAX).await? {
                        board.enter(work, name, &kept).await?;
                    }
                    continue;
                }
            };
            let mut after = String::new();
            loop {
                let page = work.page(table, std::slice::from_ref(&filter), &after, PAGE).await?;
                let Some(last) = page.last() else { break };
                after.clone_from(&last.id);
                for kept in &page {
                    board.enter(work, name, kept).await?;
                }
            }
        }
        Ok(board)
    }

    /// The same with what was written since.
    async fn since(mut self, office: &Office, work: &mut Work) -> Result<Self, Stop> {
        let mut written: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        loop {
            let events = work.events(self.seq, PAGE).await?;
            let Some(last) = events.last() else { break };
            self.seq = last.seq;
            for event in &events {
                let effects: Vec<casework::chain::Effect> = serde_json::from_str(&event.effects).unwrap_or_default();
                for effect in effects {
                    written.entry(effect.table).or_default().insert(effect.id);
                }
            }
        }
        if written.contains_key(casework::calendar::Calendar::TABLE.name) {
            let head = self.seq;
            return Self::all(office, work, head).await;
        }
        for id in written.get(Organisation::TABLE.name).into_iter().flatten() {
            if let Some(kept) = work.row(Organisation::TABLE, id).await? {
                self.named(&kept)?;
            }
        }
        for id in written.get(SHEETS).into_iter().flatten() {
            self.sheet(work, id).await?;
        }
        let mut stale: BTreeSet<Place> = BTreeSet::new();
        for id in written.get(Call::TABLE.name).into_iter().flatten() {
            stale.extend(self.changed(work, id).await?);
        }
        for (name, _) in SOURCES {
            let ids = table_of(name).and_then(|table| written.get(table.name));
            stale.extend(ids.into_iter().flatten().map(|id| (*name, id.clone())));
        }
        for case in written.get(Case::TABLE.name).into_iter().flatten() {
            stale.extend(CaseId::parse(case).ok().and_then(|case| self.about.get(&case)).into_iter().flatten().cloned());
        }
        for place in stale {
            self.leave(&place);
            let Some(table) = table_of(place.0) else { continue };
            if let Some(kept) = work.row(table, &place.1).await? {
                self.enter(work, place.0, &kept).await?;
            }
        }
        Ok(self)
    }

    /// Takes note of a call that was written. What waits of it and has to be looked at anew.
    async fn changed(&mut self, work: &mut Work, id: &str) -> Result<Vec<Place>, Stop> {
        let Some(now) = work.peek::<Call>(id).await? else { return Ok(Vec::new()) };
        let id = now.id.clone();
        self.briefs.insert(id.clone(), Arc::new(Brief::of(now.clone())));
        let Some(before) = self.calls.get_mut(&id) else { return Ok(Vec::new()) };
        // Who holds a case follows from its units and its way alone.
        let same = before.lead == now.lead && before.with == now.with && before.workflow == now.workflow;
        *before = Arc::new(now);
        if same {
            return Ok(Vec::new());
        }
        let of = self.posts.values().map(|posted| &posted.post.waiting).filter(|waiting| waiting.call.as_ref() == Some(&id));
        Ok(of.map(|waiting| (waiting.collection, waiting.id.clone())).collect())
    }

    fn leave(&mut self, place: &Place) {
        for at in self.of.remove(place).unwrap_or_default() {
            if let Some(left) = self.open.remove(&at) {
                self.lines.leave(left.line);
            }
            let left = self.posts.remove(&at);
            if let Some(places) = left.and_then(|posted| self.about.get_mut(posted.post.waiting.case.as_ref()?)) {
                places.remove(place);
            }
        }
    }

    async fn enter(&mut self, work: &mut Work, name: &'static str, kept: &Kept) -> Result<(), Stop> {
        let table = table_of(name).map_or("", |table| table.name);
        let Some(thing) = Thing::read(name, &kept.body).map_err(unreadable(table, &kept.id))? else { return Ok(()) };
        let case: Option<Case> = match thing.case() {
            Some(case) => work.peek(case.as_str()).await?,
            None => None,
        };
        let call = match thing.call().or(case.as_ref().map(|case| &case.call)).cloned() {
            Some(id) => self.call(work, &id).await?,
            None => None,
        };
        let Some(calendar) = &self.calendar else { return Ok(()) };
        let posts = thing.posts(&About { case: case.as_ref(), call: call.as_deref(), calendar });
        if let Some(call) = call.as_ref().filter(|_| !posts.is_empty()) {
            self.calls.entry(call.id.clone()).or_insert_with(|| Arc::clone(call));
        }
        let place = (name, kept.id.clone());
        if let Thing::Case(case) = &thing
            && let Some(first) = posts.iter().min_by_key(|post| post.waiting.place())
        {
            let mut waits: Vec<Arc<Waiting>> = posts.iter().map(|post| Arc::clone(&post.waiting)).collect();
            waits.sort_by_cached_key(|waiting| waiting.place());
            let open = Open { case: case.id.clone(), call: case.call.clone(), stage: case.stage.name(), waits };
            let marks = self.marks(first, call.as_deref());
            let line = self.line(&open, &marks);
            self.open.insert(open.place(), OpenCase { open: Arc::new(open), line });
        }
        for post in posts {
            if let Some(case) = post.waiting.case.as_ref().filter(|_| name != "cases") {
                self.about.entry(case.clone()).or_default().insert(place.clone());
            }
            let at = post.waiting.place();
            self.of.entry(place.clone()).or_default().push(at.clone());
            let marks = self.marks(&post, call.as_deref());
            self.posts.insert(at, Posted { post, marks });
        }
        Ok(())
    }

    async fn call(&self, work: &mut Work, id: &CallId) -> Result<Option<Arc<Call>>, Stop> {
        match self.calls.get(id) {
            Some(known) => Ok(Some(Arc::clone(known))),
            None => Ok(work.peek::<Call>(id.as_str()).await?.map(Arc::new)),
        }
    }
}

impl Reading<'_> {
    /// What waits, what ends first before the others; as far as the reader sees it. By the calendar as it is now, so that a day
    /// that was provisional is counted again.
    pub async fn queue(&mut self, whose: Whose) -> Result<Queue, Stop> {
        Ok(Queue { waiting: self.pass(whose, |waiting| waiting.map(|(waiting, _)| waiting).collect()).await? })
    }

    /// Goes through what waits, in the order of [`queue`](Self::queue): tens of thousands of things need not be taken along to be
    /// counted. Beside each stands its call as a number, which is the same for all of the call.
    pub async fn pass<T>(&mut self, whose: Whose, look: impl FnOnce(&mut dyn Iterator<Item = (Arc<Waiting>, Option<u32>)>) -> T) -> Result<T, Stop> {
        let sight = |name: &str| collection(name).and_then(|of| Some((of.sight(self.role)?, of.belongs)));
        let sights: Vec<Option<(Sight, Belongs)>> = SOURCES.iter().map(|(name, _)| sight(name)).collect();
        let (person, role) = (&self.person, self.role);
        let pass = |board: &Board| {
            let eyes = Eyes::new(board, person, role);
            let seen = |posted: &&Posted| {
                let sight = || sights.get(posted.marks.source()).copied().flatten();
                (whose == Whose::Seen || eyes.hold(posted)) && sight().is_some_and(|(sight, belongs)| eyes.see(posted, sight, belongs))
            };
            look(&mut board.posts.values().filter(seen).map(|posted| (eyes.told(&posted.post), posted.marks.call)))
        };
        self.office.board(&mut self.work, pass).await
    }
}
