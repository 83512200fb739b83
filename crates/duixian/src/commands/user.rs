//! `user`: a first password for somebody; in a new office, its first administrator.

use crate::cli::{UserAddArgs, UserArgs, UserCommand};
use crate::commands::config;
use crate::database;
use crate::failure::{Failure, Verdict};
use casework::Act;
use casework::id::{RequestId, UserId};
use casework::people::{Role, User};
use casework::registry::RegistryAct;
use office::{Context, Office};
use std::io::Write;
use store::Store;
use values::{Lang, WorkCalendar};

/// Runs the command.
pub fn run(args: &UserArgs, lang: Lang, out: &mut dyn Write) -> Result<Verdict, Failure> {
    database::private();
    let UserCommand::Add(args) = &args.what;
    let password = password()?;
    let founded = database::wait(add(args, &password))?;
    match (lang, founded) {
        (Lang::Zh, true) => writeln!(out, "已登记首位管理员 {}。初始密码（只显示这一次）：{password}", args.id)?,
        (Lang::Zh, false) => writeln!(out, "已为 {} 设置初始密码（只显示这一次）：{password}", args.id)?,
        (Lang::En, true) => writeln!(out, "{} is the first administrator. First password (shown once): {password}", args.id)?,
        (Lang::En, false) => writeln!(out, "{} has a first password (shown once): {password}", args.id)?,
    }
    Ok(Verdict::Clean)
}

/// Sets the password; true: the person was entered as the first administrator.
async fn add(args: &UserAddArgs, password: &str) -> Result<bool, Failure> {
    let config = config::of(&args.place)?;
    if config.database.is_none() {
        std::fs::create_dir_all(&config.data).map_err(|error| Failure::unwritable(&config.data, &error))?;
    }
    let id = UserId::parse(&args.id).map_err(|why| Failure::input(format!("编号 {} 有误：只用字母、数字、- _ . :", args.id), why.to_string()))?;
    let broken = |error: store::StoreError| Failure::database(&error);
    let store = Store::open(&config.database_url()).await.map_err(broken)?;
    let person: Option<User> = store.begin().await.map_err(broken)?.peek(id.as_str()).await.map_err(broken)?;
    let empty = store.begin().await.map_err(broken)?.events(0, 1).await.map_err(broken)?.is_empty();
    let founded = match person {
        Some(_) => false,
        None if empty => {
            let name = args.name.clone().ok_or_else(|| {
                Failure::input("这是新库，请给出首位管理员的姓名", "the office is new: give the name of its first administrator")
                    .help("加上 --name 姓名", "add --name NAME")
            })?;
            let user = User { id: id.clone(), name, unit: None, organisation: None, roles: vec![Role::Administrator], links: Vec::new(), active: true };
            let request = RequestId::parse("found").map_err(|why| Failure::input(why.to_string(), why.to_string()))?;
            let context = Context { user: id.clone(), role: Role::Administrator, now: database::now(), request };
            let office = Office::new(store.clone(), WorkCalendar::china());
            let act = Act::Registry(RegistryAct::Found { user });
            office.perform(&context, &act).await.map_err(|why| Failure::input(format!("不能登记：{why}"), why.to_string()))?;
            true
        }
        None => {
            return Err(Failure::input(format!("没有用户 {id}"), format!("there is no user {id}"))
                .help("先由管理员在系统中登记此人，再设置密码", "let an administrator enter the person first, then give the password"));
        }
    };
    portal::set_password(&store, &id, password, true).await.map_err(|why| Failure::input(why.detail.0.clone(), why.detail.1.clone()))?;
    Ok(founded)
}

/// Letters and digits that nobody takes for one another.
const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
/// Letters of a password: five bits each but for a hair, so beyond guessing.
const PASSWORD_LETTERS: usize = 20;

/// A password that can be read out: four groups of letters.
fn password() -> Result<String, Failure> {
    let mut letters = Vec::with_capacity(PASSWORD_LETTERS);
    while letters.len() < PASSWORD_LETTERS {
        let mut bytes = [0_u8; 2 * PASSWORD_LETTERS];
        getrandom::fill(&mut bytes).map_err(|why| Failure::input(format!("系统给不出随机数：{why}"), format!("no randomness: {why}")))?;
        // 31 letters of 32: the last number is drawn again, so that all are as likely.
        letters.extend(bytes.iter().filter_map(|byte| LETTERS.get(usize::from(byte & 31))).map(|letter| char::from(*letter)));
    }
    letters.truncate(PASSWORD_LETTERS);
    Ok(letters.chunks(5).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_first_password_is_of_letters_that_are_all_as_likely_and_look_like_no_other() {
        let letters: BTreeSet<&u8> = LETTERS.iter().collect();
        assert_eq!(letters.len(), LETTERS.len(), "none stands there twice");
        assert!(b"il1o0".iter().all(|letter| !letters.contains(letter)));
        let (one, other) = (password().unwrap(), password().unwrap());
        assert!(one != other && one.len() == PASSWORD_LETTERS + 3 && one.split('-').all(|group| group.len() == 5), "{one}");
    }
}
