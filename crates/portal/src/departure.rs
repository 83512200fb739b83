//! When a person leaves, or has lost how to sign in: everything by which the person came in is taken away. Only from a person who
//! may not act any more; to let the person act again takes two (`registry.confirm_user`), and that is what keeps one administrator
//! from coming in as somebody else (`docs/decisions/0021-door.md`). The id stays, because the log names it.

use crate::Portal;
use crate::operation::{Answer, Answering, Asked, ID, Operation, Payload, Who, operation};
use crate::problem::Problem;
use axum::http::{Method, StatusCode};
use casework::people::Role;
use store::service::{Session, SignIn, Token, Webhook};

/// What can be asked here.
pub fn operations() -> Vec<Operation> {
    let words = ("注销登录方式：密码、验证器、会话、令牌、推送", "Take away a person's password, second factor, sessions, tokens and listeners");
    vec![Operation {
        parameters: vec![ID],
        gives: (204, Payload::Nothing),
        ..operation(Method::DELETE, "/api/v1/users/{id}/sign-in", "drop_sign_in", "sign-in", words, Who::Roles(&[Role::Administrator]), drop_sign_in)
    }]
}

fn drop_sign_in<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        asked.session()?;
        let person = portal.person(asked.id()).await?.ok_or_else(|| Problem::unknown("user", asked.id()))?;
        if person.id == asked.seat()?.user {
            return Err(Problem::unusable("不能注销自己的登录方式", "not one's own: nobody could undo it"));
        }
        if person.active {
            let zh = "此人仍在任，不能收回登录方式。请先停用此人（registry.put_user）；恢复须由另一人复核。";
            let en = "This person may still act. Enter the person as not active first (registry.put_user); to undo that takes a second person.";
            return Err(Problem::new(StatusCode::CONFLICT, "sign_in.active", ("此人仍在任", "The person is active"), zh, en));
        }
        let (store, id) = (portal.office.store(), person.id.as_str());
        // The password first: what comes after it cannot be made anew.
        store.drop_service_rows::<SignIn>("user_id", id).await?;
        store.drop_service_rows::<Session>("user_id", id).await?;
        store.drop_service_rows::<Token>("user_id", id).await?;
        store.drop_service_rows::<Webhook>("user_id", id).await?;
        tracing::info!(request = asked.request, "a sign-in was taken away");
        Ok(Answer::nothing())
    })
}
