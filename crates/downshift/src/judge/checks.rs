//! Defects that can be found without a model. One is enough to send a reply up; none says little.
//!
//! A new check is a file here, a line in [`CHECKS`] and its name in `downshift_policy::CHECKS`.

mod arithmetic;
mod empty;
mod json;
mod length;
mod refusal;
mod repetition;
mod schema;
mod tools;

use downshift_ledger::{Judge as Name, Reason};

use super::{Exhibit, Finding, Judge};

/// Looks for one kind of defect.
type Check = fn(&Exhibit<'_>) -> Option<Defect>;

/// Every check by its name in a policy.
const CHECKS: &[(&str, Check)] = &[
    ("refusal", refusal::check),
    ("empty", empty::check),
    ("length", length::check),
    ("repetition", repetition::check),
    ("json", json::check),
    ("tools", tools::check),
    ("arithmetic", arithmetic::check),
];

/// The judge.
#[derive(Debug)]
pub(super) struct Checks;

/// Something wrong with a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Defect {
    reason: Reason,
    /// In a few words.
    evidence: String,
}

impl Judge for Checks {
    fn name(&self) -> Name {
        Name::Checks
    }

    fn judge(&self, exhibit: &Exhibit<'_>) -> Option<Finding> {
        let left_out = &exhibit.judging.left_out;
        if left_out.len() == CHECKS.len() {
            return None;
        }
        let mut made = CHECKS.iter().filter(|(name, _)| !left_out.contains(*name));
        let found = made.find_map(|(_, check)| check(exhibit));
        Some(match found {
            Some(Defect { reason, evidence }) => Finding {
                defect: Some(reason),
                probability: Some(super::calibration::DEFECTIVE),
                required: false,
                evidence,
            },
            None => Finding::silent(false, "ok"),
        })
    }
}

impl Defect {
    fn new(reason: Reason, evidence: impl Into<String>) -> Self {
        Self {
            reason,
            evidence: evidence.into(),
        }
    }
}

/// Runs one check on a reply to a request; for the tests of all of them.
#[cfg(test)]
fn defect(check: Check, request: &str, answer: &super::Answer) -> Option<String> {
    let request = downshift_wire::ChatRequest::decode(request.to_owned().into()).unwrap();
    let question = crate::subject::Subject::of(&request).text;
    let found = check(&Exhibit {
        judging: &downshift_policy::Judging::default(),
        request: &request,
        question: &question,
        answer,
        others: &[],
        verified: None,
    });
    found.map(|defect| format!("{}: {}", defect.reason, defect.evidence))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_has_the_name_that_policies_know() {
        let names = CHECKS.iter().map(|(name, _)| *name).collect::<Vec<_>>();
        assert_eq!(names, downshift_policy::CHECKS);
    }
}
