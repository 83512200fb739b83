//! Random secrets, their digests, and hashes of passwords.

use crate::problem::Problem;
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use casework::chain::Fingerprint;
pub use casework::chain::hex;

/// A fresh secret of 32 bytes, in hexadecimal digits. Errors: the system gives no randomness.
pub fn fresh() -> Result<String, Problem> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|why| Problem::failed(&format!("no randomness: {why}")))?;
    Ok(hex(&bytes))
}

/// What is kept of a secret.
pub fn digest(secret: &str) -> String {
    Fingerprint::of(secret.as_bytes()).to_string()
}

/// Hash of a password with a fresh salt (argon2id at the crate's recommended cost). Errors: no randomness.
pub fn hash(password: &str) -> Result<String, Problem> {
    let mut salt = [0_u8; 16];
    getrandom::fill(&mut salt).map_err(|why| Problem::failed(&format!("no randomness: {why}")))?;
    let hash = Argon2::default().hash_password_with_salt(password.as_bytes(), &salt);
    Ok(hash.map_err(|why| Problem::failed(&format!("no hash: {why}")))?.to_string())
}

/// Whether a password is the one that was hashed.
pub fn is_right(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}
