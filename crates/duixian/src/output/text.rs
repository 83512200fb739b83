//! Assessments as text: for each applicant what may be had first, with the reasons; what may not in one line each;
//! the sum; and at the end of the file the pools.

use super::{Results, awards, money, pick, plain_no, pool_line};
use policy::application::Application;
use policy::assessment::{Assessment, Recovery};
use policy::explain;
use std::io::Write;
use values::{Fen, Lang};

/// Writes all results; `tick` is called after each.
pub fn write(results: &Results<'_>, out: &mut dyn Write, tick: &dyn Fn()) -> std::io::Result<()> {
    for (app, assessment) in results.applications.iter().zip(&results.population.assessments) {
        one(results, app, assessment, out)?;
        tick();
    }
    if results.population.pools.iter().any(|share| share.claims > Fen(0)) {
        writeln!(out, "{}", pick(results.lang, "资金", "Budget"))?;
        for share in results.population.pools.iter().filter(|share| share.claims > Fen(0)) {
            writeln!(out, "  {}", pool_line(results.scheme, share, results.lang))?;
        }
    }
    Ok(())
}

/// `重庆某某公司（qj-01，2024年度）`
pub fn heading(app: &Application, lang: Lang) -> String {
    let name = app.name.as_deref().unwrap_or(pick(lang, "申报人", "Applicant"));
    match lang {
        Lang::Zh => format!("{name}（{}，{}年度）", app.id, app.year),
        Lang::En => format!("{name} ({}, {})", app.id, app.year),
    }
}

fn one(results: &Results<'_>, app: &Application, assessment: &Assessment, out: &mut dyn Write) -> std::io::Result<()> {
    let lang = results.lang;
    writeln!(out, "━━ {}", heading(app, lang))?;
    if app.rank_only {
        writeln!(out, "{}\n", pick(lang, "只计名次，不申报", "Counts for places only"))?;
        return Ok(());
    }
    let mut explainer = explain::Explainer::new(results.scheme, app, lang);
    for result in assessment.clauses.iter().filter(|r| !plain_no(r)) {
        let explanation = explainer.of(assessment, result);
        if results.trace {
            writeln!(out, "{}", explain::text(&explanation))?;
        } else {
            writeln!(out, "{} {}  {}", explanation.clause, explanation.title, explanation.headline)?;
        }
    }
    let refused: Vec<_> = assessment.clauses.iter().filter(|r| plain_no(r)).collect();
    if !refused.is_empty() {
        writeln!(out, "{}", pick(lang, "其他条款", "Other clauses"))?;
        for result in refused {
            let explanation = explainer.of(assessment, result);
            writeln!(out, "  {} {}  {}", explanation.clause, explanation.title, explanation.headline)?;
        }
    }
    for recovery in &assessment.recoveries {
        writeln!(out, "{}", recovery_line(results, recovery))?;
    }
    writeln!(out, "{}\n", sum_line(results, assessment))
}

/// `实得 20万元：1.1 15万元、5.1 5万元`
pub fn sum_line(results: &Results<'_>, assessment: &Assessment) -> String {
    let lang = results.lang;
    let id = |clause| results.scheme.clause(clause).map_or("", |c| c.id.as_str());
    let parts: Vec<String> =
        awards(&assessment.clauses).filter(|(_, fen)| *fen > Fen(0)).map(|(r, fen)| format!("{} {}", id(r.clause), money(fen, lang))).collect();
    let total = money(assessment.total, lang);
    match (lang, parts.is_empty()) {
        (Lang::Zh, true) => format!("实得 {total}"),
        (Lang::Zh, false) => format!("实得 {total}：{}", parts.join("、")),
        (Lang::En, true) => format!("Awarded {total}"),
        (Lang::En, false) => format!("Awarded {total}: {}", parts.join(", ")),
    }
}

/// `追回 享受后出现禁止情形：4.1 2023年 5万元，应退 5万元`
pub fn recovery_line(results: &Results<'_>, recovery: &Recovery) -> String {
    let lang = results.lang;
    let rule = results.scheme.clawbacks.get(recovery.rule as usize).map_or("", |c| c.name.as_str());
    let clause = results.scheme.clause(recovery.clause).map_or("", |c| c.id.as_str());
    let due = recovery.due.map_or_else(|| pick(lang, "待定（缺事实）", "undetermined (facts are missing)").to_owned(), |fen| money(fen, lang));
    let paid = money(recovery.paid, lang);
    match lang {
        Lang::Zh => format!("追回 {rule}：{clause} {}年 已付 {paid}，应退 {due}", recovery.year),
        Lang::En => format!("Recovery, {rule}: {clause} {}, paid {paid}, due back {due}", recovery.year),
    }
}
