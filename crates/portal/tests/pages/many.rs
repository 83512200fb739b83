//! One act to many cases: looked at first, then each by itself, and told.

use crate::desk::{in_order, leads_to, page, send, text};
use crate::house::{Browser, House};
use axum::http::StatusCode;

/// The fields of a preview that go along with its confirmation: what was seen of each case, the ids that were made, the request.
fn hidden(page: &str) -> Vec<(String, String)> {
    let inputs = page.split("<input type=\"hidden\" name=\"").skip(1).filter_map(|rest| {
        let (name, rest) = rest.split_once("\" value=\"")?;
        Some((name.to_owned(), rest.split_once('"')?.0.to_owned()))
    });
    inputs.filter(|(name, _)| name.starts_with("seen.") || name.starts_with("made.") || matches!(name.as_str(), "request" | "act" | "back")).collect()
}

fn with<'f>(fields: &'f [(String, String)], more: &[(&'f str, &'f str)]) -> Vec<(&'f str, &'f str)> {
    fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).chain(more.iter().copied()).collect()
}

async fn stage(house: &House, browser: &Browser, case: &str) -> String {
    house.get(browser, &format!("/api/v1/cases/{case}")).await.json()["record"]["stage"].to_string()
}

async fn events(house: &House) -> usize {
    house.portal.reading.begin().await.unwrap().events(0, 10_000).await.unwrap().len()
}

#[tokio::test]
async fn many_cases_are_looked_at_then_done_each_by_itself_and_what_is_refused_stays_and_is_told() {
    let house = House::demonstration("many-accept").await;
    let clerk = house.sign_in("clerk").await;
    let work = page(&house, &clerk, "/work?step=submitted").await;
    // Ticked in the list, without script; the next thing to do at the step is chosen already.
    for piece in ["name=\"case\" value=\"ds2025-02\" form=\"bulk\"", "value=\"case.accept\" selected", "action=\"/bulk\""] {
        assert!(work.contains(piece), "{piece} does not stand in {work}");
    }
    let ticked = [("act", "case.accept"), ("back", "/work"), ("case", "ds2025-02"), ("case", "ds2025-04"), ("case", "jlp2024-02")];
    let before = events(&house).await;
    let preview = send(&house, &clerk, "/bulk", &ticked).await;
    assert_eq!(preview.status, StatusCode::OK);
    let preview = text(&preview);
    // What would come of it with its amount, and why not, case by case; of what is not the clerk's nothing is said.
    in_order(&preview, &["ds2025-02", "重庆", "转入：初审", "ds2025-04", "不能办理", "jlp2024-02", "不能办理", "没有找到", "可以办理 1 件，不能办理 2 件"]);
    assert!(!preview.contains("value=\"ds2025-04\""), "what is refused cannot be confirmed: {preview}");
    assert_eq!((events(&house).await, stage(&house, &clerk, "ds2025-02").await), (before, "\"submitted\"".to_owned()), "a preview does nothing");
    // Confirmed with a case that is refused among them: the others are done all the same.
    let fields = hidden(&preview);
    let confirm = with(&fields, &[("case", "ds2025-02"), ("case", "ds2025-04"), ("seen.ds2025-04", "2")]);
    let to = leads_to(&send(&house, &clerk, "/bulk/runs", &confirm).await);
    assert!(to.starts_with("/bulk/runs/"), "{to}");
    let told = page(&house, &clerk, &to).await;
    in_order(&told, &["已办理 1 件，未办理 1 件", "ds2025-02", "已办理", "ds2025-04", "未办理", "再预览未办理的"]);
    assert_eq!(events(&house).await, before + 1);
    assert_ne!(stage(&house, &clerk, "ds2025-02").await, "\"submitted\"");
    // Sent twice, nothing is done twice; and what came of it is whoever asked for it to see.
    assert_eq!(leads_to(&send(&house, &clerk, "/bulk/runs", &confirm).await), to);
    assert_eq!(events(&house).await, before + 1);
    let reviewer = house.sign_in("reviewer").await;
    assert_eq!(house.get(&reviewer, &to).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_was_changed_since_the_preview_is_not_done() {
    let house = House::demonstration("many-stale").await;
    let clerk = house.sign_in("clerk").await;
    let preview = text(&send(&house, &clerk, "/bulk", &[("act", "case.accept"), ("case", "ds2025-02")]).await);
    let mut fields = hidden(&preview);
    for (name, value) in &mut fields {
        if name.starts_with("seen.") {
            *value = "1".to_owned();
        }
    }
    let told = page(&house, &clerk, &leads_to(&send(&house, &clerk, "/bulk/runs", &with(&fields, &[("case", "ds2025-02")])).await)).await;
    in_order(&told, &["已办理 0 件，未办理 1 件", "已被他人修改"]);
    assert_eq!(stage(&house, &clerk, "ds2025-02").await, "\"submitted\"");
}

#[tokio::test]
async fn an_approval_of_many_shows_what_each_would_get_and_makes_the_ids_of_each() {
    let house = House::demonstration("many-approve").await;
    let leader = house.sign_in("leader").await;
    let preview = text(&send(&house, &leader, "/bulk", &[("act", "case.approve"), ("case", "yy2024-08"), ("case", "yy2024-06")]).await);
    in_order(&preview, &["yy2024-08", "审定 ", " 元", "yy2024-06", "不能办理"]);
    let fields = hidden(&preview);
    assert!(fields.iter().any(|(name, id)| name == "made.yy2024-08.determination" && id.starts_with("sd-")), "{fields:?}");
    let to = leads_to(&send(&house, &leader, "/bulk/runs", &with(&fields, &[("case", "yy2024-08")])).await);
    in_order(&page(&house, &leader, &to).await, &["已办理 1 件，未办理 0 件", "金额合计"]);
}

#[tokio::test]
async fn words_that_all_have_are_typed_once_and_are_still_there_in_the_preview() {
    let house = House::demonstration("many-words").await;
    let clerk = house.sign_in("clerk").await;
    let first = text(&send(&house, &clerk, "/bulk", &[("act", "case.deliberate"), ("case", "yy2024-07"), ("case", "yy2024-02")]).await);
    in_order(&first, &["各件相同的内容", "name=\"minutes.number\"", "yy2024-07", "可以办理", "yy2024-02", "不能办理"]);
    assert!(!first.contains("确认办理"), "nothing is confirmed before its words are there: {first}");
    let words = [
        ("act", "case.deliberate"),
        ("case", "yy2024-07"),
        ("minutes.number", "〔2025〕9号"),
        ("minutes.date", "2025-06-12"),
        ("minutes.present", "甲\n乙"),
        ("minutes.agreed", "true"),
        ("minutes.decision", "同意按核定金额兑现"),
    ];
    let second = text(&send(&house, &clerk, "/bulk", &words).await);
    in_order(&second, &["value=\"〔2025〕9号\"", "同意按核定金额兑现", "yy2024-07", "转入：审定", "确认办理"]);
    let fields = hidden(&second);
    // Words that cannot be read come back with everything that was typed.
    let broken: Vec<(&str, &str)> = with(&fields, &words).into_iter().filter(|(name, _)| *name != "minutes.date").chain([("minutes.date", "后天")]).collect();
    let refused = send(&house, &clerk, "/bulk/runs", &broken).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    in_order(&text(&refused), &["有几处需要修改", "同意按核定金额兑现"]);
    let to = leads_to(&send(&house, &clerk, "/bulk/runs", &with(&fields, &words)).await);
    in_order(&page(&house, &clerk, &to).await, &["已办理 1 件，未办理 0 件"]);
}

#[tokio::test]
async fn an_act_to_many_is_for_whose_role_has_it() {
    let house = House::demonstration("many-rights").await;
    let reviewer = house.sign_in("reviewer").await;
    let fields = [("act", "case.accept"), ("case", "ds2025-02")];
    for path in ["/bulk", "/bulk/runs"] {
        assert_eq!(send(&house, &reviewer, path, &fields).await.status, StatusCode::FORBIDDEN);
        let firm = house.sign_in("ent01").await;
        assert_eq!(send(&house, &firm, path, &fields).await.status, StatusCode::FORBIDDEN);
    }
    // An act with words of each case alone is not done to many.
    assert_eq!(send(&house, &reviewer, "/bulk", &[("act", "case.summarise"), ("case", "yy2024-06")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(send(&house, &reviewer, "/bulk", &[("act", "case.screen")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}
