//! What an office asks, and how often: by officers and by firms, about things drawn from all over the database.

use crate::client::Question;
use crate::random::Random;
use hyper::Method;
use serde_json::{Value, json};
use sqlx::Row;
use std::collections::BTreeSet;
use store::Store;

/// A case that may be asked about.
#[derive(Debug)]
struct Case {
    id: String,
    call: String,
    organisation: String,
    stage: String,
    version: String,
    clauses: Vec<String>,
    application: Value,
}

/// Things that are there.
#[derive(Debug)]
pub struct Sample {
    cases: Vec<Case>,
    /// Entry, its number, its budget, its case.
    entries: Vec<(String, i64, String, String)>,
    /// People who act for a firm.
    firms: Vec<String>,
}

/// Officers of the seeded town who read, each in the one role they hold.
const OFFICERS: [&str; 5] = ["clerk", "reviewer", "leader", "finance", "auditor"];
/// Entries that are drawn.
const DRAWN: usize = 400;
/// Firms of which somebody signs in.
const FIRMS: usize = 8;

/// A kind of question: its name, its share of a hundred.
pub const KINDS: &[(&str, u64)] = &[
    ("a case", 18),
    ("a case's status", 14),
    ("cases of a call", 10),
    ("cases at a stage, on from one", 8),
    ("own cases of a firm", 10),
    ("dues to pay, on from one", 5),
    ("entries of a case", 8),
    ("a page of a book", 3),
    ("a book's balance", 6),
    ("the walk from an entry", 4),
    ("notices of a call", 5),
    ("a firm", 4),
    ("what the rules give, explained", 5),
];

impl Sample {
    /// Draws by the numbers of entries, so from beginning to end. Tables of an older version are brought up to date on the way.
    pub async fn drawn(database: &str) -> Self {
        let store = Store::open(database).await.expect("the database opens");
        let pool = store.pool().expect("a database");
        let last: i64 = sqlx::query_scalar("SELECT COALESCE(MAX(number), 0) FROM entry").fetch_one(pool).await.expect("entries");
        let mut random = Random::new(2025);
        let mut sample = Self { cases: Vec::new(), entries: Vec::new(), firms: Vec::new() };
        let mut firms = BTreeSet::new();
        for _ in 0..DRAWN * 20 {
            if sample.entries.len() == DRAWN {
                break;
            }
            let number = 1 + i64::try_from(random.below(last.unsigned_abs().max(1))).expect("a number");
            let found = sqlx::query("SELECT id, fund_id, case_id FROM entry WHERE number = $1 AND case_id IS NOT NULL").bind(number);
            let Some(row) = found.fetch_optional(pool).await.expect("entries") else { continue };
            let (entry, fund, case): (String, String, String) = (row.get(0), row.get(1), row.get(2));
            // All cases of the firm, whatever their stage.
            let firm = sqlx::query_scalar::<_, String>("SELECT organisation_id FROM case_file WHERE id = $1").bind(&case).fetch_one(pool).await;
            let firm = firm.expect("a case");
            sample.entries.push((entry, number, fund, case));
            if !firms.insert(firm.clone()) {
                continue;
            }
            let all = "SELECT f.body, c.body, f.stage FROM case_file f JOIN call c ON c.id = f.call_id WHERE f.organisation_id = $1";
            for row in sqlx::query(all).bind(&firm).fetch_all(pool).await.expect("cases") {
                sample.cases.push(case_of(&row.get::<String, _>(0), &row.get::<String, _>(1), row.get(2)));
            }
        }
        sample.firms = firms.into_iter().take(FIRMS).collect();
        store.close().await;
        assert!(!sample.cases.is_empty(), "there is nothing to ask about: fill the database first");
        sample
    }

    /// Who signs in. The person who acts for a seeded firm has its id.
    pub fn people(&self) -> Vec<String> {
        OFFICERS.iter().map(|officer| (*officer).to_owned()).chain(self.firms.iter().cloned()).collect()
    }

    /// Firms of which somebody can sign in.
    pub fn firms(&self) -> Vec<String> {
        self.firms.clone()
    }

    /// Ids of the cases: of one firm, or of all.
    pub fn cases_of(&self, firm: Option<&str>) -> Vec<String> {
        self.cases.iter().filter(|case| firm.is_none_or(|firm| case.organisation == firm)).map(|case| case.id.clone()).collect()
    }

    /// A kind, by its place, who asks, and the question.
    pub fn question(&self, random: &mut Random) -> (usize, String, Question) {
        let mut at = random.below(KINDS.iter().map(|(_, share)| share).sum());
        let kind = KINDS.iter().position(|(_, share)| at.checked_sub(*share).map(|rest| at = rest).is_none()).unwrap_or(0);
        let officer = OFFICERS[usize::try_from(random.below(5)).unwrap_or(0)].to_owned();
        let case = drawn(random, &self.cases);
        let (entry, number, fund, paid) = drawn(random, &self.entries);
        let path = match kind {
            0 => format!("/cases/{}", case.id),
            1 => format!("/cases/{}/status", case.id),
            2 => format!("/cases?call_id={}&limit=50", case.call),
            3 => format!("/cases?stage={}&after={}&limit=50", case.stage, case.id),
            4 => return (kind, drawn(random, &self.firms).clone(), Question::get("/api/v1/cases".into())),
            5 => format!("/dues?state=paying&after={}&limit=50", case.id),
            6 => format!("/entries?case={paid}"),
            7 => format!("/entries?book={fund}&after={number}&limit=50"),
            8 => format!("/books?book={fund}"),
            9 => format!("/entries/{entry}/trace"),
            10 => format!("/notices?call_id={}", case.call),
            11 => format!("/organisations/{}", case.organisation),
            _ => {
                let body = json!({"application": case.application, "clauses": case.clauses}).to_string();
                let path = format!("/api/v1/policies/{}/explain", case.version);
                return (kind, officer, Question::json(Method::POST, &path, body));
            }
        };
        (kind, officer, Question::get(format!("/api/v1{path}")))
    }

    /// A case by its id: the cheapest that is asked.
    pub fn case(&self, random: &mut Random) -> &str {
        &drawn(random, &self.cases).id
    }
}

fn drawn<'a, T>(random: &mut Random, of: &'a [T]) -> &'a T {
    &of[usize::try_from(random.below(of.len() as u64)).unwrap_or(0)]
}

fn case_of(case: &str, call: &str, stage: String) -> Case {
    let (case, call): (Value, Value) = (serde_json::from_str(case).expect("a case"), serde_json::from_str(call).expect("a call"));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Case {
        id: text(&case["id"]),
        call: text(&case["call"]),
        organisation: text(&case["organisation"]),
        stage,
        version: text(&call["version"]),
        clauses: call["clauses"].as_array().into_iter().flatten().map(text).collect(),
        application: case["application"].clone(),
    }
}
