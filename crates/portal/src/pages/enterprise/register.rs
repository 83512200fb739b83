//! 注册: how an enterprise gets an account. Nobody registers from outside: the office enters an enterprise with its papers in
//! hand, and its person is proposed by one administrator and confirmed by another. The page checks what can be checked
//! (GB 32100), makes the form to be signed, and says where to go. Nothing typed here is kept.

use super::super::frame::Frame;
use super::super::{Given, given, page, shown};
use super::{say, typed};
use crate::Portal;
use crate::operation::{Answer, Answering, Asked, Operation, Payload};
use crate::problem::Problem;
use askama::Template;
use axum::http::{Method, StatusCode};
use office::front_desk::FrontDesk;
use values::{CheckDigit, CreditCode, CreditCodeError, Lang};

/// The page.
#[derive(Template)]
#[template(path = "enterprise/register.html")]
struct RegisterPage {
    frame: Frame,
    given: Given,
    /// What is wrong: id of the field, words.
    wrong: Vec<(&'static str, String)>,
    /// The code has another check character than it should have: a few real ones do.
    doubt: Option<String>,
    /// The form to be signed; none: not all is given.
    form: Option<Form>,
    desks: Vec<FrontDesk>,
}

/// What is to be printed and signed.
struct Form {
    code: String,
    on: String,
}

pub fn operations() -> Vec<Operation> {
    vec![
        page("/register", "register", ("注册企业账号", "How an enterprise gets an account"), show),
        Operation {
            method: Method::POST,
            takes: Payload::Bytes("application/x-www-form-urlencoded"),
            ..page("/register", "fill_register_form", ("核对信用代码，生成注册申请表", "Check the credit code, make the form"), show)
        },
    ]
}

/// Fields that are needed: name, what is missing.
const NEEDED: [(&str, &str, &str); 4] = [
    ("name", "请填写企业名称", "give the name of the enterprise"),
    ("code", "请填写统一社会信用代码", "give the credit code"),
    ("person", "请填写经办人", "say who will act for it"),
    ("phone", "请填写手机号", "give a phone number"),
];

fn show<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let today = portal.clock.now().date();
        let frame = Frame::new(portal, asked, "register");
        let given = given(asked);
        let desks = portal.office.front_desks(&portal.reading, today).await?;
        let sent = asked.operation.method == Method::POST;
        let mut wrong = Vec::new();
        let (mut doubt, mut form) = (None, None);
        if sent {
            let missing = NEEDED.into_iter().filter(|(name, ..)| typed(&given, name).is_empty());
            wrong.extend(missing.map(|(name, zh, en)| (name, frame.w(zh, en).to_owned())));
            match CreditCode::parse(typed(&given, "code")) {
                _ if typed(&given, "code").is_empty() => {}
                Err(why) => wrong.push(("code", fault(why, frame.lang()))),
                Ok((code, check)) => {
                    if let CheckDigit::Wrong { expected } = check {
                        doubt = Some(say(
                            frame.lang(),
                            format!("末位校验码应为 {expected}，请与营业执照核对。执照上确实如此的，请带执照原件办理，窗口会登记例外。"),
                            format!(
                                "The last character should be {expected}: compare it with the licence. If the licence has it so, bring the original; the desk enters an exception."
                            ),
                        ));
                    }
                    form = Some(Form { code: code.as_str().to_owned(), on: today.to_string() });
                }
            }
            if !wrong.is_empty() {
                form = None;
            }
        }
        let status = if wrong.is_empty() { StatusCode::OK } else { Problem::unusable("", "").status };
        Ok(Answer { status, ..shown(&RegisterPage { frame, given, wrong, doubt, form, desks })? })
    })
}

fn fault(why: CreditCodeError, lang: Lang) -> String {
    match why {
        CreditCodeError::Length { found } => say(lang, format!("信用代码应为 18 位，现为 {found} 位"), format!("a credit code has 18 characters, not {found}")),
        CreditCodeError::Character { position, found } => {
            say(lang, format!("第 {position} 位是“{found}”，代码中不使用这个字符"), format!("character {position} is {found}, which no code contains"))
        }
        CreditCodeError::Region { position, found } => say(
            lang,
            format!("第 {position} 位是“{found}”，第 3 至 8 位应为行政区划数字"),
            format!("character {position} is {found}; characters 3 to 8 are digits"),
        ),
    }
}

impl RegisterPage {
    /// What was typed into a field before.
    fn typed(&self, name: &str) -> &str {
        typed(&self.given, name)
    }

    /// What is wrong with a field.
    fn fault(&self, name: &str) -> &str {
        self.wrong.iter().find(|(field, _)| *field == name).map_or("", |(_, words)| words.as_str())
    }
}
