//! Many hands at once on one call: whatever is refused, nothing fails, nothing is lost, and the log replays.

use super::*;
use crate::district::stores;
use casework::id::ObjectionId;
use casework::notice::{Objector, Ruling};
use std::sync::Arc;

const CASES: u32 = 8;

impl Trial {
    /// Does an act on a day; true: done, false: refused by a rule. A failure fails the test.
    async fn on(&self, date: &str, who: &str, role: Role, act: Act) -> bool {
        let mut context = self.district.context(who, role);
        context.now = values::Moment::start_of(day(date));
        !is_refused(&self.district.office.perform(&context, &act).await)
    }

    /// One round of everything that may happen after the sharing, by one of several who do the same.
    async fn round(&self, hand: u32) {
        for number in 1..=CASES {
            self.on("2025-04-01", "leader", Role::Leader, Self::approval(&format!("k{number}"))).await;
        }
        let (notice, batch) = (format!("n{hand}"), format!("b{hand}"));
        let publish = NoticeAct::Publish { notice: id(NoticeId::parse, &notice), call: call("c1") };
        let published = self.on("2025-04-02", "clerk", Role::Clerk, Act::Notice(publish)).await;
        for number in (1..=CASES).filter(|number| published && number % 3 == hand % 3) {
            let objection = id(ObjectionId::parse, &format!("o{hand}-{number}"));
            let by = Objector { name: "王某".into(), contact: "023".into() };
            let (of, notice) = (case(&format!("k{number}")), id(NoticeId::parse, &notice));
            let object = NoticeAct::Object { objection: objection.clone(), notice, case: of, by, grounds: "不实".into(), evidence: evidence() };
            self.on("2025-04-03", "firm1", Role::Applicant, Act::Notice(object)).await;
            let check = NoticeAct::Check { objection: objection.clone(), result: "核查".into() };
            self.on("2025-04-03", "clerk", Role::Clerk, Act::Notice(check)).await;
            let ruling = if number % 2 == 0 { Ruling::Cancelled } else { Ruling::Dismissed };
            let determination = Some(id(DeterminationId::parse, &format!("d-{objection}")));
            let settle = NoticeAct::Settle { entry: entry(&format!("e-{objection}")), objection, ruling, result: "处理".into(), determination };
            self.on("2025-04-04", "leader", Role::Leader, Act::Notice(settle)).await;
        }
        for concluded in 1..=4 {
            let entry = format!("e-n{concluded}-{hand}");
            self.on("2025-05-20", "leader", Role::Leader, Self::conclusion(&format!("n{concluded}"), &entry)).await;
        }
        if self.on("2025-05-21", "clerk", Role::Clerk, Self::planning("c1", &batch)).await {
            let request = PaymentAct::Request { batch: id(BatchId::parse, &batch), number: format!("请示-{batch}") };
            assert!(self.on("2025-05-21", "leader", Role::Leader, Act::Payment(request)).await);
            assert!(self.on("2025-05-22", "finance", Role::Finance, Self::payment(&batch)).await);
            let sent: casework::payment::Batch = self.read(&batch).await;
            for (number, line) in sent.lines.iter().enumerate() {
                let returned = (number % 2 == 1).then_some("户名不符");
                let receipt = format!("r-{batch}-{number}");
                assert!(self.on("2025-05-23", "finance", Role::Finance, Self::report(&batch, &line.due, &receipt, returned)).await);
                let account = line.account.clone().unwrap();
                let mend = PaymentAct::Mend { case: line.case.clone(), account };
                self.on("2025-05-24", "clerk", Role::Clerk, Act::Payment(mend)).await;
            }
        }
        let again =
            |determinations| CallAct::ShareAgain { call: call("c1"), pool: "按比例".into(), entry: entry(&format!("e-again{hand}")), determinations };
        // Who gets something is what the refusal says; by the time it is asked again that may have changed.
        let context = self.district.context("leader", Role::Leader);
        if let Err(Stop::Refused(Refusal::Call(casework::call::CallRefusal::Determinations { cases }))) =
            self.district.office.perform(&context, &Act::Call(again(Vec::new()))).await
        {
            let named = cases.into_iter().map(|k| (k.clone(), id(DeterminationId::parse, &format!("d-again{hand}-{k}")))).collect();
            self.on("2025-05-25", "leader", Role::Leader, Act::Call(again(named))).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_hands_at_once_lose_nothing_and_fail_at_nothing() {
    for (name, store) in stores("together").await {
        println!("── {name}");
        let trial = Arc::new(Trial::new(store, Fen(100_000_000)).await);
        trial.call("c1").await;
        for number in 1..=CASES {
            let firm = trial.district.firm(number).await;
            trial.set(&firm, "c1", &format!("k{number}"), &["1", "3"], json!({"投入": format!("{number}00000")})).await;
        }
        trial.close("c1").await;
        trial.share("c1").await;
        for _ in 0..2 {
            let hands = (1..=4).map(|hand| {
                let trial = Arc::clone(&trial);
                tokio::spawn(async move { trial.round(hand).await })
            });
            for hand in hands.collect::<Vec<_>>() {
                hand.await.unwrap();
            }
        }
        let [_, reserved, committed, paid, returned] = trial.balances("pool-rata").await;
        println!("reserved {reserved}, committed {committed}, paid {paid}, returned {returned}");
        assert!(paid > 0, "something came through");
        let spent: i64 = trial.balances("pool-rata").await[1..].iter().sum();
        assert!(spent <= 10_000_000, "{spent}");
        // Every fen the cases hold is determined: no more, no less.
        let mut determined = 0;
        for number in 1..=CASES {
            let kept = trial.case(&format!("k{number}")).await;
            let determination: casework::determination::Determination = trial.read(kept.determination.unwrap().as_str()).await;
            determined += determination.amount("1").0;
        }
        assert_eq!(spent, determined);
        trial.books_balance().await;
    }
}
