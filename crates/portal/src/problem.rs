//! Why a request was not answered as wished, as `application/problem+json` (RFC 9457), in Chinese and English.

use axum::http::StatusCode;
use casework::{Refusal, refusal};
use office::Stop;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::StoreError;
use values::Lang;

/// A problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// HTTP status.
    pub status: StatusCode,
    /// Stable name: `denied`, `unknown`, `case.four_eyes`; those of refusals stand in `docs/problems.md`.
    pub code: &'static str,
    /// What happened, short: Chinese and English.
    pub title: (&'static str, &'static str),
    /// What exactly, and how to go on: Chinese and English.
    pub detail: (String, String),
    /// Seconds after which it makes sense to try again.
    pub retry_after: Option<u32>,
}

/// A problem as it is sent.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Problem")]
pub struct Sent {
    /// Stable name, as a relative address: `/problems/denied`.
    #[serde(rename = "type")]
    pub kind: String,
    /// HTTP status.
    pub status: u16,
    /// Short, in the language asked for.
    pub title: String,
    /// Exact, in the language asked for.
    pub detail: String,
    /// Short, in Chinese.
    pub title_zh: String,
    /// Exact, in Chinese.
    pub detail_zh: String,
    /// Short, in English.
    pub title_en: String,
    /// Exact, in English.
    pub detail_en: String,
    /// Name of this request in the service's log.
    pub request: String,
}

impl Problem {
    /// A problem of a status and code.
    #[must_use]
    pub fn new(status: StatusCode, code: &'static str, title: (&'static str, &'static str), zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { status, code, title, detail: (zh.into(), en.into()), retry_after: None }
    }

    /// What exactly happened and how to go on, in a language.
    #[must_use]
    pub fn words(&self, lang: Lang) -> &str {
        if lang == Lang::Zh { &self.detail.0 } else { &self.detail.1 }
    }

    /// What was sent cannot be read.
    #[must_use]
    pub fn malformed(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed", ("请求有误", "The request cannot be read"), zh, en)
    }

    /// What was sent can be read and not be used.
    #[must_use]
    pub fn unusable(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "unusable", ("内容不能使用", "The content cannot be used"), zh, en)
    }

    /// What is confirmed is not what was looked at.
    #[must_use]
    pub fn not_looked_at() -> Self {
        let title = ("与预览不同", "Not what was looked at");
        let zh = "文件或系统内容在预览之后有变化，没有办理。请重新预览并确认。";
        let en = "The file or what is kept has changed since the preview; nothing was done. Look at it again and confirm that.";
        Self::new(StatusCode::PRECONDITION_FAILED, "mark", title, zh, en)
    }

    /// Nobody is signed in.
    #[must_use]
    pub fn signed_out() -> Self {
        let title = ("请先登录", "Please sign in");
        Self::new(
            StatusCode::UNAUTHORIZED,
            "signed_out",
            title,
            "未登录，或登录已过期。请登录后再试。",
            "You are not signed in, or no longer. Please sign in and try again.",
        )
    }

    /// Not this person, not in this role.
    #[must_use]
    pub fn denied() -> Self {
        let title = ("无权办理", "Not allowed");
        Self::new(StatusCode::FORBIDDEN, "denied", title, "您当前的角色不能办理此事，请转由有权办理的人员办理。", "Your role does not allow this.")
    }

    /// There is no such thing, or not for this person.
    #[must_use]
    pub fn unknown(what: &str, id: &str) -> Self {
        let title = ("没有找到", "Not found");
        let id = if id.is_empty() { String::new() } else { format!(" {id}") };
        Self::new(
            StatusCode::NOT_FOUND,
            "unknown",
            title,
            format!("没有找到{}{id}，或者您无权查看，请核对后再试。", noun(what)),
            format!("There is no {}{id}, or not for you to see.", noun_en(what)),
        )
    }

    /// Too many requests.
    #[must_use]
    pub fn too_many() -> Self {
        let title = ("请求过于频繁", "Too many requests");
        let problem = Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many", title, "请求过于频繁，请稍后再试。", "Too many requests. Please try again later.");
        Self { retry_after: Some(60), ..problem }
    }

    /// A failure that is the service's own. What failed is for the log, not for whoever asked; `why` names no record and no
    /// person: the number of the request is how the two are brought together.
    #[must_use]
    pub fn failed(why: &str) -> Self {
        tracing::error!(why, "a request failed");
        let title = ("系统故障", "The service failed");
        let zh = "系统出现故障，您的操作没有生效。请稍后再试；如仍不行，请把请求编号告知管理员。";
        let en = "The service failed and nothing was done. Please try again later; if it goes on, tell the operator the number of the request.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "failed", title, zh, en)
    }

    /// As it is sent.
    #[must_use]
    pub fn sent(&self, language: Lang, request: &str) -> Sent {
        let pick = |zh: &str, en: &str| if language == Lang::Zh { zh.to_owned() } else { en.to_owned() };
        Sent {
            kind: format!("/problems/{}", self.code),
            status: self.status.as_u16(),
            title: pick(self.title.0, self.title.1),
            detail: pick(&self.detail.0, &self.detail.1),
            title_zh: self.title.0.to_owned(),
            detail_zh: self.detail.0.clone(),
            title_en: self.title.1.to_owned(),
            detail_en: self.detail.1.clone(),
            request: request.to_owned(),
        }
    }
}

/// What a thing is called in Chinese: the service's own, or the office's.
fn noun(what: &str) -> &str {
    match what {
        "collection" => "列表",
        "evidence" => "佐证材料",
        "file" => "文件",
        "import" => "导入",
        "page" => "页面",
        "platform file" => "平台文件",
        "policy" => "政策版本",
        "batch" => "拨付批次",
        "record" => "记录",
        "report" => "报告",
        "simulation" => "测算",
        "token" => "令牌",
        "upload" => "上传文件",
        "verification" => "核查名单",
        "webhook" => "推送地址",
        _ => refusal::noun(what),
    }
}

/// The same in English: a table by the word of its records.
fn noun_en(what: &str) -> String {
    match what {
        "case_file" => "case".to_owned(),
        "user_account" => "user".to_owned(),
        "payment_batch" => "batch".to_owned(),
        "outbox" => "message".to_owned(),
        _ => what.replace('_', " "),
    }
}

impl From<StoreError> for Problem {
    fn from(failure: StoreError) -> Self {
        if failure.is_passing() {
            let title = ("系统繁忙", "Busy");
            let zh = "有人正在办理同一事项，您的操作没有生效。请稍后再试。";
            let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", title, zh, "Somebody is at the same thing; nothing was done. Please try again.");
            return Self { retry_after: Some(1), ..problem };
        }
        Self::failed(&failure.for_log())
    }
}

impl From<Stop> for Problem {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Failed(failure) => failure.into(),
            Stop::Refused(refusal) => refusal.into(),
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let words = refusal.words();
        let (status, title) = match &refusal {
            Refusal::Denied => return Self::denied(),
            Refusal::Unknown { what, id } => return Self::unknown(what, id),
            Refusal::Exists { what, id } => {
                let (title, noun) = (("已经存在", "There is one already"), noun_en(what));
                let en = format!("{noun} {id} exists already: look at it first, and choose another id for a new one.");
                return Self::new(StatusCode::CONFLICT, refusal.code(), title, words.zh, en);
            }
            Refusal::RequestReused { .. } => (StatusCode::CONFLICT, ("请求编号已用过", "The request id was used")),
            Refusal::Stale { .. } => (StatusCode::PRECONDITION_FAILED, ("已被他人修改", "Changed meanwhile")),
            Refusal::Input(_) => return Self::unusable(words.zh, words.en),
            _ => (StatusCode::CONFLICT, ("按规定不能办理", "The rules do not allow it")),
        };
        Self::new(status, refusal.code(), title, words.zh, words.en)
    }
}
