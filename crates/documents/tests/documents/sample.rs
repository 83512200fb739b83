//! A small world that documents are written about: the policy of 黔江 with its example applicants, a call, a notice, a batch, a
//! clawback, a draft with comments. Everything is fixed.

use casework::document::{DocumentKind, Letterhead};
use casework::id::UnitId;
use casework::ledger::{Book, BookKind};
use documents::{Content, Print, Records};
use policy::assessment::Outcome;
use policy::exchange::{View, line};
use policy::input::{Defaults, Raw, read};
use policy::scheme::Scheme;
use policy::source::{SourceFile, Sources};
use policy::{AssessOptions, assess};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use values::{Date, Fen, Lang};

pub struct World {
    scheme: Scheme,
    cases: Vec<Value>,
    organisations: BTreeMap<String, Value>,
    determinations: BTreeMap<String, Value>,
}

fn made<T: serde::de::DeserializeOwned>(json: Value) -> T {
    serde_json::from_value(json.clone()).unwrap_or_else(|why| panic!("{why}: {json}"))
}

fn digest(word: &str) -> String {
    casework::chain::Fingerprint::of(word.as_bytes()).to_string()
}

pub fn day(text: &str) -> Date {
    Date::parse(text).unwrap()
}

pub fn world() -> World {
    let files = vec![SourceFile { name: "policy.md".into(), text: include_str!("../../../../policies/qianjiang/policy.md").into() }];
    let sources = Sources { files, official: Some(include_str!("../../../../policies/qianjiang/official.txt").into()) };
    let scheme = policy::compile(&sources).scheme.expect("the policy compiles");
    let mut world = World { scheme, cases: Vec::new(), organisations: BTreeMap::new(), determinations: BTreeMap::new() };
    for (number, text) in (1_u32..).zip(include_str!("../../../../examples/qianjiang.jsonl").lines()) {
        world.applicant(number, text);
    }
    world
}

impl World {
    /// A case of what an applicant of the examples gets, if anything.
    fn applicant(&mut self, number: u32, text: &str) {
        let application: Value = serde_json::from_str(text).unwrap();
        let (read, _) = read(&self.scheme, &Raw::from(&application), Defaults::default());
        let Some(read) = read else { return };
        let population = assess(&self.scheme, std::slice::from_ref(&read), &AssessOptions { trace: true, clauses: None });
        let assessment = &population.assessments[0];
        let view = View { scheme: &self.scheme, pools: &population.pools, lang: Lang::Zh, trace: true };
        let result = serde_json::to_string(&line(view, &read, assessment)).unwrap();
        let given = assessment.clauses.iter().filter(|one| one.outcome == Outcome::Eligible && one.awarded.is_some_and(|fen| fen > Fen(0)));
        let awards: Vec<(String, i64)> = given.map(|one| (self.scheme.clause(one.clause).unwrap().id.clone(), one.awarded.unwrap().0)).take(3).collect();
        if awards.is_empty() {
            return;
        }
        let (case, firm, determination) = (format!("2025-{number:04}"), format!("firm{number}"), format!("d{number}"));
        let cut = |at: usize| if number == 7 && at == 0 { 5_000_000 } else { 0 };
        let reason = |at: usize| (cut(at) > 0).then_some("部分带货交易额无增值税申报记录佐证，不予计入");
        let claims: Vec<Value> = (0..)
            .zip(&awards)
            .map(|(at, (clause, fen))| json!({"clause": clause, "assessed": fen, "set": fen - cut(at), "reason": reason(at), "shared": null}))
            .collect();
        let hand = |act: &str, user: &str, at: &str| json!({"act": act, "user": user, "at": at});
        self.cases.push(json!({
            "id": case, "call": "call1", "organisation": firm, "stage": {"review": "approval"}, "application": application,
            "evidence": [
                {"name": "营业执照副本", "digest": digest("执照"), "facts": ["注册地在本区"]},
                {"name": "2024年度增值税纳税申报表", "digest": digest("申报表"), "facts": ["应税网络销售额", "品牌年销售额"]},
            ],
            "claims": claims, "review": review(number, &awards[0].0, awards[0].1), "determination": null, "notice": null,
            "submitted": format!("2025-03-{:02}T09:30:00", number.min(20) + 3),
            "hands": [hand("case.accept", "clerk", "2025-03-24T10:00:00"), hand("case.screen", "clerk", "2025-04-02T10:00:00"), hand("case.summarise", "reviewer", "2025-04-14T10:00:00")],
        }));
        let name = application["applicant"]["name"].as_str().unwrap();
        let code = application["applicant"]["uscc"].as_str().unwrap_or_default();
        let account = json!({"holder": name, "number": format!("6217 0037 6000 {number:04} 188"), "bank": "重庆农村商业银行黔江支行"});
        self.organisations.insert(firm.clone(), json!({"id": firm, "name": name, "credit_code": code, "aliases": [], "account": account}));
        let awards: Vec<Value> =
            (0..).zip(&awards).map(|(at, (clause, fen))| json!({"clause": clause, "assessed": fen, "amount": fen - cut(at), "reason": reason(at)})).collect();
        self.determinations.insert(
            determination.clone(),
            json!({"id": determination, "case": case, "organisation": firm, "year": 2024, "version": "v1", "scheme_hash": self.scheme.hash,
                "application": application.to_string(), "assessment": result, "evidence": [], "awards": awards, "by": "leader", "at": "2025-04-28T15:00:00", "supersedes": null}),
        );
    }
}

fn review(number: u32, clause: &str, fen: i64) -> Value {
    let clock = |until: &str| json!({"term": "opinion", "since": "2025-04-02", "period": {"working_days": 5}, "due": until, "provisional": false});
    let opinion = |view: &str, words: &str, cuts: Value| json!([{"given": {"view": view, "words": words, "reductions": cuts, "basis": {}}, "by": "u", "at": "2025-04-08T11:00:00"}]);
    let cuts = if number == 7 { json!([{"clause": clause, "amount": fen - 5_000_000, "reason": "部分交易额无申报记录"}]) } else { json!([]) };
    let taxes = if number == 7 { opinion("reduce", "", cuts) } else { opinion("agree", "与税收征管数据一致", json!([])) };
    json!({
        "clock": {"term": {"step": "screening"}, "since": "2025-03-24", "period": {"working_days": 10}, "due": "2025-04-08", "provisional": false},
        "asks": [
            {"unit": "taxes", "clock": clock("2025-04-10"), "opinions": taxes},
            {"unit": "park", "clock": clock("2025-04-10"), "opinions": opinion("not_concerned", "", json!([]))},
            {"unit": "farms", "clock": clock("2025-04-10"), "silent": true, "opinions": []},
        ],
        "site_checks": [{"given": {"date": "2025-04-09", "present": ["张某", "李某"], "words": "直播场地、设备与申报一致，现场抽查订单12笔无异常。", "fits": true}, "by": "clerk", "at": "2025-04-09T17:00:00"}],
        "credit": [{"given": {"source": "信用中国", "result": "clear"}, "by": "clerk", "at": "2025-04-10T09:00:00"}],
        "minutes": [{"given": {"number": "黔江商务纪〔2025〕3号", "date": "2025-04-21", "present": ["王某"], "agreed": true, "decision": "同意核定意见，按程序审定、公示。"}, "by": "clerk", "at": "2025-04-22T09:00:00"}],
    })
}

fn call() -> Value {
    let step = |kind: &str, role: &str| json!({"kind": kind, "role": role, "period": {"working_days": 10}, "completion": "all"});
    json!({
        "id": "call1", "title": "2024年度电商扶持资金申报", "version": "v1", "year": 2024, "as_of": "2024-12-31", "clauses": ["1.1"],
        "open": ["2025-03-01", "2025-03-31"], "lead": "commerce", "with": ["taxes"], "fund": "fund-2025", "pools": [["年度总额", "pool-2024"]],
        "workflow": {"acceptance": {"working_days": 5}, "correction": {"working_days": 10}, "steps": [step("summary", "reviewer"), step("approval", "leader")],
            "notice": {"working_days": 5}, "objection": {"working_days": 10}},
        "stage": "closed", "terms": {"not_shown": [], "performance": []},
    })
}

fn books() -> Vec<Book> {
    let id = |text: &str| casework::id::BookId::parse(text).unwrap();
    let fund = [-400_000_000, 68_000_000, 90_000_000, 42_000_000, 200_000_000, 0, 0].map(Fen);
    let pool = [-1_000_000_000, 260_000_000, 90_000_000, 150_000_000, 500_000_000, 0, 0].map(Fen);
    vec![
        Book::kept(id("fund-2025"), BookKind::Fund, 2025, "电商发展专项资金".into(), fund),
        Book::kept(id("pool-2024"), BookKind::Pool, 2024, "年度总额".into(), pool),
    ]
}

fn life() -> Value {
    let term = json!({"from": "2023-06-01", "period": {"days": 30}, "last": "2023-07-03", "provisional": false});
    json!({
        "id": "v1", "lead": "commerce", "stage": "issued", "texts": [], "units": [], "units_until": null,
        "invitation": [term, "《重庆市行政规范性文件管理办法》"], "released": "2023-07-10T10:00:00", "waived": null, "competition": null, "legality": null, "resolution": null,
        "issue": {"number": "黔江府办发〔2023〕45号", "on": "2023-08-11", "effective": "2023-08-11", "until": null}, "ended": null, "clauses": [], "recognised": [], "duties": [], "hands": [],
    })
}

fn comment(number: u32, anchor: Value, words: &str, verdict: &str, reason: &str) -> Value {
    json!({"id": format!("c{number}"), "policy": "v1", "scheme_hash": "0", "anchor": anchor, "author": "赵某（某电商企业）", "words": words, "at": "2023-06-08T10:00:00",
        "draft": {"comment": format!("c{number}"), "verdict": verdict, "reason": reason}, "released": "2023-07-10T10:00:00"})
}

fn comments() -> Value {
    json!([
        comment(
            1,
            json!({"clause": "6.1"}),
            "直播间数量要求偏高，建议由5间降为3间。",
            "not_adopted",
            "5间为形成规模的最低要求，与市级示范基地认定标准一致，予以保留。"
        ),
        comment(
            2,
            json!({"sentence": "最高不超过50万元"}),
            "建议明确是否含税，以及与市级奖励能否叠加享受。",
            "adopted",
            "已在附则中明确“就高不重复”，并注明金额按含税口径计算。"
        ),
        comment(
            3,
            json!("whole"),
            "建议对首次申报的小微企业减少证明材料，能通过部门共享数据核验的不再要求企业提供。",
            "adopted_in_part",
            "能够共享核验的材料已取消；增值税纳税申报表涉及涉税信息授权，仍需企业提供。"
        ),
    ])
}

fn recovery() -> Value {
    let term = |from: &str, last: &str| json!({"from": from, "period": {"working_days": 5}, "last": last, "provisional": false});
    let parts = json!([{"clause": "6.1", "amount": 12_000_000}]);
    json!({
        "id": "r1", "case": "2025-0007", "call": "call1", "organisation": "firm7", "determination": "d7", "leads": [], "stage": "reminded",
        "proposal": {"number": "黔江商务追告〔2026〕1号", "grounds": "经查，你单位申报的2024年度带货交易额中，有12笔共计1200万元为关联方之间的虚构交易，应予剔除。剔除后，对应的奖励不符合政策规定的条件。", "parts": parts, "period": {"working_days": 5}},
        "hearing": term("2026-01-12", "2026-01-19"),
        "statements": [{"words": "我单位认为其中3笔为真实交易，已附物流单据。", "evidence": [], "last": true, "at": "2026-01-15T10:00:00"}],
        "decision": {"number": "黔江商务追决〔2026〕1号", "basis": ["《黔江区鼓励电子商务产业发展若干政策》关于弄虚作假、骗取资金的规定", "《财政违法行为处罚处分条例》第十四条"],
            "grounds": "经复核你单位提交的物流单据，3笔交易的收货地址与关联方办公地址一致，不能证明交易真实，陈述、申辩意见不予采纳。12笔共计1200万元交易系虚构，事实清楚、证据确凿。",
            "parts": parts, "period": {"working_days": 15}, "remedies": "如不服本决定，可以自收到本决定书之日起六十日内向黔江区人民政府申请行政复议，也可以自收到本决定书之日起六个月内依法向人民法院提起行政诉讼。复议、诉讼期间不停止本决定的执行。",
            "bar_until": "2029-01-31", "stop_payment": true},
        "decided": "2026-01-22T10:00:00", "due": term("2026-01-26", "2026-02-24"), "delivered_by": "直接送达", "plan": [],
        "collected": [{"on": "2026-02-10", "amount": 2_000_000, "parts": [{"clause": "6.1", "amount": 2_000_000}], "means": {"receipt": "缴款书0001"}}],
        "reminder": ["黔江商务催告〔2026〕1号", term("2026-03-02", "2026-03-09")], "enforcement": null, "amended": [], "closed": null, "hands": [],
    })
}

impl World {
    fn rows(&self) -> Vec<Value> {
        let mut out = Vec::new();
        for case in &self.cases {
            let claims = case["claims"].as_array().unwrap();
            let awards: Vec<Value> = claims
                .iter()
                .map(|claim| {
                    let clause = self.scheme.clauses.iter().find(|clause| claim["clause"] == clause.id.as_str()).unwrap();
                    let amount = clause.beneficiary_list.is_none().then(|| claim["set"].clone());
                    json!({"clause": clause.id, "title": clause.title, "amount": amount})
                })
                .collect();
            let firm = case["organisation"].as_str().unwrap();
            out.push(json!({"case": case["id"], "name": self.organisations[firm]["name"], "determination": firm.replace("firm", "d"), "awards": awards}));
        }
        out
    }

    fn lines(&self) -> (Vec<Value>, Vec<Value>) {
        let (mut lines, mut dues) = (Vec::new(), Vec::new());
        for case in &self.cases {
            for claim in case["claims"].as_array().unwrap() {
                let id = format!("due{}", lines.len() + 1);
                let account = &self.organisations[case["organisation"].as_str().unwrap()]["account"];
                let back = lines.len() == 2;
                let receipt = format!("HD2025{:05}", lines.len() + 1);
                let result = if back {
                    json!({"returned": {"receipt": receipt, "on": "2025-06-20", "reason": "户名与账号不符"}})
                } else {
                    json!({"arrived": {"receipt": receipt, "on": "2025-06-19"}})
                };
                lines.push(json!({"due": id, "case": case["id"], "clause": claim["clause"], "amount": claim["set"], "again": false, "account": account, "result": result}));
                dues.push(json!({"id": id, "case": case["id"], "call": "call1", "organisation": case["organisation"], "clause": claim["clause"], "determination": "d1", "number": 1, "of": 1,
                    "year": 2025, "amount": claim["set"], "fund": "fund-2025", "state": if back { "returned" } else { "paid" }, "tested_first": false, "retests": [], "batch": "b1"}));
            }
        }
        (lines, dues)
    }

    /// Records that a document of a kind is filled from.
    pub fn records(&self, kind: DocumentKind) -> Records<'_> {
        let (lines, dues) = self.lines();
        let determined = |value: &Value| {
            let mut case = value.clone();
            case["determination"] = case["organisation"].as_str().unwrap().replace("firm", "d").into();
            case
        };
        let mut records = Records {
            today: Some(day("2025-05-06")),
            scheme: Some(&self.scheme),
            life: Some(made(life())),
            call: Some(made(call())),
            cases: self.cases.iter().map(|case| made(case.clone())).collect(),
            organisations: self.organisations.iter().map(|(id, one)| (id.clone(), made(one.clone()))).collect(),
            determinations: self.determinations.iter().map(|(id, one)| (id.clone(), made(one.clone()))).collect(),
            books: books(),
            units: [("commerce", "区商务委"), ("taxes", "区税务局"), ("park", "工业园区管委会"), ("farms", "区农业农村委")]
                .map(|(id, name)| (id.into(), name.into()))
                .into(),
            people: [("clerk", "陈某"), ("reviewer", "刘某"), ("leader", "王某")].map(|(id, name)| (id.into(), name.into())).into(),
            calls: [("call1".into(), "2024年度电商扶持资金申报".into())].into(),
            ..Records::default()
        };
        use DocumentKind as K;
        let one = |id: &str| self.cases.iter().find(|case| case["id"] == id).unwrap().clone();
        let ended = |kind: &str, reason: &str, remedies: Value| {
            let mut case = one("2025-0001");
            case["review"]["end"] =
                json!({"kind": kind, "from": "submitted", "reason": reason, "remedies": remedies, "by": "leader", "at": "2025-03-25T10:00:00"});
            vec![made(case)]
        };
        match kind {
            K::AcceptanceNotice => records.cases = vec![made(one("2025-0001"))],
            K::CorrectionNotice => {
                let mut case = one("2025-0001");
                case["review"]["correction"] = json!({
                    "defects": [{"what": "2024年度增值税纳税申报表", "mend": "缺第3季度，请补交加盖公章的完整申报表（PDF）"}, {"what": "品牌年销售额", "mend": "申报表所载销售额与填报数不一致，请核对后更正或者书面说明差异原因"}],
                    "from": "submitted", "by": "clerk", "role": "clerk", "at": "2025-03-10T10:00:00", "answered": null, "changed": null,
                    "clock": {"term": "correction", "since": "2025-03-10", "period": {"working_days": 10}, "due": "2025-03-24", "provisional": false},
                });
                records.cases = vec![made(case)];
            }
            K::DeclineNotice => {
                records.cases = ended("declined", "你单位的注册地不在黔江区，不属于本批次规定的申报对象；且申报材料于开放期届满后提交。", Value::Null)
            }
            K::RefusalDecision => {
                let reason = "经核查，你单位2024年度品牌年销售额未达到政策规定的标准，且近三年内有被列入失信名单的记录，不符合政策规定的支持条件。";
                records.cases = ended(
                    "refused",
                    reason,
                    json!(
                        "如不服本决定，可以自收到本决定书之日起六十日内向黔江区人民政府申请行政复议，也可以自收到本决定书之日起六个月内依法向人民法院提起行政诉讼。"
                    ),
                );
            }
            K::ReviewForm => records.cases = vec![made(one("2025-0007"))],
            K::CalculationSheet => records.cases = vec![made(determined(&one("2025-0007")))],
            K::EnterpriseFile => {
                records.cases = vec![made(determined(&one("2025-0007")))];
                records.recoveries = vec![made(recovery())];
                records.dues = dues.into_iter().filter(|due| due["organisation"] == "firm7").map(made).collect();
                records.batches = vec![made(
                    json!({"id": "b1", "call": "call1", "state": "sent", "request_number": "黔江商务文〔2025〕31号", "lines": lines, "planned_by": "clerk", "sent": "2025-06-18T10:00:00"}),
                )];
            }
            K::AllocationPlan | K::SharingComparison | K::DraftNoticeTable | K::MinutesForm | K::AuditPaper => {
                if let Some(call) = &mut records.call {
                    call.shares = vec![made(json!({"pool": "年度总额", "held": 150_000_000, "claimed": 0, "given": 0, "claims": 0, "left": 0}))];
                }
            }
            K::PublicNotice | K::PublicTable | K::ObjectionForm => {
                let term = json!({"from": "2025-05-06", "period": {"working_days": 5}, "last": "2025-05-13", "provisional": false});
                records.notice = Some(made(json!({"id": "n1", "call": "call1", "term": term, "rows": self.rows()})));
                records.objections = made(objections());
            }
            K::PaymentRequest | K::PaymentLetter | K::PaymentTable | K::TreasuryApplication | K::PaymentLedger => {
                records.signer = (kind == K::PaymentRequest).then(|| "王某".to_owned());
                // The bank has said nothing yet when the treasury is asked.
                let unanswered = |mut line: Value| {
                    line["result"] = if kind == K::TreasuryApplication { Value::Null } else { line["result"].take() };
                    line
                };
                let lines: Vec<Value> = lines.into_iter().map(unanswered).collect();
                records.batches = vec![made(
                    json!({"id": "b1", "call": "call1", "state": "sent", "request_number": "黔江商务文〔2025〕31号", "lines": lines, "planned_by": "clerk", "sent": "2025-06-18T10:00:00"}),
                )];
                records.dues = dues.into_iter().map(made).collect();
            }
            K::RecoveryNotice | K::RecoveryDecision | K::RecoveryReminder | K::RecoveryLedger => records.recoveries = vec![made(recovery())],
            K::ApplicationLedger => records.cases = self.cases.iter().map(|case| made(determined(case))).collect(),
            K::ConsultationNotice => {
                if let Some(life) = &mut records.life {
                    life.issue = None;
                }
            }
            K::CommentSummary => records.comments = made(comments()),
            K::ApplicationGuide => {
                records.guide = Some(made(guide()));
                if let Some(call) = &mut records.call {
                    call.clauses = ["1.1", "2.2", "5.2", "8.1"].map(str::to_owned).into();
                }
            }
            K::QuotaLedger => {}
        }
        records
    }
}

fn guide() -> Value {
    json!({"id": "zn2024", "policy": "qianjiang", "title": "黔江区电子商务扶持资金申报指南", "number": "黔江商务发〔2024〕12号", "on": "2024-12-20", "valid": ["2025-01-01", null], "text": "……", "digest": digest("申报指南"),
        "definitions": [{"term": "电商新品牌", "words": "是指商标注册未满三年、以网络销售为主要渠道的自有品牌", "clause": "1.1"}, {"term": "品牌年销售额", "words": "是指上一自然年度以该品牌销售的、能够由增值税纳税申报表佐证的不含税销售额", "clause": null}], "replaces": null})
}

fn objections() -> Value {
    let term = json!({"from": "2025-05-08", "period": {"working_days": 10}, "last": "2025-05-22", "provisional": false});
    json!([
        {"id": "o1", "notice": "n1", "case": "2025-0007", "by": {"name": "重庆某直播基地有限公司", "contact": "13900000000"}, "grounds": "该单位直播间不足5间，与申报不符。",
            "evidence": [{"name": "照片", "digest": digest("照片"), "facts": []}], "at": "2025-05-08T10:00:00", "term": term,
            "state": {"settled": {"checked_by": "clerk", "found": "现场复核，直播间6间，均有独立设备和直播记录。", "by": "leader", "at": "2025-05-20T10:00:00", "ruling": "dismissed", "result": "异议理由不成立，维持公示结果。", "overdue": false}}},
        {"id": "o2", "notice": "n1", "case": "2025-0001", "by": {"name": "", "contact": ""}, "grounds": "反映该单位销售额有虚报。", "evidence": [], "at": "2025-05-09T10:00:00", "term": null, "state": {"lead": "anonymous"}},
    ])
}

pub fn letterhead() -> Letterhead {
    Letterhead {
        unit: UnitId::parse("commerce").unwrap(),
        organ: "重庆市黔江区商务委员会".into(),
        code: "黔江商务".into(),
        address: "重庆市黔江区城西街道行署街1号".into(),
        phone: "023-79220000".into(),
    }
}

/// A document of a kind, as it is printed.
pub fn print(world: &World, kind: DocumentKind) -> Print {
    let records = world.records(kind);
    let content = Content::fill(kind, &records).unwrap_or_else(|why| panic!("{}: {why}", kind.title()));
    let date = match kind {
        DocumentKind::ApplicationGuide => "2024-12-31",
        DocumentKind::AcceptanceNotice => "2025-03-24",
        DocumentKind::CorrectionNotice => "2025-03-10",
        DocumentKind::DeclineNotice | DocumentKind::RefusalDecision => "2025-03-25",
        DocumentKind::PaymentRequest => "2025-06-10",
        DocumentKind::PaymentTable | DocumentKind::TreasuryApplication => "2025-06-18",
        DocumentKind::PaymentLetter => "2025-06-20",
        DocumentKind::RecoveryNotice => "2026-01-12",
        DocumentKind::RecoveryDecision => "2026-01-22",
        DocumentKind::RecoveryReminder => "2026-03-02",
        DocumentKind::ConsultationNotice => "2023-06-01",
        DocumentKind::CommentSummary => "2023-07-10",
        _ => "2025-05-06",
    };
    let register = format!("黔江商务{}字〔{}〕3号", kind.series(), day(date).year());
    let number = documents::content::own_number(kind, &records).unwrap_or_else(|| register.clone());
    Print { content, number, register, date: day(date), letterhead: letterhead(), marks: Vec::new() }
}
