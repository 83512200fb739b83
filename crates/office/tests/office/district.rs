//! A small district for the tests: units, people, firms, the policy of 黔江, a budget, a call. Each test gets its own, on
//! every store, with a clock that it moves itself.

use casework::budget::BudgetAct;
use casework::call::{Call, CallAct, CallStage, Completion, Period, Sharing, Step, StepKind, Terms, Workflow};
use casework::id::{AccountId, BatchId, BookId, CallId, EntryId, OrganisationId, PolicyVersionId, RequestId, UnitId, UserId};
use casework::organisation::{Account, Organisation};
use casework::payment::PaymentAct;
use casework::people::{Role, Unit, User};
use casework::policy_version::PolicyVersion;
use casework::registry::RegistryAct;
use casework::{Act, Refusal};
use office::{Context, Office, Outcome, Stop};
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use store::Store;
use values::{CreditCode, Date, Fen, Moment, WorkCalendar};

/// Something read as an id, which a test wrote and so is right.
pub fn id<T>(parse: impl Fn(&str) -> Result<T, casework::id::IdError>, text: &str) -> T {
    parse(text).expect("an id of a test")
}

/// A day, as tests write it.
pub fn day(text: &str) -> Date {
    Date::parse(text).expect("a day of a test")
}

/// Brings acts to the office, and shows what it keeps, by another way than asking it: the service does so over HTTP.
pub trait Carrier: Send + Sync {
    fn carry<'a>(&'a self, context: &'a Context, act: &'a Act) -> Carried<'a>;

    /// Compares a record with what this way shows of it.
    fn compare<'a>(&'a self, table: &'static str, id: &'a str, kept: &'a serde_json::Value) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>>;
}

/// What came of an act that was carried.
pub type Carried<'a> = Pin<Box<dyn Future<Output = Result<Outcome, Stop>> + Send + 'a>>;

/// Where a district is made: an office, and how acts come to it.
pub struct Place {
    pub office: Office,
    pub carrier: Option<Box<dyn Carrier>>,
}

impl From<Store> for Place {
    fn from(store: Store) -> Self {
        Self { office: Office::new(store, WorkCalendar::china()), carrier: None }
    }
}

/// An office in a store, with a clock.
pub struct District {
    pub office: Office,
    pub today: Date,
    requests: AtomicU64,
    carrier: Option<Box<dyn Carrier>>,
}

/// A file of SQLite for one test, in the build's own folder (which the load program, that shares this file, has not). What an
/// earlier run left there is gone.
pub fn database_file(name: &str) -> PathBuf {
    let folder = option_env!("CARGO_TARGET_TMPDIR").map_or_else(std::env::temp_dir, PathBuf::from);
    let file = folder.join(format!("{name}.db"));
    for end in ["", "-wal", "-shm"] {
        drop(std::fs::remove_file(format!("{}{end}", file.display())));
    }
    file
}

/// The stores that every test runs on.
pub async fn stores(name: &str) -> Vec<(&'static str, Store)> {
    let file = database_file(name);
    let sqlite = Store::open(&format!("sqlite:{}?mode=rwc", file.display())).await.expect("SQLite opens");
    let postgres = Store::open(&crate::postgres::database()).await.expect("PostgreSQL opens");
    vec![("memory", Store::memory()), ("sqlite", sqlite), ("postgres", postgres)]
}

/// Who acts in the tests: name, unit, role.
const PEOPLE: &[(&str, Option<&str>, Role)] = &[
    ("finance", Some("treasury"), Role::Finance),
    ("drafter", Some("commerce"), Role::Drafter),
    ("clerk", Some("commerce"), Role::Clerk),
    ("reviewer", Some("commerce"), Role::Reviewer),
    ("leader", Some("commerce"), Role::Leader),
    ("park", Some("park"), Role::UnitReviewer),
    ("farms", Some("farms"), Role::UnitReviewer),
    ("taxes", Some("taxes"), Role::UnitReviewer),
    ("treasurer", Some("treasury"), Role::UnitReviewer),
    ("auditor", Some("audit"), Role::Auditor),
];

/// The files of a policy of this project.
pub fn policy_files(place: &str) -> (Vec<(String, String)>, Option<String>) {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies").join(place);
    let text = |name: &str| std::fs::read_to_string(folder.join(name)).expect("a file of a policy");
    (vec![("policy.md".to_owned(), text("policy.md"))], Some(text("official.txt")))
}

/// The application of a line of `examples/qianjiang.jsonl`, counted from 1, under another id.
pub fn example(line: usize, id: &str) -> serde_json::Value {
    example_of("qianjiang", line, id)
}

/// The same for another place.
pub fn example_of(place: &str, line: usize, id: &str) -> serde_json::Value {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../examples/{place}.jsonl"));
    let text = std::fs::read_to_string(file).expect("the examples");
    let mut value: serde_json::Value = serde_json::from_str(text.lines().nth(line - 1).expect("a line of the examples")).expect("JSON");
    value["id"] = id.into();
    // What is the office's to say comes from the office.
    casework::case::OFFICES_OWN.iter().for_each(|name| drop(value.as_object_mut().expect("an object").remove(*name)));
    // Whoever hands it in here is another firm than that of the example.
    value["applicant"].as_object_mut().expect("an applicant").remove("uscc");
    value
}

impl District {
    /// A founded office with people, without policy and money.
    pub async fn founded(place: impl Into<Place>) -> Self {
        let Place { office, carrier } = place.into();
        let district = Self { office, today: day("2025-03-03"), requests: AtomicU64::new(0), carrier };
        let admin = user("admin", None, None, Role::Administrator);
        district.ok("admin", Role::Administrator, Act::Registry(RegistryAct::Found { user: admin })).await;
        for (unit, name) in [
            ("commerce", "区商务委"),
            ("treasury", "区财政局"),
            ("park", "工业园区管委会"),
            ("farms", "区农业农村委"),
            ("taxes", "区税务局"),
            ("audit", "区审计局"),
        ] {
            let unit = Unit { id: id(UnitId::parse, unit), name: name.into() };
            district.ok("admin", Role::Administrator, Act::Registry(RegistryAct::PutUnit { unit })).await;
        }
        for (name, unit, role) in PEOPLE {
            let user = user(name, *unit, None, *role);
            district.ok("admin", Role::Administrator, Act::Registry(RegistryAct::PutUser { user })).await;
        }
        district
    }

    /// The same with the policy of 黔江, a budget and its pool for 2024.
    pub async fn with_policy(place: impl Into<Place>, budget: Fen) -> Self {
        let district = Self::founded(place).await;
        let (files, official) = policy_files("qianjiang");
        let mut version = PolicyVersion { id: id(PolicyVersionId::parse, "qianjiang-2023"), scheme_hash: String::new(), files, official };
        version.scheme_hash = office::hash_of(&version).expect("the policy compiles");
        district.in_force(version, "2023-08-11").await;
        let finance = |act| district.ok("finance", Role::Finance, Act::Budget(act));
        let fund = id(BookId::parse, "fund-2024");
        finance(BudgetAct::OpenFund { book: fund.clone(), year: 2024, source: "电商专项资金".into() }).await;
        finance(BudgetAct::Appropriate { entry: id(EntryId::parse, "e-budget"), book: fund, amount: budget, reason: "预算〔2025〕1号".into() }).await;
        finance(BudgetAct::OpenPool {
            book: id(BookId::parse, "pool-2024"),
            year: 2024,
            version: id(PolicyVersionId::parse, "qianjiang-2023"),
            pool: "年度总额".into(),
            entry: id(EntryId::parse, "e-pool"),
        })
        .await;
        district
    }

    /// A call for these clauses, open from 1 to 31 March 2025.
    pub async fn call(&self, name: &str, clauses: &[&str]) {
        self.call_with(name, clauses, |_| {}).await;
    }

    /// The same with something else in it.
    pub async fn call_with(&self, name: &str, clauses: &[&str], change: impl FnOnce(&mut Call)) {
        let mut call = Self::call_for(name, clauses);
        change(&mut call);
        self.prepare(call).await;
        self.ok("leader", Role::Leader, Act::Call(CallAct::Open { call: id(CallId::parse, name) })).await;
    }

    /// Prepares a call, with the rate of the dollar where a clause of 黔江 asks for it.
    pub async fn prepare(&self, call: Call) {
        let dollars = call.version.as_str().starts_with("qianjiang") && call.clauses.iter().any(|clause| clause.starts_with("8."));
        let name = call.id.to_string();
        self.ok("clerk", Role::Clerk, Act::Call(CallAct::Prepare { call })).await;
        if dollars {
            self.dollar(&name).await;
        }
    }

    /// Enters the rate of the dollar in a call.
    pub async fn dollar(&self, call: &str) {
        let source = "中国外汇交易中心 2024-12-31 人民币汇率中间价".into();
        let rate = CallAct::SetRate { call: id(CallId::parse, call), name: "USD".into(), value: "7.1884".into(), source };
        self.ok("clerk", Role::Clerk, Act::Call(rate)).await;
    }

    /// A call that must not be prepared, and why.
    pub async fn call_refused(&self, name: &str, version: &str, clauses: &[&str]) -> Refusal {
        let mut call = self.call_of(name, version, clauses);
        if version != "qianjiang-2023" {
            call.pools = Vec::new();
        }
        self.refused("clerk", Role::Clerk, Act::Call(CallAct::Prepare { call })).await
    }

    /// A call of another version, as it is prepared.
    pub fn call_of(&self, name: &str, version: &str, clauses: &[&str]) -> Call {
        Call { version: id(PolicyVersionId::parse, version), ..Self::call_for(name, clauses) }
    }

    /// The call as it is prepared.
    pub fn call_for(name: &str, clauses: &[&str]) -> Call {
        let step = |kind, role| Step { kind, role, period: Period::WorkingDays(10), completion: Completion::All };
        Call {
            id: id(CallId::parse, name),
            title: "2024年度电商扶持资金申报".into(),
            version: id(PolicyVersionId::parse, "qianjiang-2023"),
            year: 2024,
            as_of: day("2024-12-31"),
            clauses: clauses.iter().map(|clause| (*clause).to_owned()).collect(),
            open: (day("2025-03-01"), day("2025-03-31")),
            lead: id(UnitId::parse, "commerce"),
            with: ["park", "farms", "taxes"].map(|unit| id(UnitId::parse, unit)).to_vec(),
            fund: id(BookId::parse, "fund-2024"),
            pools: vec![("年度总额".into(), id(BookId::parse, "pool-2024"))],
            workflow: Workflow {
                acceptance: Period::WorkingDays(5),
                correction: Period::WorkingDays(10),
                steps: vec![step(StepKind::Screening, Role::Clerk), step(StepKind::Summary, Role::Reviewer), step(StepKind::Approval, Role::Leader)],
                notice: Period::WorkingDays(5),
                objection: Period::WorkingDays(10),
                unit_periods: Vec::new(),
                apart: Vec::new(),
                credit: false,
            },
            guide: None,
            stage: CallStage::Draft,
            shares: Vec::new(),
            terms: Terms::default(),
            sharing: Sharing::default(),
            rates: Vec::new(),
            rankings: Vec::new(),
        }
    }

    /// Plans what is due of a call, asks for it and sends it to the bank.
    pub async fn pay(&self, call: &str, batch: &str) -> Outcome {
        let of = || id(BatchId::parse, batch);
        let plan = PaymentAct::Plan { batch: of(), call: id(CallId::parse, call), cases: None };
        self.ok("clerk", Role::Clerk, Act::Payment(plan)).await;
        self.ok("leader", Role::Leader, Act::Payment(PaymentAct::Request { batch: of(), number: format!("请示-{batch}") })).await;
        let pay = PaymentAct::Pay { batch: of(), entry: id(EntryId::parse, &format!("e-{batch}")) };
        self.ok("finance", Role::Finance, Act::Payment(pay)).await
    }

    /// A firm with a person who acts for it; the person has the firm's name.
    pub async fn firm(&self, number: u32) -> String {
        let organisation = Self::firm_for(number);
        let name = organisation.id.to_string();
        self.ok("clerk", Role::Clerk, Act::Registry(RegistryAct::PutOrganisation { organisation: organisation.into() })).await;
        self.verified(&name).await;
        let user = user(&name, None, Some(&name), Role::Applicant);
        self.ok("admin", Role::Administrator, Act::Registry(RegistryAct::PutUser { user })).await;
        name
    }

    /// The first account of a firm, verified by a second person.
    pub async fn verified(&self, firm: &str) {
        let entry = id(AccountId::parse, &format!("{firm}:1"));
        self.ok("finance", Role::Finance, Act::Registry(RegistryAct::VerifyAccount { entry })).await;
    }

    /// The firm as it is entered.
    pub fn firm_for(number: u32) -> Organisation {
        let code = CreditCode::with_check_digit(&format!("91500114{number:09}")).expect("a code of a test");
        Organisation {
            id: id(OrganisationId::parse, &format!("firm{number}")),
            name: format!("示例电商{number}号有限公司"),
            credit_code: code.as_str().to_owned(),
            aliases: Vec::new(),
            account: Some(Account { holder: format!("示例电商{number}号有限公司"), number: format!("6200{number:08}"), bank: "示例银行".into() }),
        }
    }

    /// A person who must keep away from a firm (回避).
    pub async fn linked(&self, who: &str, unit: &str, role: Role, firm: &str) {
        let user = User { links: vec![id(OrganisationId::parse, firm)], ..user(who, Some(unit), None, role) };
        self.ok("admin", Role::Administrator, Act::Registry(RegistryAct::PutUser { user })).await;
    }

    /// A record as it is kept.
    pub async fn kept<R: casework::Record>(&self, id: &str) -> R {
        let mut work = self.office.store().begin().await.expect("the store begins");
        let kept: R = work.peek(id).await.expect("the store reads").unwrap_or_else(|| panic!("there is no {} {id}", R::TABLE.name));
        drop(work);
        if let Some(carrier) = &self.carrier {
            carrier.compare(R::TABLE.name, id, &serde_json::to_value(&kept).expect("a record is JSON")).await;
        }
        kept
    }

    /// A context of a person, with a request of its own.
    pub fn context(&self, who: &str, role: Role) -> Context {
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        Context { user: id(UserId::parse, who), role, now: Moment::start_of(self.today), request: id(RequestId::parse, &format!("r{number}")) }
    }

    /// Does an act.
    pub async fn act(&self, who: &str, role: Role, act: Act) -> Result<Outcome, Stop> {
        let context = self.context(who, role);
        match &self.carrier {
            Some(carrier) => carrier.carry(&context, &act).await,
            None => self.office.perform(&context, &act).await,
        }
    }

    /// Does an act that must succeed.
    pub async fn ok(&self, who: &str, role: Role, act: Act) -> Outcome {
        let name = act.name();
        self.act(who, role, act).await.unwrap_or_else(|stop| panic!("{who}: {name}: {stop}"))
    }

    /// Does an act that must be refused, and says why.
    pub async fn refused(&self, who: &str, role: Role, act: Act) -> Refusal {
        let name = act.name();
        match self.act(who, role, act).await {
            Err(Stop::Refused(refusal)) => refusal,
            other => panic!("{who}: {name} should be refused: {other:?}"),
        }
    }
}

/// A person, as entered.
pub fn user(name: &str, unit: Option<&str>, organisation: Option<&str>, role: Role) -> User {
    User {
        id: id(UserId::parse, name),
        name: name.into(),
        unit: unit.map(|unit| id(UnitId::parse, unit)),
        organisation: organisation.map(|organisation| id(OrganisationId::parse, organisation)),
        roles: vec![role],
        links: Vec::new(),
        active: true,
    }
}

impl District {
    /// A further officer of the unit in charge, with several roles.
    pub async fn both(&self, name: &str, roles: &[Role]) {
        let mut user = user(name, Some("commerce"), None, Role::Clerk);
        user.roles = roles.to_vec();
        self.ok("admin", Role::Administrator, Act::Registry(RegistryAct::PutUser { user })).await;
    }
}

impl District {
    /// Loads a policy version and brings it into force on a day, by the acts of a procedure that went before the office.
    pub async fn in_force(&self, version: PolicyVersion, since: &str) {
        let policy = version.id.clone();
        self.ok("drafter", Role::Drafter, Act::Registry(RegistryAct::LoadPolicy { version })).await;
        for (role, act) in casework::policy_version::course_on_paper(&policy, "区府发〔2023〕1号", day(since), day(since)) {
            let who = if role == Role::Leader { "leader" } else { "reviewer" };
            self.ok(who, role, Act::Policy(act)).await;
        }
    }
}

impl District {
    /// Does every act of the log again in memory, and wants the same effects: what the acts decide rests on nothing else.
    pub async fn replays_alike(&self) {
        let events = self.office.store().begin().await.unwrap().events(0, 100_000).await.unwrap();
        let again = Office::new(Store::memory(), WorkCalendar::china());
        for event in &events {
            let act: Act = serde_json::from_str(&event.input).expect("the input of an event is an act");
            let context = Context { user: event.user.clone(), role: event.role, now: event.at, request: event.request.clone() };
            again.perform(&context, &act).await.unwrap_or_else(|stop| panic!("{} {}: {stop}", event.seq, event.act));
        }
        let replayed = again.store().begin().await.unwrap().events(0, 100_000).await.unwrap();
        assert_eq!(replayed.len(), events.len());
        for (event, replayed) in events.iter().zip(&replayed) {
            assert_eq!((&event.effects, event.fingerprint), (&replayed.effects, replayed.fingerprint), "{} {}", event.seq, event.act);
        }
    }
}
