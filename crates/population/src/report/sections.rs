//! The sections of the report: each a chart and the table behind it.

use super::chart::{self, Bar, CEILING, CUT, Colour, GIVEN, LEFT, LESS, NO, OPEN, SHADES, WAIVED, YES};
use super::page::{Cell, Section, Table};
use super::{Report, figures};
use crate::against::{Against, Change};
use crate::pools::PARTS;
use crate::reason::Reason;
use crate::simulate::{BANDS, ClauseSum, PartSum, cap_of};
use crate::sweep::Sweep;
use policy::assessment::Outcome;
use policy::scheme::{Clause, Give};
use values::{Fen, Lang};

/// All of them, in order.
pub fn all(report: &Report<'_>) -> Vec<Section> {
    let mut out = vec![cost(report), outcomes(report)];
    out.extend(uses(report));
    out.extend(caps(report));
    out.extend(awards(report));
    out.push(kinds(report));
    out.extend(sizes(report));
    out.extend(report.against.and_then(|against| by_clause(report, against)));
    out.extend(report.against.and_then(|against| by_size(report, against)));
    out.extend(report.sweep.map(|sweep| swept(report, sweep)));
    out
}

fn clauses<'r>(report: &'r Report<'_>) -> impl Iterator<Item = (&'r Clause, &'r ClauseSum)> {
    report.scheme.clauses.iter().zip(&report.summary.clauses)
}

fn label(clause: &Clause) -> String {
    format!("{} {}", clause.id, clause.title)
}

fn key(of: &[(Colour, &str)]) -> Vec<(&'static str, String)> {
    of.iter().map(|(colour, words)| (colour.0, (*words).to_owned())).collect()
}

fn head(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn myriads(report: &Report<'_>) -> String {
    report.w("万元", "10,000 yuan").to_owned()
}

fn axis(report: &Report<'_>) -> impl Fn(i64) -> String {
    let lang = report.lang;
    move |fen| figures::tick(fen, lang)
}

fn cost(report: &Report<'_>) -> Section {
    let lang = report.lang;
    let (mut bars, mut rows) = (Vec::new(), Vec::new());
    let (mut all, mut waives) = (ClauseSum::default(), false);
    // A clause that gives no money has no cost to show.
    for (clause, sum) in clauses(report).filter(|(_, sum)| sum.amount > 0) {
        let left = sum.amount - sum.ceilings - sum.claimed;
        // What is waived is claimed from no fund.
        let waived = matches!(clause.give, Some(Give::Waive(_)));
        waives |= waived;
        let parts = vec![(sum.awarded, GIVEN), (sum.claimed - sum.awarded, CUT), (left, if waived { WAIVED } else { LEFT }), (sum.ceilings, CEILING)];
        bars.push(Bar { label: label(clause), parts, note: figures::myriads(sum.amount) });
        let figures = [sum.amount, sum.ceilings, sum.claimed, sum.awarded].map(|fen| Cell::money(fen, lang));
        rows.push((std::iter::once(Cell::words(label(clause))).chain(figures).collect(), false));
        (all.amount, all.ceilings) = (all.amount + sum.amount, all.ceilings + sum.ceilings);
        (all.claimed, all.awarded) = (all.claimed + sum.claimed, all.awarded + sum.awarded);
    }
    let foot = [all.amount, all.ceilings, all.claimed, all.awarded].map(|fen| Cell::money(fen, lang));
    let names = [
        report.w("条款", "Clause"),
        report.w("测算额", "Amount"),
        report.w("其中未定上限", "Ceilings in it"),
        report.w("申请", "Claimed"),
        report.w("兑现", "Awarded"),
    ];
    let heading = report.w("各条款的费用", "What each clause costs");
    let mut colours = vec![
        (GIVEN, report.w("兑现", "awarded")),
        (CUT, report.w("资金不足减去", "cut by funds")),
        (LEFT, report.w("并用规则去掉", "left out by combining rules")),
        (CEILING, report.w("上限，尚未决定", "ceilings, not decided")),
    ];
    if waives {
        colours.push((WAIVED, report.w("减免，不从资金里付", "waived, paid from no fund")));
    }
    Section {
        heading: heading.to_owned(),
        lead: report
            .w(
                "每一条按规则算出多少，并用规则去掉多少，资金不足又减去多少，最后兑现多少。",
                "What each clause comes to, what the rules on combining leave out, what the funds cut, and what is awarded.",
            )
            .to_owned(),
        key: key(&colours),
        chart: chart::bars(heading, &bars, None, &axis(report)),
        table: Table {
            caption: myriads(report),
            head: head(&names),
            rows,
            foot: std::iter::once(Cell::words(report.w("合计", "Total"))).chain(foot).collect(),
        },
        note: String::new(),
    }
}

fn outcomes(report: &Report<'_>) -> Section {
    let total = i128::from(report.summary.rows);
    let (mut bars, mut rows) = (Vec::new(), Vec::new());
    for (clause, sum) in clauses(report) {
        let of = [Outcome::Eligible, Outcome::Ineligible, Outcome::Undetermined].map(|outcome| sum.rows(outcome));
        let [yes, no, open] = of.map(i128::from);
        bars.push(Bar { label: label(clause), parts: vec![(yes, YES), (open, OPEN), (no, NO)], note: figures::count(of[0]) });
        let mut row = vec![Cell::words(label(clause))];
        row.extend(of.map(Cell::count));
        row.push(Cell::share(yes, total));
        rows.push((row, false));
    }
    let heading = report.w("各条款有多少户符合", "How many meet each clause");
    let names = [
        report.w("条款", "Clause"),
        report.w("符合", "Eligible"),
        report.w("不符合", "Ineligible"),
        report.w("待定", "Undetermined"),
        report.w("符合的比例", "Share eligible"),
    ];
    Section {
        heading: heading.to_owned(),
        lead: report.w("待定是资料不够，既不算符合，也不算不符合。", "Undetermined means that something is not known: it is neither of the others.").to_owned(),
        key: key(&[(YES, report.w("符合", "eligible")), (OPEN, report.w("待定", "undetermined")), (NO, report.w("不符合", "ineligible"))]),
        chart: chart::bars(heading, &bars, Some(total), &|rows| figures::count(u64::try_from(rows).unwrap_or(0))),
        table: Table { caption: report.w("户", "applicants").to_owned(), head: head(&names), rows, foot: Vec::new() },
        note: report
            .w("图右为符合的户数；限制、已用完频次的计入不符合。", "At the right the number that is eligible; barred and exhausted ones count as ineligible.")
            .to_owned(),
    }
}

/// One section for each pool of each year.
fn uses(report: &Report<'_>) -> Vec<Section> {
    let (lang, zh) = (report.lang, report.lang == Lang::Zh);
    let mut out = Vec::new();
    for (used, share) in report.summary.shared.uses.iter().zip(&report.summary.shared.pools).filter(|(_, share)| share.claims.0 > 0) {
        let Some(pool) = report.scheme.pools.get(used.pool as usize) else { continue };
        let so_far = |parts: &[i128; PARTS]| -> Vec<i128> {
            let added = parts.iter().scan(0, |sum, part| {
                *sum += part;
                Some(*sum)
            });
            std::iter::once(0).chain(added).collect()
        };
        let (claims, given) = (so_far(&used.claims), so_far(&used.given));
        let held = share.amount.map(|fen| i128::from(fen.0));
        let end = |tenth: usize| match tenth {
            0 => "0".to_owned(),
            _ if zh => format!("{tenth}成"),
            _ => format!("{}%", tenth * 10),
        };
        let ends: Vec<String> = (0..=PARTS).map(end).collect();
        let rows = (1..=PARTS).filter_map(|tenth| {
            let (claims, given) = (*claims.get(tenth)?, *given.get(tenth)?);
            let row = vec![Cell::words(end(tenth)), Cell::money(claims, lang), Cell::money(given, lang), Cell::share(given, held.unwrap_or(0))];
            Some((row, false))
        });
        let full = held.and_then(|held| claims.iter().position(|sum| *sum >= held)).filter(|tenth| *tenth > 0);
        let lead = match (full, zh) {
            (Some(tenth), true) => format!("若按文件的先后受理，申请在文件的第{tenth}成以内就达到额度。"),
            (Some(tenth), false) => format!("Were they served in the order of the file, claims would reach what the fund holds within {}% of it.", tenth * 10),
            (None, true) => "按文件的先后，到最后也没有用完额度。".to_owned(),
            (None, false) => "In the order of the file the fund is never used up.".to_owned(),
        };
        let heading = if zh { format!("资金“{}”{}年的使用", pool.name, used.year) } else { format!("Use of fund {} in {}", pool.name, used.year) };
        let level = held.map(|held| (held, if zh { format!("额度 {}", report.sum(held)) } else { format!("holds {}", report.sum(held)) }));
        let names = [
            report.w("文件的前", "First part"),
            report.w("累计申请", "Claimed so far"),
            report.w("累计给付", "Given so far"),
            report.w("占额度", "Of the fund"),
        ];
        out.push(Section {
            lead,
            key: key(&[(CUT, report.w("累计申请", "claimed so far")), (GIVEN, report.w("累计给付", "given so far"))]),
            chart: chart::lines(
                &heading,
                &[(&claims, CUT), (&given, GIVEN)],
                level.as_ref().map(|(held, words)| (*held, words.as_str())),
                &ends,
                &axis(report),
            ),
            heading,
            table: Table { caption: myriads(report), head: head(&names), rows: rows.collect(), foot: Vec::new() },
            note: report
                .w(
                    "横轴是文件里行的先后，不是月份：文件没有申报时间。申请远超额度时，线到图顶为止。",
                    "The axis is the order of rows in the file, not months: the file has no days of application. Where far more is claimed, the line ends at the top.",
                )
                .to_owned(),
        });
    }
    out
}

/// Which caps bind.
fn caps(report: &Report<'_>) -> Option<Section> {
    let lang = report.lang;
    let (mut bars, mut rows) = (Vec::new(), Vec::new());
    let mut add = |name: String, cap: String, bound: u64, of: u64, less: Option<i128>| {
        let (bound_n, of_n) = (i128::from(bound), i128::from(of));
        // In hundredths of a per cent, so that caps over many and over few are seen alike.
        let share = if of_n > 0 { bound_n * 10_000 / of_n } else { 0 };
        bars.push(Bar { label: name.clone(), parts: vec![(share, CEILING), (10_000 - share, NO)], note: figures::share(bound_n, of_n) });
        let less = less.map_or_else(|| Cell::words("–"), |less| Cell::money(less, lang));
        rows.push((vec![Cell::words(name), Cell::words(cap), Cell::count(of), Cell::count(bound), Cell::share(bound_n, of_n), less], false));
    };
    for (clause, sum) in clauses(report) {
        let paid = Reason::ALL.iter().zip(sum.reasons).filter(|(reason, _)| **reason as u8 <= Reason::LimitCut as u8).map(|(_, rows)| rows).sum();
        let cut = |reason: Reason| sum.reasons.get(reason as usize).copied().unwrap_or(0);
        if let Some(most) = cap_of(report.scheme, clause).filter(|_| paid > 0) {
            let words = if lang == Lang::Zh { Fen(most).plain_zh() } else { report.sum(i128::from(most)) };
            add(label(clause), format!("{} {words}", report.w("最高", "at most")), sum.capped, paid, None);
        }
        for (reason, words) in [(Reason::LimitCut, report.w("限额", "limit")), (Reason::DecisionCut, report.w("决定额封顶", "decision above the ceiling"))]
        {
            if cut(reason) > 0 {
                add(label(clause), words.to_owned(), cut(reason), paid, None);
            }
        }
    }
    for share in report.summary.shared.pools.iter().filter(|share| share.claims.0 > 0) {
        let Some(pool) = report.scheme.pools.get(share.pool as usize) else { continue };
        let cuts = report.summary.shared.cuts.iter().filter(|cut| cut.pool == share.pool && cut.year == share.year);
        let cut = u64::try_from(cuts.count()).unwrap_or(0);
        let winners = |sum: &ClauseSum| sum.bands.iter().sum::<u64>();
        let claims =
            clauses(report).enumerate().filter(|(at, _)| pool.members.iter().any(|id| id.index() == *at)).map(|(_, (_, sum))| winners(sum)).sum::<u64>();
        let amount = share.amount.map_or_else(|| report.w("未定", "not set").to_owned(), |fen| report.sum(i128::from(fen.0)));
        add(format!("{} {}", pool.name, share.year), amount, cut, claims.max(cut), Some(i128::from(share.claims.0) - i128::from(share.given.0)));
    }
    if rows.is_empty() {
        return None;
    }
    let heading = report.w("哪些封顶起了作用", "Which caps bind");
    let names = [
        report.w("封顶", "Cap"),
        report.w("数额", "How much"),
        report.w("得到的", "Awards"),
        report.w("碰到的", "At the cap"),
        report.w("比例", "Share"),
        report.w("减去", "Cut"),
    ];
    Some(Section {
        heading: heading.to_owned(),
        lead: report
            .w(
                "得到的人里有多少碰到封顶；碰到的越多，封顶越是在定金额。",
                "How many of those who get something are at a cap; the more there are, the more it is the cap that sets the amount.",
            )
            .to_owned(),
        key: key(&[(CEILING, report.w("碰到封顶", "at the cap")), (NO, report.w("没有碰到", "below it"))]),
        chart: chart::bars(heading, &bars, Some(10_000), &|parts| format!("{}%", parts / 100)),
        table: Table { caption: report.w("户次；减去为万元", "awards; cuts in 10,000 yuan").to_owned(), head: head(&names), rows, foot: Vec::new() },
        note: report
            .w("“最高”减去多少没有单独统计；资金减去的是精确数。", "What a maximum takes off is not counted apart; what funds cut is exact.")
            .to_owned(),
    })
}

/// How large awards are.
fn awards(report: &Report<'_>) -> Option<Section> {
    let zh = report.lang == Lang::Zh;
    let end = |at: usize| {
        let fen = BANDS.get(at).copied().unwrap_or(0);
        if zh { Fen(fen).plain_zh() } else { report.sum(i128::from(fen)) }
    };
    let name = |at: usize| match (at, zh) {
        (0, true) => format!("{}以内", end(0)),
        (0, false) => format!("up to {}", end(0)),
        (at, true) if at == BANDS.len() => format!("超过{}", end(at - 1)),
        (at, false) if at == BANDS.len() => format!("over {}", end(at - 1)),
        (at, true) => format!("{}以内", end(at)),
        (at, false) => format!("up to {}", end(at)),
    };
    let short = |at: usize| {
        let sign = if at == BANDS.len() { ">" } else { "≤" };
        let fen = BANDS.get(at.min(BANDS.len() - 1)).copied().unwrap_or(0);
        format!("{sign}{}", figures::count(fen.unsigned_abs() / 1_000_000))
    };
    let names: Vec<String> = (0..=BANDS.len()).map(name).collect();
    let (mut bars, mut rows) = (Vec::new(), Vec::new());
    for (clause, sum) in clauses(report) {
        let all: u64 = sum.bands.iter().sum();
        if all == 0 {
            continue;
        }
        // Ends first, so that rounding leaves no gap.
        let mut so_far = 0_u64;
        let mut parts = Vec::new();
        let mut before = 0_i128;
        for (rows, colour) in sum.bands.iter().zip(SHADES) {
            so_far += rows;
            let end = i128::from(so_far) * 10_000 / i128::from(all);
            parts.push((end - before, colour));
            before = end;
        }
        bars.push(Bar { label: label(clause), parts, note: figures::count(all) });
        rows.push((std::iter::once(Cell::words(label(clause))).chain(sum.bands.iter().map(|rows| Cell::count(*rows))).collect(), false));
    }
    if rows.is_empty() {
        return None;
    }
    let heading = report.w("每户得多少", "How much each gets");
    let head = std::iter::once(report.w("条款", "Clause").to_owned()).chain((0..=BANDS.len()).map(short)).collect();
    Some(Section {
        heading: heading.to_owned(),
        lead: report.w("得到的户数按金额分档，是资金折算以前的金额。", "Awards by how large they are, before funds cut them.").to_owned(),
        key: SHADES.iter().map(|shade| shade.0).zip(names).collect(),
        chart: chart::bars(heading, &bars, Some(10_000), &|parts| format!("{}%", parts / 100)),
        table: Table { caption: report.w("户；各档为万元", "applicants; bands in 10,000 yuan").to_owned(), head, rows, foot: Vec::new() },
        note: report.w("图右为得到的户数。", "At the right the number of those who get something.").to_owned(),
    })
}

fn kinds(report: &Report<'_>) -> Section {
    let names = report.scheme.choices(report.scheme.kind_fact());
    let unknown = || report.w("不知道", "not known").to_owned();
    let parts = report.summary.kinds.iter().enumerate().filter(|(_, sum)| sum.rows > 0);
    let parts: Vec<_> = parts.map(|(at, sum)| (names.get(at).cloned().unwrap_or_else(unknown), sum)).collect();
    let heading = report.w("哪类申报人得到", "Which kinds of applicants get it").to_owned();
    parts_section(report, heading, String::new(), report.w("申报人类型", "Kind"), &parts)
}

fn sizes(report: &Report<'_>) -> Option<Section> {
    let sizes = report.sizes.filter(|_| !report.summary.sizes.is_empty())?;
    let parts: Vec<_> =
        report.summary.sizes.iter().enumerate().filter(|(_, sum)| sum.rows > 0).map(|(at, sum)| (sizes.name_of(at).get(report.lang).to_owned(), sum)).collect();
    let heading = report.w("大小企业各得多少", "What large and small get").to_owned();
    let lead = if report.lang == Lang::Zh { format!("按“{}”分档。", sizes.name) } else { format!("By {}.", sizes.name) };
    Some(parts_section(report, heading, lead, &sizes.name, &parts))
}

fn parts_section(report: &Report<'_>, heading: String, lead: String, first: &str, parts: &[(String, &PartSum)]) -> Section {
    let bars: Vec<Bar> = parts
        .iter()
        .map(|(name, sum)| Bar { label: name.clone(), parts: vec![(sum.awarded, GIVEN)], note: figures::share(sum.awarded, report.summary.awarded) })
        .collect();
    let rows = parts.iter().map(|(name, sum)| {
        let (rows, winners) = (i128::from(sum.rows), i128::from(sum.winners));
        let row = vec![
            Cell::words(name.clone()),
            Cell::count(sum.rows),
            Cell::count(sum.winners),
            Cell::share(winners, rows),
            Cell::money(sum.awarded, report.lang),
            Cell::share(sum.awarded, report.summary.awarded),
        ];
        (row, false)
    });
    let names = [
        first,
        report.w("户数", "Applicants"),
        report.w("得到支持", "Supported"),
        report.w("比例", "Share"),
        report.w("兑现", "Awarded"),
        report.w("占兑现", "Of all awards"),
    ];
    Section {
        chart: chart::bars(&heading, &bars, None, &axis(report)),
        heading,
        lead,
        key: key(&[(GIVEN, report.w("兑现额", "awarded"))]),
        table: Table {
            caption: report.w("户；兑现为万元", "applicants; awards in 10,000 yuan").to_owned(),
            head: head(&names),
            rows: rows.collect(),
            foot: Vec::new(),
        },
        note: String::new(),
    }
}

fn change_row(report: &Report<'_>, name: String, change: &Change) -> (Vec<Cell>, bool) {
    let money = |fen| Cell::money(fen, report.lang);
    (vec![Cell::words(name), Cell::count(change.gain), money(change.gained), Cell::count(change.lose), money(-change.lost), money(change.net())], false)
}

fn changes(report: &Report<'_>, heading: String, lead: String, first: &str, of: Vec<(String, Change)>) -> Section {
    let bar = |(name, change): &(String, Change)| Bar {
        label: name.clone(),
        parts: vec![(change.lost, LESS), (change.gained, YES)],
        note: if change.net() > 0 { format!("+{}", figures::myriads(change.net())) } else { figures::myriads(change.net()) },
    };
    let bars: Vec<Bar> = of.iter().map(bar).collect();
    let names =
        [first, report.w("多得的户", "Gain"), report.w("多得", "Gained"), report.w("少得的户", "Lose"), report.w("少得", "Lost"), report.w("净增", "Net")];
    let signed = |fen: i64| if fen < 0 { format!("−{}", figures::tick(-fen, report.lang)) } else { figures::tick(fen, report.lang) };
    Section {
        chart: chart::both_sides(&heading, &bars, &signed),
        heading,
        lead,
        key: key(&[(LESS, report.w("少得", "less")), (YES, report.w("多得", "more"))]),
        table: Table {
            caption: report.w("户；金额为万元", "applicants; sums in 10,000 yuan").to_owned(),
            head: head(&names),
            rows: of.into_iter().map(|(name, change)| change_row(report, name, &change)).collect(),
            foot: Vec::new(),
        },
        note: report.w("图右为净增；都是资金折算以后的兑现额。", "At the right what is given more on balance; all of it after funds.").to_owned(),
    }
}

fn by_clause(report: &Report<'_>, against: &Against) -> Option<Section> {
    let changed = against.clauses.iter().filter(|clause| clause.change != Change::default());
    let of: Vec<_> = changed.map(|clause| (format!("{} {}", clause.id, clause.title), clause.change)).collect();
    let heading = report.w("与另一版相比：各条款", "Against the other version: by clause").to_owned();
    let lead = match report.lang {
        Lang::Zh => format!("另一版：{}。没有变化的条款不列。", against.name),
        Lang::En => format!("The other version: {}. Clauses without a change are left out.", against.name),
    };
    // That nothing changes is said in a sentence at the top.
    (!of.is_empty()).then(|| changes(report, heading, lead, report.w("条款", "Clause"), of))
}

fn by_size(report: &Report<'_>, against: &Against) -> Option<Section> {
    let sizes = report.sizes?;
    let of: Vec<_> = against
        .sizes
        .iter()
        .enumerate()
        .filter(|(_, change)| **change != Change::default())
        .map(|(at, change)| (sizes.name_of(at).get(report.lang).to_owned(), *change))
        .collect();
    let heading = report.w("与另一版相比：大小企业", "Against the other version: by size").to_owned();
    (!of.is_empty()).then(|| changes(report, heading, String::new(), &sizes.name, of))
}

fn swept(report: &Report<'_>, sweep: &Sweep) -> Section {
    let (lang, zh) = (report.lang, report.lang == Lang::Zh);
    let now = |point: &crate::sweep::Point| {
        let words = report.w("（现行）", " (now)");
        format!("{}{}", point.value, if point.current { words } else { "" })
    };
    let bar = |point| {
        let point: &crate::sweep::Point = point;
        Bar { label: now(point), parts: vec![(point.awarded, GIVEN), (point.claimed - point.awarded, CUT)], note: figures::myriads(point.claimed) }
    };
    let bars: Vec<Bar> = sweep.points.iter().map(bar).collect();
    let rows = sweep.points.iter().map(|point| {
        let money = |fen| Cell::money(fen, lang);
        let row = vec![
            Cell::words(now(point)),
            Cell::count(point.eligible),
            money(point.amount),
            Cell::count(point.winners),
            money(point.claimed),
            money(point.awarded),
        ];
        (row, point.current)
    });
    let place = if sweep.title.is_empty() { sweep.place.clone() } else { format!("{} {}", sweep.place, sweep.title) };
    let heading = if zh { format!("改动“{}”会怎样：{place}", sweep.words) } else { format!("What {} does: {place}", sweep.words) };
    let names = [
        report.w("取值", "Value"),
        report.w("本条符合", "Eligible"),
        report.w("本条测算额", "Amount"),
        report.w("得到支持", "Supported"),
        report.w("申请合计", "Claimed in all"),
        report.w("兑现合计", "Awarded in all"),
    ];
    Section {
        chart: chart::bars(&heading, &bars, None, &axis(report)),
        heading,
        lead: report
            .w("只改这一个数，其他规则不变，对同一份文件重新测算。", "This one number is changed, all else stays, and the same file is worked out again.")
            .to_owned(),
        key: key(&[(GIVEN, report.w("兑现", "awarded")), (CUT, report.w("资金不足减去", "cut by funds"))]),
        table: Table {
            caption: report.w("户；金额为万元", "applicants; sums in 10,000 yuan").to_owned(),
            head: head(&names),
            rows: rows.collect(),
            foot: Vec::new(),
        },
        note: report.w("图右为申请合计，万元。", "At the right the sum of claims, in 10,000 yuan.").to_owned(),
    }
}
