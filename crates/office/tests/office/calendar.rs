//! The notice of the next year is loaded: what was provisional is counted again, and nothing else moves.

use crate::district::{District, day, id, stores};
use crate::recovery::{committed, pay};
use casework::Act;
use casework::Refusal;
use casework::calendar::{CalendarAct, CalendarRefusal};
use casework::call::Period;
use casework::id::{CaseId, LeadId, OrganisationId, RecoveryId};
use casework::people::Role;
use casework::recovery::{LeadSource, Part, Proposal, Recovery, RecoveryAct};
use casework::term::Moved;
use office::Outcome;
use values::{CalendarError, Fen};

fn load(days: &str, amends: bool) -> Act {
    Act::Calendar(CalendarAct::Load { year: 2027, number: "国办发明电〔2026〕7号".into(), on: day("2026-11-04"), days: days.into(), amends })
}

async fn kept(d: &District) -> Recovery {
    d.office.store().begin().await.unwrap().peek("r1").await.unwrap().unwrap()
}

#[tokio::test]
async fn the_notice_of_the_next_year_moves_provisional_deadlines_and_later_ones_go_by_it() {
    for (name, store) in stores("calendar").await {
        println!("── {name}");
        let mut d = District::with_policy(store, Fen(2_000_000_000)).await;
        let firm = d.firm(1).await;
        committed(&mut d, "c1", "case1", &firm, &[("8.1", 100_000_000)]).await;
        pay(&d, "c1").await;
        d.today = day("2026-12-25");
        let lead = id(LeadId::parse, "lead1");
        let source = LeadSource::Report { by: None };
        let (organisation, case) = (id(OrganisationId::parse, &firm), id(CaseId::parse, "case1"));
        let note = RecoveryAct::Note { lead: lead.clone(), source, organisation, case: None, words: "举报".into() };
        d.ok("clerk", Role::Clerk, Act::Recovery(note)).await;
        let recovery = id(RecoveryId::parse, "r1");
        d.ok("clerk", Role::Clerk, Act::Recovery(RecoveryAct::Open { recovery: recovery.clone(), case, leads: vec![lead] })).await;
        let parts = vec![Part { clause: "8.1".into(), amount: Fen(100) }];
        let proposal = Proposal { number: "追告〔2026〕1号".into(), grounds: "发票重复".into(), parts, period: Period::WorkingDays(5) };
        let notify = || Act::Recovery(RecoveryAct::Notify { recovery: recovery.clone(), proposal: proposal.clone() });
        d.ok("clerk", Role::Clerk, notify()).await;
        // 28 to 31 December and, by the weekday alone, 1 January.
        let hearing = kept(&d).await.hearing.unwrap();
        assert_eq!((hearing.last, hearing.provisional), (day("2027-01-01"), true));

        assert_eq!(d.refused("clerk", Role::Clerk, load("date,kind\n2027-01-01,off\n", false)).await, Refusal::Denied);
        let wrong = d.refused("admin", Role::Administrator, load("date,kind\n2026-12-31,off\n2027-01-01,off\n", false)).await;
        assert_eq!(wrong, Refusal::Calendar(CalendarRefusal::Days(CalendarError::Changes { days: vec![day("2026-12-31")] })));
        let notice = "date,kind\n2027-01-01,off\n2027-01-03,work\n";
        let moved = d.ok("admin", Role::Administrator, load(notice, false)).await;
        let hearing_moved = Moved { table: "recovery".into(), id: "r1".into(), term: "hearing".into(), before: day("2027-01-01"), after: day("2027-01-03") };
        assert_eq!(moved, Outcome::Moved(vec![hearing_moved]));
        let hearing = kept(&d).await.hearing.unwrap();
        assert_eq!((hearing.last, hearing.provisional), (day("2027-01-03"), false), "a Sunday that is worked");
        // What is counted now goes by the notice, in this process and in another that opens the same store.
        d.office = office::Office::new(d.office.store().clone(), values::WorkCalendar::china());
        d.ok("clerk", Role::Clerk, notify()).await;
        assert_eq!(kept(&d).await.hearing.unwrap(), hearing);
        // An amendment is loaded only as one; deadlines that were told stand.
        let amended = "date,kind\n2027-01-01,off\n2027-01-04,off\n";
        assert!(matches!(d.refused("admin", Role::Administrator, load(amended, false)).await, Refusal::Calendar(_)));
        assert_eq!(d.ok("admin", Role::Administrator, load(amended, true)).await, Outcome::Moved(Vec::new()));
        assert_eq!(kept(&d).await.hearing.unwrap(), hearing);
        d.replays_alike().await;
    }
}
