//! What waits, and what is overdue: who holds it, since which day, how many working days; and that asking changes nothing.

use crate::access::ground::{Ground, pay_first, start};
use crate::access::samples::samples;
use crate::district::{District, day, id, stores, user};
use casework::Act;
use casework::call::{Completion, Period, Step, StepKind};
use casework::case::{Basis, CaseAct, Defect, Given, Left, Stage, View};
use casework::id::{CallId, CaseId, UnitId, UserId};
use casework::people::Role;
use casework::registry::RegistryAct;
use office::Office;
use office::board::{Bounds, Choice, Counts, Due, OfCall, Open, Tally};
use office::queue::{Waiting, Whose};
use office::reading::{Reader, Reading};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use values::{Date, Fen, WorkCalendar};

/// What is late on a day, whoever holds it: as the auditor sees it.
async fn late(d: &District, on: &str) -> Vec<(String, &'static str, String, String, u32)> {
    let reader = Reader { user: id(UserId::parse, "auditor"), role: Role::Auditor };
    let mut reading = d.office.reading(d.office.store(), &reader).await.unwrap();
    let calendar = reading.calendar().await.unwrap();
    let queue = reading.queue(Whose::Seen).await.unwrap();
    let of = |waiting: &Waiting| {
        let Some(Left::Over(days)) = waiting.left(&calendar, day(on)) else { return None };
        let units: Vec<&str> = waiting.units.iter().map(UnitId::as_str).collect();
        let who = match waiting.roles.as_slice() {
            [Role::Applicant] => "applicant".to_owned(),
            [Role::UnitReviewer] => units.join(","),
            [role] => format!("{} {}", units.join(","), role.name()),
            other => panic!("{other:?}"),
        };
        let step = if waiting.collection == "performances" { "performance" } else { waiting.step };
        Some((waiting.case.as_ref().unwrap().to_string(), step, who, waiting.until.unwrap().to_string(), days))
    };
    queue.waiting.iter().filter_map(|waiting| of(waiting)).collect()
}

fn row(case: &'static str, step: &'static str, who: &str, due: &str, late: u32) -> (String, &'static str, String, String, u32) {
    (case.to_owned(), step, who.to_owned(), due.to_owned(), late)
}

#[tokio::test]
async fn a_step_is_overdue_from_the_day_after_its_last_with_who_holds_it_and_the_working_days_since() {
    for (name, store) in stores("overdue").await {
        println!("── {name}");
        let d = District::with_policy(store, Fen(2_000_000_000)).await;
        let joint = Step { kind: StepKind::Joint, role: Role::UnitReviewer, period: Period::WorkingDays(10), completion: Completion::All };
        d.call_with("c1", &["8.1", "1.1"], |call| {
            call.workflow.steps.insert(1, joint);
            call.workflow.unit_periods = vec![(id(UnitId::parse, "park"), Period::WorkingDays(3))];
        })
        .await;
        d.firm(1).await;
        for case in ["k1", "k2", "k3"] {
            start(&d, case, "c1").await;
            d.ok("firm1", Role::Applicant, Act::Case(CaseAct::Submit { case: id(CaseId::parse, case), declaration: None })).await;
        }
        // k1 waits to be accepted: five working days after Monday the 3rd. Friday the 7th and the 10th are in time.
        let case = |name: &str| id(CaseId::parse, name);
        for name in ["k2", "k3"] {
            d.ok("clerk", Role::Clerk, Act::Case(CaseAct::Accept { case: case(name) })).await;
        }
        d.ok("clerk", Role::Clerk, Act::Case(CaseAct::Screen { case: case("k2") })).await;
        let defects = vec![Defect { what: "销售额证明不全".into(), mend: "补交审计报告".into() }];
        d.ok("clerk", Role::Clerk, Act::Case(CaseAct::AskCorrection { case: case("k3"), defects })).await;
        assert_eq!(late(&d, "2025-03-06").await, []);
        let park = row("k2", "joint", "park", "2025-03-06", 2);
        assert_eq!(late(&d, "2025-03-10").await, std::slice::from_ref(&park), "by the unit's own time; the 8th and 9th are a weekend");
        let accept = row("k1", "submitted", "commerce clerk", "2025-03-10", 1);
        assert_eq!(late(&d, "2025-03-11").await, [(park.0, park.1, park.2, park.3, 3), accept]);
        // Who answered is not late any more; the others are, each by itself, and so is the applicant.
        let opinion = Given { view: View::Agree, reductions: Vec::new(), basis: Basis { facts: Vec::new(), evidence: Vec::new() }, words: "同意".into() };
        d.ok("park", Role::UnitReviewer, Act::Case(CaseAct::GiveOpinion { case: case("k2"), opinion })).await;
        let before = d.office.store().begin().await.unwrap().events(0, 1000).await.unwrap().len();
        assert_eq!(
            late(&d, "2025-03-18").await,
            [
                row("k1", "submitted", "commerce clerk", "2025-03-10", 6),
                row("k2", "joint", "farms", "2025-03-17", 1),
                row("k2", "joint", "taxes", "2025-03-17", 1),
                row("k3", "correcting", "applicant", "2025-03-17", 1),
            ]
        );
        assert_eq!(d.office.store().begin().await.unwrap().events(0, 1000).await.unwrap().len(), before, "asking is no act");
    }
}

#[tokio::test]
async fn an_objection_nobody_looked_into_and_a_report_nobody_wrote_are_overdue_as_well() {
    for (name, store) in stores("overdue-later").await {
        println!("── {name}");
        let mut d = District::with_policy(store, Fen(2_000_000_000)).await;
        d.firm(1).await;
        // Paid on 28 March; the report on it is awaited for 30 days, until Sunday the 27th, which is worked in 2025.
        pay_first(&mut d).await;
        assert_eq!(late(&d, "2025-04-27").await, []);
        assert_eq!(late(&d, "2025-04-28").await, [row("paid", "performance", "applicant", "2025-04-27", 1)]);
    }
}

/// The ids of what waits for somebody, with their collections.
async fn mine(d: &District, user: &str, role: Role) -> Vec<String> {
    let reader = Reader { user: id(UserId::parse, user), role };
    let queue = d.office.reading(d.office.store(), &reader).await.unwrap().queue(Whose::Mine).await.unwrap();
    let mut ids: Vec<String> = queue.waiting.iter().map(|waiting| format!("{} {}", waiting.collection, waiting.id)).collect();
    ids.sort();
    ids
}

#[tokio::test]
async fn whatever_waits_stands_in_the_queue_of_each_who_can_go_on_with_it_and_of_nobody_else() {
    for (name, store) in stores("queue-kinds").await {
        println!("── {name}");
        let ground = Ground::laid_in(store).await;
        let d = &ground.district;
        let sample = |name: &str| samples().into_iter().find(|sample| sample.name() == name).unwrap();
        for act in ["history.load", "registry.put_account"] {
            d.ok("clerk", Role::Clerk, sample(act)).await;
        }
        let more = user("clerk-other", Some("commerce"), None, Role::Reviewer);
        d.ok("admin", Role::Administrator, Act::Registry(RegistryAct::PutUser { user: more })).await;
        // Case `case1` waits to be accepted, clawback rv1 to be told to the firm.
        assert_eq!(mine(d, "clerk", Role::Clerk).await, ["cases case1", "recoveries rv1"]);
        assert_eq!(mine(d, "reviewer", Role::Reviewer).await, ["accounts a1", "motions mo4"]);
        assert_eq!(mine(d, "leader", Role::Leader).await, ["leads ld1", "motions mo4", "proposals clerk-other"]);
        // Of batch b1 the bank has said nothing yet of one line.
        assert_eq!(mine(d, "finance", Role::Finance).await, ["accounts a1", "batches b1"]);
        // What needs no standing waits for every unit's people; what needs one does not.
        assert_eq!(mine(d, "reviewer-other", Role::Reviewer).await, ["accounts a1", "motions mo4"]);
        assert_eq!(mine(d, "clerk-asked", Role::Clerk).await, [""; 0]);
        assert_eq!(mine(d, "administrator-lead", Role::Administrator).await, ["proposals clerk-other"]);
        assert_eq!(mine(d, "admin", Role::Administrator).await, [""; 0], "who proposed it does not confirm it");
        assert_eq!(mine(d, "firm1", Role::Applicant).await, ["cases draft", "performances e-n1:1:1.1"]);
        assert_eq!(mine(d, "firm2", Role::Applicant).await, [""; 0]);
        assert_eq!(mine(d, "auditor", Role::Auditor).await, [""; 0], "an auditor has nothing to do, and sees all of it");
        // Done with, it waits no longer; what follows waits for the next.
        d.ok("finance", Role::Finance, sample("registry.verify_account")).await;
        d.ok("reviewer", Role::Reviewer, sample("history.confirm")).await;
        d.ok("leader", Role::Leader, Act::Registry(RegistryAct::ConfirmUser { user: id(UserId::parse, "clerk-other") })).await;
        assert_eq!(mine(d, "reviewer", Role::Reviewer).await, [""; 0]);
        assert_eq!(mine(d, "leader", Role::Leader).await, ["leads ld1"]);
        assert_eq!(mine(d, "clerk", Role::Clerk).await, ["cases case1", "recoveries rv1"]);
    }
}

/// Days in the middle of those that the sample's cases have.
fn bounds() -> Bounds {
    Bounds { today: day("2025-04-08"), late: day("2025-04-07"), soon: day("2025-04-14") }
}

/// A tally without an order: by call and stage, by holder, and who holds most of each call.
type Told = (BTreeMap<(String, &'static str), [usize; 3]>, BTreeMap<String, ([usize; 3], u64, u64)>, BTreeMap<String, (String, usize)>);

fn told(tally: &Tally, calls: &BTreeMap<String, OfCall>) -> Told {
    let numbers = |counts: Counts| [counts.open, counts.soon, counts.late];
    let stages = |(call, of): (&String, &OfCall)| {
        let of_stage = |stage: Stage| ((call.clone(), stage.name()), numbers(of.stages.at(&[stage.name()])));
        Stage::ALL.map(of_stage).into_iter().filter(|(_, counts)| counts[0] > 0).collect::<Vec<_>>()
    };
    (
        calls.iter().flat_map(stages).collect(),
        tally.holders.iter().map(|held| (held.id.clone(), (numbers(held.counts), held.waited.0, held.given.0))).collect(),
        calls.iter().filter_map(|(call, of)| Some((call.clone(), of.most.clone()?))).collect(),
    )
}

/// The same, counted one by one from what is told.
fn counted(open: &[Arc<Open>]) -> Told {
    let Bounds { today, late, soon } = bounds();
    let calendar = WorkCalendar::china();
    let days = |from: Date, until: Date| match Left::until(&calendar, from, until) {
        Left::Days(days) => u64::from(days),
        Left::Over(_) => 0,
    };
    let add = |counts: &mut [usize; 3], until: Option<Date>| {
        counts[0] += 1;
        counts[1] += usize::from(until.is_some_and(|until| until > late && until <= soon));
        counts[2] += usize::from(until.is_some_and(|until| until <= late));
    };
    let mut told = Told::default();
    let mut held: BTreeMap<String, BTreeMap<&str, usize>> = BTreeMap::new();
    for case in open {
        add(told.0.entry((case.call.to_string(), case.stage)).or_default(), case.until());
        for wait in &case.waits {
            for id in wait.holders() {
                *held.entry(case.call.to_string()).or_default().entry(id).or_default() += 1;
                let (counts, waited, given) = told.1.entry(id.to_owned()).or_default();
                add(counts, wait.until);
                *waited += wait.since.map_or(0, |since| days(since, today));
                *given += wait.since.zip(wait.until).map_or(0, |(since, until)| days(since, until));
            }
        }
    }
    for (call, held) in held {
        // The first by name of those who hold most.
        let (id, count) = held.into_iter().rev().max_by_key(|(_, count)| *count).unwrap();
        told.2.insert(call, (id.to_owned(), count));
    }
    told
}

/// What is chosen of the open cases is what one finds who looks at each of them, page by page and counted.
async fn chosen_as_told(reading: &mut Reading<'_>, open: &[Arc<Open>], who: &str) {
    let bounds = bounds();
    let stages: BTreeSet<&str> = open.iter().map(|case| case.stage).collect();
    let calls: BTreeSet<&str> = open.iter().map(|case| case.call.as_str()).chain(["no-such-call"]).collect();
    let holders: BTreeSet<&str> = open.iter().flat_map(|case| &case.waits).flat_map(|wait| wait.holders()).collect();
    let stages: Vec<[&str; 1]> = stages.into_iter().map(|stage| [stage]).collect();
    let mut choices = vec![Choice::default()];
    choices.extend(stages.iter().map(|stages| Choice { stages, ..Choice::default() }));
    choices.extend(calls.iter().map(|call| Choice { call: Some(*call), ..Choice::default() }));
    choices.extend(holders.iter().map(|holder| Choice { holder: Some(*holder), ..Choice::default() }));
    let dues = [Due::Any, Due::Late, Due::Soon];
    for choice in choices.iter().flat_map(|choice| dues.map(|due| Choice { due, ..*choice })) {
        let in_time = |until: Option<Date>| match choice.due {
            Due::Any => true,
            Due::Late => until.is_some_and(|until| until <= bounds.late),
            Due::Soon => until.is_some_and(|until| bounds.late < until && until <= bounds.soon),
        };
        let count = |case: &Open| {
            let is_of = choice.call.is_none_or(|call| case.call.as_str() == call) && (choice.stages.is_empty() || choice.stages.contains(&case.stage));
            let held = |holder: &str| case.waits.iter().filter(|wait| in_time(wait.until) && wait.holders().any(|held| held == holder)).count();
            if is_of { choice.holder.map_or(usize::from(in_time(case.until())), held) } else { 0 }
        };
        let wanted: Vec<&Arc<Open>> = open.iter().filter(|case| count(case) > 0).collect();
        let (mut found, mut after) = (Vec::new(), String::new());
        loop {
            let page = reading.chosen(&choice, &bounds, &after, 2).await.unwrap();
            assert_eq!(page.total, open.iter().map(|case| count(case)).sum::<usize>(), "{who}: {choice:?}");
            after = page.shown.last().map(|last| last.place()).unwrap_or_default();
            found.extend(page.shown);
            if !page.has_more {
                break;
            }
        }
        assert_eq!(found.iter().collect::<Vec<_>>(), wanted, "{who}: {choice:?}");
    }
}

/// What an office says to each who has a queue: what waits, the open cases, calls in brief, enterprises by their names.
async fn said(office: &Office) -> Vec<String> {
    let mut out = Vec::new();
    let people = [
        ("clerk", Role::Clerk),
        ("reviewer", Role::Reviewer),
        ("park", Role::UnitReviewer),
        ("leader", Role::Leader),
        ("finance", Role::Finance),
        ("auditor", Role::Auditor),
        ("firm1", Role::Applicant),
    ];
    for (who, role) in people {
        let reader = Reader { user: id(UserId::parse, who), role };
        let mut reading = office.reading(office.store(), &reader).await.unwrap();
        out.push(format!("{who} {:?}", reading.queue(Whose::Seen).await.unwrap()));
        let open = reading.chosen(&Choice::default(), &bounds(), "", usize::MAX).await.ok().map(|chosen| chosen.shown);
        let tally = reading.tally(&bounds()).await.ok();
        assert_eq!(tally.is_some(), role != Role::Applicant, "{who}: counts are not told to applicants");
        if let Some((tally, open)) = tally.as_ref().zip(open.as_deref()) {
            let calls: Vec<CallId> = tally.calls.iter().map(|call| id(CallId::parse, call)).collect();
            let of = reading.tally_of(&calls.iter().collect::<Vec<_>>(), &bounds()).await.unwrap();
            let of: BTreeMap<String, OfCall> = calls.iter().map(ToString::to_string).zip(of).collect();
            assert_eq!(told(tally, &of), counted(open), "{who}: counted are the cases that are told");
            chosen_as_told(&mut reading, open, who).await;
        }
        out.push(format!("{who} {open:?}"));
        let sheets = reading.sheets().await.unwrap();
        for sheet in &sheets {
            assert_eq!(reading.work.book_peeked(&sheet.book.id).await.unwrap().as_ref(), Some(&sheet.book), "{who}");
            assert_eq!(reading.work.sums_of(&sheet.book.id).await.unwrap(), sheet.sums, "{who}: {}", sheet.book.id);
        }
        out.push(format!("{who} {sheets:?}"));
        out.push(format!("{who} {:?}", reading.calls_that(|_| true).await.unwrap()));
        let named: Vec<String> = reading.firms_named("公司", 100).await.unwrap().into_iter().map(|read| read.id).collect();
        out.push(format!("{who} {named:?}"));
    }
    out
}

#[tokio::test]
async fn an_office_that_read_on_in_the_log_says_what_one_says_that_reads_everything_anew() {
    for (name, store) in stores("queue-follows").await {
        println!("── {name}");
        let ground = Ground::laid_in(store).await;
        let d = &ground.district;
        // An office of another process on the same database, which did none of the acts.
        let beside = Office::new(d.office.store().clone(), WorkCalendar::china());
        let (mut done, mut changed, mut before) = (0, 0, said(&beside).await);
        for act in samples() {
            for (who, role) in [("clerk", Role::Clerk), ("reviewer", Role::Reviewer), ("leader", Role::Leader), ("finance", Role::Finance)] {
                if d.act(who, role, act.clone()).await.is_err() {
                    continue;
                }
                done += 1;
                let now = said(&beside).await;
                let anew = said(&Office::new(d.office.store().clone(), WorkCalendar::china())).await;
                assert_eq!(now, anew, "after {} of {who}", act.name());
                assert_eq!(said(&d.office).await, anew, "after {} of {who}, where it was done", act.name());
                changed += usize::from(now != before);
                before = now;
                break;
            }
        }
        println!("{done} acts, {changed} of which changed what waits");
        assert!(done > 30 && changed > 10, "the acts hardly move anything: {done}, {changed}");
    }
}
