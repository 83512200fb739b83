//! Simulations: a made-up district, a file that somebody sends, the cases of a year as they were frozen; each run is its person's alone.

use crate::house::{Browser, Came, House};
use axum::http::{StatusCode, header};

fn text(came: &Came) -> String {
    String::from_utf8(came.body.clone()).unwrap()
}

/// Sends the form: with a file where one is given.
async fn ask(house: &House, who: &Browser, fields: &[(&str, &str)], file: Option<(&str, &str)>) -> Came {
    let mut body = format!("--b7\r\ncontent-disposition: form-data; name=\"csrf\"\r\n\r\n{}\r\n", who.csrf);
    for (name, value) in fields {
        body.push_str(&format!("--b7\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"));
    }
    if let Some((name, content)) = file {
        body.push_str(&format!("--b7\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\ncontent-type: text/csv\r\n\r\n{content}\r\n"));
    }
    body.push_str("--b7--\r\n");
    house.bring(who, "/simulations", "multipart/form-data; boundary=b7", body.into_bytes()).await
}

/// The address of the run that was begun.
fn begun(came: &Came) -> String {
    assert_eq!(came.status, StatusCode::SEE_OTHER, "{}", text(came));
    came.headers[header::LOCATION].to_str().unwrap().to_owned()
}

/// Its page once it is over.
async fn over(house: &House, who: &Browser, path: &str) -> String {
    loop {
        let page = house.look(who, path).await;
        if !page.contains("http-equiv=\"refresh\"") {
            return page;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn the_old_version_comes_to_what_was_assessed_in_that_year_and_a_file_is_gone_when_it_is_over() {
    let house = House::demonstration("simulate-frozen").await;
    let leader = house.sign_in("leader").await;
    let form = house.look(&leader, "/simulations").await;
    assert!(form.contains("<option value=\"qianjiang-2023\""), "{form}");
    let asked = [("policy", "qianjiang-2023"), ("against", ""), ("year", "2024"), ("source", "frozen"), ("from", "")];
    let page = over(&house, &leader, &begun(&ask(&house, &leader, &asked, None).await)).await;
    assert!(page.contains("一分不差") && !page.contains('≠'), "{page}");
    // What was given then is not nothing.
    assert!(page.contains("title=\"300,000.00\""), "{page}");
    assert_eq!(std::fs::read_dir(house.portal.config.data.join("simulations")).unwrap().count(), 0, "applications of enterprises lie about");
    // A sum over one case would be that case.
    let few = ask(&house, &leader, &[("policy", "jiulongpo-2013"), ("year", "2024"), ("source", "frozen")], None).await;
    assert!(few.status == StatusCode::UNPROCESSABLE_ENTITY && text(&few).contains("不足 10 件"), "{}", text(&few));
    // No year without cases is taken for a year that costs nothing.
    let none = ask(&house, &leader, &[("policy", "qianjiang-2023"), ("year", "1999"), ("source", "frozen")], None).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text(&none).contains("没有已审定的案件") && text(&none).contains("value=\"1999\""), "{}", text(&none));
}

#[tokio::test]
async fn a_district_is_made_up_by_its_seed_and_a_run_is_its_persons_alone() {
    let house = House::demonstration("simulate-made").await;
    let (leader, drafter) = (house.sign_in("leader").await, house.sign_in("drafter").await);
    let asked = [("policy", "qianjiang-2023"), ("against", ""), ("year", "2024"), ("source", "made"), ("rows", "3,000"), ("seed", "7")];
    let path = begun(&ask(&house, &drafter, &asked, None).await);
    let page = over(&house, &drafter, &path).await;
    assert!(page.contains("模拟地区（虚构），3000 户，种子 7") && page.contains("<b>3,000</b>"), "{page}");
    let sums = |page: &str| page.split("<tbody>").nth(1).unwrap().split("</tbody>").next().unwrap().to_owned();
    let again = over(&house, &drafter, &begun(&ask(&house, &drafter, &asked, None).await)).await;
    assert_eq!(sums(&page), sums(&again));
    for path in [path.clone(), format!("{path}/stop")] {
        let came = if path.ends_with("stop") {
            house.bring(&leader, &path, "application/x-www-form-urlencoded", format!("csrf={}", leader.csrf).into_bytes()).await
        } else {
            house.get(&leader, &path).await
        };
        assert_eq!(came.status, StatusCode::NOT_FOUND, "{path}: a run is for whoever asked for it");
    }
    let clerk = house.sign_in("clerk").await;
    assert_eq!(house.get(&clerk, "/simulations").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_wrong_cell_is_named_and_nothing_is_worked_out() {
    let house = House::demonstration("simulate-file").await;
    let leader = house.sign_in("leader").await;
    let asked = [("policy", "qianjiang-2023"), ("against", ""), ("year", "2024"), ("source", "file")];
    let csv = "id,kind,电商新品牌,品牌年销售额\n1,企业,是,30000000\n2,企业,是,三千万\n";
    let page = over(&house, &leader, &begun(&ask(&house, &leader, &asked, Some(("企业.csv", csv))).await)).await;
    assert!(page.contains("第 3 行，品牌年销售额") && page.contains("没有出任何结果") && !page.contains("<tbody>"), "{page}");
    let good = over(&house, &leader, &begun(&ask(&house, &leader, &asked, Some(("企业.csv", &csv.replace("三千万", "30000000")))).await)).await;
    assert!(good.contains("<tbody>") && good.contains("数据没有这些项") && !good.contains("这些列没有用"), "{good}");
    let misspelt = csv.replace("三千万", "30000000").replace("品牌年销售额", "品牌销售额");
    let other = over(&house, &leader, &begun(&ask(&house, &leader, &asked, Some(("企业.csv", &misspelt))).await)).await;
    assert!(other.contains("这些列没有用") && other.contains("品牌销售额"), "{other}");
    assert!(text(&house.get(&leader, "/simulations/0").await).contains("没有找到测算"), "what is looked for has its name");
    for (file, words) in [(None, "请选择企业数据文件"), (Some(("企业.docx", "x")), "文件应为")] {
        let refused = ask(&house, &leader, &asked, file).await;
        assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && text(&refused).contains(words), "{}", text(&refused));
    }
    let cut = over(&house, &leader, &begun(&ask(&house, &leader, &asked, Some(("企业.parquet", "PAR1 and no end"))).await)).await;
    assert!(
        cut.contains("file.parquet 不是完整的 Parquet 文件") && !cut.contains("simulations/file") && !cut.contains(house.portal.config.data.to_str().unwrap()),
        "{cut}"
    );
    assert_eq!(std::fs::read_dir(house.portal.config.data.join("simulations")).unwrap().count(), 0, "a file that was sent lies about");
}

#[tokio::test]
async fn a_draft_is_held_against_the_version_in_force_and_a_run_can_be_stopped() {
    let house = House::demonstration("simulate-against").await;
    let drafter = house.sign_in("drafter").await;
    let versions = house.look(&drafter, "/simulations").await;
    let ids: Vec<&str> = versions.split("<option value=\"").skip(1).filter_map(|rest| rest.split('"').next()).filter(|id| !id.is_empty()).collect();
    let draft = ids.iter().find(|id| id.starts_with("qianjiang-") && **id != "qianjiang-2023").unwrap_or_else(|| panic!("{ids:?}"));
    let asked = [("policy", *draft), ("against", "qianjiang-2023"), ("year", "2024"), ("source", "frozen"), ("from", "qianjiang-2023")];
    let page = over(&house, &drafter, &begun(&ask(&house, &drafter, &asked, None).await)).await;
    assert!(page.contains("多得的") && page.contains("对照版本兑现额"), "{page}");
    let at = page.split("href=\"").find_map(|rest| rest.split('"').next().filter(|href| href.ends_with("/report"))).unwrap();
    let report = house.look(&drafter, at).await;
    assert!(report.contains("<svg") && !report.contains("<script") && !report.contains("http://") || report.contains("http://www.w3.org"), "{report}");
    let leader = house.sign_in("leader").await;
    assert_eq!(house.get(&leader, at).await.status, StatusCode::NOT_FOUND);
    // One goes on at a time: the second waits, and a third is not taken.
    let made = [("policy", "qianjiang-2023"), ("against", ""), ("year", "2024"), ("source", "made"), ("rows", "20000"), ("seed", "7")];
    let first = begun(&ask(&house, &drafter, &made, None).await);
    let path = begun(&ask(&house, &drafter, &made, None).await);
    let third = ask(&house, &drafter, &made, None).await;
    assert!(third.status == StatusCode::UNPROCESSABLE_ENTITY && text(&third).contains("还没有结束"), "{}", text(&third));
    let begun_page = house.look(&drafter, &first).await;
    assert!(begun_page.contains("/ 20,000") || begun_page.contains("<tbody>"), "of how many is said while it is made: {begun_page}");
    let stop = house.bring(&drafter, &format!("{path}/stop"), "application/x-www-form-urlencoded", format!("csrf={}", drafter.csrf).into_bytes()).await;
    assert_eq!(stop.status, StatusCode::SEE_OTHER);
    let page = over(&house, &drafter, &path).await;
    assert!(page.contains("已停止") && !page.contains("<tbody>"), "{page}");
    assert!(over(&house, &drafter, &first).await.contains("<tbody>"), "the other one goes on");
}
