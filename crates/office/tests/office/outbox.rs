//! Messages: left by the act that has something to tell, in its transaction, and delivered at least once.

use crate::access::ground::pay_first;
use crate::district::{District, id, stores, user};
use casework::Act;
use casework::chain::Effect;
use casework::id::{MessageId, OrganisationId};
use casework::organisation::Account;
use casework::outbox::{Message, OutboxAct};
use casework::people::Role;
use casework::registry::RegistryAct;
use office::{Outcome, Stop};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use values::Fen;

fn deliver(messages: &[MessageId]) -> Act {
    Act::Outbox(OutboxAct::Deliver { messages: messages.to_vec(), channel: "短信".into() })
}

fn put_account(entry: &str) -> Act {
    Act::Registry(RegistryAct::PutAccount {
        entry: id(casework::id::AccountId::parse, entry),
        organisation: id(OrganisationId::parse, "firm1"),
        account: Account { holder: "示例电商1号有限公司".into(), number: "62009999".into(), bank: "另一银行".into() },
        from: crate::district::day("2025-03-01"),
        source: "账户变更申请表".into(),
    })
}

#[tokio::test]
async fn a_message_is_delivered_at_least_once_and_marked_once() {
    for (name, store) in stores("outbox").await {
        println!("── {name}");
        let district = District::founded(store).await;
        district.firm(1).await;
        district.ok("admin", Role::Administrator, Act::Registry(RegistryAct::PutUser { user: user("courier", None, None, Role::Service) })).await;
        district.ok("firm1", Role::Applicant, put_account("a1")).await;
        let waiting = district.office.waiting().await.unwrap();
        // The first account entered and verified, and the new one entered.
        assert_eq!(waiting.len(), 3);
        let ids: Vec<MessageId> = waiting.iter().map(|message| message.id.clone()).collect();
        // The program delivered, died before it could mark, and does both again.
        assert_eq!(district.office.waiting().await.unwrap(), waiting);
        assert_eq!(district.ok("courier", Role::Service, deliver(&ids)).await, Outcome::Count(3));
        assert_eq!(district.ok("courier", Role::Service, deliver(&ids)).await, Outcome::Count(0));
        assert_eq!(district.office.waiting().await.unwrap(), []);
        let kept: Message = district.office.store().begin().await.unwrap().peek(ids[0].as_str()).await.unwrap().unwrap();
        assert_eq!(kept.delivered.unwrap().1, "短信");
    }
}

#[tokio::test]
async fn a_refused_or_failed_act_leaves_no_message_and_a_repeated_one_leaves_no_second() {
    for (name, store) in stores("outbox-once").await {
        println!("── {name}");
        let mut district = District::founded(store.clone()).await;
        district.firm(1).await;
        // The store fails at the very end of the act: after the message was written, before it was kept.
        let broken = Arc::new(AtomicBool::new(true));
        let seen = Arc::clone(&broken);
        let faults: store::Faults = Arc::new(move |doing| seen.load(Ordering::Relaxed) && doing.starts_with("finish"));
        district.office = office::Office::new(store.with_faults(faults), values::WorkCalendar::china());
        let context = district.context("firm1", Role::Applicant);
        let failed = district.office.perform(&context, &put_account("a1")).await;
        assert!(matches!(failed, Err(Stop::Failed(_))), "{failed:?}");
        broken.store(false, Ordering::Relaxed);
        let before = district.office.waiting().await.unwrap().len();
        assert_eq!(before, 2, "of the first account");
        for _ in 0..2 {
            district.office.perform(&context, &put_account("a1")).await.unwrap();
        }
        district.refused("firm1", Role::Applicant, put_account("a1")).await;
        assert_eq!(district.office.waiting().await.unwrap().len(), before + 1);
    }
}

#[tokio::test]
async fn a_message_stands_in_the_log_by_its_fingerprint_and_says_no_words() {
    let mut district = District::with_policy(store::Store::memory(), Fen(2_000_000_000)).await;
    district.firm(1).await;
    pay_first(&mut district).await;
    let waiting = district.office.waiting().await.unwrap();
    let noticed: Vec<&Message> = waiting.iter().filter(|message| message.about == "n1").collect();
    assert_eq!(noticed.len(), 1);
    let events = district.office.store().begin().await.unwrap().events(0, 10_000).await.unwrap();
    let publish = events.iter().find(|event| event.act == "notice.publish").unwrap();
    let effects: Vec<Effect> = serde_json::from_str(&publish.effects).unwrap();
    assert!(effects.iter().any(|effect| effect.table == "outbox" && effect.id == noticed[0].id.as_str()));
    let body = serde_json::to_string(noticed[0]).unwrap();
    assert!(!body.contains("有限公司") && body.contains("firm1"), "{body}");
}
