//! The application wizard: what somebody typed is saved, told, brought back and handed in once, whatever happens in between.

use crate::browse::{Fields, between, fill, form_of};
use crate::house::{Browser, Came, House};
use axum::http::StatusCode;
use casework::case::{Case, Stage};
use store::service::{DraftForm, Session};

const CALL: &str = "ds2025";
const APPLY: &str = "/calls/ds2025/apply";
const EVIDENCE: &str = "/calls/ds2025/evidence";
/// A firm without a case in the call.
const FIRM: &str = "ent02";
/// What is typed and pressed to hand in.
const DECLARED: &[(&str, &str)] = &[("d.name", "孔某某"), ("d.post", "财务负责人"), ("agree", "yes"), ("do", "submit")];
const PDF: &[u8] =
    b"%PDF-1.4\n1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj\n2 0 obj << /Type /Pages /Kids [] /Count 0 >> endobj\ntrailer << /Root 1 0 R >>\n%%EOF\n";

/// A firm at the wizard.
struct Desk {
    house: House,
    firm: Browser,
}

impl Desk {
    async fn open(name: &str) -> Self {
        let house = House::demonstration(name).await;
        portal::set_password(house.portal.office.store(), &casework::id::UserId::parse(FIRM).unwrap(), portal::demo::PASSWORD, false).await.unwrap();
        let firm = house.sign_in(FIRM).await;
        Self { house, firm }
    }

    /// With 7.1 chosen, at the facts.
    async fn at_facts(name: &str) -> Self {
        let desk = Self::open(name).await;
        desk.send("items", &[("c.7.1", "on"), ("do", "next")]).await;
        desk
    }

    async fn page(&self, step: &str) -> String {
        self.house.look(&self.firm, &format!("{APPLY}?step={step}")).await
    }

    async fn form(&self, step: &str) -> Fields {
        form_of(&self.page(step).await, APPLY)
    }

    /// Fills in the form of a step as it stands now, and sends it.
    async fn send(&self, step: &str, values: &[(&str, &str)]) -> Came {
        self.house.submit(&self.firm, APPLY, &fill(self.form(step).await, values)).await
    }

    async fn cases(&self) -> Vec<Case> {
        let mut work = self.house.portal.reading.begin().await.unwrap();
        let cases: Vec<Case> = work.list("organisation_id", &FIRM.into()).await.unwrap();
        cases.into_iter().filter(|case| case.call.as_str() == CALL).collect()
    }

    async fn row(&self) -> Option<DraftForm> {
        self.house.portal.office.store().service_row("id", &format!("{FIRM}:{CALL}")).await.unwrap()
    }
}

fn value_of(html: &str, name: &str) -> Option<String> {
    form_of(html, APPLY).into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
}

/// A form with one file.
fn multipart(fields: &[(&str, &str)], name: &str, bytes: &[u8]) -> (String, Vec<u8>) {
    let mut body = Vec::new();
    for (field, value) in fields {
        body.extend(format!("--boundary7\r\ncontent-disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n").bytes());
    }
    body.extend(format!("--boundary7\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\ncontent-type: application/pdf\r\n\r\n").bytes());
    body.extend(bytes);
    body.extend(b"\r\n--boundary7--\r\n");
    ("multipart/form-data; boundary=boundary7".to_owned(), body)
}

#[tokio::test]
async fn a_call_is_announced_to_everybody_with_what_it_asks_for() {
    let house = House::demonstration("apply-announced").await;
    let page = house.look(&Browser::default(), "/calls/ds2025").await;
    for words in ["2025年度第一批电子商务扶持资金申报", "剩余 16 天", "黔江商务演发〔2025〕3号", "href=\"/calls/ds2025/apply\""] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let over = house.look(&Browser::default(), "/calls/ds2024").await;
    assert!(over.contains("已截止") && !over.contains("/calls/ds2024/apply"), "nobody applies once it is over");
    for id in ["ds2025b", "none"] {
        assert_eq!(house.get(&Browser::default(), &format!("/calls/{id}")).await.status, StatusCode::NOT_FOUND, "{id}: what is being prepared is not told");
    }
}

#[tokio::test]
async fn what_is_wrong_is_saved_as_it_was_typed_and_told_beside_its_field() {
    let desk = Desk::at_facts("apply-wrong").await;
    let came = desk.send("facts", &[("f.改造实际投资额", "三百万左右"), ("f.网货标准化改造企业", "是"), ("do", "next")]).await;
    assert_eq!(came.status, StatusCode::SEE_OTHER);
    assert!(came.leads_to().contains("step=facts#wrong"), "it stays where something is wrong: {}", came.leads_to());
    let page = desk.page("facts").await;
    assert_eq!(value_of(&page, "f.改造实际投资额").as_deref(), Some("三百万左右"), "it is there as it was typed");
    let summary = between(&page, "id=\"wrong\"", "</div>").unwrap();
    let place = between(summary, "href=\"#", "\"").unwrap();
    assert!(page.contains(&format!("id=\"{place}\"")), "the summary leads to the field");
    let facts = desk.cases().await[0].application["facts"].clone();
    assert_eq!(facts["网货标准化改造企业"], true, "what can be used is in the draft of the case");
    assert!(facts.get("改造实际投资额").is_none(), "what cannot is not");
}

#[tokio::test]
async fn an_application_is_filled_in_with_rows_and_a_paper_and_handed_in() {
    let desk = Desk::open("apply-whole").await;
    let came = desk.send("items", &[("c.7.1", "on"), ("c.9.1", "on"), ("do", "next")]).await;
    assert!(came.leads_to().ends_with("step=firm"), "{}", came.leads_to());
    desk.send("firm", &[("f.申报人类型", "企业"), ("do", "next")]).await;
    desk.send("facts", &[("f.改造实际投资额", "186000"), ("do", "add:孵化初创企业")]).await;
    let page = desk.page("facts").await;
    assert_eq!(value_of(&page, "f.改造实际投资额").as_deref(), Some("186000"), "adding a row keeps everything else");
    desk.send("facts", &[("l.孵化初创企业/0/名称", "山脚豆腐坊"), ("do", "add:孵化初创企业")]).await;
    desk.send("facts", &[("l.孵化初创企业/1/名称", "竹外工作室"), ("l.孵化初创企业/1/年网络销售额", "2360000"), ("do", "drop:孵化初创企业/0")]).await;
    assert_eq!(value_of(&desk.page("facts").await, "l.孵化初创企业/0/名称").as_deref(), Some("竹外工作室"), "the row behind one that goes moves up");
    let csrf = desk.firm.csrf.clone();
    let (kind, body) = multipart(&[("csrf", &csrf), ("fact", "改造实际投资额")], "发票.pdf", PDF);
    let came = desk.house.bring(&desk.firm, EVIDENCE, &kind, body).await;
    assert_eq!(came.status, StatusCode::SEE_OTHER, "{}", came.text());
    assert!(desk.page("facts").await.contains("发票.pdf"));
    let check = desk.page("check").await;
    assert!(check.contains("自查结果供您参考"), "{check}");
    let refused = desk.send("confirm", &[("do", "submit")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "nobody hands in without the declaration");
    let nobody = [("agree", "yes"), ("d.name", "孔某某"), ("d.post", " "), ("do", "submit")];
    let refused = desk.send("confirm", &nobody).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "nor without saying as what");
    assert_eq!(value_of(&refused.text(), "d.name").as_deref(), Some("孔某某"), "what was typed stays");
    let came = desk.send("confirm", DECLARED).await;
    let cases = desk.cases().await;
    assert_eq!(came.leads_to(), format!("/my/cases/{}", cases[0].id));
    assert_eq!((cases.len(), cases[0].stage), (1, Stage::Submitted));
    assert_eq!(cases[0].application["facts"]["孵化初创企业"][0]["年网络销售额"], "2360000");
    assert_eq!(cases[0].evidence[0].facts, ["改造实际投资额"]);
    assert!(desk.row().await.is_none(), "what was typed is not kept beside what was handed in");
}

#[tokio::test]
async fn what_was_declared_is_kept_with_the_case_and_shown_to_both_sides() {
    let desk = Desk::at_facts("apply-kept-declaration").await;
    let words = "本单位保证所填内容真实、准确、完整";
    assert!(desk.page("confirm").await.contains(words));
    let old = fill(desk.form("confirm").await, &[("wording", "1999-1")]);
    let refused = desk.house.submit(&desk.firm, APPLY, &fill(old, DECLARED)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "other words than those that are shown now are not what is declared");
    let came = desk.send("confirm", DECLARED).await;
    let case = desk.cases().await.remove(0);
    let declared = case.declaration.clone().unwrap();
    assert_eq!((declared.name.as_str(), declared.post.as_str(), declared.version.as_str()), ("孔某某", "财务负责人", "2026-1"));
    assert!(declared.words.starts_with(words) && Some(declared.at) == case.submitted && declared.by.as_str() == FIRM, "{declared:?}");
    let own = desk.house.look(&desk.firm, came.leads_to()).await;
    let officer = desk.house.look(&desk.house.sign_in("clerk").await, &format!("/cases/{}", case.id)).await;
    for (whose, page) in [("the firm's", own), ("the officer's", officer)] {
        for shown in [words, "孔某某", "财务负责人", "2026-1"] {
            assert!(page.contains(shown), "{shown} on {whose} page");
        }
    }
    let mut work = desk.house.portal.reading.begin().await.unwrap();
    let bundle = office::bundle::write(&mut work, &case.id, case.submitted.unwrap(), None).await.unwrap().unwrap();
    let kept = String::from_utf8(bundle["case.json"].clone()).unwrap();
    assert!(kept.contains(words) && kept.contains("孔某某"), "an auditor finds it in the bundle: {kept}");
}

#[tokio::test]
async fn a_form_sent_twice_hands_in_one_case_and_leads_both_times_to_it() {
    let desk = Desk::at_facts("apply-twice").await;
    let form = fill(desk.form("confirm").await, DECLARED);
    let (first, second) = tokio::join!(desk.house.submit(&desk.firm, APPLY, &form), desk.house.submit(&desk.firm, APPLY, &form));
    let third = desk.house.submit(&desk.firm, APPLY, &form).await;
    let cases = desk.cases().await;
    assert_eq!(cases.len(), 1, "one case");
    for came in [first, second, third] {
        assert_eq!(came.leads_to(), format!("/my/cases/{}", cases[0].id));
    }
}

#[tokio::test]
async fn a_beginning_sent_twice_begins_one_case_and_a_row_sent_twice_is_added_once() {
    let desk = Desk::open("apply-begin-twice").await;
    let form = fill(desk.form("items").await, &[("c.9.1", "on"), ("do", "next")]);
    let (first, second) = tokio::join!(desk.house.submit(&desk.firm, APPLY, &form), desk.house.submit(&desk.firm, APPLY, &form));
    assert_eq!((first.status, second.status), (StatusCode::SEE_OTHER, StatusCode::SEE_OTHER), "{} {}", first.text(), second.text());
    assert_eq!(desk.cases().await.len(), 1);
    let form = fill(desk.form("facts").await, &[("do", "add:孵化初创企业")]);
    for _ in 0..2 {
        assert_eq!(desk.house.submit(&desk.firm, APPLY, &form).await.status, StatusCode::SEE_OTHER);
    }
    assert_eq!(value_of(&desk.page("facts").await, "n.孵化初创企业").as_deref(), Some("1"));
}

#[tokio::test]
async fn the_second_of_two_windows_is_told_what_the_first_saved_and_keeps_what_was_typed_in_it() {
    let desk = Desk::at_facts("apply-windows").await;
    let (one, two) = (desk.form("facts").await, desk.form("facts").await);
    let first = fill(one, &[("f.改造实际投资额", "186000"), ("do", "save")]);
    assert_eq!(desk.house.submit(&desk.firm, APPLY, &first).await.status, StatusCode::SEE_OTHER);
    let second = fill(two, &[("f.改造实际投资额", "215000"), ("do", "save")]);
    let told = desk.house.submit(&desk.firm, APPLY, &second).await;
    assert_eq!(told.status, StatusCode::CONFLICT);
    let page = told.text();
    let note = between(&page, "errsum\" role=\"alert\"", "</div>").unwrap();
    assert!(note.contains("改造实际投资额：186000"), "it says what the other window saved: {note}");
    assert_eq!(value_of(&page, "f.改造实际投资额").as_deref(), Some("215000"), "what was typed here is in place");
    assert_eq!(value_of(&desk.page("facts").await, "f.改造实际投资额").as_deref(), Some("186000"), "nothing was overwritten yet");
    let again = fill(form_of(&page, APPLY), &[("do", "save")]);
    assert_eq!(desk.house.submit(&desk.firm, APPLY, &again).await.status, StatusCode::SEE_OTHER, "sent again it holds");
    assert_eq!(value_of(&desk.page("facts").await, "f.改造实际投资额").as_deref(), Some("215000"));
}

#[tokio::test]
async fn what_is_declared_is_what_was_looked_at() {
    let desk = Desk::at_facts("apply-declared").await;
    let confirm = fill(desk.form("confirm").await, DECLARED);
    desk.send("facts", &[("f.改造实际投资额", "186000"), ("do", "save")]).await;
    let told = desk.house.submit(&desk.firm, APPLY, &confirm).await;
    assert_eq!(told.status, StatusCode::CONFLICT, "another window changed it after it was looked at");
    assert_eq!(desk.cases().await[0].stage, Stage::Draft);
    let again = fill(form_of(&told.text(), APPLY), DECLARED);
    assert_eq!(desk.house.submit(&desk.firm, APPLY, &again).await.status, StatusCode::SEE_OTHER);
    assert_eq!(desk.cases().await[0].stage, Stage::Submitted);
}

#[tokio::test]
async fn two_windows_on_different_steps_do_not_disturb_each_other() {
    let desk = Desk::at_facts("apply-steps").await;
    let (firm, facts) = (desk.form("firm").await, desk.form("facts").await);
    desk.house.submit(&desk.firm, APPLY, &fill(firm, &[("f.注册地在本区", "是"), ("do", "save")])).await;
    let came = desk.house.submit(&desk.firm, APPLY, &fill(facts, &[("f.改造实际投资额", "186000"), ("do", "save")])).await;
    assert_eq!(came.status, StatusCode::SEE_OTHER, "nobody changed what is typed here: {}", came.text());
    assert_eq!(value_of(&desk.page("firm").await, "f.注册地在本区").as_deref(), Some("是"), "what the other step saved is still there");
    assert_eq!(value_of(&desk.page("facts").await, "f.改造实际投资额").as_deref(), Some("186000"));
}

#[tokio::test]
async fn what_was_typed_when_the_session_ended_comes_through_the_door() {
    let desk = Desk::at_facts("apply-expired").await;
    let form = fill(desk.form("facts").await, &[("f.改造实际投资额", "298000.50"), ("do", "next")]);
    desk.house.portal.office.store().drop_service_rows::<Session>("user_id", FIRM).await.unwrap();
    let door = desk.house.submit(&desk.firm, APPLY, &form).await;
    assert_eq!(door.status, StatusCode::UNAUTHORIZED);
    let wrong = fill(form_of(&door.text(), "/sign-in"), &[("user", FIRM), ("password", "wrong")]);
    let refused = desk.house.submit(&Browser::default(), "/sign-in", &wrong).await;
    let right = fill(form_of(&refused.text(), "/sign-in"), &[("user", FIRM), ("password", portal::demo::PASSWORD)]);
    let again = desk.house.submit(&Browser::default(), "/sign-in", &right).await;
    assert_eq!(again.status, StatusCode::OK, "{}", again.text());
    let back = Browser { cookie: again.cookie().unwrap(), csrf: String::new() };
    let came = desk.house.submit(&back, APPLY, &form_of(&again.text(), APPLY)).await;
    assert!(came.leads_to().contains("step=check"), "it goes on where it was to go: {}", came.leads_to());
    let page = desk.house.look(&back, &format!("{APPLY}?step=facts")).await;
    assert_eq!(value_of(&page, "f.改造实际投资额").as_deref(), Some("298000.50"));
}

#[tokio::test]
async fn going_back_shows_what_was_saved() {
    let desk = Desk::at_facts("apply-back").await;
    let came = desk.send("facts", &[("f.改造实际投资额", "186000"), ("do", "next")]).await;
    assert!(came.leads_to().ends_with("step=check"));
    let came = desk.house.get(&desk.firm, &format!("{APPLY}?step=facts")).await;
    assert_eq!(came.headers["cache-control"], "no-store", "a browser that goes back asks again");
    assert_eq!(value_of(&came.text(), "f.改造实际投资额").as_deref(), Some("186000"));
}

#[tokio::test]
async fn saving_while_typing_keeps_everything_and_writes_nothing_into_the_log() {
    let desk = Desk::at_facts("apply-autosave").await;
    let head = |desk: &Desk| {
        let reading = desk.house.portal.reading.clone();
        async move { reading.begin().await.unwrap().head().await.unwrap() }
    };
    let before = head(&desk).await;
    let came = desk.send("facts", &[("f.改造实际投资额", "约20万"), ("do", "autosave")]).await;
    assert_eq!(came.status, StatusCode::OK, "{}", came.text());
    assert_eq!(came.json()["version"], 2);
    assert_eq!(came.json()["saved"].as_str().unwrap().len(), 5);
    assert_eq!(head(&desk).await, before, "typing is no act");
    assert_eq!(value_of(&desk.page("facts").await, "f.改造实际投资额").as_deref(), Some("约20万"));
}

#[tokio::test]
async fn a_file_is_taken_from_a_form_only_with_the_word_of_the_session() {
    let desk = Desk::at_facts("apply-csrf").await;
    for fields in [&[("fact", "改造实际投资额")][..], &[("csrf", "wrong"), ("fact", "改造实际投资额")]] {
        let (kind, body) = multipart(fields, "发票.pdf", PDF);
        assert_eq!(desk.house.bring(&desk.firm, EVIDENCE, &kind, body).await.status, StatusCode::FORBIDDEN);
    }
    let (kind, body) = multipart(&[("csrf", &desk.firm.csrf), ("fact", "改造实际投资额")], "病毒.pdf", b"MZ\x90\x00");
    let refused = desk.house.bring(&desk.firm, EVIDENCE, &kind, body).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "what is no paper is refused on the page");
    assert!(refused.text().contains("role=\"alert\""));
    assert!(desk.cases().await[0].evidence.is_empty());
}

#[tokio::test]
async fn a_paper_that_is_there_proves_a_further_fact_and_is_removed_from_one_alone() {
    let desk = Desk::at_facts("apply-papers").await;
    let csrf = desk.firm.csrf.clone();
    let (kind, body) = multipart(&[("csrf", &csrf), ("fact", "改造实际投资额")], "合同.pdf", PDF);
    desk.house.bring(&desk.firm, EVIDENCE, &kind, body).await;
    let digest = desk.cases().await[0].evidence[0].digest.to_string();
    let form: Fields =
        [("csrf", csrf.as_str()), ("fact", "网货标准化改造企业"), ("digest", &digest)].map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    assert_eq!(desk.house.submit(&desk.firm, EVIDENCE, &form).await.status, StatusCode::SEE_OTHER);
    assert_eq!(desk.cases().await[0].evidence[0].facts, ["改造实际投资额", "网货标准化改造企业"]);
    desk.send("facts", &[("f.改造实际投资额", "186000"), ("do", &format!("detach:{digest}/改造实际投资额"))]).await;
    let case = &desk.cases().await[0];
    assert_eq!(case.evidence[0].facts, ["网货标准化改造企业"]);
    assert_eq!(case.application["facts"]["改造实际投资额"], "186000", "what was typed beside it is saved as well");
    let foreign = desk.house.sign_in("ent01").await;
    let theirs = fill(form, &[("csrf", foreign.csrf.as_str())]);
    assert_eq!(desk.house.submit(&foreign, EVIDENCE, &theirs).await.status, StatusCode::NOT_FOUND, "another firm cannot name it");
}

#[tokio::test]
async fn what_cannot_be_told_yet_is_not_said_to_be_nothing() {
    let desk = Desk::at_facts("apply-unknown").await;
    drop(desk.send("facts", &[("f.改造实际投资额", "约三十万元"), ("do", "save")]).await);
    let page = desk.house.look(&desk.firm, &format!("{APPLY}?step=facts")).await;
    assert!(page.contains("待定") && !page.contains("0.00<small>"), "{page}");
}

#[tokio::test]
async fn the_self_check_counts_what_the_firm_was_given_before_and_says_so() {
    let desk = Desk::at_facts("apply-earned").await;
    desk.send("firm", &[("f.申报人类型", "企业"), ("do", "next")]).await;
    desk.send("facts", &[("f.网货标准化改造企业", "是"), ("f.改造实际投资额", "1000000"), ("do", "next")]).await;
    let mut work = desk.house.portal.reading.begin().await.unwrap();
    let all: Vec<casework::determination::Determination> = work.list("organisation_id", &FIRM.into()).await.unwrap();
    drop(work);
    let earned = all.iter().find(|one| one.case.as_str() == "ds2024-02").unwrap().total().unwrap();
    let check = desk.page("check").await;
    let told = between(&check, "class=\"earned\"", "</div>").unwrap_or_else(|| panic!("{check}"));
    assert!(told.contains("/my/cases/ds2024-02") && told.contains(&earned.grouped()), "{told}");
}
