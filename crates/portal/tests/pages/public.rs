//! What anybody finds without signing in – notices, search, guides, the calculator – and the policy workshop.

use crate::house::{Browser, Came, House};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};

/// Sends a form as a browser does: the cookie, and the word of the session among the fields.
async fn send(house: &House, browser: &Browser, path: &str, fields: &[(&str, &str)]) -> Came {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(fields).append_pair("csrf", &browser.csrf);
    bring(house, browser, path, "application/x-www-form-urlencoded", form.finish().into_bytes()).await
}

async fn bring(house: &House, browser: &Browser, path: &str, kind: &str, body: Vec<u8>) -> Came {
    let mut request = Request::builder().method("POST").uri(path).header(header::CONTENT_TYPE, kind).header("sec-fetch-site", "same-origin");
    if !browser.cookie.is_empty() {
        request = request.header(header::COOKIE, &browser.cookie);
    }
    house.send(request.body(Body::from(body)).unwrap()).await
}

fn text(came: &Came) -> String {
    String::from_utf8_lossy(&came.body).into_owned()
}

fn leads_to(came: &Came) -> String {
    let to = came.headers.get(header::LOCATION).unwrap_or_else(|| panic!("{}: {}", came.status, text(came)));
    to.to_str().unwrap().to_owned()
}

async fn look(house: &House, browser: &Browser, path: &str) -> String {
    let came = house.get(browser, path).await;
    assert_eq!(came.status, StatusCode::OK, "{path}: {}", text(&came));
    text(&came)
}

/// A form with a file in it.
fn with_file(fields: &[(&str, &str)], file: &[u8]) -> (String, Vec<u8>) {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(format!("--xyz\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
    }
    body.extend(b"--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"register.pdf\"\r\nContent-Type: application/pdf\r\n\r\n");
    body.extend(file);
    body.extend(b"\r\n--xyz--\r\n");
    ("multipart/form-data; boundary=xyz".to_owned(), body)
}

const PDF: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

const NOTICE: &str = "/notices/gs2025-3";

#[tokio::test]
async fn a_notice_is_read_by_anybody_and_an_objection_holds_its_row_alone() {
    let house = House::demonstration("pages-notices").await;
    let nobody = Browser::default();
    let list = look(&house, &nobody, "/notices").await;
    assert!(list.contains(NOTICE) && list.contains("公示中") && list.contains("剩余1个工作日"), "{list}");

    // The document: who announced it, under which number, and who gets what; nobody behind an objection, no case, no account.
    let page = look(&house, &nobody, NOTICE).await;
    for words in ["重庆市黔江区商务委员会（演示）", "黔江商务演公示字〔2025〕3号", "72,030.00", "异议核查中", "2025年6月19日"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert_eq!(page.matches("class=\"held\"").count(), 1);
    for secret in ["孔某某", "023-00000010", "yy2025-2", "该企业不是新引进的企业", "6222"] {
        assert!(!page.contains(secret), "{secret}: {page}");
    }

    // Typed by somebody who is not signed in: the door takes it along.
    let typed = [("row", "1"), ("grounds", "迁入日期早于政策施行日"), ("name", "某某公司"), ("contact", "023-1")];
    let door = send(&house, &nobody, "/notices/gs2025-3/objections", &typed).await;
    assert_eq!(door.status, StatusCode::UNAUTHORIZED);
    assert!(text(&door).contains("name=\"kept\" value=\"contact=023-1") || text(&door).contains("grounds="), "{}", text(&door));

    // Without evidence it comes back with all that was typed, and nothing is held.
    let firm = house.sign_in("ent03").await;
    let back = send(&house, &firm, "/notices/gs2025-3/objections", &typed).await;
    assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY);
    let html = text(&back);
    assert!(html.contains("迁入日期早于政策施行日") && html.contains("value=\"某某公司\"") && html.contains("请附上证据材料"), "{html}");
    assert_eq!(html.matches("class=\"held\"").count(), 1);

    // With it the row waits. Sent twice it is one objection.
    let mut fields = vec![("csrf", firm.csrf.as_str()), ("key", "yy-test-1")];
    fields.extend(typed);
    let (kind, body) = with_file(&fields, PDF);
    for _ in 0..2 {
        let done = bring(&house, &firm, "/notices/gs2025-3/objections", &kind, body.clone()).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", text(&done));
        assert!(leads_to(&done).starts_with("/notices/gs2025-3?said=objection&until=2025-"), "{}", leads_to(&done));
    }
    let clerk = house.sign_in("clerk").await;
    let objections = house.get(&clerk, "/api/v1/objections?notice_id=gs2025-3").await.json();
    assert_eq!(objections["records"].as_array().unwrap().len(), 2, "{objections}");
    let page = look(&house, &nobody, NOTICE).await;
    assert_eq!(page.matches("class=\"held\"").count(), 2);
    assert!(!page.contains("某某公司") && !page.contains("迁入日期"));
    let english = house.ask_with(&nobody, axum::http::Method::GET, NOTICE, None, &[("accept-language", "en")]).await;
    assert!(text(&english).contains("under objection"), "{}", text(&english));
}

#[tokio::test]
async fn somebody_finds_a_clause_by_its_words_or_their_first_letters_and_takes_the_guide_along() {
    let house = House::demonstration("pages-search").await;
    let nobody = Browser::default();
    let home = look(&house, &nobody, "/").await;
    assert!(home.contains("action=\"/search\""));
    for typed in ["zbds", "%E7%9B%B4%E6%92%AD%E7%94%B5%E5%95%86"] {
        let page = look(&house, &nobody, &format!("/search?q={typed}")).await;
        assert!(page.contains("<mark>直播电商</mark>") && page.contains("/policies/qianjiang-2023#c-qianjiang-2023-6.1"), "{typed}: {page}");
    }
    let page = look(&house, &nobody, "/search?q=zbds").await;
    assert!(page.contains("value=\"zbds\""), "what was typed stays");
    let card = look(&house, &nobody, "/policies/qianjiang-2023").await;
    assert!(card.contains("id=\"c-qianjiang-2023-6.1\""), "where a hit leads to");
    let page = look(&house, &nobody, "/search?q=%3Cb%3Exyzzy").await;
    assert!(page.contains("没有找到") && !page.contains("<b>xyzzy"), "{page}");

    for (format, begins) in [("docx", "PK"), ("md", "# "), ("html", "<!DOCTYPE html>")] {
        let came = house.get(&nobody, &format!("/policies/qianjiang-2023/guide?format={format}")).await;
        assert_eq!(came.status, StatusCode::OK);
        assert!(came.body.starts_with(begins.as_bytes()), "{format}: {:?}", String::from_utf8_lossy(&came.body[..20]));
        assert!(came.headers[header::CONTENT_DISPOSITION].to_str().unwrap().starts_with("attachment"));
    }
    assert_eq!(house.get(&nobody, "/policies/qianjiang-2026/guide").await.status, StatusCode::NOT_FOUND, "a draft has no guide");
    assert_eq!(house.get(&nobody, "/policies/qianjiang-2023/guide?format=pdf").await.status, StatusCode::BAD_REQUEST);

    // The calculator says how far off something is, and asks what can still change the result.
    let facts = [("year", "2024"), ("f.电商新品牌", "是"), ("f.品牌年销售额", "18800000")];
    let page = text(&send(&house, &nobody, "/policies/qianjiang-2023/calculator", &facts).await);
    assert!(page.contains("接着填这些") && page.contains("还缺"), "{page}");
    assert!(page.contains("去填写"), "{page}");
}

/// A text of the checker's liking made wrong in one place: five rooms are no longer enough.
const RIGHT: &str = "直播间数 不少于 5间";
const WRONG: &str = "直播间数 超过 5间";

/// What stands in the editor.
fn typed_in(html: &str) -> String {
    let text = html.split_once("name=\"text\"").unwrap().1.split_once(">\n").unwrap().1.split_once("</textarea>").unwrap().0;
    text.replace("&#34;", "\"").replace("&#39;", "'").replace("&#60;", "<").replace("&#62;", ">").replace("&#38;", "&")
}

#[tokio::test]
async fn a_drafter_sees_where_rule_and_words_part_and_nothing_is_issued_without_its_records() {
    let house = House::demonstration("pages-workshop").await;
    let drafter = house.sign_in("drafter").await;
    let list = look(&house, &drafter, "/workshop").await;
    assert!(list.contains("公开征求意见") && list.contains("施行中"), "{list}");
    let kept = typed_in(&look(&house, &drafter, "/workshop/qianjiang-2026").await);
    assert!(kept.contains(RIGHT), "the text of the demonstration changed");
    let official = house.portal.reading.begin().await.unwrap().peek::<casework::policy_version::PolicyVersion>("qianjiang-2026").await.unwrap().unwrap();
    let official = official.official.unwrap();

    // Checked as it is typed, with place and fix; nothing is kept.
    let wrong = kept.replace(RIGHT, WRONG).replace('\n', "\r\n");
    let page = text(&send(&house, &drafter, "/workshop/qianjiang-2026", &[("text", &wrong), ("official", &official)]).await);
    assert!(page.contains("class=\"diag\"") && page.contains("条款 6.1「直播电商奖励」") && page.contains(WRONG), "{page}");
    assert_eq!(typed_in(&page), kept.replace(RIGHT, WRONG), "what was typed is there still");
    assert!(!look(&house, &drafter, "/workshop/qianjiang-2026").await.contains(WRONG));

    // The official text comes to the page when it is asked for, and stays as it is where it was not.
    let short = look(&house, &drafter, "/workshop/qianjiang-2026").await;
    assert!(short.contains("电商新品牌奖励") && !short.contains("name=\"official\""), "{short}");
    let opened = text(&send(&house, &drafter, "/workshop/qianjiang-2026", &[("text", &wrong), ("opens_official", "yes")]).await);
    assert!(opened.contains("name=\"official\"") && opened.contains(WRONG), "{opened}");

    // With errors it is not saved; mended it becomes a version of its own.
    let fields = |text| [("text", text), ("new_id", "qianjiang-2027"), ("key", "")];
    let refused = send(&house, &drafter, "/workshop/qianjiang-2026/versions", &fields(&wrong)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text(&refused).contains(WRONG) && text(&refused).contains("改正后才能保存"), "{}", text(&refused));
    let other = kept.replace("问「该品牌全年的销售额（不含税）」", "问「该品牌全年不含税的销售额」");
    let done = send(&house, &drafter, "/workshop/qianjiang-2026/versions", &fields(&other)).await;
    assert_eq!(leads_to(&done), "/workshop/qianjiang-2027?saved=yes");
    let new = house.portal.reading.begin().await.unwrap().peek::<casework::policy_version::PolicyVersion>("qianjiang-2027").await.unwrap().unwrap();
    assert_eq!(new.official.as_ref(), Some(&official));
    let page = text(&send(&house, &drafter, "/workshop/qianjiang-2027", &[("text", &other), ("official", &official), ("show", "compared")]).await);
    assert!(page.contains("对照") && page.contains("qianjiang-2023"), "{page}");
    let page = text(&send(&house, &drafter, "/workshop/qianjiang-2027", &[("text", &other), ("official", &official), ("show", "findings")]).await);
    assert!(page.contains("tbl--pair"), "findings with their applicants: {page}");

    // Issued only with its records: the leader is offered no more than the life cycle allows, and refused what is forged.
    let leader = house.sign_in("leader").await;
    let course = look(&house, &leader, "/workshop/qianjiang-2027/course").await;
    assert!(course.contains("说明不公开征求意见的依据") && !course.contains("value=\"policy.publish\""), "{course}");
    let issue = [
        ("act", "policy.publish"),
        ("key", ""),
        ("issue.number", "黔江府发〔2025〕9号"),
        ("issue.on", "2025-06-18"),
        ("issue.effective", "2025-07-01"),
        ("issue.until", ""),
        ("replaces", ""),
    ];
    let refused = send(&house, &leader, "/workshop/qianjiang-2027/course", &issue).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", text(&refused));
    let done = send(&house, &leader, "/workshop/qianjiang-2027/course", &[("act", "policy.waive"), ("key", ""), ("reason", "不涉及权利义务")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", text(&done));
    let reviewer = house.sign_in("reviewer").await;
    for act in ["policy.review_competition", "policy.review_legality"] {
        let review = [("act", act), ("key", ""), ("number", "审〔2025〕1号"), ("on", "2025-06-18"), ("passed", "yes"), ("conclusion", "符合要求")];
        let done = send(&house, &reviewer, "/workshop/qianjiang-2027/course", &review).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{act}: {}", text(&done));
    }
    let resolve = [("act", "policy.resolve"), ("key", ""), ("minutes", "会纪〔2025〕1号"), ("on", "2025-06-18")];
    assert_eq!(send(&house, &leader, "/workshop/qianjiang-2027/course", &resolve).await.status, StatusCode::SEE_OTHER);
    assert!(look(&house, &leader, "/workshop/qianjiang-2027/course").await.contains("value=\"policy.publish\""));
    assert_eq!(send(&house, &leader, "/workshop/qianjiang-2027/course", &issue).await.status, StatusCode::SEE_OTHER);
    assert!(look(&house, &Browser::default(), "/policies/qianjiang-2027").await.contains("黔江区鼓励电子商务产业发展若干政策"));

    // Drafts are for whoever works here.
    let firm = house.sign_in("ent03").await;
    assert_eq!(house.get(&firm, "/workshop").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_notice_is_taken_along_as_a_workbook_without_formulas_and_as_the_paper_it_is() {
    let house = House::demonstration("pages-notice-files").await;
    let nobody = Browser::default();
    let notice = look(&house, &nobody, NOTICE).await;
    for href in ["/notices/gs2025-3/table", "/notices/gs2025-3/file"] {
        assert!(notice.contains(&format!("href=\"{href}\"")), "{href}");
    }
    let table = house.get(&nobody, "/notices/gs2025-3/table").await;
    assert_eq!(table.status, StatusCode::OK, "{}", text(&table));
    let named = table.headers[header::CONTENT_DISPOSITION].to_str().unwrap();
    assert!(named.starts_with("attachment") && named.contains("gs2025-3.xlsx"), "{named}");
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(table.body)).unwrap();
    let mut read = |name: &str| {
        let mut out = String::new();
        std::io::Read::read_to_string(&mut zip.by_name(name).unwrap(), &mut out).unwrap();
        out
    };
    let (sheet, words) = (read("xl/worksheets/sheet1.xml"), read("xl/sharedStrings.xml"));
    assert!(!sheet.contains("<f>"), "{sheet}");
    let rows: Vec<&str> = notice.split("<th scope=\"row\">").skip(1).filter_map(|rest| rest.split('<').next()).filter(|name| name.contains("公司")).collect();
    assert!(!rows.is_empty());
    for name in rows {
        assert!(words.contains(name), "{name}: {words}");
    }
    for never in ["ds2025", "孔某某", "023-"] {
        assert!(!words.contains(never), "{never} is not public");
    }
    let pdf = house.get(&nobody, "/notices/gs2025-3/file").await;
    match pdf.status {
        StatusCode::OK => assert!(pdf.body.starts_with(b"%PDF"), "no PDF"),
        // A machine without a Chinese font says so.
        other => assert_eq!(other, StatusCode::SERVICE_UNAVAILABLE, "{}", text(&pdf)),
    }
    assert_eq!(house.get(&nobody, "/notices/none/file").await.status, StatusCode::NOT_FOUND);
}

const CALCULATOR: &str = "/policies/qianjiang-2023/calculator";

#[tokio::test]
async fn a_situation_is_an_address_that_gives_the_same_to_anybody_and_counts_what_was_received_before() {
    let house = House::demonstration("pages-situation").await;
    let nobody = Browser::default();
    let mut answers = vec![("year", "2025"), ("f.申报人类型", "企业"), ("f.网货标准化改造企业", "是"), ("f.改造实际投资额", "1000000")];
    answers.extend(["注册地在本区", "在本区纳税", "电商企业", "独立法人", "正常开展业务"].map(|fact| (fact, "是")).iter().map(|(fact, yes)| {
        let name: &'static str = Box::leak(format!("f.{fact}").into_boxed_str());
        (name, *yes)
    }));
    answers.extend([("f.近三年列入失信黑名单", "否"), ("f.近三年受财政处罚处分", "否")]);
    let sent = send(&house, &nobody, CALCULATOR, &answers).await;
    let page = text(&sent);
    assert!(page.contains("200,000.00"), "the limit of 7.1: {page}");
    assert!(page.contains("没有填写往年已得的奖补"), "{page}");
    let href = page.split("<a href=\"/policies/qianjiang-2023/calculator?").nth(1).unwrap().split('"').next().unwrap();
    let href = format!("{CALCULATOR}?{}", href.replace("&#38;", "&").replace("&amp;", "&"));
    let again = look(&house, &nobody, &href).await;
    let result = |page: &str| page.split("<section class=\"result\"").nth(1).unwrap().split("</section>").next().unwrap().to_owned();
    assert_eq!(result(&again), result(&page), "the address gives what was sent");
    assert!(again.contains("value=\"1000000\""), "and shows what was filled in");
    // What was received before is asked where the rules look back, and taken off the limit.
    assert!(page.contains("name=\"h.7.1.amount\"") && !page.contains("name=\"h.1.2.amount\""), "a rule that looks at one year alone does not ask");
    let before = format!("{href}&h.7.1.amount=150000&h.7.1.year=2024");
    let counted = look(&house, &nobody, &before).await;
    assert!(result(&counted).contains("50,000.00") && result(&counted).contains("150,000.00"), "{}", result(&counted));
    assert!(counted.contains("按您填写的"), "it is said which was counted");
    let wrong = look(&house, &nobody, &format!("{href}&h.7.1.amount=150000")).await;
    assert!(wrong.contains("role=\"alert\"") && wrong.contains("得到的年度"), "without a year it cannot be counted: {wrong}");
}

#[tokio::test]
async fn a_firm_that_is_signed_in_is_reckoned_with_what_the_books_have_of_it() {
    let house = House::demonstration("pages-earned").await;
    house.give_password("ent02", portal::demo::PASSWORD, false).await;
    let firm = house.sign_in("ent02").await;
    let mut work = house.portal.reading.begin().await.unwrap();
    let all: Vec<casework::determination::Determination> = work.list("organisation_id", &"ent02".into()).await.unwrap();
    drop(work);
    let earned = all.iter().find(|one| one.case.as_str() == "ds2024-02").unwrap().total().unwrap();
    let page = text(&send(&house, &firm, CALCULATOR, &[("year", "2025"), ("f.改造实际投资额", "1000000")]).await);
    let told = page.split("class=\"earned\"").nth(1).unwrap().split("</div>").next().unwrap();
    assert!(told.contains("/my/cases/ds2024-02") && told.contains(&earned.grouped()), "{told}");
    assert!(!page.contains("name=\"h.7.1.amount\""), "what the books have is not asked");
}
