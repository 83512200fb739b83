//! People who were proven elsewhere (统一身份认证): the port through which an outside identity becomes a person of this office, and
//! what goes through it – an ID token of OpenID Connect, signed by an issuer that the operator named. Nothing is asked of the
//! network here: the keys lie in a file, and the way of the browser to the issuer and back is the gateway's (`docs/operations.md`).

use crate::config::{Config, ConfigError};
use base64ct::{Base64UrlUnpadded, Encoding};
use ed25519_dalek::{Signature, VerifyingKey};
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::Sha256;

/// Somebody else who says who a person is.
pub trait Identity: Send + Sync {
    /// The id in this office of whoever a word proves somebody to be, at a time in seconds since 1970. Whether there is such a
    /// person, and what the person may do, stands in the office.
    ///
    /// Errors: it proves nothing.
    fn person(&self, word: &str, now: i64) -> Result<String, Unproven>;
}

/// Why a word proves nothing; it quotes nothing of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unproven {
    /// It is no signed token.
    #[error("no signed token")]
    Form,
    /// Signed in another way than the keys are for, or with another key.
    #[error("no key of ours has signed it")]
    Signature,
    /// A claim that must be there is not, or says something else.
    #[error("claim {0} is missing or another")]
    Claim(&'static str),
    /// It is for another time.
    #[error("it does not hold now")]
    Time,
}

/// How far clocks may differ, in seconds.
const SKEW: i64 = 60;
/// How old a token may be, in seconds, whatever it says of its end: it opens a session, it is not one.
const AGE_MAX: i64 = 300;
/// Longest token that is looked at, in bytes.
const TOKEN_BYTES_MAX: usize = 16 << 10;
/// Shortest shared key, in bytes (RFC 7518, 3.2).
const SHARED_BYTES_MIN: usize = 32;

/// ID tokens of one issuer, signed with EdDSA (Ed25519), or with HS256 and a key that only the gateway has beside us.
pub struct IdTokens {
    issuer: String,
    audience: String,
    claim: String,
    keys: Vec<Named>,
}

/// A key with its name.
struct Named {
    name: Option<String>,
    key: Key,
}

/// The kind of a key says how it signs: what a token says of that chooses nothing.
enum Key {
    EdDsa(Box<VerifyingKey>),
    Hs256(Vec<u8>),
}

/// A key in the file (RFC 7517).
#[derive(Deserialize)]
struct Jwk {
    kty: String,
    crv: Option<String>,
    kid: Option<String>,
    x: Option<String>,
    k: Option<String>,
}

/// What the first part of a token says.
#[derive(Deserialize)]
struct Head {
    alg: String,
    typ: Option<String>,
    kid: Option<String>,
    crit: Option<Value>,
}

impl IdTokens {
    /// As the settings want it; none: they name no issuer. Errors: the keys cannot be read or used.
    pub fn of(config: &Config) -> Result<Option<Self>, ConfigError> {
        let (Some(issuer), Some(path)) = (&config.identity_issuer, &config.identity_keys) else { return Ok(None) };
        let failed = |why: String| ConfigError { place: format!("identity_keys {}", path.display()), why };
        let text = std::fs::read_to_string(path).map_err(|why| failed(why.to_string()))?;
        let keys = keys(&text).map_err(failed)?;
        Ok(Some(Self { issuer: issuer.clone(), audience: config.identity_audience.clone(), claim: config.identity_claim.clone(), keys }))
    }

    fn is_signed(&self, head: &Head, signed: &str, signature: &[u8]) -> bool {
        let fits = |named: &&Named| named.name.is_none() || head.kid.is_none() || named.name == head.kid;
        self.keys.iter().filter(fits).any(|named| match &named.key {
            Key::EdDsa(key) => head.alg == "EdDSA" && Signature::from_slice(signature).is_ok_and(|it| key.verify_strict(signed.as_bytes(), &it).is_ok()),
            Key::Hs256(key) => {
                let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return false };
                mac.update(signed.as_bytes());
                head.alg == "HS256" && mac.verify_slice(signature).is_ok()
            }
        })
    }

    /// OpenID Connect Core 1.0, 3.1.3.7: whose it is, for whom, and when.
    fn check(&self, claims: &Map<String, Value>, now: i64) -> Result<(), Unproven> {
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        let time = |name: &'static str| claims.get(name).and_then(Value::as_i64).ok_or(Unproven::Claim(name));
        if text("iss") != Some(&self.issuer) {
            return Err(Unproven::Claim("iss"));
        }
        let alone = match claims.get("aud") {
            Some(Value::String(one)) if *one == self.audience => true,
            Some(Value::Array(all)) if all.iter().any(|one| one == &self.audience) => all.len() == 1,
            _ => return Err(Unproven::Claim("aud")),
        };
        if text("azp").map_or(!alone, |party| party != self.audience) {
            return Err(Unproven::Claim("azp"));
        }
        let (issued, ends) = (time("iat")?, time("exp")?);
        let begins = claims.get("nbf").map_or(Ok(issued), |_| time("nbf"))?;
        let holds = ends > now && issued.max(begins) <= now + SKEW && issued >= now - AGE_MAX;
        if holds { Ok(()) } else { Err(Unproven::Time) }
    }
}

impl Identity for IdTokens {
    fn person(&self, word: &str, now: i64) -> Result<String, Unproven> {
        let (signed, signature) = word.rsplit_once('.').filter(|_| word.len() <= TOKEN_BYTES_MAX).ok_or(Unproven::Form)?;
        let (head, body) = signed.split_once('.').ok_or(Unproven::Form)?;
        let head: Head = part(head)?;
        // `crit` names what must be understood, and another type is another kind of token: an access token opens no session.
        if head.crit.is_some() || head.typ.as_deref().is_some_and(|typ| !typ.eq_ignore_ascii_case("JWT")) {
            return Err(Unproven::Form);
        }
        let signature = Base64UrlUnpadded::decode_vec(signature).map_err(|_| Unproven::Form)?;
        if !self.is_signed(&head, signed, &signature) {
            return Err(Unproven::Signature);
        }
        let claims: Map<String, Value> = part(body)?;
        self.check(&claims, now)?;
        claims.get(&self.claim).and_then(Value::as_str).map(str::to_owned).ok_or(Unproven::Claim("of the person"))
    }
}

fn part<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T, Unproven> {
    let bytes = Base64UrlUnpadded::decode_vec(text).map_err(|_| Unproven::Form)?;
    serde_json::from_slice(&bytes).map_err(|_| Unproven::Form)
}

/// The keys of a file. Errors: no JSON, or a key that cannot be used; nothing of it is quoted.
fn keys(text: &str) -> Result<Vec<Named>, String> {
    let whole: Value = serde_json::from_str(text).map_err(|why| format!("not JSON at line {}", why.line()))?;
    let list = match whole.get("keys") {
        Some(keys) => keys.as_array().cloned().unwrap_or_default(),
        None => vec![whole],
    };
    // A set has keys of all the kinds its issuer signs with: those that cannot be used here are passed over.
    let mut kinds = Vec::new();
    let mut usable = Vec::new();
    for value in list {
        let jwk: Jwk = serde_json::from_value(value).map_err(|_| "not a JWK or a JWK set".to_owned())?;
        kinds.push(jwk.kty.clone());
        usable.extend(key(jwk)?);
    }
    if usable.is_empty() {
        return Err(format!("no key that can be used: there are {kinds:?}; Ed25519 (EdDSA) and shared keys (oct, HS256) can"));
    }
    Ok(usable)
}

/// A key; none: of a kind that cannot be used.
fn key(jwk: Jwk) -> Result<Option<Named>, String> {
    let bytes = |text: Option<String>| text.and_then(|text| Base64UrlUnpadded::decode_vec(&text).ok());
    let key = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
        ("OKP", Some("Ed25519")) => {
            let bytes: Option<[u8; 32]> = bytes(jwk.x).and_then(|bytes| bytes.try_into().ok());
            let key = bytes.and_then(|bytes| VerifyingKey::from_bytes(&bytes).ok());
            Key::EdDsa(Box::new(key.ok_or("the x of an Ed25519 key cannot be read")?))
        }
        ("oct", _) => {
            let key = bytes(jwk.k).filter(|key| key.len() >= SHARED_BYTES_MIN);
            Key::Hs256(key.ok_or_else(|| format!("the k of a shared key must be {SHARED_BYTES_MIN} bytes or more, in base64url"))?)
        }
        _ => return Ok(None),
    };
    Ok(Some(Named { name: jwk.kid, key }))
}
