//! `retention`: what stands beside the log and was kept long enough – files that no act ever named, notes on lists that left as
//! files, tokens that ended. Shown first, and thrown away where that is asked for. What stands in the log is forgotten by acts.

use crate::cli::RetentionArgs;
use crate::commands::config;
use crate::database;
use crate::failure::{Failure, Verdict};
use portal::Config;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use store::service::{DraftForm, ExportNote, InvoiceUse, Token, Upload};
use store::{Store, StoreError};
use values::{Lang, Moment};

/// Events read at once.
const PAGE: i64 = 1000;
const DAY: i64 = 24 * 3600;

/// What was kept long enough.
#[derive(Default)]
struct Old {
    uploads: Vec<Upload>,
    notes: Vec<ExportNote>,
    tokens: Vec<Token>,
    forms: Vec<DraftForm>,
    /// The last event that was read to find it.
    seq: i64,
}

/// Runs the command.
pub fn run(args: &RetentionArgs, lang: Lang, out: &mut dyn Write) -> Result<Verdict, Failure> {
    database::private();
    let config = config::of(&args.place)?;
    let since = portal::clock::seconds() - i64::from(args.days) * DAY;
    let old = database::wait(async {
        let url = config.database_url();
        let broken = |error| Failure::database_at(&url, &error);
        let store = Store::open(&url).await.map_err(broken)?;
        let old = old(&store, since).await.map_err(broken)?;
        if args.apply {
            if portal::demo::is_ours(&store).await.map_err(broken)? == Some(true) {
                return Err(demonstration());
            }
            throw_away(&store, &config, &old).await?;
        }
        store.close().await;
        Ok(old)
    })?;
    told(&old, args, lang, out)?;
    Ok(Verdict::Clean)
}

/// What was noted a minute ago is old there.
fn demonstration() -> Failure {
    let stands = portal::demo::now();
    Failure::input(
        format!("这是演示环境的数据库，它的日期固定为 {stands}：按今天的日期看，刚写下的也是旧的，没有清除"),
        format!("this database is the demonstration's, whose clock stands at {stands}: by today's date all of it is old; nothing was thrown away"),
    )
    .help("清除只用于正式的数据库：--data DIR", "throw away only in the database of a real office: --data DIR")
}

/// What came, or ended, before a time, and no act ever named.
async fn old(store: &Store, since: i64) -> Result<Old, StoreError> {
    let arrived: Vec<Upload> = store.service_all().await?.into_iter().filter(|upload: &Upload| upload.digest.is_some() && upload.created < since).collect();
    let digests: BTreeSet<String> = arrived.iter().filter_map(|upload| upload.digest.clone()).collect();
    let (named, seq) = named(store, 0, &digests).await?;
    // Lists, snapshots and files of other authorities are the office's own papers, which no act names.
    let unused = |upload: &Upload| !portal::is_paper(upload) && upload.digest.as_ref().is_some_and(|digest| !named.contains(digest));
    let begin = Moment::from_unix_seconds(since);
    let is_old = |at: &str| Moment::parse(at).is_ok_and(|at| begin.is_some_and(|begin| at < begin));
    Ok(Old {
        uploads: arrived.into_iter().filter(unused).collect(),
        notes: store.service_all().await?.into_iter().filter(|note: &ExportNote| is_old(&note.at)).collect(),
        tokens: store.service_all().await?.into_iter().filter(|token: &Token| (1..since).contains(&token.revoked) || token.expires < since).collect(),
        forms: store.service_all().await?.into_iter().filter(|form: &DraftForm| form.saved < since).collect(),
        seq,
    })
}

/// Which of these digests the acts after a position name, and the last position that was read.
async fn named(store: &Store, after: i64, digests: &BTreeSet<String>) -> Result<(BTreeSet<String>, i64), StoreError> {
    let mut out = BTreeSet::new();
    let mut last = after;
    loop {
        let page = store.begin().await?.events(last, PAGE).await?;
        let Some(event) = page.last() else { return Ok((out, last)) };
        last = event.seq;
        for event in &page {
            let words = event.input.split(|sign: char| !sign.is_ascii_hexdigit());
            out.extend(words.filter(|word| digests.contains(*word)).map(str::to_owned));
        }
    }
}

/// First the rows, then a look at what was done meanwhile, the files last: one that an act names now stays, and its row comes back.
async fn throw_away(store: &Store, config: &Config, old: &Old) -> Result<(), Failure> {
    let broken = |error: StoreError| Failure::database(&error);
    let mut by_digest: BTreeMap<&str, Vec<&Upload>> = BTreeMap::new();
    for upload in &old.uploads {
        store.drop_service_rows::<Upload>("id", &upload.id).await.map_err(broken)?;
        by_digest.entry(upload.digest.as_deref().unwrap_or_default()).or_default().push(upload);
    }
    let digests = by_digest.keys().map(|digest| (*digest).to_owned()).collect();
    let (used_after_all, _) = named(store, old.seq, &digests).await.map_err(broken)?;
    for (digest, uploads) in by_digest {
        if used_after_all.contains(digest) {
            for upload in uploads {
                store.put_service_row(upload).await.map_err(broken)?;
            }
            continue;
        }
        for upload in uploads {
            store.drop_service_rows::<InvoiceUse>("upload_id", &upload.id).await.map_err(broken)?;
        }
        // Another person may have sent the same file, and use it.
        if store.service_rows::<Upload>("digest", digest).await.map_err(broken)?.is_empty() {
            let path = config.data.join("evidence").join(digest);
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(Failure::unwritable(&path, &error)),
                _ => {}
            }
        }
    }
    for note in &old.notes {
        store.drop_service_rows::<ExportNote>("id", &note.id).await.map_err(broken)?;
    }
    for token in &old.tokens {
        store.drop_service_rows::<Token>("id", &token.id).await.map_err(broken)?;
    }
    for form in &old.forms {
        store.drop_service_rows::<DraftForm>("id", &form.id).await.map_err(broken)?;
    }
    Ok(())
}

fn told(old: &Old, args: &RetentionArgs, lang: Lang, out: &mut dyn Write) -> std::io::Result<()> {
    let (files, notes, tokens, forms, days) = (old.uploads.len(), old.notes.len(), old.tokens.len(), old.forms.len(), args.days);
    let bytes: i64 = old.uploads.iter().map(|upload| upload.size).sum();
    match lang {
        Lang::Zh => {
            writeln!(
                out,
                "{days} 天以前、从未被任何办理事项引用的上传文件 {files} 个（{bytes} 字节），导出记录 {notes} 条，已失效的令牌 {tokens} 个，未提交的填报内容 {forms} 份。"
            )?;
            if args.apply { writeln!(out, "已清除。") } else { writeln!(out, "以上只是列出，没有清除；确认后加 --apply。") }
        }
        Lang::En => {
            writeln!(
                out,
                "older than {days} days: {files} uploads that no act ever named ({bytes} bytes), {notes} notes on exports, {tokens} tokens that ended, {forms} forms that were never handed in."
            )?;
            if args.apply { writeln!(out, "They were thrown away.") } else { writeln!(out, "Nothing was thrown away: --apply does it.") }
        }
    }
}
