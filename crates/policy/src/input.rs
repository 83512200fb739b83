//! From names and words to an [`Application`]: one neutral tree, whatever file it came from. Every value is checked
//! against the type of its fact; nothing is guessed, rounded or dropped in silence.

pub mod json;
mod places;
pub mod quotes;
mod value;

use crate::application::{Application, Earlier, Elsewhere, FactValue, When};
use crate::diagnostic::{Severity, Text, nearest};
use crate::scheme::{ClauseId, FactId, FactType, Give, ParamId, Scheme};
pub use value::yes_or_no;
use values::{CheckDigit, CreditCode, Date, Rational};

/// What a file says, before anybody knows what it means. Numbers keep their digits as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Raw {
    /// Nothing: not known.
    Null,
    /// true or false.
    Bool(bool),
    /// A number as written in the file.
    Number(String),
    /// Words.
    Text(String),
    /// A list.
    List(Vec<Raw>),
    /// Names and values in order; a name may wrongly stand twice.
    Map(Vec<(String, Raw)>),
}

impl Raw {
    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<&Raw> {
        match self {
            Self::Map(entries) => entries.iter().find(|(key, _)| key == name).map(|(_, value)| value),
            _ => None,
        }
    }
}

/// Something wrong with an application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputError {
    /// Which part: `facts.品牌年销售额@2023`, `history[1].amount`, `applicant.uscc`.
    pub field: String,
    /// Stable name of the kind of mistake.
    pub code: &'static str,
    /// Warnings leave the application usable.
    pub severity: Severity,
    /// What is wrong.
    pub message: Text,
    /// How to mend it.
    pub help: Text,
}

/// What a command adds where a line leaves it out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Defaults {
    /// Award year.
    pub year: Option<i32>,
    /// Day of judgement.
    pub as_of: Option<Date>,
}

/// Names an application may hold.
const KNOWN: &[&str] =
    &["id", "year", "as_of", "applicant", "facts", "history", "decisions", "rates", "projects", "elsewhere", "choices", "rank_only", "places", "clauses"];

struct Reader<'a> {
    scheme: &'a Scheme,
    errors: Vec<InputError>,
}

/// Reads one application (or a case that holds one). With any error that is not a warning there is no application.
pub fn read(scheme: &Scheme, raw: &Raw, defaults: Defaults) -> (Option<Application>, Vec<InputError>) {
    let raw = raw.get("application").unwrap_or(raw);
    let mut reader = Reader { scheme, errors: Vec::new() };
    let application = reader.application(raw, defaults);
    let failed = reader.errors.iter().any(|e| e.severity == Severity::Error);
    (application.filter(|_| !failed), reader.errors)
}

/// The id of an application, where it has one.
pub fn id_of(raw: &Raw) -> Option<&str> {
    match raw.get("application").unwrap_or(raw).get("id") {
        Some(Raw::Text(id) | Raw::Number(id)) if !id.is_empty() => Some(id),
        _ => None,
    }
}

impl Reader<'_> {
    fn error(&mut self, field: impl Into<String>, code: &'static str, message: Text, help: Text) {
        self.errors.push(InputError { field: field.into(), code, severity: Severity::Error, message, help });
    }

    fn application(&mut self, raw: &Raw, defaults: Defaults) -> Option<Application> {
        let Raw::Map(entries) = raw else {
            self.error(
                "",
                "not-an-object",
                Text::new("一行应是一份申请（JSON 对象）", "a line must be one application (a JSON object)"),
                Text::new("例：{\"id\":\"1\",\"year\":2024,\"facts\":{}}", "for example: {\"id\":\"1\",\"year\":2024,\"facts\":{}}"),
            );
            return None;
        };
        self.duplicates("", entries);
        for (name, _) in entries {
            if !KNOWN.contains(&name.as_str()) {
                let near = nearest(name, KNOWN.iter().copied()).map_or(KNOWN.join("、"), String::from);
                self.error(
                    name.clone(),
                    "unknown-field",
                    Text::new(format!("没有“{name}”这一项"), format!("there is no field '{name}'")),
                    Text::new(format!("可用：{near}"), format!("known: {near}")),
                );
            }
        }
        let id = self.id(raw);
        let year = self.year(raw, defaults);
        let as_of = self.as_of(raw, defaults, year);
        let mut app = Application::empty(id.unwrap_or_default(), year?, as_of?, self.scheme.facts.len());
        self.applicant(raw.get("applicant"), &mut app);
        match raw.get("facts") {
            Some(Raw::Map(facts)) => {
                self.duplicates("facts.", facts);
                for (at, (name, value)) in facts.iter().enumerate() {
                    if !facts.iter().take(at).any(|(before, _)| before == name) {
                        self.fact(name, value, &mut app);
                    }
                }
            }
            None | Some(Raw::Null) => self.error(
                "facts",
                "missing-facts",
                Text::new("缺 facts（可以为空）", "facts is missing (it may be empty)"),
                Text::new("补上 \"facts\":{}", "add \"facts\":{}"),
            ),
            Some(_) => self.error(
                "facts",
                "wrong-type",
                Text::new("facts 应是名称和值", "facts must be names and values"),
                Text::new("例：\"facts\":{\"在本区纳税\":true}", "for example: \"facts\":{\"在本区纳税\":true}"),
            ),
        }
        self.history(raw.get("history"), &mut app);
        self.decisions(raw.get("decisions"), &mut app);
        self.rates(raw.get("rates"), &mut app);
        self.projects(raw.get("projects"), &mut app);
        self.elsewhere(raw.get("elsewhere"), &mut app);
        self.choices(raw.get("choices"), &mut app);
        self.places(raw.get("places"), &mut app);
        self.applied(raw.get("clauses"), &mut app);
        if let Some(value) = raw.get("rank_only") {
            app.rank_only = self.yes_no("rank_only", value).unwrap_or(false);
        }
        Some(app)
    }

    fn duplicates(&mut self, prefix: &str, entries: &[(String, Raw)]) {
        for (at, (name, _)) in entries.iter().enumerate() {
            if entries.iter().take(at).any(|(before, _)| before == name) {
                self.error(
                    format!("{prefix}{name}"),
                    "duplicate-key",
                    Text::new(format!("“{name}”写了两次，不知道用哪一个"), format!("'{name}' stands twice: which one holds?")),
                    Text::new("删去一个", "remove one"),
                );
            }
        }
    }

    fn id(&mut self, raw: &Raw) -> Option<String> {
        match raw.get("id") {
            Some(Raw::Text(id) | Raw::Number(id)) if !id.trim().is_empty() => Some(id.clone()),
            None | Some(Raw::Null | Raw::Text(_)) => {
                self.error(
                    "id",
                    "missing-id",
                    Text::new("缺 id", "id is missing"),
                    Text::new("每份申请写一个不重复的 id", "give each application an id of its own"),
                );
                None
            }
            Some(_) => {
                self.error(
                    "id",
                    "wrong-type",
                    Text::new("id 应是文字", "id must be text"),
                    Text::new("例：\"id\":\"2024-001\"", "for example: \"id\":\"2024-001\""),
                );
                None
            }
        }
    }

    fn year(&mut self, raw: &Raw, defaults: Defaults) -> Option<i32> {
        match raw.get("year") {
            None | Some(Raw::Null) => {
                if defaults.year.is_none() {
                    self.error(
                        "year",
                        "missing-year",
                        Text::new("缺 year（认定年度）", "year (the award year) is missing"),
                        Text::new("补上 \"year\":2024，或用 --year 2024", "add \"year\":2024, or use --year 2024"),
                    );
                }
                defaults.year
            }
            Some(value) => self.calendar_year("year", value),
        }
    }

    fn as_of(&mut self, raw: &Raw, defaults: Defaults, year: Option<i32>) -> Option<Date> {
        match raw.get("as_of") {
            None | Some(Raw::Null) => defaults.as_of.or_else(|| year.and_then(Date::last_of_year)),
            Some(value) => self.date("as_of", value),
        }
    }

    fn applicant(&mut self, raw: Option<&Raw>, app: &mut Application) {
        let Some(raw) = raw else { return };
        let Raw::Map(entries) = raw else {
            if *raw != Raw::Null {
                self.error(
                    "applicant",
                    "wrong-type",
                    Text::new("applicant 应有 name、kind、uscc", "applicant holds name, kind, uscc"),
                    Text::new("例：{\"name\":\"示例公司\",\"kind\":\"企业\"}", "for example: {\"name\":\"…\",\"kind\":\"企业\"}"),
                );
            }
            return;
        };
        self.duplicates("applicant.", entries);
        for (name, value) in entries {
            let field = format!("applicant.{name}");
            match (name.as_str(), value) {
                (_, Raw::Null) => {}
                ("name", value) => app.name = self.words(&field, value),
                ("kind", value) => {
                    if let Some(word) = self.words(&field, value)
                        && let Some(kind) = self.choice(&field, self.scheme.kind_fact(), &word)
                    {
                        app.set(self.scheme.kind_fact(), When { year: app.year, month: 0 }, FactValue::Choice(kind));
                    }
                }
                ("uscc", value) => app.uscc = self.words(&field, value).and_then(|code| self.credit_code(&field, &code)),
                _ => self.error(
                    field,
                    "unknown-field",
                    Text::new(format!("没有“{name}”这一项"), format!("there is no field '{name}'")),
                    Text::new("可用：name、kind、uscc", "known: name, kind, uscc"),
                ),
            }
        }
    }

    fn credit_code(&mut self, field: &str, code: &str) -> Option<String> {
        match CreditCode::parse(code) {
            Ok((parsed, check)) => {
                if let CheckDigit::Wrong { expected } = check {
                    self.errors.push(InputError {
                        field: field.to_owned(),
                        code: "check-digit",
                        severity: Severity::Warning,
                        message: Text::new(
                            format!("统一社会信用代码的校验位不符，按前17位应是 {expected}"),
                            format!("the check digit does not fit: {expected} would follow from the first 17"),
                        ),
                        help: Text::new("核对营业执照；确有这样的代码时可以保留", "compare it with the licence; a few real codes are like this"),
                    });
                }
                Some(parsed.to_string())
            }
            Err(error) => {
                self.error(
                    field,
                    "credit-code",
                    Text::new(format!("统一社会信用代码的结构不对：{code}"), format!("not a credit code: {error}")),
                    Text::new("应为18位数字和大写字母（不含 I、O、S、V、Z）", "18 digits and capitals without I, O, S, V, Z"),
                );
                None
            }
        }
    }

    fn history(&mut self, raw: Option<&Raw>, app: &mut Application) {
        for (at, item) in self.items("history", raw).into_iter().enumerate() {
            let prefix = format!("history[{}]", at + 1);
            self.only(&prefix, &item, &["clause", "year", "amount", "key"]);
            let clause = self.clause_at(&prefix, item.get("clause"));
            let year = match item.get("year") {
                Some(value) => self.calendar_year(&format!("{prefix}.year"), value),
                None => self.absent(&prefix, "year"),
            };
            let amount = match item.get("amount") {
                Some(value) => self.yuan(&format!("{prefix}.amount"), value),
                None => self.absent(&prefix, "amount"),
            };
            let key = self.optional_words(&prefix, &item, "key");
            if let (Some(clause), Some(year), Some(amount)) = (clause, year, amount) {
                app.history.push(Earlier { clause, year, amount, key });
            }
        }
    }

    fn absent<T>(&mut self, prefix: &str, name: &str) -> Option<T> {
        self.error(
            format!("{prefix}.{name}"),
            "missing-field",
            Text::new(format!("缺 {name}"), format!("{name} is missing")),
            Text::new("补上这一项", "add it"),
        );
        None
    }

    fn items(&mut self, field: &str, raw: Option<&Raw>) -> Vec<Raw> {
        match raw {
            None | Some(Raw::Null) => Vec::new(),
            Some(Raw::List(items)) => items.clone(),
            Some(_) => {
                self.error(field, "wrong-type", Text::new(format!("{field} 应是列表"), format!("{field} must be a list")), Text::new("写成 […]", "write […]"));
                Vec::new()
            }
        }
    }

    fn entries(&mut self, field: &str, raw: Option<&Raw>) -> Vec<(String, Raw)> {
        match raw {
            None | Some(Raw::Null) => Vec::new(),
            Some(Raw::Map(entries)) => {
                self.duplicates(&format!("{field}."), entries);
                entries.clone()
            }
            Some(_) => {
                self.error(
                    field,
                    "wrong-type",
                    Text::new(format!("{field} 应是名称和值"), format!("{field} must be names and values")),
                    Text::new("写成 {\"名称\":值}", "write {\"name\": value}"),
                );
                Vec::new()
            }
        }
    }

    fn only(&mut self, prefix: &str, item: &Raw, known: &[&str]) {
        let Raw::Map(entries) = item else {
            self.error(prefix, "wrong-type", Text::new("这里应是名称和值", "names and values are expected here"), Text::new("写成 {…}", "write {…}"));
            return;
        };
        self.duplicates(&format!("{prefix}."), entries);
        for (name, _) in entries {
            if !known.contains(&name.as_str()) {
                self.error(
                    format!("{prefix}.{name}"),
                    "unknown-field",
                    Text::new(format!("没有“{name}”这一项"), format!("there is no field '{name}'")),
                    Text::new(format!("可用：{}", known.join("、")), format!("known: {}", known.join(", "))),
                );
            }
        }
    }

    fn optional_words(&mut self, prefix: &str, item: &Raw, name: &str) -> Option<String> {
        match item.get(name) {
            None | Some(Raw::Null) => None,
            Some(value) => self.words(&format!("{prefix}.{name}"), value),
        }
    }

    fn clause_at(&mut self, prefix: &str, raw: Option<&Raw>) -> Option<ClauseId> {
        match raw {
            Some(Raw::Text(id) | Raw::Number(id)) => self.clause(&format!("{prefix}.clause"), id),
            _ => self.absent(prefix, "clause"),
        }
    }

    fn clause(&mut self, field: &str, id: &str) -> Option<ClauseId> {
        let found = self.scheme.clause_named(id);
        if found.is_none() {
            let all = self.scheme.clauses.iter().map(|c| c.id.as_str()).collect::<Vec<_>>().join("、");
            let help = Text::new(format!("条款有：{all}"), format!("clauses: {all}"));
            self.error(field, "unknown-clause", Text::new(format!("没有条款 {id}"), format!("there is no clause {id}")), help);
        }
        found
    }

    fn decisions(&mut self, raw: Option<&Raw>, app: &mut Application) {
        for (id, value) in self.entries("decisions", raw) {
            let field = format!("decisions.{id}");
            let Some(clause) = self.clause(&field, &id) else { continue };
            if !matches!(self.scheme.clause(clause).and_then(|c| c.give.as_ref()), Some(Give::UpTo(_) | Give::Decided(_))) {
                self.error(
                    field,
                    "nothing-to-decide",
                    Text::new(
                        format!("条款 {id} 的金额按规则算出，不由决定"),
                        format!("the amount of clause {id} follows from its rule: there is nothing to decide"),
                    ),
                    Text::new("删去这个决定", "remove the decision"),
                );
                continue;
            }
            if let Some(amount) = self.yuan(&field, &value) {
                app.decisions.push((clause, amount));
            }
        }
    }

    fn rates(&mut self, raw: Option<&Raw>, app: &mut Application) {
        for (code, value) in self.entries("rates", raw) {
            let field = format!("rates.{code}");
            let at = self.scheme.params.iter().position(|p| p.currency.as_deref() == Some(code.as_str()) || p.name == code);
            let Some((param, decl)) = at.and_then(|at| u32::try_from(at).ok().map(ParamId).zip(self.scheme.params.get(at))) else {
                let known = self.scheme.params.iter().map(|p| p.currency.clone().unwrap_or_else(|| p.name.clone())).collect::<Vec<_>>().join("、");
                self.error(
                    field,
                    "unknown-rate",
                    Text::new(format!("本政策不用“{code}”"), format!("this policy does not use '{code}'")),
                    Text::new(format!("可用：{known}"), format!("known: {known}")),
                );
                continue;
            };
            let (scale, ratio) = (decl.scale, self.scheme.unit(decl.unit).is_none() && decl.currency.is_none());
            let number = if ratio { self.ratio(&field, &value) } else { self.decimal(&field, &value, 8) };
            if let Some(number) = number {
                if number <= Rational::ZERO && decl.currency.is_some() {
                    self.error(field, "negative", Text::new("汇率应大于零", "a rate must be above zero"), Text::new("改写汇率", "change it"));
                } else if let Ok(scaled) = number.checked_mul(scale) {
                    app.params.push((param, scaled));
                }
            }
        }
    }

    fn projects(&mut self, raw: Option<&Raw>, app: &mut Application) {
        for (id, value) in self.entries("projects", raw) {
            let field = format!("projects.{id}");
            if let Some(clause) = self.clause(&field, &id)
                && let Some(name) = self.words(&field, &value)
            {
                app.projects.push((clause, name));
            }
        }
    }

    fn elsewhere(&mut self, raw: Option<&Raw>, app: &mut Application) {
        for (at, item) in self.items("elsewhere", raw).into_iter().enumerate() {
            let prefix = format!("elsewhere[{}]", at + 1);
            self.only(&prefix, &item, &["name", "amount", "project", "kind"]);
            let name = self.optional_words(&prefix, &item, "name").unwrap_or_default();
            let amount = match item.get("amount") {
                Some(value) => self.yuan(&format!("{prefix}.amount"), value),
                None => self.absent(&prefix, "amount"),
            };
            let project = self.optional_words(&prefix, &item, "project");
            let kind = self.optional_words(&prefix, &item, "kind");
            if let Some(amount) = amount {
                app.elsewhere.push(Elsewhere { name, amount, project, kind });
            }
        }
    }

    fn choices(&mut self, raw: Option<&Raw>, app: &mut Application) {
        for (name, value) in self.entries("choices", raw) {
            let field = format!("choices.{name}");
            let group = self.scheme.groups.iter().position(|g| g.name == name).and_then(|at| u32::try_from(at).ok());
            let Some(group) = group else {
                let known = self.scheme.groups.iter().map(|g| g.name.as_str()).collect::<Vec<_>>().join("、");
                self.error(
                    field,
                    "unknown-group",
                    Text::new(format!("没有并用规则“{name}”"), format!("there is no group '{name}'")),
                    Text::new(format!("可用：{known}"), format!("known: {known}")),
                );
                continue;
            };
            if let Some(id) = self.words(&field, &value)
                && let Some(clause) = self.clause(&field, &id)
            {
                if !self.scheme.groups.get(group as usize).is_some_and(|g| g.members.contains(&clause)) {
                    self.error(
                        field,
                        "unknown-choice",
                        Text::new(format!("条款 {id} 不在“{name}”里"), format!("clause {id} is no member of '{name}'")),
                        Text::new("选其中的一条", "choose a member"),
                    );
                    continue;
                }
                app.choices.push((group, clause));
            }
        }
    }

    fn applied(&mut self, raw: Option<&Raw>, app: &mut Application) {
        for (at, item) in self.items("clauses", raw).into_iter().enumerate() {
            let field = format!("clauses[{}]", at + 1);
            app.applied.extend(self.words(&field, &item).and_then(|id| self.clause(&field, &id)));
        }
    }

    /// A fact by name, or `name@2023`; a map holds several years (`"2023"`) or months (`"2024-03"`).
    fn fact(&mut self, name: &str, value: &Raw, app: &mut Application) {
        let (bare, at) = match name.split_once('@') {
            Some((bare, at)) => (bare, Some(at)),
            None => (name, None),
        };
        let field = format!("facts.{name}");
        let Some(id) = self.scheme.fact_named(bare) else {
            let near = nearest(bare, self.scheme.facts.iter().map(|f| f.name.as_str())).map(String::from);
            let help = near.map_or(Text::new("用 duixian facts 看全部事实", "see duixian facts for all of them"), |n| {
                Text::new(format!("是不是“{n}”？"), format!("did you mean '{n}'?"))
            });
            self.error(field, "unknown-fact", Text::new(format!("没有“{bare}”这个事实"), format!("there is no fact '{bare}'")), help);
            return;
        };
        match (at, value) {
            (_, Raw::Null) => {}
            (Some(at), value) => self.dated(id, &field, at, value, app),
            (None, Raw::Map(entries)) if !self.scheme.fact(id).is_some_and(|f| matches!(f.ty, FactType::List { .. })) => {
                self.duplicates(&format!("{field}@"), entries);
                for (at, value) in entries {
                    if *value != Raw::Null {
                        self.dated(id, &format!("{field}@{at}"), at, value, app);
                    }
                }
            }
            (None, value) => {
                if self.scheme.fact(id).is_some_and(|f| f.by_month) {
                    self.error(
                        field,
                        "period",
                        Text::new(format!("“{bare}”按月填报，要写明月份"), format!("'{bare}' is monthly: say which month")),
                        Text::new("写成 {\"2024-03\": …} 或列名 事实@2024-03", "write {\"2024-03\": …}, or the column fact@2024-03"),
                    );
                    return;
                }
                self.set(id, &field, When { year: app.year, month: 0 }, value, app);
            }
        }
    }

    fn dated(&mut self, id: FactId, field: &str, at: &str, value: &Raw, app: &mut Application) {
        let (by_month, by_year) = self.scheme.fact(id).map_or((false, false), |f| (f.by_month, f.by_year));
        let parts: Vec<&str> = at.splitn(2, '-').collect();
        let year = parts.first().and_then(|y| y.trim_end_matches('年').parse::<i32>().ok()).filter(|y| (1900..=2200).contains(y));
        let month = parts.get(1).map(|m| m.parse::<u8>().ok().filter(|m| (1..=12).contains(m)));
        let when = match (year, month, by_month) {
            (Some(year), None, false) => When { year, month: 0 },
            (Some(year), Some(Some(month)), true) => When { year, month },
            _ => {
                let example = if by_month { "2024-03" } else { "2024" };
                self.error(
                    field,
                    "period",
                    Text::new(format!("“{at}”不是这个事实的期间"), format!("'{at}' is not a period of this fact")),
                    Text::new(format!("写成 {example}"), format!("write it like {example}")),
                );
                return;
            }
        };
        if !by_month && !by_year && when.year != app.year {
            self.error(
                field,
                "period",
                Text::new("这个事实不按年，只有认定年度的值", "this fact is not yearly: only the award year's value is used"),
                Text::new("去掉年份，或删去这一项", "leave the year out, or remove it"),
            );
            return;
        }
        self.set(id, field, when, value, app);
    }

    fn set(&mut self, id: FactId, field: &str, when: When, value: &Raw, app: &mut Application) {
        let Some(ty) = self.scheme.fact(id).map(|f| f.ty.clone()) else { return };
        if app.value(id, when).is_some() {
            self.error(field, "duplicate-key", Text::new("这个事实给了两次", "this fact is given twice"), Text::new("删去一个", "remove one"));
            return;
        }
        let value = match (&ty, value) {
            (FactType::List { fields, .. }, Raw::List(records)) => self.records(field, fields, records).map(FactValue::List),
            (FactType::List { .. }, _) => {
                self.error(
                    field,
                    "wrong-type",
                    Text::new("这里应是名单（列表）", "a list is expected here"),
                    Text::new("写成 [{…},{…}]；没有就写 []", "write [{…},{…}], or [] for none"),
                );
                None
            }
            (ty, value) => self.value(field, id, ty, value),
        };
        if let Some(value) = value {
            app.set(id, when, value);
        }
    }
}
