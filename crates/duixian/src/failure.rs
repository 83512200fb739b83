//! How a run ends: the three exit codes, and failures of the world with what was being done and how to go on.

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
