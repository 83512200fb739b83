//! The file of a higher-level platform over HTTP: its applications in – looked at first –, handed to each enterprise as a draft to start
//! itself; results out, signed. Who applies remains the enterprise: a file from a platform starts no case.

mod outcome;

use crate::Portal;
use crate::evidence::{attached, not_taken};
use crate::export::note;
use crate::keeping::{Paper, all_of, keep, keep_json, kept};
use crate::operation::{Answer, Answering, Asked, ID, Operation, Payload, Who, operation, query};
use crate::problem::Problem;
use axum::http::{Method, StatusCode};
use casework::call::{Call, CallStage};
use casework::case::{Case, CaseAct, usable};
use casework::chain::Fingerprint;
use casework::organisation::Organisation;
use casework::people::Role;
use casework::{Act, Key, Refusal};
use exchange::Limits;
use exchange::platform::{Application, Body, Head, Message, Seal};
use exchange::table::short_mark;
use office::key::{PublicKey, SecretKey};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const FILE: &str = "platform-file";
const DRAFT: &str = "platform-application";
const SOURCE: &str = "platform-source";
/// How ids of cases begin whose results go to the platform.
const CASE: &str = "pf-";
/// Who brings files of the platform: a program with a token, or a person.
const BRINGS: Who = Who::Roles(&[Role::Clerk, Role::Service]);
/// Who takes results to it: a program, or somebody who sees the cases of every unit.
const TAKES: Who = Who::Roles(&[Role::Finance, Role::Service]);

/// What was taken of a file.
#[derive(Serialize, Deserialize)]
struct Taken {
    id: String,
    from: String,
    to: String,
    /// SM3 of the very file.
    file: Fingerprint,
    drafts: Vec<Draft>,
}

/// An application that came from the platform, as the enterprise starts it (`case.start`).
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
struct Draft {
    /// Id on the platform.
    id: String,
    /// Id the case must have, so that its result finds the way back.
    case: String,
    /// The call it answers; null: there is none that is open.
    call: Option<String>,
    /// The enterprise; null: it is not registered here.
    organisation: Option<String>,
    /// Clauses applied for.
    clauses: Vec<String>,
    /// The application, in the form that `case.start` takes.
    application: Value,
    /// Names and SM3 of the papers that belong to it; the enterprise sends and attaches them.
    papers: Vec<(String, String)>,
    /// What hinders it, in Chinese and English; empty: it may be started.
    hindrances: Vec<(String, String)>,
    /// Stage of the case, as the applicant is told it; null: it was not started yet.
    stage: Option<String>,
}

/// What a file of the platform would bring, or brought.
#[derive(Serialize, JsonSchema)]
struct Bringing {
    /// Mark of this preview: send the same file with `mark` and `confirm=yes` to have it taken.
    mark: String,
    /// Id of the file; with it results are asked for.
    id: String,
    /// Each application.
    applications: Vec<Draft>,
    /// Whether it was taken.
    done: bool,
}

/// Applications that came from a platform.
#[derive(Serialize, JsonSchema)]
struct Drafts {
    /// Those of the enterprise that asks.
    records: Vec<Draft>,
}

/// What can be asked of the platform's files.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation {
            parameters: vec![query("mark", "所确认预览的标记", "mark of the preview that is confirmed"), query("confirm", "yes：办理", "yes: do it")],
            takes: Payload::Bytes("application/octet-stream"),
            gives: (200, Payload::Json(|generator| generator.subschema_for::<Bringing>())),
            ..operation(
                Method::POST,
                "/api/v1/platform/files",
                "platform_file",
                "files",
                ("导入上级平台申报文件：先预览，后确认", "Take a file of applications of the platform in: preview, then confirm"),
                BRINGS,
                bring,
            )
        },
        Operation {
            gives: (200, Payload::Json(|generator| generator.subschema_for::<Drafts>())),
            ..operation(
                Method::GET,
                "/api/v1/platform/applications",
                "platform_applications",
                "files",
                ("上级平台转来的本企业申报，待企业办理", "Applications of the own enterprise that came from the platform, to be started"),
                Who::Roles(&[Role::Applicant]),
                own,
            )
        },
        Operation {
            parameters: vec![ID],
            gives: (200, Payload::Bytes("*/*")),
            ..operation(
                Method::GET,
                "/api/v1/platform/files/{id}/results",
                "platform_results",
                "files",
                ("导出给上级平台的结果文件（签名）", "The signed file of results for the platform"),
                TAKES,
                results,
            )
        },
    ]
}

fn no_key(what: (&str, &str)) -> Problem {
    let title = ("没有配置密钥", "There is no key");
    let (zh, en) =
        (format!("服务没有配置{}，不能与上级平台交换文件。", what.0), format!("The service has no {}: no files are exchanged with a platform.", what.1));
    Problem::new(StatusCode::CONFLICT, "platform-key", title, zh, en)
}

/// Reads a file of the platform that is configured. Errors: no key, no names; a file that is not to be taken, or not for this office.
fn message(portal: &Portal, bytes: &[u8]) -> Result<(Message, Vec<Application>), Problem> {
    let trusted =
        portal.config.platform_key.as_deref().ok_or_else(|| no_key(("上级平台的公钥（platform_key）", "public key of the platform (platform_key)")))?;
    let names = portal.config.platform_names.as_ref();
    let names = names.ok_or_else(|| no_key(("双方名称（platform_names）", "names of both sides (platform_names)")))?;
    let key = PublicKey::parse(trusted).map_err(|why| Problem::failed(&why.to_string()))?;
    let signed = |words: &str, seal: &Seal| PublicKey::parse(&seal.key).is_ok_and(|said| said == key) && key.signed(words, &seal.signature);
    let message = Message::read(bytes, &Limits::TABLE, signed).map_err(|why| not_taken(&why))?;
    addressed(&message.head, names)?;
    match &message.body {
        Body::Applications(all) => {
            let all = all.clone();
            Ok((message, all))
        }
        Body::Results(_) => Err(Problem::unusable("这是结果文件，不是申报文件", "this is a file of results, not of applications")),
    }
}

/// Goes on, if a file is from the platform to this office: its key signs what it sends to every office. Errors: it is another's.
fn addressed(head: &Head, [own, theirs]: &[String; 2]) -> Result<(), Problem> {
    if head.to == *own && head.from == *theirs {
        return Ok(());
    }
    let title = ("不是给本单位的文件", "Not for this office");
    let zh = format!("文件由“{}”发给“{}”；本单位只收“{theirs}”发给“{own}”的文件。请核对文件，或核对配置 platform_names。", head.from, head.to);
    let en = format!("The file is from '{}' to '{}'; only those from '{theirs}' to '{own}' are taken. Check the file, or platform_names.", head.from, head.to);
    Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "platform-addressee", title, zh, en))
}

/// Goes on, unless an act starts a case under an id that leads back to the platform and was not given to the enterprise of whoever asks:
/// such an id can be guessed, and would keep the enterprise it is for from starting its own.
pub async fn check_start(portal: &Portal, asked: &Asked<'_>, act: &Act) -> Result<(), Problem> {
    let Act::Case(CaseAct::Start { case, .. }) = act else { return Ok(()) };
    if !case.as_str().starts_with(CASE) {
        return Ok(());
    }
    if let Some(own) = portal.person(asked.seat()?.user.as_str()).await?.and_then(|person| person.organisation) {
        let drafts = all_of::<Draft>(portal, DRAFT, own.as_str()).await?;
        if drafts.iter().any(|(_, draft)| draft.case == case.as_str()) {
            return Ok(());
        }
    }
    let title = ("编号已留用", "The id is reserved");
    let zh = format!("以 {CASE} 开头的编号留给上级平台转来的申报，只能由收到该申报的企业使用。请换用其他编号。");
    let en = format!("Ids that begin with {CASE} are for applications from the platform, each for the enterprise it came for. Take another id.");
    Err(Problem::new(StatusCode::CONFLICT, "case-reserved", title, zh, en))
}

/// The id under which a file of a platform is kept: its own id is the platform's, and another platform may have the same.
fn kept_id(from: &str, id: &str) -> String {
    format!("platform-{}", short_mark(format!("{from}\n{id}").as_bytes()))
}

/// An application as this office could take it.
async fn draft(portal: &Portal, asked: &Asked<'_>, from: &str, each: &Application) -> Result<Draft, Problem> {
    let seat = asked.seat()?;
    let reader = office::reading::Reader { user: seat.user.clone(), role: seat.role };
    let mut hindrances = Vec::new();
    let mut work = portal.reading.begin().await?;
    let mut organisations: Vec<Organisation> = work.list("credit_code", &Key::from(each.subject.credit_code.as_str())).await?;
    let organisation = organisations.pop();
    if organisation.is_none() {
        hindrances.push(("企业尚未登记".to_owned(), "the enterprise is not registered".to_owned()));
    }
    let calls: Vec<Call> = work.list("year", &Key::Number(i64::from(each.year))).await?;
    drop(work);
    let mut found = None;
    for call in calls.into_iter().filter(|call| call.stage == CallStage::Open && call.clauses.contains(&each.policy.clause)) {
        // A version that cannot be read is no reason to refuse the rest of the file.
        let Ok(loaded) = portal.office.scheme(&portal.reading, Some(&reader), call.version.as_str()).await else { continue };
        if loaded.scheme.policy.title == each.policy.title {
            found = Some((call, loaded));
            break;
        }
    }
    let application = json!({
        "id": each.id, "year": each.year,
        "applicant": { "name": each.subject.name, "uscc": each.subject.credit_code },
        "facts": each.facts,
    });
    match &found {
        None => hindrances.push(("没有与政策、条款、年度相符且在受理的申报批次".to_owned(), "no open call has this policy, clause and year".to_owned())),
        Some((call, loaded)) => {
            if let Err(why) = usable(&loaded.scheme, call, &application) {
                let why = Problem::from(office::Stop::Refused(Refusal::from(why)));
                hindrances.push(why.detail);
            }
        }
    }
    Ok(Draft {
        id: each.id.clone(),
        case: format!("{CASE}{}", short_mark(format!("{from}\n{}", each.id).as_bytes())),
        call: found.map(|(call, _)| call.id.to_string()),
        organisation: organisation.map(|organisation| organisation.id.to_string()),
        clauses: vec![each.policy.clause.clone()],
        application,
        papers: each.evidence.iter().map(|paper| (paper.name.clone(), paper.sm3.to_string())).collect(),
        hindrances,
        stage: None,
    })
}

fn bring<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let _turn = portal.files.acquire().await.map_err(|why| Problem::failed(&why.to_string()))?;
        let (message, all) = message(portal, &asked.body)?;
        let head = &message.head;
        let file = Fingerprint::of(&asked.body);
        let id = kept_id(&head.from, &head.id);
        let known: Option<Taken> = kept(portal, FILE, &id).await?;
        if known.as_ref().is_some_and(|known| known.file != file) {
            let title = ("编号已用过", "The id was used before");
            let (zh, en) = (
                "同一编号的文件已收过，内容不同。请上级平台换一个编号重新导出。",
                "A file of this id came before with another content. Have it exported under another id.",
            );
            return Err(Problem::new(StatusCode::CONFLICT, "platform-id", title, zh, en));
        }
        let mark = Fingerprint::of(format!("platform\n{file}\n").as_bytes()).to_string();
        let confirmed = asked.query("confirm") == Some("yes");
        if confirmed && asked.query("mark") != Some(mark.as_str()) {
            return Err(Problem::not_looked_at());
        }
        let done = known.is_some() || confirmed;
        let applications = match known {
            Some(known) => known.drafts,
            None => {
                let mut drafts = Vec::new();
                for each in &all {
                    drafts.push(draft(portal, asked, &head.from, each).await?);
                }
                drafts
            }
        };
        if confirmed {
            let whole = format!("{id}:file");
            keep(portal, asked, &Paper { id: &whole, kind: SOURCE, of: "上级平台申报.jsonl", organisation: None }, asked.body.to_vec()).await?;
            for (at, draft) in applications.iter().enumerate() {
                let Some(organisation) = &draft.organisation else { continue };
                let paper = format!("{id}:{at}");
                let paper = Paper { id: &paper, kind: DRAFT, of: organisation, organisation: Some(organisation) };
                keep_json(portal, asked, &paper, draft).await?;
            }
            // The file last: once it is there, all of it is.
            let taken = Taken { id: head.id.clone(), from: head.from.clone(), to: head.to.clone(), file, drafts: applications.clone() };
            keep_json(portal, asked, &Paper { id: &id, kind: FILE, of: &head.from, organisation: None }, &taken).await?;
            tracing::info!(request = asked.request, applications = applications.len(), "a file of the platform was taken");
        }
        Answer::ok(&Bringing { mark, id, applications, done })
    })
}

fn own<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let person = portal.person(asked.seat()?.user.as_str()).await?;
        let Some(own) = person.and_then(|person| person.organisation) else { return Answer::ok(&Drafts { records: Vec::new() }) };
        let mut records = Vec::new();
        for (_, mut draft) in all_of::<Draft>(portal, DRAFT, own.as_str()).await? {
            let case: Option<Case> = portal.reading.begin().await?.peek(&draft.case).await?;
            draft.stage = case.filter(|case| draft.became(case)).map(|case| case.stage_told().to_owned());
            records.push(draft);
        }
        Answer::ok(&Drafts { records })
    })
}

fn results<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let taken: Taken = kept(portal, FILE, asked.id()).await?.ok_or_else(|| Problem::unknown("platform file", asked.id()))?;
        let path = portal.config.platform_secret_path.clone();
        let path = path.ok_or_else(|| no_key(("签名密钥文件（platform_secret_path）", "secret key to sign with (platform_secret_path)")))?;
        let text = std::fs::read_to_string(path).map_err(|why| Problem::failed(&format!("the key for the platform: {why}")))?;
        let key = SecretKey::parse(&text).map_err(|why| Problem::failed(&why.to_string()))?;
        let mut outcomes = Vec::new();
        for draft in &taken.drafts {
            outcomes.extend(outcome::outcome(portal, draft).await?);
        }
        let rows = outcomes.len();
        // Made of what it says: the same results are the same file, and are known by it.
        let said = serde_json::to_vec(&outcomes).map_err(|why| Problem::failed(&why.to_string()))?;
        let id = format!("{}-{}", taken.id, short_mark(&said));
        let message = Message::new(&id, &taken.to, &taken.from, portal.clock.now(), Body::Results(outcomes));
        let seal = |words: &str| Seal { key: key.public().to_string(), signature: key.sign(words) };
        let bytes = message.write(seal).map_err(|why| not_taken(&why))?;
        note(portal, asked, "platform-results", &[("file", asked.id())], "jsonl", rows).await?;
        Ok(attached("application/jsonl", bytes, &format!("结果-{id}.jsonl")))
    })
}
