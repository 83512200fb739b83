//! What must hold at the end of the whole way: books, log, bundles, walks.

use super::{BUDGET, OBJECTED, POOL, RECOVERED, ROWS, Way, of, sound};
use casework::Key;
use casework::determination::Determination;
use casework::id::BookId;
use casework::ledger::{Account, Move};
use casework::payment::Due;
use office::bundle::{self, Files};
use office::checkpoint::{self, Signed};
use office::key::SecretKey;
use office::verify::{self, Options, Report};
use office::walk::{Walk, walk};
use policy::exchange::{View, line};
use policy::input::{Defaults, Raw, read};
use policy::source::{SourceFile, Sources};
use policy::{AssessOptions, assess};
use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::Path;
use store::work::Entries;
use values::{Fen, Lang, Moment, WorkCalendar};

use crate::district::id;

fn key() -> SecretKey {
    SecretKey::from_bytes(&[7; 32])
}

/// Every book to the fen, what each firm got, and the ledger posted again from nothing.
pub(super) async fn books(way: &Way) {
    let back: i64 = RECOVERED.iter().sum();
    let mut work = way.d.office.store().begin().await.unwrap();
    let books: BTreeMap<String, [i64; 7]> =
        work.all_books().await.unwrap().into_iter().map(|book| (book.id.to_string(), book.balances().map(|fen| fen.0))).collect();
    // Outside, available, reserved, committed, paid, returned, recovered.
    let fund = [-BUDGET, BUDGET - POOL + OBJECTED, 0, 0, POOL - OBJECTED - back, 0, back];
    let pool = [-POOL, OBJECTED, 0, 0, POOL - OBJECTED - back, 0, back];
    assert_eq!(fund, [-2_000_000_000, 1_050_000_000, 0, 0, 910_000_000, 0, 40_000_000]);
    assert_eq!(pool, [-1_000_000_000, 50_000_000, 0, 0, 910_000_000, 0, 40_000_000]);
    assert_eq!(books, BTreeMap::from([("fund-2024".to_owned(), fund), ("pool-2024".to_owned(), pool)]));
    for (number, row) in (1..).zip(&ROWS) {
        let entries = work.entries(&Entries::Case(of(number))).await.unwrap();
        let sum = |kind: Move| entries.iter().filter(|entry| entry.kind == kind).map(|entry| entry.amount.0).sum::<i64>();
        let shared: i64 = row.shared.iter().sum();
        let objected = if number == 3 { OBJECTED } else { 0 };
        let returned = if number == 5 { row.shared[1] } else { 0 };
        let recovered = if number == 4 { back } else { 0 };
        let moves = [Move::Reserve, Move::Release, Move::Commit, Move::Free, Move::Pay, Move::Return, Move::Repay, Move::Recover].map(sum);
        let due = shared - objected;
        assert_eq!(moves, [shared, objected, due, 0, due, returned, returned, recovered], "firm {number}");
        assert!(entries.iter().all(|entry| entry.fund == id(BookId::parse, "fund-2024") && entry.pool == Some(id(BookId::parse, "pool-2024"))));
        let dues: Vec<Due> = work.list("case_id", &Key::from(of(number).as_str())).await.unwrap();
        assert_eq!(dues.iter().map(|due| due.amount.0).sum::<i64>(), due, "firm {number}");
    }
    drop(work);
    // The ledger from its entries, every record against the log, every act done again.
    sound::holds(way.d.office.store()).await;
}

/// A signed file of checkpoints of the whole log, as it is given away, and the check that reads it again.
async fn checkpoints(way: &Way) -> Vec<u8> {
    let mut file = Vec::new();
    let at = Moment::start_of(way.d.today);
    checkpoint::export(way.d.office.store(), None, &key(), at, &mut file).await.unwrap().expect("the log is good");
    file
}

fn signed(file: &[u8]) -> Signed<Cursor<Vec<u8>>> {
    let range = checkpoint::check(file, Some(&key().public())).unwrap();
    Signed::new(vec![(range, Cursor::new(file.to_vec()))]).unwrap()
}

/// The log verifies against its signed checkpoint, and all acts done again leave the same.
pub(super) async fn log(way: &Way) {
    let (file, public) = (checkpoints(way).await, key().public());
    let store = way.d.office.store();
    let mut report = verify::store(store, &mut signed(&file), Options { key: Some(&public), determinations: true }).await.unwrap();
    let events = store.begin().await.unwrap().head().await.unwrap().unwrap().0;
    assert_eq!((report.findings.clone(), report.events, report.signed), (vec![], events, events));
    // Five, and the one that took the place of another.
    assert_eq!((report.determinations, report.books), (6, 2));
    report = Report::default();
    verify::replay(store, WorkCalendar::china(), &mut report).await.unwrap();
    assert_eq!((report.findings, report.replayed), (vec![], events));
    way.d.replays_alike().await;
}

/// The bundles of the two cases that got less by a reason: written to a folder, read again, checked, and computed again
/// with nothing but what is in the folder.
pub(super) async fn bundles(way: &Way, name: &str) {
    let file = checkpoints(way).await;
    for (number, determinations) in [(2, 1), (3, 2)] {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("whole-{name}-{number}"));
        drop(std::fs::remove_dir_all(&root));
        let mut work = way.d.office.store().begin().await.unwrap();
        let files = bundle::write(&mut work, &of(number), Moment::start_of(way.d.today), Some(&key())).await.unwrap().unwrap();
        for (name, bytes) in &files {
            let path = root.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
        let given: Files = files.keys().map(|name| (name.clone(), std::fs::read(root.join(name)).unwrap())).collect();
        let public = key().public();
        let report = bundle::check(&given, &mut signed(&file), Options { key: Some(&public), determinations: true }).unwrap();
        assert_eq!((report.findings, report.determinations), (vec![], determinations), "firm {number}");
        assert!(report.events > 0 && report.signed == report.events && report.entries > 0);
        let computed = computed_again(&root, "");
        assert_eq!(computed.as_bytes(), given["assessment.jsonl"], "firm {number}");
        if number == 3 {
            assert_eq!(computed_again(&root, "earlier/d-k3/").as_bytes(), given["earlier/d-k3/assessment.jsonl"]);
            assert!(String::from_utf8_lossy(&given["trace.txt"]).contains("理由：资金分配；异议处理：扣除境内交易"));
        } else {
            assert!(String::from_utf8_lossy(&given["trace.txt"]).contains("采纳工业园区管委会意见"));
        }
        // A fen more in the folder is found.
        let mut forged = given.clone();
        let text = String::from_utf8(forged["entries.jsonl"].clone()).unwrap();
        let amount = ROWS[number - 1].shared[0];
        forged.insert("entries.jsonl".into(), text.replace(&amount.to_string(), &(amount + 1).to_string()).into_bytes());
        assert!(!bundle::check(&forged, &mut signed(&file), Options::default()).unwrap().is_good());
        std::fs::remove_dir_all(&root).unwrap();
    }
}

/// What the rules give for the application in a folder of a bundle, by the policy in it: a line, as `duixian assess` prints it.
fn computed_again(root: &Path, folder: &str) -> String {
    let text = |name: &str| std::fs::read_to_string(root.join(name)).unwrap();
    let files = vec![SourceFile { name: "policy.md".into(), text: text("policy/policy.md") }];
    let mut compiled = policy::compile(&Sources { files, official: Some(text("policy/official.txt")) });
    policy::check::whole(&mut compiled);
    let scheme = compiled.scheme.unwrap();
    let application = serde_json::from_str(&text(&format!("{folder}application.jsonl"))).unwrap();
    let (read, errors) = read(&scheme, &Raw::from(&application), Defaults::default());
    let read = read.unwrap_or_else(|| panic!("{errors:?}"));
    let population = assess(&scheme, std::slice::from_ref(&read), &AssessOptions { trace: true, clauses: None });
    let view = View { scheme: &scheme, pools: &population.pools, lang: Lang::Zh, trace: true };
    format!("{}\n", serde_json::to_string(&line(view, &read, &population.assessments[0])).unwrap())
}

/// From each entry of the case that was objected to: the act that posted it, the determination, the steps of the amount, and
/// the words of the clause with their line in the official text. And from the balance of the budget to its entries.
pub(super) async fn walks(way: &Way) {
    let mut work = way.d.office.store().begin().await.unwrap();
    let Some(Walk::Entries { entries, .. }) = walk(&mut work, of(3).as_str(), None, Lang::Zh).await.unwrap() else { panic!() };
    let mut acts = Vec::new();
    for entry in entries {
        let Some(Walk::Entry(step)) = walk(&mut work, entry.id.as_str(), None, Lang::Zh).await.unwrap() else { panic!() };
        assert_eq!(step.entry, entry);
        acts.push((entry.kind.name(), step.event.expect("an act posted it").act));
        let decided = step.decided.unwrap_or_else(|| panic!("{} rests on no determination", entry.id));
        let frozen: Determination = work.peek(decided.determination.as_str()).await.unwrap().unwrap();
        let award = decided.award.expect("an award of the clause");
        assert_eq!(frozen.awards.iter().find(|award| Some(&award.clause) == entry.clause.as_ref()), Some(&award));
        assert!(entry.amount <= award.amount || entry.kind == Move::Release, "{entry:?}");
        assert_eq!(decided.differs, None);
        let (steps, words) = match award.clause.as_str() {
            "1.1" => ("品牌年销售额", "给予一次性奖励"),
            _ => ("跨境电商平台交易额", "200"),
        };
        assert!(decided.explanation.contains(steps), "{}", decided.explanation);
        assert!(decided.words.iter().any(|paragraph| paragraph.text.contains(words) && paragraph.line.is_some()), "{:?}", decided.words);
    }
    let posted = [("reserve", "call.share"), ("reserve", "call.share"), ("release", "notice.settle")];
    let paid = [("commit", "notice.conclude"), ("commit", "notice.conclude"), ("pay", "payment.pay"), ("pay", "payment.pay")];
    let expected: Vec<_> = posted.into_iter().chain(paid).map(|(kind, act)| (kind, act.to_owned())).collect();
    assert_eq!(acts, expected);
    for account in Account::ALL {
        let Some(Walk::Book { book, entries, .. }) = walk(&mut work, "fund-2024", Some(account), Lang::Zh).await.unwrap() else { panic!() };
        let sum = entries.iter().map(|(_, amount)| amount.0).sum::<i64>();
        assert_eq!(Fen(sum), book.balance(account), "{}", account.name());
    }
}
