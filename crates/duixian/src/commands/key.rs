//! `key`: a new key of the office, from randomness of the operating system.

use crate::cli::KeyArgs;
use crate::failure::{Failure, Verdict};
use crate::output::pick;
use office::key::SecretKey;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use values::Lang;

/// Runs the command. A file that is there is never written over: a lost key cannot be made again.
pub fn run(args: &KeyArgs, lang: Lang, out: &mut dyn Write) -> Result<Verdict, Failure> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| Failure::input(format!("系统没有给出随机数：{error}"), format!("the system gave no randomness: {error}")))?;
    let key = SecretKey::from_bytes(&bytes);
    let mut public = args.out.clone().into_os_string();
    public.push(".pub");
    let public = PathBuf::from(public);
    if let Some(there) = [&args.out, &public].into_iter().find(|path| path.exists()) {
        let name = there.display();
        return Err(Failure::input(format!("写不了 {name}：已有同名文件"), format!("cannot write {name}: it is there already"))
            .help("密钥从不覆盖：换一个文件名", "a key is never written over: name another file"));
    }
    write_new(&args.out, &key.text(), 0o600)?;
    write_new(&public, &key.public().to_string(), 0o644)?;
    writeln!(out, "{}{}", pick(lang, "公钥：", "public key: "), key.public())?;
    let (secret, public) = (args.out.display(), public.display());
    match lang {
        Lang::Zh => writeln!(out, "私钥在 {secret}，只给办公系统读；公钥在 {public}，交给审计和监督单位")?,
        Lang::En => writeln!(out, "The secret key is in {secret}, for the office alone; the public one in {public}, for audit")?,
    }
    Ok(Verdict::Clean)
}

/// `mode`: who may read it, on Unix.
fn write_new(path: &Path, text: &str, mode: u32) -> Result<(), Failure> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(mode);
    }
    #[cfg(not(unix))]
    let _ = mode;
    let mut file = options.open(path).map_err(|error| Failure::unwritable(path, &error))?;
    writeln!(file, "{text}").map_err(|error| Failure::unwritable(path, &error))
}
