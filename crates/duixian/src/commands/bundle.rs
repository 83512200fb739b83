//! `bundle`: the audit bundle of a case, as a folder.

use crate::cli::BundleArgs;
use crate::database;
use crate::failure::{Failure, Verdict};
use casework::id::CaseId;
use office::bundle;
use std::io::Write;
use std::path::Path;
use values::Lang;

/// Runs the command. The folder must not be there, or be empty.
pub fn run(args: &BundleArgs, lang: Lang, out: &mut dyn Write) -> Result<Verdict, Failure> {
    let missing = || Failure::input(format!("没有案件 {}", args.case), format!("there is no case {}", args.case));
    let case = CaseId::parse(&args.case).map_err(|_| missing())?;
    let key = args.key.as_deref().map(database::secret_key).transpose()?;
    let folder = args.out.as_path();
    if std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
        let name = folder.display();
        return Err(Failure::input(format!("{name} 里已有文件"), format!("there are files in {name} already")).help("换一个空文件夹", "name an empty folder"));
    }
    let now = database::now();
    let files = database::wait(async {
        let store = database::open(&args.database).await?;
        let database = |error| Failure::database_at(&args.database, &error);
        let mut work = store.begin().await.map_err(database)?;
        bundle::write(&mut work, &case, now, key.as_ref()).await.map_err(database)
    })?;
    let files = files.ok_or_else(missing)?;
    for (name, bytes) in &files {
        write(&folder.join(name), bytes)?;
    }
    match lang {
        Lang::Zh => writeln!(out, "案件 {} 的审计包：{}，{} 个文件；核对方法见其中的 README.md", args.case, folder.display(), files.len())?,
        Lang::En => writeln!(out, "bundle of case {}: {}, {} files; its README.md says how to check it", args.case, folder.display(), files.len())?,
    }
    Ok(Verdict::Clean)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let unwritable = |error: std::io::Error| Failure::unwritable(path, &error);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(unwritable)?;
    }
    std::fs::write(path, bytes).map_err(unwritable)
}
