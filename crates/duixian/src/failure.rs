//! How a run ends: the three exit codes, and failures of the world with what was being done and how to go on.

use crate::commands::config::shown;
use policy::diagnostic::Text;
use rust_xlsxwriter::XlsxError;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use store::StoreError;
use values::Lang;

/// The exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// 0: nothing to find fault with.
    Clean,
    /// 1: findings of check, fmt --check or test.
    Findings,
    /// 2: bad input or usage.
    BadInput,
}

impl From<Verdict> for ExitCode {
    fn from(verdict: Verdict) -> Self {
        Self::from(match verdict {
            Verdict::Clean => 0,
            Verdict::Findings => 1,
            Verdict::BadInput => 2,
        })
    }
}

/// Why a command could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Something the user gave cannot be used: what, and how to go on.
    #[error("{}", message.en)]
    Input {
        /// What is wrong.
        message: Text,
        /// How to mend it.
        help: Option<Text>,
    },
    /// Writing the result failed.
    #[error(transparent)]
    Output(#[from] std::io::Error),
    /// Everything has been said already.
    #[error("reported")]
    Reported,
}

impl Failure {
    /// Something the user gave cannot be used.
    pub fn input(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Input { message: Text::new(zh, en), help: None }
    }

    /// Says first where it came up.
    #[must_use]
    pub fn of(mut self, zh: &str, en: &str) -> Self {
        if let Self::Input { message, .. } = &mut self {
            *message = Text::new(format!("{zh}{}", message.zh), format!("{en}{}", message.en));
        }
        self
    }

    /// Adds how to go on.
    #[must_use]
    pub fn help(mut self, zh: impl Into<String>, en: impl Into<String>) -> Self {
        if let Self::Input { help, .. } = &mut self {
            *help = Some(Text::new(zh, en));
        }
        self
    }

    /// A file that cannot be read.
    pub fn unreadable(path: &Path, error: &std::io::Error) -> Self {
        let name = path.display();
        Self::input(format!("读不了 {name}：{}", cause(error, "没有这个文件")), format!("cannot read {name}: {error}"))
            .help("检查路径和权限", "check the path and its permissions")
    }

    /// A file that cannot be written.
    pub fn unwritable(path: &Path, error: &std::io::Error) -> Self {
        let name = path.display();
        Self::input(format!("写不了 {name}：{}", cause(error, "没有这个文件夹")), format!("cannot write {name}: {error}"))
            .help("先建好文件夹，检查权限；文件正开着就先关上", "make its folder first, check the permissions, and close the file where it is open")
    }

    /// A database that cannot be read.
    pub fn database(error: &StoreError) -> Self {
        match error {
            StoreError::Version { found, known } if found > known => {
                Self::input(format!("数据库的表是第 {found} 版，由较新的程序写成；本程序只认识到第 {known} 版"), format!("database: {error}"))
                    .help("用较新的 duixian 打开，或恢复升级前的备份", "open it with the newer duixian, or restore a backup made before the upgrade")
            }
            StoreError::Version { found, known } => Self::input(format!("数据库的表是第 {found} 版，本程序需要第 {known} 版"), format!("database: {error}"))
                .help("先备份，再运行 duixian migrate", "make a backup, then run duixian migrate"),
            _ => Self::input(format!("数据库：{error}"), format!("database: {error}")),
        }
    }

    /// A database that cannot be read, by its address or file: what is the matter with it, where that is known.
    pub fn database_at(url: &str, error: &StoreError) -> Self {
        let StoreError::Database { doing, source } = error else { return Self::database(error) };
        let name = url.strip_prefix("sqlite:").map_or_else(|| shown(url), |file| file.split('?').next().unwrap_or(file).to_owned());
        let code = source.as_database_error().and_then(|error| error.code()).unwrap_or_default();
        // SQLite puts what it is about into the low byte of its codes.
        let sqlite = code.parse::<u32>().ok().filter(|_| !url.starts_with("postgres")).map(|code| code & 0xff);
        match (sqlite, code.as_ref()) {
            (Some(11 | 26), _) => Self::input(format!("数据库 {name} 已损坏或不完整：{source}"), format!("database {name} is damaged or not whole: {source}"))
                .help("用备份恢复：duixian restore", "restore a backup: duixian restore"),
            (Some(14), _) => Self::input(
                format!("打不开数据库 {name}：没有这个文件或文件夹，或没有权限"),
                format!("cannot open database {name}: it is not there, or there is no right to it"),
            )
            .help("检查数据文件夹：--data DIR（或 --database、--config）", "check the folder of the data: --data DIR (or --database, --config)"),
            (Some(1), _) | (None, "42P01") if doing == "read the version" => Self::input(
                format!("{name} 不是兑现的数据库：没有它的表"),
                format!("{name} is no database of Duixian: it lacks its tables"),
            )
            .help("检查路径；办公系统的数据库是数据文件夹里的 duixian.db", "check the path; the database of an office is duixian.db in the folder of its data"),
            _ => Self::input(format!("数据库 {name}：{error}"), format!("database {name}: {error}"))
                .help("检查地址、权限和数据库是否在运行", "check the address, the rights, and that the database runs"),
        }
    }

    /// A workbook that cannot be written.
    pub fn unwritable_workbook(path: &Path, error: XlsxError) -> Self {
        match error {
            XlsxError::IoError(error) => Self::unwritable(path, &error),
            other => Self::unwritable(path, &std::io::Error::other(other)),
        }
    }

    /// Says it to people.
    pub fn write(&self, out: &mut dyn Write, lang: Lang) -> std::io::Result<()> {
        match self {
            Self::Input { message, help } => {
                let word = if lang == Lang::Zh { "错误：" } else { "error: " };
                writeln!(out, "{word}{}", message.get(lang))?;
                if let Some(help) = help {
                    writeln!(out, "  → {}", help.get(lang))?;
                }
                Ok(())
            }
            Self::Output(error) => match lang {
                Lang::Zh => writeln!(out, "错误：结果写不出去：{error}"),
                Lang::En => writeln!(out, "error: cannot write the result: {error}"),
            },
            Self::Reported => Ok(()),
        }
    }
}

/// Why a file cannot be used, in Chinese; `missing` where it or its folder is not there.
fn cause(error: &std::io::Error, missing: &str) -> String {
    use std::io::ErrorKind;
    let known = match error.kind() {
        ErrorKind::NotFound => missing,
        ErrorKind::PermissionDenied => "没有权限",
        ErrorKind::IsADirectory => "这是文件夹",
        ErrorKind::NotADirectory => "路径中有一段不是文件夹",
        ErrorKind::StorageFull => "磁盘已满",
        ErrorKind::ReadOnlyFilesystem => "这里只能读",
        ErrorKind::AlreadyExists => "已有同名文件",
        _ => return error.to_string(),
    };
    known.to_owned()
}
