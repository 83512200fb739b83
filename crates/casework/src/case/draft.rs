//! A draft: filled in, papers attached, handed in, taken back. What is wrong with a fact is said at once.

use super::exit::EndKind;
use super::{Case, CaseRefusal, Claim, Declared, Evidence, Sitting, Stage};
use crate::call::{Call, CallStage};
use crate::organisation::Organisation;
use crate::refusal::Named;
use policy::diagnostic::{Severity, Text};
use policy::input::{Defaults, InputError, Raw, read};
use policy::scheme::Scheme;
use serde_json::Value;
use values::{CreditCode, Fen};

impl Case {
    /// Replaces what is in a draft.
    ///
    /// Errors: clauses, facts and papers that cannot be, in that order.
    pub fn fill(&mut self, sitting: &Sitting<'_>, scheme: &Scheme, clauses: &[String], application: &Value, evidence: &[Evidence]) -> Result<(), CaseRefusal> {
        self.change(sitting, |case| {
            case.claims = claims(sitting.call, clauses)?;
            case.application = usable(scheme, sitting.call, application)?;
            case.evidence = papers(scheme, evidence)?;
            Ok(())
        })
    }

    /// Adds a paper to a draft. Errors: facts it cannot prove, the same paper twice.
    pub fn attach(&mut self, sitting: &Sitting<'_>, scheme: &Scheme, evidence: &Evidence) -> Result<(), CaseRefusal> {
        self.change(sitting, |case| {
            case.evidence.push(evidence.clone());
            case.evidence = papers(scheme, &case.evidence)?;
            Ok(())
        })
    }

    /// Hands the application in, with what the rules give for each clause, and keeps what is declared with it.
    ///
    /// Errors: the call is not open; a declaration without name, post or known words.
    pub fn submit(&mut self, sitting: &Sitting<'_>, assessed: &[(String, Option<Fen>)], declared: Option<&Declared>) -> Result<(), CaseRefusal> {
        self.change(sitting, |case| {
            let (from, until) = sitting.call.open;
            if sitting.call.stage != CallStage::Open || sitting.today() < from || sitting.today() > until {
                return Err(CaseRefusal::CallNotOpen);
            }
            case.assessed(assessed);
            case.declaration = declared.map(|declared| declared.kept(sitting)).transpose()?;
            case.submitted = Some(sitting.now);
            case.enter(Stage::Submitted, sitting);
            Ok(())
        })
    }

    /// Takes the application back. Errors: something is determined, or it is at an end.
    pub fn withdraw(&mut self, sitting: &Sitting<'_>) -> Result<(), CaseRefusal> {
        self.change(sitting, |case| {
            case.close(sitting, Stage::Withdrawn, EndKind::Withdrawn, "", None);
            Ok(())
        })
    }

    /// Notes what the rules give for each clause.
    pub fn assessed(&mut self, assessed: &[(String, Option<Fen>)]) {
        for claim in &mut self.claims {
            claim.assessed = assessed.iter().find(|(clause, _)| *clause == claim.clause).and_then(|(_, amount)| *amount);
        }
    }
}

/// A fact that the applicant states and no paper of the case proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unproven {
    /// The fact.
    pub fact: String,
    /// The papers the policy names for it, as it words them.
    pub papers: Vec<String>,
}

impl Case {
    /// What is stated and not proven (自查): for the applicant before handing in, and for the officer who has to name all
    /// defects at once. Facts that the policy asks no paper for are left out, and so is what nobody stated.
    #[must_use]
    pub fn unproven(&self, scheme: &Scheme) -> Vec<Unproven> {
        let facts = self.application.get("facts").and_then(Value::as_object);
        let stated = |name: &str| facts.is_some_and(|facts| facts.iter().any(|(key, value)| plain(key) == name && !value.is_null()));
        let proven = |name: &str| self.evidence.iter().any(|paper| paper.facts.iter().any(|fact| plain(fact) == name));
        let mut out: Vec<Unproven> = Vec::new();
        for clause in self.claims.iter().filter_map(|claim| scheme.clause(scheme.clause_named(&claim.clause)?)) {
            for id in &clause.facts {
                let Some(fact) = scheme.fact(*id).filter(|fact| stated(&fact.name) && !proven(&fact.name)) else { continue };
                let own = clause.evidence.iter().filter(|(of, _)| *of == Some(*id)).flat_map(|(_, papers)| papers);
                let papers: Vec<String> = fact.evidence.iter().chain(own).cloned().collect();
                if !papers.is_empty() && !out.iter().any(|known| known.fact == fact.name) {
                    out.push(Unproven { fact: fact.name.clone(), papers });
                }
            }
        }
        out
    }
}

/// Claims on clauses of a call. Errors: a clause that the call does not have, or one named twice.
pub fn claims(call: &Call, clauses: &[String]) -> Result<Vec<Claim>, CaseRefusal> {
    let wrong = |(at, clause): &(usize, &String)| !call.clauses.contains(clause) || clauses.iter().take(*at).any(|before| before == *clause);
    if let Some((_, clause)) = clauses.iter().enumerate().find(wrong) {
        return Err(CaseRefusal::Clauses { clause: clause.clone() });
    }
    Ok(clauses.iter().cloned().map(Claim::new).collect())
}

/// What stands in an application and is not the applicant's to say: the office adds it from its own books.
pub const OFFICES_OWN: [&str; 5] = ["rates", "decisions", "history", "rank_only", "places"];

/// Whether a value of an application says anything.
fn says(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        _ => true,
    }
}

/// An application as the policy can read it, for the year and the day of its call, without what is the office's to say.
/// Errors: [`CaseRefusal::Facts`].
pub fn usable(scheme: &Scheme, call: &Call, application: &Value) -> Result<Value, CaseRefusal> {
    let mut application = application.clone();
    let mut wrong = Vec::new();
    if let Some(fields) = application.as_object_mut() {
        for (name, value) in [("year", Value::from(call.year)), ("as_of", Value::from(call.as_of.to_string()))] {
            let given = fields.entry(name).or_insert_with(|| value.clone());
            if *given != value {
                let word = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                wrong.push(InputError {
                    field: name.to_owned(),
                    code: "not-of-the-call",
                    severity: Severity::Error,
                    message: Text::new("与申报批次不符", "not as the call has it"),
                    help: Text::new(format!("本批次为 {word}"), format!("this call has {word}")),
                });
            }
        }
    }
    for name in OFFICES_OWN {
        if application.get(name).is_some_and(says) {
            wrong.push(InputError {
                field: name.to_owned(),
                code: "not-the-applicants",
                severity: Severity::Error,
                message: Text::new("由主管部门填写，不由申报人填写", "the office enters this itself; an application does not say it"),
                help: Text::new(format!("删去 {name}"), format!("leave {name} out")),
            });
        }
    }
    let (_, errors) = read(scheme, &Raw::from(&application), Defaults::default());
    wrong.extend(errors.into_iter().filter(|error| error.severity == Severity::Error));
    if wrong.is_empty() { Ok(application) } else { Err(CaseRefusal::Facts(wrong)) }
}

/// Whether an application names the credit code of the register (统一社会信用代码), or none. Errors: [`CaseRefusal::Facts`].
pub fn named_as_registered(application: &Value, organisation: &Organisation) -> Result<(), CaseRefusal> {
    let Some(named) = application.get("applicant").and_then(|applicant| applicant.get("uscc")).and_then(Value::as_str) else { return Ok(()) };
    let same = CreditCode::parse(named).is_ok_and(|(code, _)| code.as_str() == organisation.credit_code);
    if same {
        return Ok(());
    }
    let code = &organisation.credit_code;
    Err(CaseRefusal::Facts(vec![InputError {
        field: "applicant.uscc".to_owned(),
        code: "not-of-the-register",
        severity: Severity::Error,
        message: Text::new("与登记的统一社会信用代码不符", "not the credit code of the register"),
        help: Text::new(
            format!("本单位登记的是 {code}：请改填这一代码；登记有误的，请先更正登记"),
            format!("{code} is registered: write that; if the register is wrong, have it corrected first"),
        ),
    }]))
}

/// Papers that prove facts of a policy. Errors: a fact it does not have, the same paper twice.
pub fn papers(scheme: &Scheme, evidence: &[Evidence]) -> Result<Vec<Evidence>, CaseRefusal> {
    for (at, paper) in evidence.iter().enumerate() {
        if paper.name.trim().is_empty() {
            return Err(CaseRefusal::Empty { what: Named::PAPER_NAME });
        }
        if let Some(fact) = paper.facts.iter().find(|fact| scheme.fact_named(plain(fact)).is_none()) {
            return Err(CaseRefusal::UnknownFact { fact: fact.clone() });
        }
        if evidence.iter().take(at).any(|before| before.digest == paper.digest) {
            return Err(CaseRefusal::PaperTwice { name: paper.name.clone() });
        }
    }
    Ok(evidence.to_vec())
}

/// The name of a fact without the year it is for: `品牌年销售额@2023` is about 品牌年销售额.
pub(super) fn plain(fact: &str) -> &str {
    fact.split('@').next().unwrap_or(fact)
}
