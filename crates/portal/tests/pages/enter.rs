//! What an enterprise sees and does: what needs it comes first, corrections, offers, accounts, explained amounts, the way to an account.

use crate::house::{Browser, Came, House};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use casework::case::{Case, Stage};
use serde_json::json;
use store::service::Upload;

async fn look(house: &House, who: &Browser, path: &str) -> String {
    let came = house.get(who, path).await;
    assert!(came.status.is_success(), "{path}: {} {}", came.status, text(&came));
    text(&came)
}

fn text(came: &Came) -> String {
    String::from_utf8_lossy(&came.body).into_owned()
}

fn leads_to(came: &Came) -> &str {
    came.headers.get(header::LOCATION).unwrap_or_else(|| panic!("{}: {}", came.status, text(came))).to_str().unwrap()
}

/// Sends fields as a browser does: the cookie, and the word of the session as a field.
async fn send(house: &House, who: &Browser, action: &str, fields: &[(&str, &str)]) -> Came {
    let mut body = form_urlencoded::Serializer::new(String::new());
    body.append_pair("csrf", &who.csrf).extend_pairs(fields);
    let request = Request::builder().method("POST").uri(action).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let request = if who.cookie.is_empty() { request } else { request.header(header::COOKIE, &who.cookie) };
    house.send(request.body(Body::from(body.finish())).unwrap()).await
}

/// Where words stand in a page. Fails where they do not.
fn place(html: &str, words: &str) -> usize {
    html.find(words).unwrap_or_else(|| panic!("no {words} in {html}"))
}

/// The value of a hidden field.
fn hidden<'h>(html: &'h str, name: &str) -> &'h str {
    html.split_once(&format!("name=\"{name}\" value=\"")).unwrap().1.split_once('"').unwrap().0
}

async fn kept(house: &House, case: &str) -> Case {
    house.portal.office.store().begin().await.unwrap().peek(case).await.unwrap().unwrap()
}

async fn acts(house: &House, who: &Browser, name: &str, fields: serde_json::Value) {
    let came = house.ask(who, Method::POST, &format!("/api/v1/acts/{name}"), Some(fields)).await;
    assert_eq!(came.status, StatusCode::OK, "{name}: {}", text(&came));
}

#[tokio::test]
async fn what_needs_the_enterprise_comes_first_and_all_it_may_know_is_told_in_its_words() {
    let house = House::demonstration("enter-first").await;
    let nine = house.sign_in("ent09").await;
    let html = look(&house, &nine, "/my").await;
    assert!(place(&html, "请补正 2 项") < place(&html, "全部申报"), "what needs the reader stands first");
    assert!(html.contains("href=\"/my/cases/ds2025-03/correction\"") && html.contains("href=\"/calls/ds2025/apply\""));
    assert!(html.contains("不予受理") && html.contains("待您补正"));
    let case = look(&house, &nine, "/my/cases/ds2025-03").await;
    for words in ["时限暂停", "补充付款凭证，金额与发票一致", "补正告知书", "/api/v1/documents/", "是怎么算的", "第 10 日"] {
        assert!(case.contains(words), "{words}");
    }
    // The review is one step to the enterprise: which inner step or unit has it, is the office's.
    let third = house.sign_in("ent06").await;
    let review = look(&house, &third, "/my/cases/yy2024-03").await;
    assert!(review.contains("审核中") && review.contains("区商务委") && !review.contains("郑会审") && !review.contains("一笔税款已退库"), "{review}");
    // Another enterprise's case does not exist, whatever is asked of it.
    assert_eq!(house.get(&nine, "/my/cases/ds2024-02").await.status, StatusCode::NOT_FOUND);
    let came = send(&house, &nine, "/my/cases/yy2024-03/withdraw", &[]).await;
    assert_eq!(came.status, StatusCode::NOT_FOUND, "{}", text(&came));
    // An amount says first why it is less, and leads from the words of the clause to the decision.
    let two = house.sign_in("ent02").await;
    let paid = look(&house, &two, "/my/cases/ds2024-02").await;
    let (words, why) = (place(&paid, "政策怎么说"), place(&paid, "采纳工业园区管委会意见，发票核减"));
    assert!(why < words, "what was taken off is said before how it was worked out");
    assert!(words < place(&paid, "您的情况") && place(&paid, "您的情况") < place(&paid, ">怎么算<"));
    assert!(paid.contains("已到账") && paid.contains("改造实际投资额"));
    // A paper and what changed stand among the messages.
    let messages = look(&house, &nine, "/my/messages").await;
    assert!(messages.contains("收到补正告知书") && messages.contains("收到不予受理通知书"));
}

#[tokio::test]
async fn a_correction_is_answered_in_place_and_what_was_typed_stays_until_it_is_right() {
    let house = House::demonstration("enter-correct").await;
    let digest = casework::chain::Fingerprint::of(b"receipt").to_string();
    let upload = Upload {
        id: "u1".into(),
        user_id: "ent09".into(),
        organisation_id: Some("ent09".into()),
        case_id: None,
        name: "付款凭证.pdf".into(),
        size: 7,
        received: 7,
        kind: Some("pdf".into()),
        digest: Some(digest.clone()),
        created: 1,
    };
    house.portal.office.store().put_service_row(&upload).await.unwrap();
    let who = house.sign_in("ent09").await;
    let path = "/my/cases/ds2025-03/correction";
    let form = look(&house, &who, path).await;
    assert!(form.contains("付款凭证.pdf"), "a file that has arrived can be chosen");
    let request = hidden(&form, "request").to_owned();
    let old = kept(&house, "ds2025-03").await;
    let keep: Vec<String> = old.evidence.iter().map(|paper| format!("keep.{}", paper.digest)).collect();
    let mut fields = vec![("request", request.as_str()), ("f.改造实际投资额", "二十一万左右"), ("paper.0", digest.as_str())];
    fields.extend(keep.iter().map(|name| (name.as_str(), "1")));
    let refused = send(&house, &who, path, &fields).await;
    let html = text(&refused);
    assert_eq!(refused.status, StatusCode::CONFLICT, "{html}");
    assert!(html.contains("role=\"alert\"") && html.contains("value=\"二十一万左右\""), "what was typed stays: {html}");
    assert!(html.contains(&format!("<option value=\"{digest}\" selected>")), "and so does what was chosen");
    assert_eq!(kept(&house, "ds2025-03").await.stage, Stage::Correcting);
    fields[1].1 = "213600.50";
    let done = send(&house, &who, path, &fields).await;
    assert_eq!(leads_to(&done), "/my/cases/ds2025-03?done=corrected");
    // Sent twice, it is done once.
    let again = send(&house, &who, path, &fields).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", text(&again));
    let case = kept(&house, "ds2025-03").await;
    assert_eq!(case.stage, Stage::Submitted);
    assert_eq!(case.application["facts"]["改造实际投资额"], "213600.50");
    let mut same = case.application.clone();
    same["facts"]["改造实际投资额"] = old.application["facts"]["改造实际投资额"].clone();
    assert_eq!(same, old.application, "nothing that was not touched is another");
    assert_eq!(case.evidence.len(), old.evidence.len() + 1);
    assert_eq!(case.evidence.last().unwrap().facts, ["改造实际投资额"]);
    let html = look(&house, &who, "/my/cases/ds2025-03?done=corrected").await;
    assert!(html.contains("补正已提交") && html.contains("您已补正"));
}

#[tokio::test]
async fn an_offer_becomes_a_case_and_a_returned_payment_waits_for_a_verified_account() {
    let house = House::demonstration("enter-offer").await;
    let who = house.sign_in("ent13").await;
    let mine = look(&house, &who, "/my").await;
    assert!(place(&mine, "免申即享") < place(&mine, "全部申报"));
    let offer = "/my/offers/ms2025:ent13";
    let html = look(&house, &who, offer).await;
    assert!(html.contains("特色馆开馆备案与市场监管登记信息（演示）"), "each fact says where it is known from");
    let request = hidden(&html, "request").to_owned();
    let without = send(&house, &who, &format!("{offer}/confirm"), &[("request", &request)]).await;
    assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text(&without).contains("请阅读并勾选承诺"));
    for _ in 0..2 {
        let done = send(&house, &who, &format!("{offer}/confirm"), &[("request", &request), ("promised", "1")]).await;
        assert_eq!(leads_to(&done), "/my/cases/ms2025-ent13?done=confirmed");
    }
    assert!(look(&house, &who, "/my/cases/ms2025-ent13").await.contains("审核中"));
    assert_eq!(house.get(&who, "/my/offers/ms2025:ent17").await.status, StatusCode::NOT_FOUND, "another's offer is not there");

    let back = house.sign_in("ent03").await;
    let case = look(&house, &back, "/my/cases/ds2024-03").await;
    assert!(case.contains("账号与户名不符") && case.contains("这就是被退回的账户"), "{case}");
    let account = [
        ("request", "r-account"),
        ("holder", "重庆三岔云程跨境贸易有限公司"),
        ("number", "6200 0000 0099"),
        ("bank", "示例银行"),
        ("source", "开户许可证演示1号"),
        ("from", "2025-06-18"),
    ];
    let entered = send(&house, &back, "/my/firm/account", &account).await;
    assert_eq!(leads_to(&entered), "/my/firm?done=account");
    let file = look(&house, &back, "/my/firm").await;
    assert!(file.contains("620000000099") && file.contains("待核验"));
    let case = look(&house, &back, "/my/cases/ds2024-03").await;
    assert!(case.contains("新账户正在核验"));
    let early = send(&house, &back, "/my/cases/ds2024-03/account", &[("number", "620000000099")]).await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY, "nothing goes to an account that nobody verified");
    let entry = kept_account(&house, "ent03").await;
    acts(&house, &house.sign_in("reviewer").await, "registry.verify_account", json!({ "entry": entry })).await;
    let done = send(&house, &back, "/my/cases/ds2024-03/account", &[("number", "620000000099")]).await;
    assert_eq!(leads_to(&done), "/my/cases/ds2024-03?done=mended");
    assert!(look(&house, &back, "/my/cases/ds2024-03").await.contains("等待重新拨付"));
}

/// The id of the account that waits to be verified.
async fn kept_account(house: &House, organisation: &str) -> String {
    let all: Vec<casework::organisation::AccountEntry> =
        house.portal.office.store().begin().await.unwrap().list("organisation_id", &organisation.into()).await.unwrap();
    all.into_iter().find(|entry| entry.verified.is_none()).unwrap().id.to_string()
}

#[tokio::test]
async fn a_stranger_is_told_how_to_get_an_account_and_which_character_of_the_code_is_wrong() {
    let house = House::open("enter-register").await;
    let nobody = Browser::default();
    let html = look(&house, &nobody, "/register").await;
    assert!(html.contains("带什么") && html.contains("营业执照原件"));
    let wrong = send(&house, &nobody, "/register", &[("name", "示例公司"), ("code", "91500114MAO0000001"), ("person", "甲"), ("phone", "1")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let html = text(&wrong);
    assert!(html.contains("第 11 位是“O”") && html.contains("value=\"示例公司\"") && !html.contains("企业账号申请表</h2>"), "{html}");
    let code = values::CreditCode::with_check_digit("91500114MADEM0001").unwrap();
    let right = send(&house, &nobody, "/register", &[("name", "示例公司"), ("code", code.as_str()), ("person", "甲"), ("phone", "1")]).await;
    assert_eq!(right.status, StatusCode::OK);
    assert!(text(&right).contains("企业账号申请表</h2>") && text(&right).contains(code.as_str()));
}

#[tokio::test]
async fn a_file_sent_within_a_correction_leaves_what_was_typed_and_is_handed_in_with_it() {
    let house = House::demonstration("enter-upload").await;
    let who = house.sign_in("ent09").await;
    let path = "/my/cases/ds2025-03/correction";
    let fields = [("csrf", who.csrf.as_str()), ("f.改造实际投资额", "二十一万左右"), ("point", "1"), ("upload", "1")];
    let mut body = String::new();
    for (name, value) in fields {
        body.push_str(&format!("--b7\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"));
    }
    let with = |name: &str, bytes: &str| {
        format!(
            "{body}--b7\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\ncontent-type: application/pdf\r\n\r\n{bytes}\r\n--b7--\r\n"
        )
    };
    let kind = "multipart/form-data; boundary=b7";
    let none = text(&house.bring(&who, path, kind, with("截图.pdf", "no paper").into_bytes()).await);
    assert!(none.contains("role=\"alert\"") && none.contains("value=\"二十一万左右\""), "what is no paper is refused and takes nothing away: {none}");
    let came = text(&house.bring(&who, path, kind, with("截图.pdf", "%PDF-1.4\n1 0 obj\n%%EOF\n").into_bytes()).await);
    assert!(came.contains("value=\"二十一万左右\"") && came.contains("selected>截图.pdf"), "{came}");
    assert_eq!(kept(&house, "ds2025-03").await.stage, Stage::Correcting, "sending a file hands nothing in");
    let second = came.split_once("id=\"paper.1\"").unwrap().1.split_once("selected").unwrap().0;
    let digest = second.rsplit("value=\"").next().unwrap().trim_end_matches(['"', ' ']);
    let left = send(&house, &who, path, &[("f.改造实际投资额", "213600.50"), ("file", "又一份.pdf")]).await;
    assert!(left.status == StatusCode::UNPROCESSABLE_ENTITY && text(&left).contains("请先按“上传”"), "a file that was chosen and not sent is not left behind");
    let done = send(&house, &who, path, &[("f.改造实际投资额", "213600.50"), ("paper.1", digest)]).await;
    assert_eq!(leads_to(&done), "/my/cases/ds2025-03?done=corrected");
    assert_eq!(kept(&house, "ds2025-03").await.evidence.last().unwrap().facts, ["网上下单线下配送"]);
}

#[tokio::test]
async fn what_a_firm_objected_to_is_listed_with_its_answer_and_messages_lead_there() {
    let house = House::demonstration("enter-objections").await;
    let mut work = house.portal.reading.begin().await.unwrap();
    let kept: Case = work.peek("yy2024-10").await.unwrap().unwrap_or_else(|| panic!("no such case"));
    drop(work);
    let firm = kept.organisation.to_string();
    house.give_password(&firm, portal::demo::PASSWORD, false).await;
    let who = house.sign_in(&firm).await;
    assert!(!look(&house, &who, "/my").await.contains("id=\"objections\""), "nothing was objected to yet");
    let path = format!("/my/cases/{}", kept.id);
    let request = hidden(&look(&house, &who, &path).await, "request").to_owned();
    let fields = [("request", request.as_str()), ("grounds", "核定金额少计了一项投入"), ("contact", "023-00000011")];
    let done = send(&house, &who, &format!("{path}/objection"), &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", text(&done));
    let mine = look(&house, &who, "/my").await;
    let listed = mine.split("id=\"objections\"").nth(1).unwrap();
    assert!(listed.contains("核定金额少计了一项投入") && listed.contains("没有附证据") && listed.contains("作为线索登记"), "{listed}");
    let messages = look(&house, &who, "/my/messages").await;
    assert!(messages.contains("href=\"/my#") && messages.contains("异议已作为线索登记"), "{messages}");
}
