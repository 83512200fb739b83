//! 我的视图: filters of a list, with the columns that are shown, which somebody keeps under a name. They are that person's alone, and
//! show no more than the list does.

use super::market::encoded;
use super::work::OFFICERS;
use super::{Given, given, go, is_ours, sent_to};
use crate::operation::{Answering, Asked, Operation};
use crate::problem::Problem;
use crate::{Portal, clock};
use exchange::table::short_mark;
use store::service::ListView;

/// Where lists stand that have views.
const LISTS: &[&str] = &["/work", "/cases", "/registers/", "/ledger/"];
/// Views of a person, at most; characters of a name and of a filter, at most.
const VIEWS_MAX: usize = 60;
const NAME_MAX: usize = 30;
const FILTER_MAX: usize = 1_000;

/// The views of a list, for its page.
pub struct Views {
    /// Where the list stands.
    pub list: String,
    /// The filter as it is now.
    pub filter: String,
    /// The columns that are shown now, separated by `~`.
    pub columns: String,
    /// Each with its name and address, and whether it is what is shown.
    pub all: Vec<(String, String, String, bool)>,
}

impl Views {
    /// Errors: the database.
    pub async fn of(portal: &Portal, asked: &Asked<'_>, list: &str, filter: &str, columns: &[String]) -> Result<Self, Problem> {
        let rows = own(portal, asked).await?;
        let href = |row: &ListView| {
            let view = if row.columns.is_empty() { String::new() } else { format!("view={}", row.id) };
            let behind: Vec<&str> = [row.filter.as_str(), view.as_str()].into_iter().filter(|part| !part.is_empty()).collect();
            if behind.is_empty() { row.list.clone() } else { format!("{}?{}", row.list, behind.join("&")) }
        };
        let is_here = |row: &ListView| row.filter == filter && (row.columns.is_empty() || asked.query("view") == Some(row.id.as_str()));
        let all = rows.iter().filter(|row| row.list == list).map(|row| (row.id.clone(), row.name.clone(), href(row), is_here(row))).collect();
        Ok(Self { list: list.to_owned(), filter: filter.to_owned(), columns: columns.join("~"), all })
    }
}

async fn own(portal: &Portal, asked: &Asked<'_>) -> Result<Vec<ListView>, Problem> {
    let mut rows: Vec<ListView> = portal.office.store().service_rows("user_id", asked.seat()?.user.as_str()).await?;
    rows.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(rows)
}

/// The columns of a view that is asked for; none: there is none of the reader's.
pub async fn columns_of(portal: &Portal, asked: &Asked<'_>) -> Result<Option<Vec<String>>, Problem> {
    let Some(id) = asked.query("view") else { return Ok(None) };
    let view = own(portal, asked).await?.into_iter().find(|row| row.id == id);
    Ok(view.map(|view| view.columns.split('~').filter(|key| !key.is_empty()).map(str::to_owned).collect()))
}

pub fn operations() -> Vec<Operation> {
    vec![sent_to("/views", "list_views", ("保存或删除本人的列表视图", "Keep a filter of a list under a name, or drop it"), OFFICERS, change)]
}

/// A filter as it stands behind a question mark, without what is no filter.
fn cleaned(filter: &str) -> String {
    let pairs = form_urlencoded::parse(filter.as_bytes()).filter(|(name, value)| !value.is_empty() && !matches!(&**name, "after" | "done" | "view"));
    pairs.map(|(name, value)| format!("{}={}", encoded(&name), encoded(&value))).collect::<Vec<_>>().join("&")
}

fn change<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let given: Given = given(asked);
        let said = |name: &str| given.get(name).map(|value| value.trim()).unwrap_or_default();
        let list = Some(said("list")).filter(|list| is_ours(list) && !list.contains(['?', '#']) && list.len() <= 100);
        let list = list.filter(|list| LISTS.iter().any(|begins| list.starts_with(begins)));
        let list = list.ok_or_else(|| Problem::unusable("没有这样的列表。", "There is no such list."))?;
        let user = asked.seat()?.user.as_str();
        let store = portal.office.store();
        let all = own(portal, asked).await?;
        if !said("drop").is_empty() {
            // Of another person there is none of this id.
            if let Some(row) = all.iter().find(|row| row.id == said("drop")) {
                store.drop_service_rows::<ListView>("id", &row.id).await?;
            }
            return Ok(go(list));
        }
        let (name, filter, columns) = (said("name"), cleaned(said("filter")), said("columns"));
        if name.is_empty() || name.chars().count() > NAME_MAX {
            return Err(Problem::unusable(format!("请填写视图名称，不超过 {NAME_MAX} 个字。"), format!("Give it a name of at most {NAME_MAX} characters.")));
        }
        if filter.len() > FILTER_MAX || columns.len() > FILTER_MAX {
            return Err(Problem::unusable("筛选条件过长，不能保存。", "The filter is too long to be kept."));
        }
        // The same name again takes the place of what was kept under it.
        let id = format!("v-{}", short_mark(format!("{user}\n{list}\n{name}").as_bytes()));
        if all.len() >= VIEWS_MAX && !all.iter().any(|row| row.id == id) {
            let en = format!("At most {VIEWS_MAX} are kept: drop one first.");
            return Err(Problem::unusable(format!("最多保存 {VIEWS_MAX} 个视图，请先删除不用的。"), en));
        }
        let sign = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '_' | '.' | '-' | '~');
        let columns: String = columns.chars().filter(|one| sign(*one)).collect();
        let row = ListView {
            id: id.clone(),
            user_id: user.to_owned(),
            list: list.to_owned(),
            name: name.to_owned(),
            filter: filter.clone(),
            columns: columns.clone(),
            saved: clock::seconds(),
        };
        store.put_service_row(&row).await?;
        let view = if columns.is_empty() { String::new() } else { format!("view={id}") };
        let behind: Vec<&str> = [filter.as_str(), view.as_str()].into_iter().filter(|part| !part.is_empty()).collect();
        Ok(go(&if behind.is_empty() { list.to_owned() } else { format!("{list}?{}", behind.join("&")) }))
    })
}
