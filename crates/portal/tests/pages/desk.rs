//! The workbench: what officers see of their queue, of a case, of lists; and what becomes of what they type.

use crate::house::{Browser, Came, House};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};

/// Sends a form of a page.
pub async fn send(house: &House, browser: &Browser, path: &str, fields: &[(&str, &str)]) -> Came {
    let mut body = form_urlencoded::Serializer::new(String::new());
    body.append_pair("csrf", &browser.csrf).extend_pairs(fields);
    let request = Request::builder().method(Method::POST).uri(path).header(header::COOKIE, &browser.cookie);
    let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(Body::from(body.finish())).unwrap();
    house.send(request).await
}

pub fn text(came: &Came) -> String {
    String::from_utf8(came.body.clone()).unwrap()
}

pub fn leads_to(came: &Came) -> String {
    assert_eq!(came.status, StatusCode::SEE_OTHER, "{}", text(came));
    came.headers[header::LOCATION].to_str().unwrap().to_owned()
}

pub async fn page(house: &House, browser: &Browser, path: &str) -> String {
    let came = house.get(browser, path).await;
    assert_eq!(came.status, StatusCode::OK, "{path}: {}", text(&came));
    text(&came)
}

/// Whether the pieces stand in a page in this order.
pub fn in_order(page: &str, pieces: &[&str]) {
    let mut from = 0;
    for piece in pieces {
        let at = page[from..].find(piece).unwrap_or_else(|| panic!("{piece} does not stand behind what came before it in {page}"));
        from += at + piece.len();
    }
}

#[tokio::test]
async fn an_officer_finds_what_ends_first_first_and_is_told_what_is_late() {
    let house = House::demonstration("pages-queue").await;
    let clerk = house.sign_in("clerk").await;
    let all = page(&house, &clerk, "/work").await;
    assert!(all.contains("李经办"), "whoever is signed in has a name: {all}");
    in_order(&all, &["yy2024-02", "2025-05-27", "已超期", "ds2025-02", "ds2025-04", "剩余4个工作日"]);
    let late = page(&house, &clerk, "/work?of=late").await;
    assert!(late.contains("yy2024-02") && !late.contains("ds2025-04"), "{late}");
    let step = page(&house, &clerk, "/work?step=screening").await;
    assert!(step.contains("ds2025-04") && !step.contains("ds2025-02"), "{step}");
    // From one to the next without going back to the queue.
    assert_eq!(leads_to(&house.get(&clerk, "/step?case=yy2024-02&to=next").await).split('?').next(), Some("/cases/ds2025-02"));
    // An enterprise has no workbench.
    let firm = house.sign_in("ent01").await;
    assert_eq!(house.get(&firm, "/work").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn an_amount_is_set_on_the_page_of_its_case_and_what_is_refused_keeps_what_was_typed() {
    let house = House::demonstration("pages-case").await;
    let reviewer = house.sign_in("reviewer").await;
    let case = page(&house, &reviewer, "/cases/yy2024-06").await;
    // The facts, the rule with its words, the units, the course; and the form with the amount of the rules in it.
    for piece in ["1,020,460.75 元", "714,322.53", "政策怎么说", "工业园区管委会", "专项审计", "value=\"714322.53\"", "/cases/yy2024-06/papers/"]
    {
        assert!(case.contains(piece), "{piece} does not stand in {case}");
    }
    let given = [("request", "set-1"), ("back", "/cases/yy2024-06"), ("fixed", "case,amounts.0.clause"), ("case", "yy2024-06"), ("amounts.0.clause", "4.1")];
    let above: Vec<(&str, &str)> = [given.as_slice(), &[("amounts.0.amount", "800,000"), ("amounts.0.reason", "多给一些的理由")]].concat();
    let refused = send(&house, &reviewer, "/acts/case.summarise", &above).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    in_order(&text(&refused), &["填写的金额不得高于测算金额", "value=\"800,000\"", "多给一些的理由"]);
    let unreadable =
        send(&house, &reviewer, "/acts/case.summarise", &[given.as_slice(), &[("amounts.0.amount", "七万"), ("amounts.0.reason", "某理由")]].concat()).await;
    assert_eq!(unreadable.status, StatusCode::UNPROCESSABLE_ENTITY);
    in_order(&text(&unreadable), &["应为金额", "value=\"七万\"", "某理由"]);
    let less: Vec<(&str, &str)> = [given.as_slice(), &[("amounts.0.amount", "700,000"), ("amounts.0.reason", "发票核减")]].concat();
    let to = leads_to(&send(&house, &reviewer, "/acts/case.summarise", &less).await);
    assert_eq!(to, "/cases/yy2024-06?done=set-1");
    let after = page(&house, &reviewer, &to).await;
    for piece in ["已办理：牵头汇总。", "700,000.00", "发票核减", "集体审议"] {
        assert!(after.contains(piece), "{piece} does not stand in {after}");
    }
    // Sent twice, it is done once.
    assert_eq!(leads_to(&send(&house, &reviewer, "/acts/case.summarise", &less).await), to);
    // To others what was done under a request is nothing.
    let clerk = house.sign_in("clerk").await;
    assert!(!page(&house, &clerk, &to).await.contains("已办理"));
}

#[tokio::test]
async fn whoever_prepared_a_case_is_told_why_they_may_not_check_it() {
    let house = House::demonstration("pages-eyes").await;
    let clerk = house.sign_in("clerk").await;
    let case = page(&house, &clerk, "/cases/yy2024-07").await;
    assert!(case.contains("action=\"/acts/case.deliberate\""), "{case}");
    // The unit that is asked sees its own form and not those of the unit in charge.
    let unit = house.sign_in("industry").await;
    let case = page(&house, &unit, "/cases/yy2024-03").await;
    assert!(!case.contains("action=\"/acts/case.ask_unit\""), "{case}");
    // What another district handles is not there.
    assert_eq!(house.get(&clerk, "/cases/jlp2024-02").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn one_row_more_keeps_what_was_typed_into_the_others() {
    let house = House::open("pages-rows").await;
    let clerk = house.sign_in("clerk").await;
    let fields = [("case", "c"), ("defects.0.what", "营业执照"), ("defects.0.mend", "请补交"), ("more", "defects")];
    let more = send(&house, &clerk, "/acts/case.ask_correction", &fields).await;
    assert_eq!(more.status, StatusCode::OK);
    in_order(&text(&more), &["value=\"营业执照\"", "请补交", "name=\"defects.1.what\""]);
}

#[tokio::test]
async fn a_list_is_filtered_exported_and_shown_in_the_columns_that_were_chosen() {
    let house = House::demonstration("pages-lists").await;
    let clerk = house.sign_in("clerk").await;
    let list = page(&house, &clerk, "/cases?stage=screening").await;
    assert!(list.contains("yy2024-02") && !list.contains("yy2024-06"), "{list}");
    in_order(&list, &["/api/v1/cases/export?stage=screening", "导出这 2 行"]);
    assert!(list.contains("重庆青岩垭直播电商有限公司"), "an enterprise is shown by its name: {list}");
    let chosen = send(&house, &clerk, "/registers/cases/columns", &[("column", "stage"), ("back", "/cases")]).await;
    assert_eq!(leads_to(&chosen), "/cases");
    let both = Browser { cookie: format!("{}; {}", clerk.cookie, chosen.cookie().unwrap()), csrf: clerk.csrf.clone() };
    let narrow = page(&house, &both, "/cases?stage=screening").await;
    assert!(!narrow.contains("重庆青岩垭直播电商有限公司"), "{narrow}");
    // One record: money as money, ids as links, and the acts that concern it.
    let finance = house.sign_in("finance").await;
    let due = page(&house, &finance, "/registers/dues").await;
    assert!(due.contains("应付款"), "{due}");
    let firm = page(&house, &clerk, "/registers/organisations/ent01").await;
    in_order(&firm, &["重庆雾脚里山货电子商务有限公司", "统一社会信用代码", "/acts/registry.put_organisation?organisation=ent01"]);
    // People by unit and name, a term on a line.
    assert!(page(&house, &clerk, "/registers/match-lists").await.contains("区商务委 周复核　2025-06-10 09:06"));
    let objection = page(&house, &clerk, "/registers/objections/yy2025-2").await;
    assert!(objection.contains("2025-06-16 — 2025-06-30（10 个工作日）"), "{objection}");
    // To be changed, the record stands in the form.
    let form = page(&house, &clerk, "/acts/registry.put_organisation?organisation=ent01").await;
    assert!(form.contains("value=\"重庆雾脚里山货电子商务有限公司\""), "{form}");
    // What the role does not see is not there.
    assert_eq!(house.get(&clerk, "/registers/users").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_call_is_run_and_rights_are_changed_from_their_pages() {
    let house = House::demonstration("pages-calls").await;
    let leader = house.sign_in("leader").await;
    let calls = page(&house, &leader, "/calls").await;
    assert!(calls.contains("/calls/ds2025/manage"), "{calls}");
    let call = page(&house, &leader, "/calls/ds2025/manage").await;
    in_order(&call, &["aria-current=\"step\">开放申报", "action=\"/acts/call.close\"", "初审", "办理流程"]);
    let fields = [("request", "close-1"), ("back", "/calls/ds2025/manage"), ("call", "ds2025")];
    let to = leads_to(&send(&house, &leader, "/acts/call.close", &fields).await);
    in_order(&page(&house, &leader, &to).await, &["已办理：截止申报。", "aria-current=\"step\">已截止"]);
    // What gives somebody more rights waits for a second administrator, who finds it.
    let admin = house.sign_in("admin").await;
    let form = page(&house, &admin, "/acts/registry.put_user?user=clerk").await;
    assert!(form.contains("value=\"李经办\"") && form.contains("value=\"clerk\" checked"), "{form}");
    let user = [
        ("user.id", "clerk"),
        ("user.name", "李经办"),
        ("user.unit", "commerce"),
        ("user.roles", "clerk"),
        ("user.roles", "reviewer"),
        ("user.active", "true"),
    ];
    let done = send(&house, &admin, "/acts/registry.put_user", &[user.as_slice(), &[("request", "more-rights"), ("back", "/people")]].concat()).await;
    let told = page(&house, &admin, &leads_to(&done)).await;
    assert!(told.contains("由另一人复核确认后生效"), "{told}");
    let second = house.sign_in("admin2").await;
    let people = page(&house, &second, "/people").await;
    in_order(&people, &["系统管理", "安全管理", "审计", "clerk 李经办", "/acts/registry.confirm_user?user=clerk"]);
}

#[tokio::test]
async fn cases_and_enterprises_are_found_by_how_they_begin() {
    let house = House::demonstration("pages-find").await;
    let clerk = house.sign_in("clerk").await;
    let found = page(&house, &clerk, "/find?q=yy2024-1").await;
    assert!(found.contains("/cases/yy2024-10") && !found.contains("/cases/yy2024-09"), "{found}");
    for q in ["91500114MADEM0001", "%E9%87%8D%E5%BA%86%E9%9B%BE%E8%84%9A%E9%87%8C"] {
        let found = page(&house, &clerk, &format!("/find?q={q}")).await;
        assert!(found.contains("/registers/organisations/ent01"), "{q}: {found}");
    }
    assert_eq!(leads_to(&house.get(&clerk, "/find?q=yy2024-02").await), "/cases/yy2024-02");
    assert!(!page(&house, &clerk, "/find?q=jlp2024").await.contains("/cases/jlp"), "another district's cases are not found");
}

#[tokio::test]
async fn two_versions_of_an_application_stand_side_by_side() {
    let house = House::demonstration("pages-versions").await;
    let clerk = house.sign_in("clerk").await;
    let versions = page(&house, &clerk, "/cases/ds2024-02/versions").await;
    in_order(&versions, &["提交申报 2025-01-09", "审定", "改造实际投资额", "436,000 元"]);
}
