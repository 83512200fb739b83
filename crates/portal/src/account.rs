//! Accounts at the door: passwords, locks, second factors, sessions and tokens. Who a person is and what the person may do
//! stands in the office; here is only how the person proves it.

use crate::clock::seconds;
use crate::operation::Seat;
use crate::problem::Problem;
use crate::{Portal, secret};
use axum::http::{HeaderMap, StatusCode, header};
use casework::id::UserId;
use casework::people::{Role, User};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use std::sync::Arc;
use store::service::{Session, SignIn, Token};
use store::{Store, StoreError};
use tokio::sync::OwnedSemaphorePermit;

/// Name of the cookie.
pub const COOKIE: &str = "duixian_session";
/// Header in which a page repeats the word of its session.
pub const CSRF: &str = "x-csrf-token";
/// Shortest password.
pub const PASSWORD_LETTERS_MIN: usize = 12;
/// Longest: beyond it hashing is work for nothing.
pub const PASSWORD_BYTES_MAX: usize = 256;

/// The role of a name.
pub fn role(name: &str) -> Option<Role> {
    Role::ALL.into_iter().find(|role| role.name() == name)
}

/// Checks that a password is worth having. Errors: too short or too long.
pub fn check_password(password: &str) -> Result<(), Problem> {
    if password.chars().count() < PASSWORD_LETTERS_MIN || password.len() > PASSWORD_BYTES_MAX {
        return Err(Problem::unusable(
            format!("密码至少 {PASSWORD_LETTERS_MIN} 个字，最长 {PASSWORD_BYTES_MAX} 字节"),
            format!("a password has at least {PASSWORD_LETTERS_MIN} characters and at most {PASSWORD_BYTES_MAX} bytes"),
        ));
    }
    Ok(())
}

/// Sets the password of a person, whatever it was, and ends the person's sessions and tokens: for whoever has the machine.
///
/// Errors: the password is no good, or the store failed.
pub async fn set_password(store: &Store, user: &UserId, password: &str, must_change: bool) -> Result<(), Problem> {
    check_password(password)?;
    set_hash(store, user, &secret::hash(password)?, must_change).await
}

/// The same with a password that was checked and hashed before.
pub async fn set_hash(store: &Store, user: &UserId, hash: &str, must_change: bool) -> Result<(), Problem> {
    store.set_password(user.as_str(), hash, must_change).await?;
    end_all(store, user.as_str()).await
}

/// Ends the sessions and tokens of a person. After the password was changed, never before: a sign-in that is under way looks
/// at the password once more when its session is there.
pub async fn end_all(store: &Store, user: &str) -> Result<(), Problem> {
    store.drop_service_rows::<Session>("user_id", user).await?;
    store.drop_service_rows::<Token>("user_id", user).await?;
    Ok(())
}

/// What somebody brings to the door.
pub struct Credentials<'a> {
    /// Who it is said to be.
    pub user: &'a str,
    /// Password.
    pub password: &'a str,
    /// Second factor.
    pub code: Option<&'a str>,
    /// The role wanted; none: the first the person has.
    pub role: Option<Role>,
}

/// One answer for a wrong name, a wrong password and a wrong code: nobody learns which it was.
fn wrong() -> Problem {
    let title = ("登录失败", "Sign-in failed");
    let zh = "用户名、密码或验证码不正确。连续多次失败后账号会暂时锁定。";
    Problem::new(StatusCode::UNAUTHORIZED, "sign_in", title, zh, "User, password or code is wrong. After several failures the account is locked for a while.")
}

impl Portal {
    /// Lets somebody in. The session is new each time, whatever cookie came along.
    ///
    /// Errors: wrong, locked, or a role the person does not hold.
    pub(crate) async fn sign_in(&self, brought: &Credentials<'_>) -> Result<(String, Session, User), Problem> {
        let Some(row) = self.proven(brought.user, brought.password).await? else { return Err(wrong()) };
        let store = self.office.store();
        if !self.second_factor(&row, brought.code, seconds()).await? || !store.forgive_tries(&row.user_id, &row.password).await? {
            return Err(wrong());
        }
        let (user, role) = self.person_in(&row.user_id, brought.role).await?;
        let (cookie, session) = self.open_session(&row.user_id, role, None).await?;
        // A password that was changed meanwhile has ended all sessions but this one.
        let now: Option<SignIn> = store.service_row("user_id", &row.user_id).await?;
        if now.is_none_or(|now| now.password != row.password) {
            store.drop_service_rows::<Session>("digest", &session.digest).await?;
            return Err(wrong());
        }
        Ok((cookie, session, user))
    }

    /// The person who proved to be one, in a role. Errors: nobody, no longer active, or a role the person does not hold.
    pub(crate) async fn person_in(&self, user: &str, role: Option<Role>) -> Result<(User, Role), Problem> {
        let user = self.person(user).await?.filter(|user| user.active).ok_or_else(wrong)?;
        let role = match role {
            Some(role) if user.roles.contains(&role) => role,
            Some(_) => return Err(Problem::denied()),
            None => *user.roles.first().ok_or_else(wrong)?,
        };
        Ok((user, role))
    }

    /// The sign-in of a person whose password this is; none: it is not, or the door is locked.
    ///
    /// The row is counted up and read within the turn, so that of many tries at once each finds what the one before left; the try
    /// stays counted until [`Store::forgive_tries`]. Hashes as long for a name nobody has, and for a locked door.
    pub(crate) async fn proven(&self, user: &str, password: &str) -> Result<Option<SignIn>, Problem> {
        let turn = self.hashing_turn().await?;
        let (store, now) = (self.office.store(), seconds());
        let until = now + i64::from(self.config.lock_minutes) * 60;
        let counted = store.count_try(user, i64::from(self.config.lock_after), now, until).await?;
        let row: Option<SignIn> = if counted { store.service_row("user_id", user).await? } else { None };
        let kept = row.as_ref().map(|row| row.password.clone()).filter(|kept| !kept.is_empty());
        // Nobody has a longer one.
        let password = if password.len() > PASSWORD_BYTES_MAX { String::new() } else { password.to_owned() };
        let right = move || match kept {
            Some(kept) => secret::is_right(&password, &kept),
            None => {
                drop(secret::hash(&password));
                false
            }
        };
        let right = hashing(turn, right).await?;
        Ok(row.filter(|_| right))
    }

    /// Hash of a new password. Errors: it is no good.
    pub(crate) async fn hashed(&self, password: &str) -> Result<String, Problem> {
        check_password(password)?;
        let (turn, password) = (self.hashing_turn().await?, password.to_owned());
        hashing(turn, move || secret::hash(&password)).await?
    }

    async fn hashing_turn(&self) -> Result<OwnedSemaphorePermit, Problem> {
        Arc::clone(&self.hashing).acquire_owned().await.map_err(|why| Problem::failed(&why.to_string()))
    }

    async fn second_factor(&self, row: &SignIn, code: Option<&str>, now: i64) -> Result<bool, Problem> {
        let Some(key) = &row.totp else { return Ok(true) };
        let Some(step) = code.and_then(|code| totp_step(key, code, now)) else { return Ok(false) };
        Ok(self.office.store().use_totp_step(&row.user_id, step).await?)
    }

    /// Opens a session, which ends with the one it takes the place of; what comes back first is the cookie, which is kept
    /// nowhere here.
    pub(crate) async fn open_session(&self, user: &str, role: Role, instead_of: Option<&Session>) -> Result<(String, Session), Problem> {
        let now = seconds();
        let expires = instead_of.map_or_else(|| now + i64::from(self.config.session_hours) * 3600, |session| session.expires);
        let cookie = secret::fresh()?;
        let session = Session {
            digest: secret::digest(&cookie),
            user_id: user.to_owned(),
            role: role.name().to_owned(),
            csrf: secret::fresh()?,
            created: now,
            seen: now,
            expires,
        };
        self.office.store().put_service_row(&session).await?;
        Ok((cookie, session))
    }

    pub(crate) async fn person(&self, id: &str) -> Result<Option<User>, StoreError> {
        self.reading.begin().await?.peek(id).await
    }

    /// Who is at the door, by cookie or by token. A cookie that no longer holds is nobody.
    pub(crate) async fn seat(&self, headers: &HeaderMap) -> Result<Option<Seat>, Problem> {
        let now = seconds();
        if let Some(key) = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(|value| value.strip_prefix("Bearer ")) {
            let token: Option<Token> = self.office.store().service_row("digest", &secret::digest(key)).await?;
            let token = token.filter(|token| token.revoked == 0 && token.expires > now).ok_or_else(Problem::signed_out)?;
            let seat = self.seated(&token.user_id, &token.role).await?.ok_or_else(Problem::signed_out)?;
            return Ok(Some(seat));
        }
        let Some(cookie) = cookie(headers) else { return Ok(None) };
        let session: Option<Session> = self.office.store().service_row("digest", &secret::digest(cookie)).await?;
        let idle = i64::from(self.config.idle_minutes) * 60;
        let Some(session) = session.filter(|session| session.expires > now && session.seen + idle > now) else { return Ok(None) };
        // Noted once a minute, and beside the answer: whoever reads waits for nobody who writes, and reads also where nothing can be written.
        if session.seen + 60 < now {
            let (store, digest) = (self.office.store().clone(), session.digest.clone());
            tokio::spawn(async move {
                if let Err(why) = store.session_seen(&digest, now).await {
                    tracing::warn!(%why, "that a session is used could not be noted");
                }
            });
        }
        let sign_in: Option<SignIn> = self.office.store().service_row("user_id", &session.user_id).await?;
        let seat = self.seated(&session.user_id, &session.role).await?;
        Ok(seat.map(|seat| Seat { session: Some(session), must_change: sign_in.is_some_and(|row| row.must_change != 0), ..seat }))
    }

    /// A person in a role, if the person still is somebody and still holds it.
    async fn seated(&self, user: &str, name: &str) -> Result<Option<Seat>, Problem> {
        let person = self.person(user).await?.filter(|person| person.active);
        let role = role(name);
        Ok(person.zip(role).filter(|(person, role)| person.roles.contains(role)).map(|(person, role)| Seat {
            user: person.id,
            name: person.name,
            role,
            session: None,
            must_change: false,
        }))
    }
}

/// Hashes where hashing is in nobody's way. The turn goes along: it is not over because whoever asked has gone.
async fn hashing<T: Send + 'static>(turn: OwnedSemaphorePermit, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    let work = move || {
        let done = work();
        drop(turn);
        done
    };
    tokio::task::spawn_blocking(work).await.map_err(|why| Problem::failed(&why.to_string()))
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies.flat_map(|line| line.split(';')).find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))
}

/// Seconds of a step of the second factor (RFC 6238).
const STEP: i64 = 30;

/// The step at which a code holds: now, or one before or after, for clocks that differ.
pub fn totp_step(key: &str, code: &str, now: i64) -> Option<i64> {
    let bytes = base32(key)?;
    (now / STEP - 1..=now / STEP + 1).find(|step| totp(&bytes, *step).as_deref() == Some(code))
}

/// The six digits of a step (RFC 6238 with HMAC-SHA1, as every authenticator app has it).
pub fn totp(key: &[u8], step: i64) -> Option<String> {
    let mut mac = Hmac::<Sha1>::new_from_slice(key).ok()?;
    mac.update(&step.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let offset = usize::from(digest.last()? & 0x0f);
    let four: [u8; 4] = digest.get(offset..offset + 4)?.try_into().ok()?;
    Some(format!("{:06}", (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000))
}

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Reads base 32 (RFC 4648) without padding.
pub fn base32(text: &str) -> Option<Vec<u8>> {
    let (mut bits, mut held, mut out) = (0_u32, 0_u32, Vec::new());
    for letter in text.bytes() {
        let value = BASE32.iter().position(|known| *known == letter)?;
        bits = (bits << 5) | u32::try_from(value).ok()?;
        held += 5;
        if held >= 8 {
            held -= 8;
            out.push(u8::try_from((bits >> held) & 0xff).ok()?);
            bits &= (1 << held) - 1;
        }
    }
    Some(out)
}

/// Writes base 32 without padding.
pub fn to_base32(bytes: &[u8]) -> String {
    let (mut bits, mut held, mut out) = (0_u32, 0_u32, String::new());
    for byte in bytes {
        bits = (bits << 8) | u32::from(*byte);
        held += 8;
        while held >= 5 {
            held -= 5;
            out.extend(BASE32.get(((bits >> held) & 31) as usize).map(|letter| char::from(*letter)));
            bits &= (1 << held) - 1;
        }
    }
    if held > 0 {
        out.extend(BASE32.get(((bits << (5 - held)) & 31) as usize).map(|letter| char::from(*letter)));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_factor_gives_the_codes_of_the_standard() {
        // RFC 6238, appendix B, SHA-1: the last six of its eight digits.
        let key = b"12345678901234567890";
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")] {
            assert_eq!(totp(key, seconds / STEP).as_deref(), Some(code));
            assert_eq!(totp_step(&to_base32(key), code, seconds), Some(seconds / STEP));
        }
        assert_eq!(base32(&to_base32(key)).as_deref(), Some(&key[..]));
    }
}
