//! The walk of a figure, in words: entry, determination, steps of the amount, words of the clause.

use super::{money, pick};
use casework::ledger::{Account, Entry, Move};
use office::walk::{Decided, Step, Walk};
use std::io::Write;
use values::{Fen, Lang};

/// Writes it.
pub fn text(walk: &Walk, lang: Lang, out: &mut dyn Write) -> std::io::Result<()> {
    match walk {
        Walk::Entry(step) => entry(step, lang, out),
        Walk::Book { book, balances, account, entries } => {
            match lang {
                Lang::Zh => writeln!(out, "━━ 账本 {}（{} {}）", book.id, book.year, book.name)?,
                Lang::En => writeln!(out, "━━ Book {} ({} {})", book.id, book.year, book.name)?,
            }
            for (name, amount) in balances.iter().filter(|(_, amount)| *amount != Fen(0)) {
                writeln!(out, "  {}  {}", account_name(name, lang), money(*amount, lang))?;
            }
            let title = account.map_or_else(|| pick(lang, "分录", "Entries").to_owned(), |account| account_name(account.name(), lang));
            writeln!(out, "{title}")?;
            let mut sum = 0i128;
            for (entry, amount) in entries {
                sum += i128::from(amount.0);
                writeln!(out, "  {}", line(entry, *amount, lang))?;
            }
            if account.is_some() {
                let sum = i64::try_from(sum).map_or_else(|_| sum.to_string(), |sum| money(Fen(sum), lang));
                writeln!(out, "  {} {sum}", pick(lang, "合计", "Sum"))?;
            }
            writeln!(out, "{}", pick(lang, "→ 再看其中一笔：duixian trace 数据库 分录号", "→ go on with one of them: duixian trace DATABASE ENTRY"))
        }
        Walk::Entries { what, id, entries } => {
            let title = match (*what, lang) {
                ("case", Lang::Zh) => "案件",
                (_, Lang::Zh) => "审定",
                (what, Lang::En) => what,
            };
            writeln!(out, "━━ {title} {id}")?;
            for entry in entries {
                writeln!(out, "  {}", line(entry, entry.amount, lang))?;
            }
            Ok(())
        }
    }
}

/// `e-b1:1  2025-05-01T00:00:00  支付  40万元  1.1  案件 case1`
fn line(entry: &Entry, amount: Fen, lang: Lang) -> String {
    let mut parts = vec![entry.id.to_string(), entry.at.to_string(), move_name(entry.kind, lang).to_owned(), money(amount, lang)];
    parts.extend(entry.clause.clone());
    parts.extend(entry.case.as_ref().map(|case| format!("{} {case}", pick(lang, "案件", "case"))));
    if !entry.reason.is_empty() {
        parts.push(entry.reason.clone());
    }
    parts.join("  ")
}

fn entry(step: &Step, lang: Lang, out: &mut dyn Write) -> std::io::Result<()> {
    let entry = &step.entry;
    let zh = lang == Lang::Zh;
    let (from, to) = entry.kind.accounts();
    let (from, to) = (account_name(from.name(), lang), account_name(to.name(), lang));
    writeln!(out, "━━ {} {}", pick(lang, "分录", "Entry"), entry.id)?;
    writeln!(out, "{} {}{}{from} → {to}{}", move_name(entry.kind, lang), money(entry.amount, lang), pick(lang, "（", " ("), pick(lang, "）", ")"))?;
    let say = |out: &mut dyn Write, zh_name: &str, en_name: &str, value: &str| {
        writeln!(out, "  {}{value}", if zh { format!("{zh_name}：") } else { format!("{en_name}: ") })
    };
    say(out, "时间", "at", &entry.at.to_string())?;
    say(out, "预算", "budget", &format!("{}{}", entry.fund, named(step.fund.as_deref(), lang)))?;
    if let Some(pool) = &entry.pool {
        say(out, "资金", "pool", &format!("{pool}{}", named(step.pool.as_deref(), lang)))?;
    }
    if !entry.reason.is_empty() {
        say(out, "事由", "reason", &entry.reason)?;
    }
    match &step.event {
        Some(event) => {
            let words = if zh {
                format!("第 {} 条 {}，{}，{}", event.seq, event.act, event.user, event.fingerprint)
            } else {
                format!("record {} {}, {}, {}", event.seq, event.act, event.user, event.fingerprint)
            };
            say(out, "日志", "log", &words)?;
        }
        None => say(out, "日志", "log", pick(lang, "没有写下它的事件", "no event wrote it"))?,
    }
    match &step.decided {
        Some(decision) => decided(decision, entry, lang, out),
        None => Ok(()),
    }
}

/// `（2024 电商专项资金）`
fn named(book: Option<&str>, lang: Lang) -> String {
    let name = book.unwrap_or("?");
    if lang == Lang::Zh { format!("（{name}）") } else { format!(" ({name})") }
}

fn decided(decision: &Decided, entry: &Entry, lang: Lang, out: &mut dyn Write) -> std::io::Result<()> {
    let zh = lang == Lang::Zh;
    let who = decision.organisation.as_deref().unwrap_or("?");
    let later = if decision.later { pick(lang, "（先预留，后审定）", " (made after the money was reserved)") } else { "" };
    writeln!(out, "\n━━ {} {}{later}", pick(lang, "审定", "Determination"), decision.determination)?;
    match lang {
        Lang::Zh => writeln!(out, "{who}，案件 {}，{}年度；{} 由 {} 审定", decision.case, decision.year, decision.at, decision.by)?,
        Lang::En => writeln!(out, "{who}, case {}, {}; determined {} by {}", decision.case, decision.year, decision.at, decision.by)?,
    }
    if let Some(award) = &decision.award {
        let (assessed, amount) = (money(award.assessed, lang), money(award.amount, lang));
        let reason = award.reason.as_deref().unwrap_or_default();
        match (zh, reason.is_empty()) {
            (true, true) => writeln!(out, "条款 {}：测算 {assessed}，审定 {amount}", award.clause)?,
            (true, false) => writeln!(out, "条款 {}：测算 {assessed}，审定 {amount}，理由：{reason}", award.clause)?,
            (false, true) => writeln!(out, "clause {}: the rules give {assessed}, determined {amount}", award.clause)?,
            (false, false) => writeln!(out, "clause {}: the rules give {assessed}, determined {amount}, because: {reason}", award.clause)?,
        }
    }
    match (&decision.differs, zh) {
        (None, true) => writeln!(out, "复算：与冻结的结果逐字节相同")?,
        (None, false) => writeln!(out, "computed again: the same bytes as were frozen")?,
        (Some(why), true) => writeln!(out, "✗ 复算不符：{why}")?,
        (Some(why), false) => writeln!(out, "✗ computed again it differs: {why}")?,
    }
    writeln!(out, "\n━━ {} {}", pick(lang, "测算", "Assessment"), entry.clause.as_deref().unwrap_or_default())?;
    write!(out, "{}", decision.explanation)?;
    writeln!(out, "\n━━ {}", pick(lang, "条款原文", "The words of the clause"))?;
    let (version, title) = &decision.policy;
    writeln!(out, "{title}（{version}，{} {}）", pick(lang, "哈希", "hash"), decision.scheme_hash)?;
    for words in &decision.words {
        let (file, line) = &words.rule;
        let place = match (words.line, zh) {
            (Some(at), true) => format!("公布文本第 {at} 行；规则在 {file} 第 {line} 行"),
            (Some(at), false) => format!("line {at} of the text as published; its rule: {file}, line {line}"),
            (None, true) => format!("规则在 {file} 第 {line} 行"),
            (None, false) => format!("its rule: {file}, line {line}"),
        };
        writeln!(out, "  {} ▸ {place}\n  {}", words.section, words.text)?;
    }
    Ok(())
}

fn account_name(name: &str, lang: Lang) -> String {
    let known = Account::ALL.into_iter().find(|account| account.name() == name);
    let zh = known.map(|account| match account {
        Account::Outside => "外部",
        Account::Available => "可用",
        Account::Reserved => "预留",
        Account::Committed => "占用",
        Account::Paid => "支付",
        Account::Returned => "退回",
        Account::Recovered => "追回",
    });
    pick(lang, zh.unwrap_or(name), name).to_owned()
}

fn move_name(kind: Move, lang: Lang) -> &'static str {
    let zh = match kind {
        Move::Appropriate => "预算下达",
        Move::Reduce => "预算调减",
        Move::Reserve => "预留",
        Move::Release => "释放预留",
        Move::Commit => "占用",
        Move::Free => "撤销占用",
        Move::Pay => "支付",
        Move::Return => "退汇",
        Move::Repay => "重拨",
        Move::Drop => "退汇后不再拨付",
        Move::Recover => "追回",
        Move::Reuse => "追回款重新安排",
    };
    pick(lang, zh, kind.name())
}
