//! Samples of clawbacks, of the life of a policy, of recognitions, guides and the calendar, as JSON.

use super::{paper, read};
use crate::district::{example, policy_files};
use casework::Act;
use serde_json::json;

pub fn samples() -> Vec<Act> {
    clawbacks().into_iter().map(|act| json!({ "recovery": act })).chain(policies()).map(read).collect()
}

fn clawbacks() -> Vec<serde_json::Value> {
    let parts = json!([{"clause": "1.1", "amount": 100}]);
    let period = json!({"days": 15});
    let proposal = json!({"number": "告〔2025〕1号", "grounds": "条件不再符合", "parts": parts, "period": period});
    let decision = json!({
        "number": "决〔2025〕1号", "basis": ["1.1"], "grounds": "条件不再符合", "parts": parts, "period": period, "remedies": "六十日内申请复议",
        "bar_until": null, "stop_payment": false
    });
    vec![
        json!({"note": {"lead": "ld2", "source": {"audit": {"document": "审〔2025〕3号"}}, "organisation": "firm1", "case": "paid", "words": "发票重复"}}),
        json!({"detect": {"lead": "ld3", "case": "paid", "application": example(5, "paid")}}),
        json!({"notify": {"recovery": "rv1", "proposal": proposal}}),
        json!({"state": {"recovery": "rv1", "words": "没有重复", "evidence": [], "last": true}}),
        json!({"decide": {"recovery": "rv1", "decision": decision}}),
        json!({"deliver": {"recovery": "rv1", "on": "2025-03-28", "by": "邮寄"}}),
        json!({"agree": {"recovery": "rv1", "plan": []}}),
        json!({"amend": {"motion": "mo3", "recovery": "rv1", "number": "复〔2025〕1号", "parts": parts}}),
        json!({"confirm_amendment": {"recovery": "rv1", "motion": "mo3"}}),
        json!({"collect": {"recovery": "rv1", "entry": "e-rv1", "amount": 100, "receipt": "票1"}}),
        json!({"offset": {"recovery": "rv1", "entry": "e-rv2", "against": "case1", "clause": "1.1", "amount": 100}}),
        json!({"remind": {"recovery": "rv1", "number": "催〔2025〕1号", "period": period}}),
        json!({"enforce": {"recovery": "rv1", "court": "区法院", "number": "执〔2025〕1号"}}),
        json!({"close": {"recovery": "rv1", "reason": "结清"}}),
        json!({"open": {"recovery": "rv2", "case": "paid", "leads": ["ld1"]}}),
        json!({"dismiss": {"lead": "ld1", "reason": "查无实据"}}),
    ]
}

fn policies() -> Vec<serde_json::Value> {
    let policy = "qianjiang-2023";
    let review = json!({"policy": policy, "number": "审〔2025〕1号", "on": "2025-03-01", "passed": true, "conclusion": "通过"});
    let (files, official) = policy_files("qianjiang");
    let version = json!({"id": policy, "scheme_hash": "0", "files": files, "official": official});
    let recognition = json!({
        "id": "rec2", "kind": "recognised", "number": "认〔2025〕2号", "on": "2025-03-01", "valid": ["2025-03-01", null], "issuer": "commerce",
        "organisation": "firm1", "subject": "示例", "policy": policy, "fact": "指定孵化器", "document": paper().to_string(), "promise": null
    });
    let guide = json!({
        "id": "g1", "policy": policy, "title": "申报指南", "number": "指〔2025〕1号", "on": "2025-03-01", "valid": ["2025-03-01", null], "text": "指南",
        "digest": paper().to_string(), "definitions": [], "replaces": null, "entered": null
    });
    let change = json!({"clause": "1.1", "status": "suspended", "from": "2026-01-01", "instrument": "文〔2025〕1号", "pending": "go_on"});
    let issue = json!({"number": "文〔2025〕2号", "on": "2025-03-01", "effective": "2025-03-01", "until": null});
    vec![
        json!({"policy": {"revise": {"version": version}}}),
        json!({"policy": {"consult": {"policy": policy, "units": ["park"], "period": {"working_days": 5}}}}),
        json!({"policy": {"reply": {"policy": policy, "view": "agrees", "words": ""}}}),
        json!({"policy": {"invite": {"policy": policy, "period": {"days": 30}, "basis": "条例"}}}),
        json!({"policy": {"comment": {"comment": "co1", "policy": policy, "anchor": "whole", "author": null, "words": "支持"}}}),
        json!({"policy": {"answer": {"policy": policy, "answers": []}}}),
        json!({"policy": {"release": {"policy": policy}}}),
        json!({"policy": {"waive": {"policy": policy, "reason": "条例"}}}),
        json!({"policy": {"redraft": {"policy": policy, "reason": "改"}}}),
        json!({"policy": {"review_competition": review}}),
        json!({"policy": {"review_legality": review}}),
        json!({"policy": {"resolve": {"policy": policy, "minutes": "纪要1", "on": "2025-03-01"}}}),
        json!({"policy": {"publish": {"policy": policy, "issue": issue, "replaces": null}}}),
        json!({"policy": {"set_clause": {"policy": policy, "change": change}}}),
        json!({"policy": {"recognise": {"policy": policy, "facts": []}}}),
        json!({"policy": {"done": {"policy": policy, "duty": "manual", "on": "2025-03-01", "document": "手册"}}}),
        json!({"recognition": {"issue": {"recognition": recognition, "entry": "e-rec2"}}}),
        json!({"recognition": {"release": {"recognition": "rec1", "entry": "e-rec3"}}}),
        json!({"recognition": {"revoke": {"recognition": "rec1", "on": "2025-03-28", "number": "撤1", "reason": "失实", "entry": "e-rec4"}}}),
        json!({"guide": {"issue": {"guide": guide}}}),
        json!({"calendar": {"load": {"year": 2027, "number": "国办〔2026〕1号", "on": "2026-11-01", "days": "date,kind\n2027-01-01,off\n", "amends": false}}}),
        json!({"policy": {"repeal": {"policy": policy, "on": "2030-01-01", "instrument": "文〔2025〕3号"}}}),
    ]
}
