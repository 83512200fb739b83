//! The pages of money: every figure leads to rows that come to it, every entry to the words it rests on, and the acts of payment
//! and clawback are done by form.

use crate::house::{Browser, Came, House};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};

fn text(came: &Came) -> String {
    String::from_utf8(came.body.clone()).unwrap()
}

async fn page(house: &House, browser: &Browser, path: &str) -> String {
    let came = house.get(browser, path).await;
    assert_eq!(came.status, StatusCode::OK, "{path}: {}", text(&came));
    text(&came)
}

async fn send(house: &House, browser: &Browser, path: &str, fields: &[(&str, &str)]) -> Came {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs([("csrf", browser.csrf.as_str())]).extend_pairs(fields);
    let request = Request::post(path).header(header::COOKIE, &browser.cookie).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let came = house.send(request.body(Body::from(form.finish())).unwrap()).await;
    // Well done, it leads on to a page, which has to be there.
    if let Some(to) = came.headers.get(header::LOCATION).filter(|_| came.status == StatusCode::SEE_OTHER) {
        page(house, browser, to.to_str().unwrap().split('#').next().unwrap()).await;
    }
    came
}

/// What stands between two marks, each time.
fn between<'t>(text: &'t str, from: &str, until: &str) -> Vec<&'t str> {
    text.split(from).skip(1).filter_map(|rest| rest.split(until).next()).collect()
}

/// Links of a page that begin so, with the first words in each.
fn links(page: &str, begin: &str) -> Vec<(String, String)> {
    let link = |rest: &&str| {
        let (href, rest) = rest.split_once('"')?;
        let words = rest.split_once('>')?.1.split('<').next()?;
        Some((format!("{begin}{href}").replace("&amp;", "&").replace("&#38;", "&"), words.trim().to_owned()))
    };
    let found: Vec<&str> = page.split(&format!("<a href=\"{begin}")).skip(1).collect();
    let classed: Vec<&str> = page.split(&format!("<a class=\"bad\" href=\"{begin}")).skip(1).collect();
    found.iter().chain(&classed).filter_map(link).collect()
}

/// A sum in hundredths of 万元, to the nearest, as the curve writes it.
fn hundredths_of_wan(sum: i64) -> i64 {
    (sum.abs() + 5_000) / 10_000 * sum.signum()
}

fn fen(amount: &str) -> i64 {
    let plain: String = amount.chars().filter(|sign| !matches!(sign, ',' | '.')).collect();
    plain.replace('−', "-").parse().unwrap_or_else(|_| panic!("{amount} is no amount"))
}

#[tokio::test]
async fn every_figure_of_the_ledger_leads_to_entries_that_come_to_it() {
    let house = House::demonstration("pages-ledger").await;
    let finance = house.sign_in("finance").await;
    let ledger = page(&house, &finance, "/ledger?year=2024").await;
    assert!(ledger.contains("借贷平衡"), "{ledger}");
    let figures: Vec<(String, String)> = links(&ledger, "/ledger/").into_iter().filter(|(_, words)| words.contains('.') && !words.contains(' ')).collect();
    assert!(figures.len() > 25, "{figures:?}");
    for (href, amount) in figures {
        let rows = page(&house, &finance, &href).await;
        assert!(!rows.contains("下一页"), "{href} is longer than a page");
        let (body, foot) = rows.split_once("<tbody>").unwrap().1.split_once("<tfoot>").unwrap();
        let sum: i64 = between(body, "<td class=\"num\">", "</td>").into_iter().map(fen).sum();
        let total = between(foot, "<td class=\"num\">", "</td>").pop().unwrap();
        assert_eq!((sum, fen(total)), (fen(&amount), fen(&amount)), "{href}");
    }
}

#[tokio::test]
async fn an_entry_leads_back_to_the_words_of_its_clause() {
    let house = House::demonstration("pages-entry").await;
    let leader = house.sign_in("leader").await;
    let entry = page(&house, &leader, "/entries/e-bf2025-1:1").await;
    for words in ["382,600.00", "按照销售额1%给予一次性奖励", "逐字节一致", "/determinations/d-ds2024-01", "/cases/ds2024-01", "区商务委 吴审批"]
    {
        assert!(entry.contains(words), "{words} is missing: {entry}");
    }
    let determination = page(&house, &leader, "/determinations/d-ds2024-01").await;
    for words in ["现行有效", "38,260,000.00元", "/entries/e-bf2025-1:1", "登记：没有变化", "区商务委 吴审批"] {
        assert!(determination.contains(words), "{words} is missing: {determination}");
    }
    // Who may not see the case does not see its money.
    let other = house.sign_in("leader2").await;
    for path in ["/entries/e-bf2025-1:1", "/determinations/d-ds2024-01"] {
        assert_eq!(house.get(&other, path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let asked = house.sign_in("park").await;
    assert_eq!(house.get(&asked, "/ledger").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn every_number_of_the_cockpit_leads_to_as_many_rows() {
    let house = House::demonstration("pages-cockpit").await;
    let leader = house.sign_in("leader").await;
    let cockpit = page(&house, &leader, "/cockpit?year=2024").await;
    let numbers: Vec<(String, usize)> = links(&cockpit, "/cockpit/cases").into_iter().filter_map(|(href, words)| Some((href, words.parse().ok()?))).collect();
    assert!(numbers.len() > 15, "{numbers:?}");
    for (href, number) in numbers {
        let rows = page(&house, &leader, &href).await;
        let listed = between(rows.split_once("<tbody>").unwrap().1, "<th scope=\"row\"><a href=\"/cases/", "\"").len();
        assert_eq!(listed, number, "{href}");
    }
    // The bars of clauses lead to their entries, account by account.
    let bars = links(&cockpit, "/ledger/fund-2024?clause=");
    assert!(bars.len() > 5, "{bars:?}");
}

#[tokio::test]
async fn the_bank_s_answer_is_entered_by_form_and_nothing_typed_is_lost() {
    let house = House::demonstration("pages-batch").await;
    let finance = house.sign_in("finance").await;
    let batch = page(&house, &finance, "/batches/bf2025-3").await;
    let due = between(&batch, "<option value=\"e-", "\"").first().map(|rest| format!("e-{rest}")).unwrap();
    let request = between(&batch, "name=\"request\" value=\"", "\"")[0].to_owned();
    let mut fields = vec![
        ("act", "payment.report"),
        ("request", &request),
        ("due", &due),
        ("result", "returned"),
        ("receipt", "HD77"),
        ("on", "2025-06-17"),
        ("reason", ""),
    ];
    let refused = send(&house, &finance, "/batches/bf2025-3", &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let kept = text(&refused);
    assert!(
        kept.contains("退汇须填写原因") && kept.contains("role=\"alert\"") && kept.contains("value=\"HD77\"") && kept.contains("value=\"2025-06-17\""),
        "{kept}"
    );
    fields.pop();
    fields.push(("reason", "账号已注销"));
    let done = send(&house, &finance, "/batches/bf2025-3", &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", text(&done));
    // The same form once more does nothing more.
    assert_eq!(send(&house, &finance, "/batches/bf2025-3", &fields).await.status, StatusCode::SEE_OTHER);
    assert!(page(&house, &finance, "/batches/bf2025-3").await.contains("账号已注销"));
    let clerk = house.sign_in("clerk").await;
    assert!(page(&house, &clerk, "/batches").await.contains(&format!("<th scope=\"row\">{due}</th>")), "what came back waits to be sent again");
    // Accounts are for finance.
    assert!(!page(&house, &clerk, "/batches/bf2025-1").await.contains("620000000001"));
    assert!(page(&house, &finance, "/batches/bf2025-1").await.contains("620000000001"));
}

#[tokio::test]
async fn receipts_are_looked_at_before_they_are_reported() {
    let house = House::demonstration("pages-receipts").await;
    let finance = house.sign_in("finance").await;
    let sent = send(&house, &finance, "/batches/bf2025-3/receipts", &[("table", "批次号,行号\nbf2025-3,1\n")]).await;
    assert!(sent.status.is_client_error(), "{}", text(&sent));
    let table = "批次号\t行号\t金额（元）\t日期\t流水号\t处理结果\t退汇原因\r\nbf2025-3\t1\t261441.64\t2025-06-17\tHD901\t到账\t\r\n";
    let batch = page(&house, &finance, "/batches/bf2025-3").await;
    let first = between(batch.split_once("<tbody>").unwrap().1, "<td class=\"num\">", "<").first().unwrap().replace(',', "");
    let due = between(&batch, "<option value=\"e-", "\"").first().map(|rest| format!("e-{rest}")).unwrap();
    let table = table.replace("261441.64", first.trim()).replace("bf2025-3\t1\t", &format!("bf2025-3\t{due}\t"));
    let seen = text(&send(&house, &finance, "/batches/bf2025-3/receipts", &[("table", &table)]).await);
    assert!(seen.contains("预览：尚未登记") && seen.contains("登记 1 笔回单"), "{seen}");
    let mark = between(&seen, "name=\"mark\" value=\"", "\"")[0].to_owned();
    let done = send(&house, &finance, "/batches/bf2025-3/receipts", &[("table", &table), ("mark", &mark)]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", text(&done));
    assert!(page(&house, &finance, "/batches/bf2025-3").await.contains("HD901"));
}

#[tokio::test]
async fn a_clawback_is_settled_by_form() {
    let house = House::demonstration("pages-recovery").await;
    let finance = house.sign_in("finance").await;
    let recovery = page(&house, &finance, "/recoveries/zh2025-1").await;
    assert!(recovery.contains("120,000.00"), "{recovery}");
    let form = [("act", "recovery.collect"), ("request", "collect-once"), ("amount", "十二万"), ("receipt", "票据2")];
    let refused = send(&house, &finance, "/recoveries/zh2025-1", &form).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text(&refused).contains("value=\"十二万\""));
    let form = [("act", "recovery.collect"), ("request", "collect-once"), ("amount", "120,000.00"), ("receipt", "票据2")];
    let done = send(&house, &finance, "/recoveries/zh2025-1", &form).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", text(&done));
    assert!(page(&house, &finance, "/recoveries/zh2025-1").await.contains("已结清"));
    // What came back stands in the ledger at once, and the sums still agree.
    let ledger = page(&house, &finance, "/ledger?year=2024").await;
    assert!(ledger.contains("200,000.00") && ledger.contains("借贷平衡"), "{ledger}");
}

#[tokio::test]
async fn the_auditor_sees_that_the_log_holds_and_takes_a_bundle_that_is_noted() {
    let house = House::demonstration("pages-audit").await;
    let auditor = house.sign_in("auditor").await;
    let audit = page(&house, &auditor, "/audit").await;
    assert!(audit.contains("核对无误") && audit.contains("区财政局 孙财政"), "{audit}");
    let bundle = house.get(&auditor, "/api/v1/bundle?case=ds2024-11").await;
    assert_eq!(bundle.status, StatusCode::OK);
    assert!(bundle.body.starts_with(b"PK"));
    assert!(page(&house, &auditor, "/audit").await.contains("<th scope=\"row\">bundle</th>"), "the download is noted");
    let clerk = house.sign_in("clerk").await;
    assert_eq!(house.get(&clerk, "/audit").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn every_amount_of_the_curve_leads_to_entries_that_come_to_it_and_the_year_ends_with_the_books() {
    let house = House::demonstration("pages-curve").await;
    let finance = house.sign_in("finance").await;
    let cockpit = page(&house, &finance, "/cockpit?year=2024").await;
    assert!(cockpit.contains("class=\"curve\""), "{cockpit}");
    let figures = links(&cockpit, "/cockpit/entries?");
    assert!(figures.len() > 8, "{figures:?}");
    for (href, wan) in &figures {
        let rows = page(&house, &finance, href).await;
        assert!(!rows.contains("下一页"), "{href} is longer than a page");
        let (body, foot) = rows.split_once("<tbody>").unwrap().1.split_once("<tfoot>").unwrap();
        let sum: i64 = between(body, "<td class=\"num\">", "</td>").into_iter().map(fen).sum();
        let total = between(foot, "<td class=\"num\">", "</td>").pop().unwrap();
        assert_eq!(sum, fen(total), "{href}: the rows come to the total");
        assert_eq!(hundredths_of_wan(sum), fen(wan), "{href}: and to the figure that led here, in 万元");
    }
    // The last month holds what the books hold.
    let mut work = house.portal.reading.begin().await.unwrap();
    let books = work.all_books().await.unwrap();
    let paid: i64 = books
        .iter()
        .filter(|book| book.year == 2024 && book.kind == casework::ledger::BookKind::Fund)
        .map(|book| book.balance(casework::ledger::Account::Paid).0)
        .sum();
    assert_eq!(fen(&figures.last().unwrap().1), hundredths_of_wan(paid), "{figures:?}");
}

#[tokio::test]
async fn a_month_with_more_entries_than_a_page_goes_on_where_the_page_ended() {
    let house = House::demonstration("pages-curve-pages").await;
    let finance = house.sign_in("finance").await;
    let whole = page(&house, &finance, "/cockpit/entries?year=2024&month=2030-01&until=yes&of=bound").await;
    let all = links(&whole, "/entries/");
    let rest = page(&house, &finance, "/cockpit/entries?year=2024&month=2030-01&until=yes&of=bound&after=fund-2024~0").await;
    assert_eq!(links(&rest, "/entries/"), all, "from the beginning of the first budget it is all of it");
    assert_eq!(house.get(&finance, "/cockpit/entries?month=x").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn each_call_under_way_shows_where_its_cases_are_and_each_number_leads_to_them() {
    let house = House::demonstration("pages-progress").await;
    let leader = house.sign_in("leader").await;
    let cockpit = page(&house, &leader, "/cockpit").await;
    let calls = cockpit.split("id=\"h-calls\"").nth(1).unwrap_or_else(|| panic!("{cockpit}")).split("</section>").next().unwrap();
    assert!(calls.contains("2025年度第一批电子商务扶持资金申报") && calls.contains("持有最多"), "{calls}");
    let mut numbers: Vec<(String, String)> = links(calls, "/cockpit/cases?call=");
    numbers.extend(between(calls, "<a href=\"/cockpit/cases?call=", "</b>").into_iter().filter_map(|rest| {
        let (href, words) = rest.split_once("\"><b>")?;
        Some((format!("/cockpit/cases?call={}", href.replace("&amp;", "&").replace("&#38;", "&")), words.to_owned()))
    }));
    let numbers: Vec<(String, usize)> = numbers.into_iter().filter_map(|(href, words)| Some((href, words.parse().ok()?))).collect();
    assert!(numbers.len() > 6, "{calls}");
    for (href, number) in numbers {
        let rows = page(&house, &leader, &href).await;
        assert!(rows.contains(&format!("共 {number} 件")), "{href} is to lead to {number}: {rows}");
    }
}
