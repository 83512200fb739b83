//! Signing in and out, changing the password, the second factor, and tokens of programs.

use crate::account::{CSRF, Credentials, end_all, role, to_base32, totp_step};
use crate::clock::seconds;
use crate::operation::{Answer, Answering, Asked, ID, Operation, Payload, Who, operation};
use crate::problem::Problem;
use crate::{Portal, account, secret};
use axum::http::{Method, StatusCode, header};

use casework::people::Role;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::service::{Session, SignIn, Token};

/// What is brought to the door.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Door {
    /// User.
    user: String,
    /// Password.
    password: String,
    /// Six digits of the second factor, where one is set up.
    #[serde(default)]
    code: Option<String>,
    /// The role wanted; none: the first the person has.
    #[serde(default)]
    role: Option<Role>,
}

/// What somebody who was proven elsewhere brings to the door.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ByIdentity {
    /// The word of the identity provider: an ID token.
    token: String,
    /// The role wanted; none: the first the person has.
    #[serde(default)]
    role: Option<Role>,
}

/// Who is signed in.
#[derive(Serialize, JsonSchema)]
struct SignedIn {
    /// User.
    user: String,
    /// As what.
    role: Role,
    /// What else the person may be.
    roles: Vec<Role>,
    /// What requests that change something must repeat in the header `X-CSRF-Token`; none for tokens.
    csrf: Option<String>,
    /// Whether the password must be changed before anything else.
    must_change: bool,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewPassword {
    /// The password so far.
    old: String,
    /// The password from now on: at least 12 characters.
    new: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct GivenPassword {
    /// A password to begin with; the person must change it. Only for a person who has no own one.
    password: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct OtherRole {
    /// The role to act in.
    role: Role,
}

#[derive(Serialize, JsonSchema)]
struct Factor {
    /// The secret, in base 32, for an authenticator.
    secret: String,
    /// The same as an address that authenticators read.
    address: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct FactorProof {
    /// The secret that was given.
    secret: String,
    /// The six digits it shows now.
    code: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct WantedToken {
    /// What it is called.
    name: String,
    /// Days it holds: 1 to 366.
    days: u32,
}

/// A token.
#[derive(Serialize, JsonSchema)]
struct ShownToken {
    /// Id.
    id: String,
    /// What it is called.
    name: String,
    /// As what it acts.
    role: Role,
    /// Since when, in seconds since 1970.
    created: i64,
    /// When it ends.
    expires: i64,
    /// Whether it was revoked.
    revoked: bool,
    /// The key itself: shown once, when it is made.
    key: Option<String>,
}

macro_rules! json {
    ($ty:ty) => {
        Payload::Json(|generator| generator.subschema_for::<$ty>())
    };
}

/// What can be asked here.
pub fn operations() -> Vec<Operation> {
    let with = |method, path: &str, id: &str, words, who, run| operation(method, path, id, "sign-in", words, who, run);
    let one = "/api/v1/session";
    vec![
        Operation { takes: json!(Door), gives: (201, json!(SignedIn)), ..with(Method::POST, one, "sign_in", ("登录", "Sign in"), Who::Anybody, sign_in) },
        Operation {
            takes: json!(ByIdentity),
            gives: (201, json!(SignedIn)),
            ..with(
                Method::POST,
                "/api/v1/session/identity",
                "sign_in_by_identity",
                ("统一身份认证登录", "Sign in by an identity from elsewhere"),
                Who::Anybody,
                sign_in_by_identity,
            )
        },
        Operation { gives: (200, json!(SignedIn)), ..with(Method::GET, one, "who", ("当前登录", "Who is signed in"), Who::SignedIn, who) },
        Operation { gives: (204, Payload::Nothing), ..with(Method::DELETE, one, "sign_out", ("退出", "Sign out"), Who::SignedIn, sign_out) },
        Operation {
            takes: json!(OtherRole),
            gives: (200, json!(SignedIn)),
            ..with(Method::PUT, "/api/v1/session/role", "change_role", ("切换角色", "Act in another role"), Who::SignedIn, change_role)
        },
        Operation {
            takes: json!(NewPassword),
            gives: (204, Payload::Nothing),
            ..with(Method::PUT, "/api/v1/password", "change_password", ("修改密码", "Change the own password"), Who::SignedIn, change_password)
        },
        Operation {
            takes: json!(GivenPassword),
            gives: (204, Payload::Nothing),
            parameters: vec![ID],
            ..with(
                Method::PUT,
                "/api/v1/users/{id}/password",
                "give_password",
                ("设置初始密码", "Give a person a password to begin with"),
                Who::Roles(&[Role::Administrator]),
                give_password,
            )
        },
        Operation {
            gives: (200, json!(Factor)),
            ..with(Method::POST, "/api/v1/factor", "new_factor", ("新验证器密钥", "A secret for a second factor"), Who::SignedIn, new_factor)
        },
        Operation {
            takes: json!(FactorProof),
            gives: (204, Payload::Nothing),
            ..with(Method::PUT, "/api/v1/factor", "set_factor", ("启用验证器", "Set the second factor up"), Who::SignedIn, set_factor)
        },
        Operation {
            gives: (200, json!(Vec<ShownToken>)),
            ..with(Method::GET, "/api/v1/tokens", "tokens", ("我的令牌", "The own tokens"), Who::SignedIn, tokens)
        },
        Operation {
            takes: json!(WantedToken),
            gives: (201, json!(ShownToken)),
            ..with(Method::POST, "/api/v1/tokens", "new_token", ("新建令牌", "Make a token for a program"), Who::SignedIn, new_token)
        },
        Operation {
            gives: (204, Payload::Nothing),
            parameters: vec![ID],
            ..with(Method::DELETE, "/api/v1/tokens/{id}", "revoke_token", ("吊销令牌", "Revoke a token"), Who::SignedIn, revoke_token)
        },
    ]
}

impl Portal {
    fn cookie(&self, value: &str, seconds: i64) -> String {
        let secure = if self.config.https { "; Secure" } else { "" };
        format!("{}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}", account::COOKIE)
    }

    async fn signed_in(&self, status: StatusCode, user: &str, role: Role, csrf: Option<String>, must_change: bool) -> Result<Answer, Problem> {
        let roles = self.person(user).await?.map(|person| person.roles).unwrap_or_default();
        Answer::json(status, &SignedIn { user: user.to_owned(), role, roles, csrf, must_change })
    }
}

fn sign_in<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let door: Door = asked.json()?;
        let brought = Credentials { user: &door.user, password: &door.password, code: door.code.as_deref(), role: door.role };
        let (cookie, session, user) = portal.sign_in(&brought).await?;
        tracing::info!(request = asked.request, "signed in");
        let must_change = portal.must_change(user.id.as_str()).await?;
        let role = role(&session.role).ok_or_else(Problem::denied)?;
        let answer = portal.signed_in(StatusCode::CREATED, user.id.as_str(), role, Some(session.csrf), must_change).await?;
        Ok(answer.with(header::SET_COOKIE, &cookie_of(portal, &cookie)))
    })
}

impl Portal {
    async fn must_change(&self, user: &str) -> Result<bool, Problem> {
        let row: Option<SignIn> = self.office.store().service_row("user_id", user).await?;
        Ok(row.is_some_and(|row| row.must_change != 0))
    }
}

fn sign_in_by_identity<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let wanted: ByIdentity = asked.json()?;
        let Some(identity) = &portal.identity else {
            let (zh, en) = ("本系统未启用统一身份认证，请用用户名和密码登录。", "This service knows no other identity. Sign in with user and password.");
            return Err(Problem::new(StatusCode::FORBIDDEN, "identity.off", ("未启用统一身份认证", "No other identity"), zh, en));
        };
        let id = identity.person(&wanted.token, seconds()).map_err(|why| {
            tracing::info!(request = asked.request, why = why.to_string(), "an identity was refused");
            let (zh, en) =
                ("统一身份认证的凭证无效或已过期，请重新登录。", "What the identity provider said does not hold or no longer holds. Sign in there again.");
            Problem::new(StatusCode::UNAUTHORIZED, "identity", ("身份认证失败", "Not recognised"), zh, en)
        })?;
        let (user, role) = portal.person_in(&id, wanted.role).await?;
        let store = portal.office.store();
        if store.note_identity(user.id.as_str()).await? {
            // Whoever came in with a given password that was never changed would be free of changing it.
            end_all(store, user.id.as_str()).await?;
        }
        let (cookie, session) = portal.open_session(user.id.as_str(), role, None).await?;
        tracing::info!(request = asked.request, "signed in by identity");
        let answer = portal.signed_in(StatusCode::CREATED, user.id.as_str(), role, Some(session.csrf), false).await?;
        Ok(answer.with(header::SET_COOKIE, &cookie_of(portal, &cookie)))
    })
}

fn who<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let seat = asked.seat()?;
        let csrf = seat.session.as_ref().map(|session| session.csrf.clone());
        portal.signed_in(StatusCode::OK, seat.user.as_str(), seat.role, csrf, seat.must_change).await
    })
}

fn sign_out<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(end_session(portal, asked))
}

/// Ends the session at hand, and takes the cookie back.
pub async fn end_session(portal: &Portal, asked: &Asked<'_>) -> Result<Answer, Problem> {
    if let Some(session) = &asked.seat()?.session {
        portal.office.store().drop_service_rows::<Session>("digest", &session.digest).await?;
    }
    Ok(Answer::nothing().with(header::SET_COOKIE, &portal.cookie("", 0)))
}

/// The cookie of a new session, as it is set.
pub fn cookie_of(portal: &Portal, cookie: &str) -> String {
    portal.cookie(cookie, i64::from(portal.config.session_hours) * 3600)
}

fn change_role<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let wanted: OtherRole = asked.json()?;
        let (cookie, session) = other_role(portal, asked, wanted.role).await?;
        let seat = asked.seat()?;
        let answer = portal.signed_in(StatusCode::OK, seat.user.as_str(), wanted.role, Some(session.csrf), seat.must_change).await?;
        Ok(answer.with(header::SET_COOKIE, &cookie_of(portal, &cookie)))
    })
}

/// Opens a session in another role in place of the one at hand. Errors: a role the person does not hold.
pub async fn other_role(portal: &Portal, asked: &Asked<'_>, wanted: Role) -> Result<(String, Session), Problem> {
    let seat = asked.seat()?;
    let session = asked.session()?;
    let person = portal.person(seat.user.as_str()).await?.ok_or_else(Problem::signed_out)?;
    if !person.roles.contains(&wanted) {
        return Err(Problem::denied());
    }
    // Rights change: the old cookie ends with the old role.
    portal.office.store().drop_service_rows::<Session>("digest", &session.digest).await?;
    portal.open_session(seat.user.as_str(), wanted, Some(session)).await
}

fn change_password<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let wanted: NewPassword = asked.json()?;
        new_password(portal, asked, &wanted.old, &wanted.new).await
    })
}

/// Changes the own password, and ends all sessions. Errors: the old one is wrong, or the new one no good.
pub async fn new_password(portal: &Portal, asked: &Asked<'_>, old: &str, new: &str) -> Result<Answer, Problem> {
    asked.session()?;
    let user = asked.seat()?.user.as_str();
    if old == new {
        return Err(Problem::unusable("新密码与原密码相同", "the new password is the old one"));
    }
    let wrong = || Problem::unusable("原密码不正确", "the password so far is wrong");
    let hash = portal.hashed(new).await?;
    let row = portal.proven(user, old).await?.ok_or_else(wrong)?;
    let store = portal.office.store();
    if !store.change_password(user, &row.password, &hash).await? {
        return Err(wrong());
    }
    end_all(store, user).await?;
    Ok(Answer::nothing().with(header::SET_COOKIE, &portal.cookie("", 0)))
}

fn give_password<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let wanted: GivenPassword = asked.json()?;
        asked.session()?;
        let person = portal.person(asked.id()).await?.ok_or_else(|| Problem::unknown("user", asked.id()))?;
        if person.id == asked.seat()?.user {
            return Err(Problem::unusable("请用“修改密码”更改自己的密码", "change your own password with the old one"));
        }
        let hash = portal.hashed(&wanted.password).await?;
        if !portal.office.store().give_password(person.id.as_str(), &hash).await? {
            let zh = "此人已有自己的登录方式，任何一名管理员都不能单独改换。请先停用此人（registry.put_user），收回登录方式，\
                      再提出恢复并由另一人复核（registry.confirm_user），然后设置初始密码。";
            let en = "This person has an own way to sign in, and no administrator changes it alone. Enter the person as not active \
                      (registry.put_user), take the sign-in away, enter the person as active again, have a second person confirm it \
                      (registry.confirm_user), and then give a first password.";
            return Err(Problem::new(StatusCode::CONFLICT, "sign_in.own", ("须由两人办理", "Two persons are needed"), zh, en));
        }
        end_all(portal.office.store(), person.id.as_str()).await?;
        tracing::info!(request = asked.request, "a password was given");
        Ok(Answer::nothing())
    })
}

fn new_factor<'a>(_: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        asked.session()?;
        let seat = asked.seat()?;
        let mut bytes = [0_u8; 20];
        getrandom::fill(&mut bytes).map_err(|why| Problem::failed(&why.to_string()))?;
        let secret = to_base32(&bytes);
        let address = format!("otpauth://totp/Duixian:{}?secret={secret}&issuer=Duixian", seat.user);
        Answer::ok(&Factor { secret, address })
    })
}

fn set_factor<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let seat = asked.seat()?;
        let proof: FactorProof = asked.json()?;
        asked.session()?;
        if proof.secret.len() < 32 {
            return Err(Problem::unusable("密钥太短", "the secret is too short"));
        }
        let step = totp_step(&proof.secret, &proof.code, seconds()).ok_or_else(|| Problem::unusable("验证码不正确", "the code is wrong"))?;
        if !portal.office.store().set_totp(seat.user.as_str(), &proof.secret, step).await? {
            return Err(Problem::unusable("验证器已启用，请联系管理员重置", "there is a second factor already"));
        }
        Ok(Answer::nothing())
    })
}

fn tokens<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let all: Vec<Token> = portal.office.store().service_rows("user_id", asked.seat()?.user.as_str()).await?;
        Answer::ok(&all.into_iter().filter_map(|token| shown(token, None)).collect::<Vec<_>>())
    })
}

fn shown(token: Token, key: Option<String>) -> Option<ShownToken> {
    let role = role(&token.role)?;
    Some(ShownToken { id: token.id, name: token.name, role, created: token.created, expires: token.expires, revoked: token.revoked != 0, key })
}

fn new_token<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let seat = asked.seat()?;
        let wanted: WantedToken = asked.json()?;
        if !(1..=366).contains(&wanted.days) || wanted.name.trim().is_empty() || wanted.name.chars().count() > 80 {
            return Err(Problem::unusable("名称 1 到 80 字，有效期 1 到 366 天", "a name of 1 to 80 characters, and 1 to 366 days"));
        }
        let session = asked.session()?;
        let key = secret::fresh()?;
        let id: String = secret::fresh()?.chars().take(16).collect();
        let now = seconds();
        let token = Token {
            id,
            digest: secret::digest(&key),
            user_id: seat.user.to_string(),
            role: seat.role.name().to_owned(),
            name: wanted.name,
            created: now,
            expires: now + i64::from(wanted.days) * 86_400,
            revoked: 0,
        };
        let store = portal.office.store();
        store.put_service_row(&token).await?;
        // A password that was changed meanwhile has ended this session and all tokens but this one.
        if store.service_row::<Session>("digest", &session.digest).await?.is_none() {
            store.drop_service_rows::<Token>("id", &token.id).await?;
            return Err(Problem::signed_out());
        }
        let token = shown(token, Some(key)).ok_or_else(Problem::denied)?;
        Answer::json(StatusCode::CREATED, &token)
    })
}

fn revoke_token<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let seat = asked.seat()?;
        let token: Option<Token> = portal.office.store().service_row("id", asked.id()).await?;
        let token = token.filter(|token| token.user_id == seat.user.as_str()).ok_or_else(|| Problem::unknown("token", asked.id()))?;
        portal.office.store().revoke_token(&token.id, seconds()).await?;
        Ok(Answer::nothing())
    })
}

/// Whether a request may have been sent by a page of somebody else: one by cookie that changes something must repeat the
/// word of its session. Errors: it does not.
pub async fn check_csrf(asked: &Asked<'_>) -> Result<(), Problem> {
    let Some(session) = asked.seat.as_ref().and_then(|seat| seat.session.as_ref()) else { return Ok(()) };
    let safe = asked.operation.method == Method::GET || crate::serve::at_the_door(asked.operation);
    // A program of ours sends it as a header, a form as a field.
    let field = if safe || asked.operation.tag != crate::pages::TAG { None } else { crate::pages::csrf_of(asked).await };
    let sent = asked.headers.get(CSRF).and_then(|value| value.to_str().ok()).or(field.as_deref());
    // Digests are compared, so that how long it takes says nothing.
    if safe || sent.is_some_and(|sent| secret::digest(sent) == secret::digest(&session.csrf)) {
        return Ok(());
    }
    Err(elsewhere())
}

/// The refusal of what a page of somebody else sent.
pub fn elsewhere() -> Problem {
    let title = ("请求来源不明", "The request came from elsewhere");
    let zh = "请求缺少页面令牌。请刷新页面后重试；程序调用的，在请求头 X-CSRF-Token 中写上登录应答里的 csrf。";
    Problem::new(StatusCode::FORBIDDEN, "csrf", title, zh, "The header X-CSRF-Token is missing or wrong. Reload the page and try again.")
}
