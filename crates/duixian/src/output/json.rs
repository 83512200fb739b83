//! Assessments as JSON: one object a line, in the order of the input. What stands in a line is `policy::exchange`'s.

use super::Results;
use policy::exchange::{View, line};
use std::io::Write;

/// Writes all results; `tick` is called after each.
pub fn write(results: &Results<'_>, out: &mut dyn Write, tick: &dyn Fn()) -> std::io::Result<()> {
    let view = View { scheme: results.scheme, pools: &results.population.pools, lang: results.lang, trace: results.trace };
    for (app, assessment) in results.applications.iter().zip(&results.population.assessments) {
        serde_json::to_writer(&mut *out, &line(view, app, assessment))?;
        writeln!(out)?;
        tick();
    }
    Ok(())
}
