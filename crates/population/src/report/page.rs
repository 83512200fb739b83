//! The page around the sections: head, figures, foot; and what a section is made of.

use super::{Report, figures, sections};
use policy::markup::escape;
use values::Lang;

const STYLE: &str = include_str!("style.css");

/// Rows of a table that is not cut by the end of a sheet.
const SHORT_ROWS: usize = 12;

/// A cell of a table: what is shown, and the exact sum.
pub struct Cell {
    text: String,
    exact: Option<String>,
}

impl Cell {
    /// Words.
    pub fn words(text: impl Into<String>) -> Self {
        Self { text: text.into(), exact: None }
    }

    /// How many.
    pub fn count(number: u64) -> Self {
        Self::words(figures::count(number))
    }

    /// A sum in 万元.
    pub fn money(fen: i128, lang: Lang) -> Self {
        Self { text: figures::myriads(fen), exact: Some(figures::exact(fen, lang)) }
    }

    /// A share.
    pub fn share(part: i128, whole: i128) -> Self {
        Self::words(figures::share(part, whole))
    }
}

/// The table behind a chart. The first column names the row.
#[derive(Default)]
pub struct Table {
    /// What the figures are in.
    pub caption: String,
    /// Names of columns.
    pub head: Vec<String>,
    /// Rows; those marked stand out.
    pub rows: Vec<(Vec<Cell>, bool)>,
    /// Sums.
    pub foot: Vec<Cell>,
}

impl Table {
    fn write(&self, out: &mut String) {
        // A short table stays on one sheet.
        let short = if self.rows.len() <= SHORT_ROWS { " short" } else { "" };
        out.push_str(&format!("<div class=\"scroll{short}\"><table>"));
        if !self.caption.is_empty() {
            out.push_str(&format!("<caption>{}</caption>", escape(&self.caption)));
        }
        out.push_str("<thead><tr>");
        for head in &self.head {
            out.push_str(&format!("<th scope=\"col\">{}</th>", escape(head)));
        }
        out.push_str("</tr></thead><tbody>");
        for (row, marked) in &self.rows {
            out.push_str(if *marked { "<tr class=\"now\">" } else { "<tr>" });
            cells(row, out);
        }
        out.push_str("</tbody>");
        if !self.foot.is_empty() {
            out.push_str("<tfoot><tr>");
            cells(&self.foot, out);
            out.push_str("</tfoot>");
        }
        out.push_str("</table></div>");
    }
}

fn cells(cells: &[Cell], out: &mut String) {
    for (at, cell) in cells.iter().enumerate() {
        let text = escape(&cell.text);
        let exact = cell.exact.as_ref().map_or_else(String::new, |exact| format!(" title=\"{}\"", escape(exact)));
        let nil = if matches!(cell.text.as_str(), "0" | "0.00" | "0.00%" | "–") { " class=\"nil\"" } else { "" };
        match at {
            0 => out.push_str(&format!("<th scope=\"row\">{text}</th>")),
            _ => out.push_str(&format!("<td{nil}{exact}>{text}</td>")),
        }
    }
    out.push_str("</tr>");
}

/// A chart and the table behind it, under a heading.
pub struct Section {
    /// Heading.
    pub heading: String,
    /// What is to be seen.
    pub lead: String,
    /// What the colours are: class and words.
    pub key: Vec<(&'static str, String)>,
    /// The chart.
    pub chart: String,
    /// The table.
    pub table: Table,
    /// What must be known to read it.
    pub note: String,
}

impl Section {
    fn write(&self, out: &mut String) {
        out.push_str(&format!("<section><h2>{}</h2>", escape(&self.heading)));
        if !self.lead.is_empty() {
            out.push_str(&format!("<p>{}</p>", escape(&self.lead)));
        }
        out.push_str("<div class=\"pair\"><figure>");
        if !self.key.is_empty() {
            out.push_str("<p class=\"key\">");
            for (class, words) in &self.key {
                out.push_str(&format!("<span><i class=\"{class}\"></i>{}</span>", escape(words)));
            }
            out.push_str("</p>");
        }
        out.push_str(&self.chart);
        if !self.note.is_empty() {
            out.push_str(&format!("<p class=\"note\">{}</p>", escape(&self.note)));
        }
        out.push_str("</figure>");
        self.table.write(out);
        out.push_str("</div></section>\n");
    }
}

/// The whole page.
pub fn html(report: &Report<'_>) -> String {
    let (summary, lang) = (report.summary, report.lang);
    let code = if lang == Lang::Zh { "zh-CN" } else { "en" };
    let kind = report.w("政策测算报告", "Policy simulation");
    let title = escape(&report.title());
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"{code}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title} · {kind}</title>\n<style>\n{STYLE}</style></head><body>\n<header><div class=\"top\"><p class=\"kind\">{kind}</p><h1>{title}</h1>"
    );
    out.push_str("<p class=\"about\">");
    let hash: String = report.scheme.hash.chars().take(12).collect();
    let years = summary.years.map_or_else(String::new, |(from, to)| if from == to { from.to_string() } else { format!("{from}—{to}") });
    let about = [
        (report.w("认定年度", "Award year"), years),
        (report.w("测算对象", "Population"), report.population.to_owned()),
        (report.w("稿别", "Draft"), report.scheme.policy.stage.clone().unwrap_or_default()),
        (report.w("政策版本", "Version"), hash),
    ];
    for (name, value) in about.iter().filter(|(_, value)| !value.is_empty()) {
        out.push_str(&format!("<span>{name} <b>{}</b></span>", escape(value)));
    }
    out.push_str("</p></div></header>\n<main>");
    heads(report, &mut out);
    out.push_str("<ul class=\"points\">");
    for point in report.points() {
        out.push_str(&format!("<li>{}</li>", escape(&point)));
    }
    out.push_str("</ul>\n");
    gap(report, &mut out);
    for section in sections::all(report) {
        section.write(&mut out);
    }
    foot(report, &mut out);
    out.push_str("</main></body></html>\n");
    out
}

fn heads(report: &Report<'_>, out: &mut String) {
    let (summary, zh) = (report.summary, report.lang == Lang::Zh);
    let share = |part: u64| figures::share(i128::from(part), i128::from(summary.rows));
    // Inner pools give out of outer ones: only of a single one it is plain what is inside and what is not.
    let held = match summary.shared.pools.as_slice() {
        [one] => {
            let (given, outside) = (report.sum(i128::from(one.given.0)), report.sum(summary.awarded - i128::from(one.given.0)));
            if zh { format!("资金内{given}，资金外{outside}") } else { format!("{given} from the fund, {outside} beside it") }
        }
        _ => String::new(),
    };
    let per = match i128::from(summary.winners) {
        0 => String::new(),
        winners => {
            let mean = report.sum(summary.claimed / winners);
            if zh { format!("得到的户均{mean}") } else { format!("{mean} each on average") }
        }
    };
    let heads = [
        ("", report.w("测算户数", "Applicants"), figures::count(summary.rows), String::new()),
        ("", report.w("得到支持", "Supported"), figures::count(summary.winners), share(summary.winners)),
        ("", report.w("申请合计", "Claimed in all"), report.sum(summary.claimed), per),
        ("", report.w("兑现合计", "Awarded in all"), report.sum(summary.awarded), held),
        ("open", report.w("有条款待定", "With a clause undetermined"), figures::count(summary.open), share(summary.open)),
    ];
    out.push_str("<dl class=\"heads\">");
    for (class, name, figure, small) in heads {
        let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
        let small = if small.is_empty() { String::new() } else { format!("<small>{}</small>", escape(&small)) };
        out.push_str(&format!("<div{class}><dt>{name}</dt><dd>{}{small}</dd></div>", escape(&figure)));
    }
    out.push_str("</dl>\n");
}

/// What the file does not say.
fn gap(report: &Report<'_>, out: &mut String) {
    const NAMED: usize = 8;
    if report.missing.is_empty() {
        return;
    }
    let (zh, count) = (report.lang == Lang::Zh, report.missing.len());
    let named: Vec<&str> = report.missing.iter().take(NAMED).map(String::as_str).collect();
    let rest = count.saturating_sub(NAMED);
    let words = if zh {
        let more = if rest > 0 { format!("等{count}项") } else { String::new() };
        format!("<b>？ 文件没有的事实</b>　{}{more}。对所有人都按不知道算，要用到它们的条款多为待定，费用因此少算。", escape(&named.join("、")))
    } else {
        let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
        format!(
            "<b>？ Facts that the file lacks</b>: {}{more}. They count as not known of anybody; clauses that ask for them are mostly undetermined, and cost less here than they will.",
            escape(&named.join(", "))
        )
    };
    out.push_str(&format!("<p class=\"gap\">{words}</p>\n"));
}

fn foot(report: &Report<'_>, out: &mut String) {
    let (asked, chosen) = (report.summary.asked_rows, report.summary.chosen);
    let (asked_n, chosen_n) = (figures::count(asked), figures::count(chosen));
    let mut words =
        report.w("金额逐户精确到分，与逐户测算完全相同。", "Amounts are exact to the fen for each applicant, the same as worked out one by one. ").to_owned();
    if asked > 0 {
        let (zh, en) = (format!("{asked_n}户情形特殊，单独测算。"), format!("{asked_n} were special and worked out apart. "));
        words.push_str(report.w(&zh, &en));
    }
    if chosen > 0 {
        let (zh, en) = (
            format!("{chosen_n}户的几项支持不能同享，已取合规的最高组合。"),
            format!("{chosen_n} could not hold all awards together and got the best lawful combination. "),
        );
        words.push_str(report.w(&zh, &en));
    }
    words.push_str(report.w(
        "表中以万元计，四舍五入，各项之和可能与合计差末位；在屏幕上指到数上可见精确到分的数。不知道的不当作零：待定的条款不计金额，没有决定的上限不计入申请和兑现。",
        "Tables are in 10,000 yuan, rounded, so that parts may differ from their sum in the last digit; on a screen each figure shows the exact sum. What is not known is not \
         nought: undetermined clauses count for nothing, and ceilings that nobody has decided are in neither claims nor awards.",
    ));
    let version = report.w("政策版本", "Version of the policy");
    out.push_str(&format!("<footer><p>{words}</p><p>{version} <code>{}</code></p></footer>", escape(&report.scheme.hash)));
}
