//! The door: signing in and out, another role, the own password. Who is not signed in and asks for a page finds the door in
//! its place, and behind it the page; what was typed into a form when the session ended comes along and is not lost.

use super::frame::{Frame, home, role_words};
use super::{Given, given, go, is_from_here, is_ours, page, page_of, sent_to, shown};
use crate::Portal;
use crate::account::{Credentials, role};
use crate::operation::{Answer, Answering, Asked, Operation, Who, query};
use crate::problem::Problem;
use crate::sign_in::{cookie_of, elsewhere, new_password, other_role};
use askama::Template;
use axum::http::{Method, StatusCode, Uri, header};
use values::Lang;

/// The door.
#[derive(Template)]
#[template(path = "door.html")]
struct Door {
    frame: Frame,
    user: String,
    next: String,
    /// What was typed into a form, as it was sent; empty: nothing.
    kept: String,
    wrong: Option<String>,
}

/// What was typed before the door, to be sent again.
#[derive(Template)]
#[template(path = "again.html")]
struct Again {
    frame: Frame,
    next: String,
    fields: Vec<(String, String)>,
}

/// The own sign-in.
#[derive(Template)]
#[template(path = "own.html")]
struct Own {
    frame: Frame,
    user: String,
    must_change: bool,
    /// Name, words, whether it is the one at hand.
    roles: Vec<(&'static str, &'static str, bool)>,
    wrong: Option<String>,
}

pub fn operations() -> Vec<Operation> {
    let next = query("next", "登录后前往", "where to go then");
    vec![
        Operation { parameters: vec![next], ..page("/sign-in", "door", ("登录", "Sign in"), door) },
        Operation { gives: (303, super::Payload::Nothing), ..sent_to("/sign-in", "come_in", ("登录", "Sign in"), Who::Anybody, come_in) },
        sent_to("/sign-out", "leave", ("退出", "Sign out"), Who::SignedIn, leave),
        page_of("/own", "own", ("我的登录", "The own sign-in"), Who::SignedIn, own),
        sent_to("/own/password", "new_own_password", ("修改密码", "Change the own password"), Who::SignedIn, password),
        sent_to("/own/role", "other_own_role", ("切换角色", "Act in another role"), Who::SignedIn, other),
    ]
}

fn door<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let next = asked.query("next").filter(|next| is_ours(next)).unwrap_or_default().to_owned();
        shown(&Door { frame: Frame::new(portal, asked, "door"), user: String::new(), next, kept: String::new(), wrong: None })
    })
}

/// The door in place of a page that only somebody who is signed in may see. `kept`: the form that was sent there.
pub fn signed_out(portal: &Portal, lang: Lang, method: &Method, uri: &Uri, kept: &[u8]) -> Result<Answer, Problem> {
    let next = uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let kept = if method == Method::POST { without_csrf(kept) } else { String::new() };
    let frame = Frame::bare(portal, lang);
    let page = shown(&Door { frame, user: String::new(), next, kept, wrong: None })?;
    Ok(Answer { status: StatusCode::UNAUTHORIZED, ..page })
}

/// The word of a session that is over is of no use.
fn without_csrf(body: &[u8]) -> String {
    let mut out = form_urlencoded::Serializer::new(String::new());
    out.extend_pairs(form_urlencoded::parse(body).filter(|(name, _)| name != "csrf"));
    out.finish()
}

fn come_in<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let mut given = given(asked);
        match is_from_here(asked.headers) {
            Some(true) => {}
            // Nobody is signed in by a page of somebody else.
            Some(false) => return Err(elsewhere()),
            None => drop(given.remove("kept")),
        }
        let field = |name: &str| given.get(name).map(String::as_str).unwrap_or_default();
        let code = Some(field("code").trim()).filter(|code| !code.is_empty());
        let brought = Credentials { user: field("user").trim(), password: field("password"), code, role: None };
        let (cookie, session, _) = match portal.sign_in(&brought).await {
            Ok(came) => came,
            Err(problem) => return refused(portal, asked, &given, &problem),
        };
        tracing::info!(request = asked.request, "signed in");
        let first = role(&session.role).map_or("/", home);
        let next = Some(field("next")).filter(|next| is_ours(next)).unwrap_or(first).to_owned();
        let kept = field("kept");
        let answer = if kept.is_empty() {
            go(&next)
        } else {
            let mut frame = Frame::new(portal, asked, "door");
            frame.csrf = session.csrf;
            let fields = form_urlencoded::parse(kept.as_bytes()).into_owned().collect();
            shown(&Again { frame, next, fields })?
        };
        Ok(answer.with(header::SET_COOKIE, &cookie_of(portal, &cookie)))
    })
}

fn refused(portal: &Portal, asked: &Asked<'_>, given: &Given, problem: &Problem) -> Result<Answer, Problem> {
    let field = |name: &str| given.get(name).cloned().unwrap_or_default();
    let frame = Frame::new(portal, asked, "door");
    let wrong = Some(problem.words(frame.lang()).to_owned());
    let page = shown(&Door { frame, user: field("user"), next: field("next"), kept: field("kept"), wrong })?;
    Ok(Answer { status: problem.status, ..page })
}

fn leave<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move { Ok(Answer { status: StatusCode::SEE_OTHER, ..crate::sign_in::end_session(portal, asked).await? }.with(header::LOCATION, "/")) })
}

async fn own_page(portal: &Portal, asked: &Asked<'_>, wrong: Option<&Problem>) -> Result<Answer, Problem> {
    let seat = asked.seat()?;
    let frame = Frame::new(portal, asked, "own");
    let roles = portal.person(seat.user.as_str()).await?.map(|person| person.roles).unwrap_or_default();
    let named = |of: casework::people::Role| {
        let (zh, en) = role_words(of);
        (of.name(), frame.pair(zh, en), of == seat.role)
    };
    let roles = roles.into_iter().map(named).collect();
    let told = wrong.map(|problem| problem.words(frame.lang()).to_owned());
    let page = shown(&Own { user: seat.user.to_string(), must_change: seat.must_change, roles, wrong: told, frame })?;
    Ok(Answer { status: wrong.map_or(StatusCode::OK, |problem| problem.status), ..page })
}

fn own<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(own_page(portal, asked, None))
}

fn password<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let given = given(asked);
        let field = |name: &str| given.get(name).map(String::as_str).unwrap_or_default();
        if field("new") != field("repeated") {
            let problem = Problem::unusable("两次输入的新密码不一致", "the new password was not repeated alike");
            return own_page(portal, asked, Some(&problem)).await;
        }
        match new_password(portal, asked, field("old"), field("new")).await {
            Ok(answer) => Ok(Answer { status: StatusCode::SEE_OTHER, ..answer }.with(header::LOCATION, "/sign-in")),
            Err(problem) => own_page(portal, asked, Some(&problem)).await,
        }
    })
}

fn other<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let wanted = given(asked).get("role").and_then(|name| role(name)).ok_or_else(Problem::denied)?;
        let (cookie, _) = other_role(portal, asked, wanted).await?;
        Ok(go(home(wanted)).with(header::SET_COOKIE, &cookie_of(portal, &cookie)))
    })
}
