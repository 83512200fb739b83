//! Samples of the review of a case, as JSON: what an act asks for is read here as it is read from a page.

use super::{paper, read};
use crate::district::example;
use casework::Act;
use serde_json::json;

pub fn samples() -> Vec<Act> {
    let paper = paper().to_string();
    let basis = json!({"facts": [], "evidence": []});
    [
        json!({"fill": {"case": "draft", "clauses": ["1.1"], "application": example(5, "draft"), "evidence": []}}),
        json!({"attach": {"case": "draft", "evidence": {"name": "营业执照", "digest": paper, "facts": []}}}),
        json!({"withdraw": {"case": "draft"}}),
        json!({"decline": {"case": "case1", "reason": "不在受理范围"}}),
        json!({"ask_correction": {"case": "case1", "defects": [{"what": "营业执照", "mend": "补交副本"}]}}),
        json!({"answer_correction": {"case": "case1", "application": example(5, "case1"), "evidence": []}}),
        json!({"lapse": {"case": "case1"}}),
        json!({"give_opinion": {"case": "case1", "opinion": {"view": "agree", "reductions": [], "basis": basis, "words": ""}}}),
        json!({"confirm_opinion": {"case": "case1"}}),
        json!({"ask_unit": {"case": "case1", "unit": "farms", "reason": "涉农"}}),
        json!({"pass_on": {"case": "case1", "from": "park", "to": "farms", "reason": "职责划转"}}),
        json!({"close_opinions": {"case": "case1"}}),
        json!({"check_site": {"case": "case1", "check": {"date": "2025-03-28", "present": ["张"], "words": "属实", "fits": true, "basis": basis}}}),
        json!({"record_audit": {"case": "case1", "report": {
            "firm": "示例会计师事务所", "number": "审〔2025〕1号", "date": "2025-03-28", "digest": paper, "findings": [], "basis": basis
        }}}),
        json!({"deliberate": {"case": "case1", "minutes": {
            "number": "纪要〔2025〕1号", "date": "2025-03-28", "present": ["张"], "agreed": true, "decision": "同意"
        }}}),
        json!({"send_back": {"case": "case1", "to": "screening", "again": [], "reason": "再核"}}),
        json!({"suspend": {"case": "case1", "reason": "涉诉"}}),
        json!({"resume": {"case": "case1"}}),
        json!({"refuse": {"case": "case1", "determination": "d-no", "reason": "不符合", "remedies": "六十日内申请复议"}}),
        json!({"check_credit": {"case": "case1", "check": {"source": "信用中国", "result": "clear", "digest": null}}}),
        json!({"recount": {"case": "case1"}}),
        json!({"terminate": {"case": "case1", "reason": "注销"}}),
    ]
    .into_iter()
    .map(|act| read(json!({ "case": act })))
    .collect()
}
