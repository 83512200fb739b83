//! Assessments as one page of HTML that needs no other file.

use super::text::{heading, recovery_line, sum_line};
use super::{Results, pick, plain_no, pool_line};
use policy::application::Application;
use policy::assessment::Assessment;
use policy::explain;
use policy::markup::escape;
use std::io::Write;
use values::Lang;

/// Writes the page; `tick` is called after each applicant.
pub fn write(results: &Results<'_>, out: &mut dyn Write, tick: &dyn Fn()) -> std::io::Result<()> {
    let lang = results.lang;
    let policy = &results.scheme.policy;
    let title = escape(&format!("{} · {}", policy.title, pick(lang, "测算结果", "assessment")));
    let code = if lang == Lang::Zh { "zh-CN" } else { "en" };
    writeln!(out, "<!DOCTYPE html>\n<html lang=\"{code}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">")?;
    writeln!(out, "<title>{title}</title><style>{}</style></head><body><main>", explain::STYLE)?;
    let version = pick(lang, "政策版本", "Version of the policy");
    writeln!(out, "<h1>{title}</h1><p>{version} {} <code>{}</code></p>", escape(&policy.id), escape(&results.scheme.hash))?;
    for (app, assessment) in results.applications.iter().zip(&results.population.assessments) {
        one(results, app, assessment, out)?;
        tick();
    }
    if !results.population.pools.is_empty() {
        writeln!(out, "<h2>{}</h2><ul>", pick(lang, "资金", "Budget"))?;
        for share in &results.population.pools {
            writeln!(out, "<li>{}</li>", escape(&pool_line(results.scheme, share, lang)))?;
        }
        writeln!(out, "</ul>")?;
    }
    writeln!(out, "</main></body></html>")
}

fn one(results: &Results<'_>, app: &Application, assessment: &Assessment, out: &mut dyn Write) -> std::io::Result<()> {
    let lang = results.lang;
    writeln!(out, "<h2>{}</h2>", escape(&heading(app, lang)))?;
    if app.rank_only {
        return writeln!(out, "<p>{}</p>", pick(lang, "只计名次，不申报", "Counts for places only"));
    }
    writeln!(out, "<p><strong>{}</strong></p>", escape(&sum_line(results, assessment)))?;
    let mut explainer = explain::Explainer::new(results.scheme, app, lang);
    for result in assessment.clauses.iter().filter(|r| !plain_no(r)) {
        let explanation = explainer.of(assessment, result);
        out.write_all(explain::html(&explanation).as_bytes())?;
    }
    let refused: Vec<_> = assessment.clauses.iter().filter(|r| plain_no(r)).collect();
    if !refused.is_empty() {
        writeln!(out, "<details><summary>{}</summary><ul>", pick(lang, "其他条款", "Other clauses"))?;
        for result in refused {
            let explanation = explainer.of(assessment, result);
            writeln!(out, "<li>{} {}：{}</li>", escape(explanation.clause), escape(explanation.title), escape(&explanation.headline))?;
        }
        writeln!(out, "</ul></details>")?;
    }
    for recovery in &assessment.recoveries {
        writeln!(out, "<p>{}</p>", escape(&recovery_line(results, recovery)))?;
    }
    Ok(())
}
