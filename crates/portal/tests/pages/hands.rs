//! Who of a unit has a case: taken, given on, given back; and the way through the own cases.

use crate::desk::{in_order, leads_to, page, send, text};
use crate::house::House;
use axum::http::StatusCode;

/// Enters one more clerk of the unit in charge, by two administrators.
async fn second_clerk(house: &House) {
    let (admin, second) = (house.sign_in("admin").await, house.sign_in("admin2").await);
    let user =
        [("user.id", "clerk3"), ("user.name", "王经办"), ("user.unit", "commerce"), ("user.roles", "clerk"), ("user.active", "true"), ("request", "clerk3")];
    leads_to(&send(house, &admin, "/acts/registry.put_user", &user).await);
    leads_to(&send(house, &second, "/acts/registry.confirm_user", &[("user", "clerk3"), ("request", "clerk3-yes")]).await);
}

#[tokio::test]
async fn a_case_is_taken_once_given_on_within_the_unit_and_shown_to_the_unit_alone() {
    let house = House::demonstration("hands-take").await;
    second_clerk(&house).await;
    let clerk = house.sign_in("clerk").await;
    let case = page(&house, &clerk, "/cases/ds2025-04").await;
    in_order(&case, &["未领取", "action=\"/handlers\"", "value=\"take\""]);
    let take = [("case", "ds2025-04"), ("do", "take"), ("back", "/cases/ds2025-04")];
    assert_eq!(leads_to(&send(&house, &clerk, "/handlers", &take).await), "/cases/ds2025-04");
    // Sent twice it is the same.
    assert_eq!(leads_to(&send(&house, &clerk, "/handlers", &take).await), "/cases/ds2025-04");
    assert!(page(&house, &clerk, "/cases/ds2025-04").await.contains("由我办理"));
    // A colleague is told who has it. Who gives work out can give it to somebody of the unit who does this step, and to nobody else.
    let reviewer = house.sign_in("reviewer").await;
    assert!(page(&house, &reviewer, "/cases/ds2025-04").await.contains("由 李经办 办理"));
    for to in ["industry", "clerk2", "ent16", "reviewer", "nobody"] {
        let refused = send(&house, &reviewer, "/handlers", &[("case", "ds2025-04"), ("do", "give"), ("to", to)]).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{to}");
        assert!(text(&refused).contains("只能交给本单位"), "{to}: {}", text(&refused));
    }
    let give = [("case", "ds2025-04"), ("do", "give"), ("to", "clerk3"), ("back", "/work")];
    assert_eq!(leads_to(&send(&house, &clerk, "/handlers", &give).await), "/work");
    assert!(page(&house, &clerk, "/cases/ds2025-04").await.contains("由 王经办 办理"));
    // Who had it cannot take it back from them, nor give it on; who gives work out can.
    for wanted in ["take", "back"] {
        let refused = send(&house, &clerk, "/handlers", &[("case", "ds2025-04"), ("do", wanted)]).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        assert!(text(&refused).contains("已由 王经办 领取"), "{}", text(&refused));
    }
    assert_eq!(leads_to(&send(&house, &reviewer, "/handlers", &[("case", "ds2025-04"), ("do", "back")]).await), "/work");
    assert!(page(&house, &clerk, "/cases/ds2025-04").await.contains("未领取"));
    assert_eq!(leads_to(&send(&house, &clerk, "/handlers", &take).await), "/cases/ds2025-04");
    // Another unit and another district have nothing to do with it; to the latter it is not there.
    for user in ["industry", "clerk2", "finance"] {
        let other = house.sign_in(user).await;
        assert_eq!(send(&house, &other, "/handlers", &take).await.status, StatusCode::CONFLICT, "{user}");
    }
    let elsewhere = house.sign_in("clerk2").await;
    assert!(text(&send(&house, &elsewhere, "/handlers", &take).await).contains("没有找到"));
    // The enterprise sees the unit, and nobody of it.
    let firm = house.sign_in("ent16").await;
    let own = page(&house, &firm, "/my/cases/ds2025-04").await;
    assert!(own.contains("区商务委") && !own.contains("王经办") && !own.contains("李经办"), "{own}");
    assert_eq!(send(&house, &firm, "/handlers", &take).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_queue_is_narrowed_to_what_is_mine_and_next_goes_on_in_it() {
    let house = House::demonstration("hands-queue").await;
    let clerk = house.sign_in("clerk").await;
    let ticked = [("do", "take"), ("case", "ds2025-04"), ("case", "yy2024-02"), ("back", "/work?of=mine")];
    assert_eq!(leads_to(&send(&house, &clerk, "/handlers", &ticked).await), "/work?of=mine");
    let work = page(&house, &clerk, "/work?of=mine").await;
    in_order(&work, &["我领取的 2", "未领取", "同事的 0"]);
    let own = page(&house, &clerk, "/work?hand=own").await;
    assert!(own.contains("yy2024-02") && own.contains("ds2025-04") && !own.contains("value=\"ds2025-02\""), "{own}");
    // A case opened from the list says where it stands there, and the next is the next of the list.
    let href = "/cases/yy2024-02?at=1&#38;all=2&#38;in=of%3Dmine%26hand%3Down";
    assert!(own.contains(href) || own.contains(&href.replace("&#38;", "&amp;")), "{own}");
    let case = page(&house, &clerk, "/cases/yy2024-02?at=1&all=2&in=of%3Dmine%26hand%3Down").await;
    in_order(&case, &["第 1 件，共 2 件", "rel=\"prev\"", "rel=\"next\"", "to=next"]);
    let next = leads_to(&house.get(&clerk, "/step?case=yy2024-02&to=next&at=1&in=of%3Dmine%26hand%3Down").await);
    assert_eq!(next, "/cases/ds2025-04?at=2&all=2&in=of%3Dmine%26hand%3Down");
    // Behind the last one stands the list; what is done meanwhile is followed by what stood behind it.
    assert_eq!(leads_to(&house.get(&clerk, "/step?case=ds2025-04&to=next&at=2&in=of%3Dmine%26hand%3Down").await), "/work?of=mine&hand=own");
    let gone = leads_to(&house.get(&clerk, "/step?case=yy2024-09&to=next&at=2&in=of%3Dmine%26hand%3Down").await);
    assert_eq!(gone, "/cases/ds2025-04?at=2&all=2&in=of%3Dmine%26hand%3Down");
    // What a colleague has is passed over.
    let reviewer = house.sign_in("reviewer").await;
    let work = page(&house, &reviewer, "/work").await;
    assert!(work.contains("同事的"), "{work}");
    let first = leads_to(&house.get(&reviewer, "/step?case=none&to=next").await);
    assert!(!first.contains("yy2024-02") && !first.contains("ds2025-04"), "{first}");
}
