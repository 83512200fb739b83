//! What a population comes to, for people.

use super::{Simulation, pool_name, seconds, yuan};
use policy::assessment::Outcome;
use population::pools::ratio_of;
use std::io::Write;
use unicode_width::UnicodeWidthStr;
use values::{Fen, Lang};

/// A table for people: numbers stand right, names left.
struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    fn write(&self, out: &mut dyn Write) -> std::io::Result<()> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |at: usize| self.rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.width()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns).map(width).collect();
        for row in &self.rows {
            let mut line = String::from("  ");
            for (at, (cell, width)) in row.iter().zip(&widths).enumerate() {
                let gap = " ".repeat(width.saturating_sub(cell.width()));
                if at == 0 {
                    line.push_str(&format!("{cell}{gap}"));
                } else {
                    line.push_str(&format!("  {gap}{cell}"));
                }
            }
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

/// Grouped yuan of a sum.
fn grouped(fen: i128) -> String {
    i64::try_from(fen).map_or_else(|_| yuan(fen), |fen| Fen(fen).grouped())
}

/// For people.
pub fn write(simulation: &Simulation<'_>, out: &mut dyn Write) -> std::io::Result<()> {
    let (scheme, summary, zh) = (simulation.scheme, simulation.summary, simulation.lang == Lang::Zh);
    let words = |chinese: &str, english: &str| if zh { chinese } else { english }.to_owned();
    writeln!(out, "{}", if scheme.policy.title.is_empty() { &scheme.policy.id } else { &scheme.policy.title })?;
    let (rows, took) = (summary.rows, seconds(simulation.elapsed));
    let (winners, awarded) = (summary.winners, grouped(summary.awarded));
    if zh {
        writeln!(out, "{rows} 户，{winners} 户得到支持，合计 {awarded} 元（用时 {took} 秒）\n")?;
    } else {
        writeln!(out, "{rows} applicants, {winners} of them supported, {awarded} yuan in all ({took} seconds)\n")?;
    }
    if summary.made_up > 0 {
        let made_up = summary.made_up;
        match zh {
            true => writeln!(out, "其中 {made_up} 户由种子生成，都是虚构的，不是真实数据\n")?,
            false => writeln!(out, "{made_up} of them are made up from a seed: no real data\n")?,
        }
    }
    if summary.ids_beyond > 0 {
        let beyond = summary.ids_beyond;
        match zh {
            true => writeln!(out, "文件太长，最后 {beyond} 户的 id 没有核对是否重复\n")?,
            false => writeln!(out, "the file is long: the ids of its last {beyond} rows were not compared with the others\n")?,
        }
    }
    if summary.out_of_force() {
        writeln!(out, "{}\n", words("这项政策在所算的年度不在施行期内", "the policy is not in force in the year that was worked out"))?;
    }
    let mut table =
        Table { rows: vec![vec![words("条款", "clause"), words("符合", "eligible"), words("不符合", "ineligible"), words("待定", "undetermined")]] };
    table
        .rows
        .iter_mut()
        .for_each(|row| row.extend([words("测算额（元）", "amount (yuan)"), words("兑现户数", "winners"), words("兑现额（元）", "awarded (yuan)")]));
    for (clause, sum) in scheme.clauses.iter().zip(&summary.clauses) {
        let counts = [Outcome::Eligible, Outcome::Ineligible, Outcome::Undetermined].map(|outcome| sum.rows(outcome).to_string());
        let mut row = vec![format!("{}「{}」", clause.id, clause.title)];
        row.extend(counts);
        row.extend([grouped(sum.amount), sum.winners.to_string(), grouped(sum.awarded)]);
        table.rows.push(row);
    }
    table.write(out)?;
    writeln!(
        out,
        "  {}",
        words(
            "测算额含未决定的上限，是并用和资金以前的数；兑现额是以后的数",
            "amount counts undecided ceilings, before groups and pools; awarded is after them"
        )
    )?;
    kinds(simulation, out)?;
    sizes(simulation, out)?;
    pools(simulation, out)?;
    if let Some(against) = simulation.against {
        let (gain, lose, same) = (against.all.gain, against.all.lose, against.same);
        let (gained, lost) = (grouped(against.all.gained), grouped(against.all.lost));
        match zh {
            true => writeln!(out, "\n与另一版相比：{gain} 户多得，共多 {gained} 元；{lose} 户少得，共少 {lost} 元；{same} 户不变")?,
            false => writeln!(out, "\nagainst the other version: {gain} get more, by {gained} yuan; {lose} get less, by {lost} yuan; {same} the same")?,
        }
    }
    swept(simulation, out)?;
    if let Some((low, high)) = summary.resampled {
        let (low, high) = (grouped(low), grouped(high));
        writeln!(
            out,
            "\n{} {low} – {high}",
            words("抽样误差：重抽 200 次，九成五的申请合计在", "resampled 200 times, claims in all lie for nineteen of twenty between")
        )?;
    }
    let (asked, chosen) = (summary.asked_rows, summary.chosen);
    if asked > 0 {
        match zh {
            true => writeln!(out, "\n{asked} 户有往年、明细等列里放不下的内容，逐户测算")?,
            false => writeln!(out, "\n{asked} rows hold what columns do not (earlier awards, lists) and were worked out one by one")?,
        }
    }
    if chosen > 0 {
        match zh {
            true => writeln!(out, "\n{chosen} 户的奖励不能并用，作了选择")?,
            false => writeln!(out, "\nin {chosen} rows awards do not stand together, and a choice was made")?,
        }
    }
    Ok(())
}

fn kinds(simulation: &Simulation<'_>, out: &mut dyn Write) -> std::io::Result<()> {
    let (scheme, zh) = (simulation.scheme, simulation.lang == Lang::Zh);
    let words = |chinese: &str, english: &str| if zh { chinese } else { english }.to_owned();
    let names = scheme.choices(scheme.kind_fact());
    let mut table = Table {
        rows: vec![vec![words("申报人类型", "kind"), words("户数", "rows"), words("得到支持", "winners"), words("兑现额（元）", "awarded (yuan)")]],
    };
    for (at, sum) in simulation.summary.kinds.iter().enumerate().filter(|(_, sum)| sum.rows > 0) {
        let name = names.get(at).cloned().unwrap_or_else(|| words("不知道", "not known"));
        table.rows.push(vec![name, sum.rows.to_string(), sum.winners.to_string(), grouped(sum.awarded)]);
    }
    writeln!(out)?;
    table.write(out)
}

fn pools(simulation: &Simulation<'_>, out: &mut dyn Write) -> std::io::Result<()> {
    let (scheme, zh) = (simulation.scheme, simulation.lang == Lang::Zh);
    let words = |chinese: &str, english: &str| if zh { chinese } else { english }.to_owned();
    if simulation.summary.shared.pools.is_empty() {
        return Ok(());
    }
    let mut table = Table {
        rows: vec![vec![
            words("资金", "fund"),
            words("年度", "year"),
            words("额度（元）", "holds"),
            words("申请（元）", "claims"),
            words("给付（元）", "given"),
        ]],
    };
    table.rows.iter_mut().for_each(|row| row.push(words("给付比例", "ratio")));
    for share in &simulation.summary.shared.pools {
        let held = share.amount.map_or_else(|| words("未定", "not set"), Fen::grouped);
        let ratio = ratio_of(share.given, share.claims).unwrap_or_else(|| "-".to_owned());
        table.rows.push(vec![pool_name(scheme, share).to_owned(), share.year.to_string(), held, share.claims.grouped(), share.given.grouped(), ratio]);
    }
    writeln!(out)?;
    table.write(out)
}

fn sizes(simulation: &Simulation<'_>, out: &mut dyn Write) -> std::io::Result<()> {
    let Some(sizes) = simulation.sizes else { return Ok(()) };
    let words = |chinese: &str, english: &str| if simulation.lang == Lang::Zh { chinese } else { english }.to_owned();
    let mut table = Table {
        rows: vec![vec![sizes.name.clone(), words("户数", "rows"), words("得到支持", "winners"), words("兑现额（元）", "awarded (yuan)")]],
    };
    for (at, sum) in simulation.summary.sizes.iter().enumerate().filter(|(_, sum)| sum.rows > 0) {
        table.rows.push(vec![sizes.name_of(at).get(simulation.lang).to_owned(), sum.rows.to_string(), sum.winners.to_string(), grouped(sum.awarded)]);
    }
    writeln!(out)?;
    table.write(out)
}

fn swept(simulation: &Simulation<'_>, out: &mut dyn Write) -> std::io::Result<()> {
    let Some(sweep) = simulation.sweep else { return Ok(()) };
    let words = |chinese: &str, english: &str| if simulation.lang == Lang::Zh { chinese } else { english }.to_owned();
    let mut table = Table {
        rows: vec![vec![
            format!("{}：{}", sweep.place, sweep.words),
            words("符合", "eligible"),
            words("测算额（元）", "amount (yuan)"),
            words("得到支持", "winners"),
            words("申请合计（元）", "claimed in all (yuan)"),
            words("兑现合计（元）", "awarded in all (yuan)"),
        ]],
    };
    for point in &sweep.points {
        let value = if point.current { format!("{} {}", point.value, words("（现行）", "(now)")) } else { point.value.clone() };
        table.rows.push(vec![
            value,
            point.eligible.to_string(),
            grouped(point.amount),
            point.winners.to_string(),
            grouped(point.claimed),
            grouped(point.awarded),
        ]);
    }
    writeln!(out)?;
    table.write(out)
}
