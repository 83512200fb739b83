//! The command line as types. What each command does is in `commands`.

mod choice;
mod export;
mod service;
mod simulate;

use casework::ledger::Account;
pub use choice::*;
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
pub use export::*;
pub use service::*;
pub use simulate::*;
use std::path::PathBuf;
use values::Date;

/// Runs a support policy from its own text.
#[derive(Debug, Parser)]
#[command(
    name = "duixian",
    version,
    about = "兑现 Duixian: runs a support policy from its own text",
    long_about = "兑现 Duixian: runs a support policy from its own text.\n\n\
        A policy is a folder: policy.md holds the official clauses word for word with the rule of each clause under it, \
        further .md files add situations (情形), official.txt is the text as published. From it the program checks the \
        rules against the words, works out who may get what, and explains every amount.",
    after_help = "Exit codes: 0 all well, 1 findings (check, fmt --check, test, verify), 2 bad input or usage.\n\n\
        Examples:\n  \
        duixian check policies/qianjiang\n  \
        duixian assess policies/qianjiang --facts examples/qianjiang.jsonl\n  \
        duixian explain policies/qianjiang 6.1        # 直播电商：条件、金额、材料\n  \
        duixian facts policies/qianjiang --template 申报表.xlsx --year 2024"
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Language of messages and results
    #[arg(long, global = true, value_enum, default_value_t = LangArg::Zh)]
    pub lang: LangArg,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// 核对政策：Check a policy: the rules, and the rules against the words
    #[command(after_help = "Examples:\n  \
        duixian check policies/qianjiang\n  \
        duixian check policies/qianjiang --format json | jq .code\n  \
        duixian check --exceptions policies/qianjiang      # 规则与原文有意不同的地方\n\n\
        Exit code 1 with errors, 0 with warnings only.")]
    Check(CheckArgs),
    /// 排版规则：Lay out rules: alignment, punctuation, keywords
    #[command(after_help = "Examples:\n  \
        duixian fmt policies/qianjiang/policy.md\n  \
        duixian fmt --check policies/*/*.md            # 只检查，不改文件\n  \
        duixian fmt --keywords en policy.md            # 条件 → require，……")]
    Fmt(FmtArgs),
    /// 运行情形：Run the situations (情形) of a policy
    #[command(after_help = "Example:\n  \
        duixian test policies/qianjiang\n\n\
        Names clauses and branches that no situation exercises. Exit code 1 if a situation fails or anything is left out.")]
    Test(TestArgs),
    /// 测算：Work out what applicants get, and why
    #[command(after_help = "Examples:\n  \
        duixian assess policies/qianjiang --facts examples/qianjiang.jsonl\n  \
        duixian assess policies/qianjiang --facts 申报表.xlsx --clause 6.1 --format html > 结果.html\n  \
        duixian assess policies/qianjiang --facts 申报.csv --list 引进人才=人才.csv --year 2024 --format json\n  \
        duixian assess policies/qianjiang --facts 申报表.xlsx --keep-going   # 错行写进 申报表.错误.xlsx\n\n\
        FILE is JSON (.json), JSON Lines (.jsonl), CSV (.csv, UTF-8 or GB18030) or Excel (.xlsx); `duixian facts DIR \
        --template out.xlsx` writes a table to fill in. One applicant a line or row. The applicants of a file are one \
        population: places and budgets are worked out over them, by award year.\n\
        Columns of a table: id, year, as_of, name, kind, uscc, 仅排名, facts by name (事实, 事实@2023), 决定@1.4, 汇率@USD, \
        项目@2.1, 选择@任选一项. Lists stand in a sheet named after the fact (CSV: a second file 申报.引进人才.csv), joined by id; \
        earlier awards in one named 往年 (id, clause, year, amount, key), awards under other policies in 他处 (id, name, \
        amount, project, kind).\n\
        Exit code 2 if any row is wrong; --keep-going assesses the others all the same.")]
    Assess(AssessArgs),
    /// 用白话说：Say in plain words what a policy or a clause gives
    #[command(after_help = "Examples:\n  \
        duixian explain policies/qianjiang\n  \
        duixian explain policies/qianjiang --published 2024-01-15   # 按公布日推算各日期\n  \
        duixian explain policies/qianjiang 3.1")]
    Explain(ExplainArgs),
    /// 要填什么：List what a policy asks of applicants, or write a table to fill in
    #[command(after_help = "Examples:\n  \
        duixian facts policies/qianjiang\n  \
        duixian facts policies/qianjiang --template 申报表.xlsx --year 2024")]
    Facts(FactsArgs),
    /// 读法登记：Show the register of open readings (读法)
    #[command(
        after_help = "Examples:\n  duixian readings policies/qianjiang\n  duixian readings policies/qianjiang --facts examples/qianjiang.jsonl   # 换一种读法，差多少钱"
    )]
    Readings(ReadingsArgs),
    /// 逐句归类：Say of each sentence of the text what it is, and whether its money is computed
    #[command(after_help = "Examples:\n  \
        duixian coverage policies/qianjiang\n  \
        duixian coverage policies/qianjiang --format html > 归类.html   # 可打印\n  \
        duixian coverage policies/qianjiang --format json | jq 'select(.money)'\n\n\
        json is one object a sentence, then one with the totals. Exit code 1 where a sentence is nothing yet, or bears money \
        and is neither computed nor in the register.")]
    Coverage(CoverageArgs),
    /// 申报指南：Write the application guide of a policy
    #[command(after_help = "Examples:\n  \
        duixian guide policies/qianjiang --out 申报指南.html\n  \
        duixian guide policies/qianjiang --out 申报指南.docx\n  \
        duixian guide policies/jiulongpo --format md --lang en")]
    Guide(GuideArgs),
    /// 申报表单：Write the JSON Schema of an application, or the questions in the order to ask them
    #[command(after_help = "Examples:\n  \
        duixian form policies/qianjiang --clause 6.1 > 6.1.schema.json\n  \
        duixian form policies/qianjiang --clause 6.1 --ask             # 先问什么，后问什么\n  \
        duixian form policies/qianjiang --ask --facts 申报.jsonl       # 还要问什么")]
    Form(FormArgs),
    /// 还差多少：Say what one change of one fact would make of it
    #[command(after_help = "Example:\n  \
        duixian what-if policies/qianjiang --facts examples/qianjiang.jsonl --clause 6.1")]
    WhatIf(WhatIfArgs),
    /// 比较两版：Compare two versions: what changed, who gains, who loses
    #[command(after_help = "Examples:\n  \
        duixian diff policies/qianjiang 新版/qianjiang\n  \
        duixian diff 旧版 新版 --format html > 比较.html\n\n\
        Exit code 0 if nothing changes for anybody (proven), else 1.")]
    Diff(DiffArgs),
    /// 分析规则：Say what a drafter should know of the rules: gaps, cliffs, caps that never bind, …
    #[command(after_help = "Examples:\n  \
        duixian analyse policies/qianjiang\n  \
        duixian analyse policies/qianjiang --clause 4.1\n  \
        duixian analyse policies/jiulongpo --format html > 分析.html\n\n\
        Each statement comes with an applicant that shows it; ✗ marks what is probably a defect, · what is so by design. The report ends \
        with what was not looked into. Exit code 1 only with --strict and a probable defect.")]
    Analyse(AnalyseArgs),
    /// 模拟测算：Say what a policy costs a population, and who wins
    Simulate(SimulateArgs),
    /// 人口数据：Make up a population to try a policy out
    Population(PopulationArgs),
    /// 平行测算：Work last year out again and explain every difference to what was paid, row by row
    #[command(after_help = "Example:\n  \
        duixian parallel-run policies/qianjiang --facts 2024申报表.xlsx --paid 2024兑付.csv\n\n\
        PAID is a CSV file with the columns 编号 (id), 条款 (clause), 金额 (amount, in yuan), one payment a line. Of each pair of applicant and clause \
        that did not come out to the fen as it was paid, it says where the two part and why. What no application was found for is a mistake of the file \
        (exit code 2). Exit code 1 if anything differs.")]
    ParallelRun(ParallelRunArgs),
    /// 核对日志：Check a log, a database of the office, or an audit bundle: offline, names the first bad record
    #[command(after_help = "Examples:\n  \
        duixian verify office.db --checkpoint 2026-03.checkpoint --key office.key.pub\n  \
        duixian verify postgres://localhost/duixian --determinations\n  \
        duixian verify office.log --checkpoint 2026-03.checkpoint      # duixian export-log 写出的日志\n  \
        duixian verify 审计包/case1                                     # duixian bundle 写出的审计包\n\n\
        Nothing is written to what is checked. Without a checkpoint that was kept elsewhere a chain recomputed as a whole, or cut \
        together with its head, cannot be told. Exit code 1 if anything is not as it was written; docs/office-log.md says what is proven.")]
    Verify(VerifyArgs),
    /// 溯源：Walk back from an entry or a balance to the determination, the steps of the amount and the words of the clause
    #[command(after_help = "Examples:\n  \
        duixian trace office.db e-b1:1\n  \
        duixian trace office.db fund-2024 --account paid               # 这个余额由哪些分录组成\n  \
        duixian trace office.db case1 --format json\n\n\
        ID is that of an entry, a book, a determination or a case.")]
    Trace(TraceArgs),
    /// 检查点：Write a signed file of the fingerprints of all events, to be kept elsewhere
    #[command(after_help = "Examples:\n  \
        duixian checkpoint office.db --key office.key --out 2026-03.checkpoint\n  \
        duixian checkpoint office.db --key office.key --since 2026-03.checkpoint --out 2026-04.checkpoint\n\n\
        The log is checked first; with a bad record in it nothing is signed (exit code 1).")]
    Checkpoint(CheckpointArgs),
    /// 签名密钥：Make the office's key from randomness of the system
    #[command(after_help = "Example:\n  duixian key office.key          # 写 office.key（保密）和 office.key.pub（公开）")]
    Key(KeyArgs),
    /// 导出日志：Write the log of a database as lines of JSON
    #[command(after_help = "Example:\n  duixian export-log office.db --out office.log")]
    ExportLog(ExportLogArgs),
    /// 导出政策：Write a policy in the form of another program
    Export(ExportArgs),
    /// 审计包：Write everything the amounts of a case rest on, for a third party
    #[command(after_help = "Examples:\n  \
        duixian bundle office.db case1 --out 审计包/case1 --key office.key\n  \
        duixian verify 审计包/case1 --checkpoint 2026-03.checkpoint\n  \
        duixian assess 审计包/case1/policy --facts 审计包/case1/application.jsonl --format json")]
    Bundle(BundleArgs),
    /// 启动服务：Run the service
    #[command(after_help = "Examples:\n  \
        duixian serve --demo                                # 演示环境：示例数据，数据库在 data-demo/duixian.db\n  \
        duixian serve --data /var/lib/duixian\n  \
        duixian serve --database postgres://duixian@localhost/duixian --config /etc/duixian.toml\n\n\
        Settings come from the file, then from the environment (DUIXIAN_LISTEN …), then from the command line; `duixian config \
        check FILE` says what they are. Ends in order on SIGTERM or Ctrl-C.")]
    Serve(ServeArgs),
    /// 用户：Give somebody a password; the first administrator of a new office is entered by this
    #[command(after_help = "Examples:\n  \
        duixian user add admin --name 王敏 --data /var/lib/duixian        # 新库：登记首位管理员\n  \
        duixian user add zhang --data /var/lib/duixian                  # 已登记的人：设置初始密码\n\n\
        The password is printed once; it must be changed at the first sign-in.")]
    User(UserArgs),
    /// 核对配置：Check a file of settings
    Config(ConfigArgs),
    /// 升级数据库：Bring the tables of a database up to date
    Migrate(MigrateArgs),
    /// 备份：Copy the database and the evidence into a folder, while the service runs
    #[command(after_help = "Examples:\n  \
        duixian backup /backup/duixian-$(date +%F) --data /var/lib/duixian\n  \
        duixian backup /backup/duixian-$(date +%F) --config /etc/duixian.toml\n\n\
        The folder appears whole or not at all. Exit code 1 where evidence is missing that the database names.")]
    Backup(BackupArgs),
    /// 恢复：Put a backup where there is nothing yet, and check it
    #[command(after_help = "Examples:\n  \
        duixian restore /backup/duixian-2025-06-18 --data /srv/duixian-restored\n  \
        duixian restore /backup/duixian-2025-06-18 --database postgres://duixian@localhost/restored --data /srv/duixian-restored\n\n\
        Nothing is written over. Exit code 1 where what was restored is not what acts have written.")]
    Restore(RestoreArgs),
    /// 清理：Throw away what stands beside the log and was kept long enough
    Retention(RetentionArgs),
    /// 补全脚本：Write a completion script for a shell
    #[command(after_help = "Example:\n  duixian completions bash > ~/.local/share/bash-completion/completions/duixian")]
    Completions(CompletionsArgs),
    /// 编辑器服务：Language server for editors, over standard input and output
    #[command(after_help = "An editor starts this by itself; docs/editor.md shows how for VS Code, Neovim and Helix.")]
    Lsp(LspArgs),
}

/// Arguments of `check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Folder of the policy (or one policy file)
    #[arg(required_unless_present = "explain")]
    pub dir: Option<PathBuf>,
    /// How to write the findings; json is one object a line
    #[arg(long, value_enum, default_value_t = Plain::Text)]
    pub format: Plain,
    /// List instead where rules and words differ on purpose: 字面, 不用, 读法, 别名, 来源
    #[arg(long)]
    pub exceptions: bool,
    /// 说明一个编号：Say what a code means and how to mend it, with a wrong and a right example
    #[arg(long, value_name = "CODE", conflicts_with = "dir")]
    pub explain: Option<String>,
}

/// Arguments of `coverage`.
#[derive(Debug, Args)]
pub struct CoverageArgs {
    /// Folder of the policy
    pub dir: PathBuf,
    /// How to write the report
    #[arg(long, value_enum, default_value_t = Rich::Text)]
    pub format: Rich,
}

/// Arguments of `fmt`.
#[derive(Debug, Args)]
pub struct FmtArgs {
    /// Markdown files with rules
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Change nothing; name the files that would change and exit with 1
    #[arg(long)]
    pub check: bool,
    /// Write all keywords in this language (names stay as they are)
    #[arg(long, value_enum)]
    pub keywords: Option<LangArg>,
}

/// Arguments of `test`.
#[derive(Debug, Args)]
pub struct TestArgs {
    /// Folder of the policy
    pub dir: PathBuf,
    /// Exit with 1 also where clauses or branches are left that no situation exercised
    #[arg(long)]
    pub strict: bool,
    /// How many situations exercise each clause
    #[arg(long)]
    pub counts: bool,
}

/// Arguments of `assess`.
#[derive(Debug, Args)]
pub struct AssessArgs {
    /// Folder of the policy
    pub dir: PathBuf,
    /// Facts of the applicants: .json, .jsonl, .csv or .xlsx
    #[arg(long, value_name = "FILE")]
    pub facts: PathBuf,
    /// Only this clause in the results (may be repeated); groups and budgets still see all
    #[arg(long, value_name = "ID")]
    pub clause: Vec<String>,
    /// Award year for lines that name none
    #[arg(long, value_name = "YEAR", value_parser = clap::value_parser!(i32).range(1900..=2200))]
    pub year: Option<i32>,
    /// Day of judgement for lines that name none (default: 31 December of the year)
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub as_of: Option<Date>,
    /// How to write the results
    #[arg(long, value_enum, default_value_t = Rich::Text)]
    pub format: Rich,
    /// Assess the good rows even if others are wrong, and write an annotated copy of the file
    #[arg(long)]
    pub keep_going: bool,
    /// Where the annotated copy goes (default with --keep-going: FILE with .错误 before its extension)
    #[arg(long, value_name = "OUT")]
    pub annotated: Option<PathBuf>,
    /// A list of a CSV file: 事实名=FILE (also 往年=FILE, 他处=FILE)
    #[arg(long = "list", value_name = "NAME=FILE", value_parser = named_file)]
    pub lists: Vec<(String, PathBuf)>,
    /// Leave out how each result came about (json: `trace` is null); faster for large files
    #[arg(long)]
    pub no_trace: bool,
    /// No progress and no closing summary on stderr
    #[arg(long, short)]
    pub quiet: bool,
}

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// Folder of the policy
    pub dir: PathBuf,
    /// A clause; without it the whole policy in outline
    pub clause: Option<String>,
    /// Day of publication, where the text leaves it open
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub published: Option<Date>,
}

/// Arguments of `facts`.
#[derive(Debug, Args)]
pub struct FactsArgs {
    /// Folder of the policy
    pub dir: PathBuf,
    /// Write an Excel table to fill in
    #[arg(long, value_name = "OUT.xlsx")]
    pub template: Option<PathBuf>,
    /// Award year of the template: adds columns for the year before where a rule compares with it
    #[arg(long, value_name = "YEAR", value_parser = clap::value_parser!(i32).range(1900..=2200))]
    pub year: Option<i32>,
    /// How to write the list; json is one object a line
    #[arg(long, value_enum, default_value_t = Plain::Text)]
    pub format: Plain,
}

/// Arguments of `readings`.
#[derive(Debug, Args)]
pub struct ReadingsArgs {
    /// Folder of the policy
    pub dir: PathBuf,
    /// Applicants (.json, .jsonl, .csv or .xlsx): say for each other reading who would get how much more or less
    #[arg(long, value_name = "FILE")]
    pub facts: Option<PathBuf>,
    /// How to write the register; json is one object a line
    #[arg(long, value_enum, default_value_t = Plain::Text)]
    pub format: Plain,
}

/// Arguments of `guide`.
#[derive(Debug, Args)]
pub struct GuideArgs {
    /// Folder of the policy
    pub dir: PathBuf,
    /// How to write it (default: by the name of the file, else html)
    #[arg(long, value_enum)]
    pub format: Option<GuideFormat>,
    /// Where to (default: stdout)
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// A form of the guide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum GuideFormat {
    /// One page that needs no other file and prints well
    Html,
    /// Markdown
    Md,
    /// A Word document to edit further
    Docx,
}

/// Arguments of `form`.
#[derive(Debug, Args)]
pub struct FormArgs {
    /// Folder of the policy
    pub dir: PathBuf,
    /// Only what this clause asks (may be repeated)
    #[arg(long, value_name = "ID")]
    pub clause: Vec<String>,
    /// Instead of the schema the questions, in the order to ask them
    #[arg(long)]
    pub ask: bool,
    /// With --ask: what is known already; only what still matters is asked
    #[arg(long, value_name = "FILE", requires = "ask")]
    pub facts: Option<PathBuf>,
    /// How to write the questions; json is one object a line
    #[arg(long, value_enum, default_value_t = Plain::Text)]
    pub format: Plain,
}

/// Arguments of `what-if`.
#[derive(Debug, Args)]
pub struct WhatIfArgs {
    /// Folder of the policy
    pub dir: PathBuf,
    /// Facts of the applicants: .json, .jsonl, .csv or .xlsx
    #[arg(long, value_name = "FILE")]
    pub facts: PathBuf,
    /// Only this clause (may be repeated)
    #[arg(long, value_name = "ID")]
    pub clause: Vec<String>,
    /// How to write the changes; json is one object a line
    #[arg(long, value_enum, default_value_t = Plain::Text)]
    pub format: Plain,
}

/// Arguments of `parallel-run`.
#[derive(Debug, Args)]
pub struct ParallelRunArgs {
    /// Folder of the policy
    pub dir: PathBuf,
    /// Facts of last year's applicants, all of them: .json, .jsonl, .csv or .xlsx
    #[arg(long, value_name = "FILE")]
    pub facts: PathBuf,
    /// What was paid: a CSV file with 编号, 条款, 金额
    #[arg(long, value_name = "FILE")]
    pub paid: PathBuf,
    /// How to write the differences; json is one object a line, the sums last
    #[arg(long, value_enum, default_value_t = Plain::Text)]
    pub format: Plain,
}

/// Arguments of `diff`.
#[derive(Debug, Args)]
pub struct DiffArgs {
    /// Folder of the old version
    pub old: PathBuf,
    /// Folder of the new version
    pub new: PathBuf,
    /// How to write the comparison
    #[arg(long, value_enum, default_value_t = Rich::Text)]
    pub format: Rich,
}

/// Arguments of `analyse`.
#[derive(Debug, Args)]
pub struct AnalyseArgs {
    /// Folder of the policy
    pub dir: PathBuf,
    /// Only this clause (may be repeated)
    #[arg(long, value_name = "ID")]
    pub clause: Vec<String>,
    /// How to write the report; json is one object a line
    #[arg(long, value_enum, default_value_t = Rich::Text)]
    pub format: Rich,
    /// Exit with 1 if anything is probably a defect
    #[arg(long)]
    pub strict: bool,
}

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// A database (file of SQLite, sqlite:… or postgres:…), an exported log, or the folder of a bundle
    pub what: String,
    /// A signed file of fingerprints (may be repeated)
    #[arg(long, value_name = "FILE")]
    pub checkpoint: Vec<PathBuf>,
    /// The office's public key: ed25519:… or the file that holds it
    #[arg(long, value_name = "PUBLIC")]
    pub key: Option<String>,
    /// Compute every determination of a database again and compare the bytes
    #[arg(long)]
    pub determinations: bool,
    /// Do all acts of a database's log again in memory and compare the fingerprints
    #[arg(long)]
    pub replay: bool,
    /// How to write the report
    #[arg(long, value_enum, default_value_t = Plain::Text)]
    pub format: Plain,
}

/// Arguments of `trace`.
#[derive(Debug, Args)]
pub struct TraceArgs {
    /// A database: file of SQLite, sqlite:… or postgres:…
    pub database: String,
    /// Entry, book, determination or case
    pub id: String,
    /// Of a book, only what moved this account: outside, available, reserved, committed, paid, returned, recovered
    #[arg(long, value_parser = simulate::account)]
    pub account: Option<Account>,
    /// How to write it
    #[arg(long, value_enum, default_value_t = Plain::Text)]
    pub format: Plain,
}

/// Arguments of `checkpoint`.
#[derive(Debug, Args)]
pub struct CheckpointArgs {
    /// A database: file of SQLite, sqlite:… or postgres:…
    pub database: String,
    /// File of the office's secret key
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,
    /// Where to
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// The last checkpoint: begin after it
    #[arg(long, value_name = "FILE")]
    pub since: Option<PathBuf>,
}

/// Arguments of `key`.
#[derive(Debug, Args)]
pub struct KeyArgs {
    /// File of the secret key; the public one gets .pub behind its name
    pub out: PathBuf,
}

/// Arguments of `export-log`.
#[derive(Debug, Args)]
pub struct ExportLogArgs {
    /// A database: file of SQLite, sqlite:… or postgres:…
    pub database: String,
    /// Where to
    #[arg(long, value_name = "LOG")]
    pub out: PathBuf,
}

/// Arguments of `bundle`.
#[derive(Debug, Args)]
pub struct BundleArgs {
    /// A database: file of SQLite, sqlite:… or postgres:…
    pub database: String,
    /// The case
    pub case: String,
    /// Folder to make
    #[arg(long, value_name = "FOLDER")]
    pub out: PathBuf,
    /// File of the office's secret key, to sign the manifest
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
}

/// Arguments of `completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// Shell
    pub shell: Shell,
}

/// Arguments of `lsp`.
#[derive(Debug, Args)]
pub struct LspArgs {
    /// Some editors say so of their own accord; there is no other way
    #[arg(long, hide = true)]
    pub stdio: bool,
}

fn date(text: &str) -> Result<Date, String> {
    Date::parse(text).map_err(|error| error.to_string())
}

fn named_file(text: &str) -> Result<(String, PathBuf), String> {
    match text.split_once('=') {
        Some((name, file)) if !name.trim().is_empty() && !file.is_empty() => Ok((name.trim().to_owned(), file.into())),
        _ => Err("write it like 引进人才=人才.csv".to_owned()),
    }
}
