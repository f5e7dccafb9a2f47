//! From facts and findings to the verdict: one cause per product, one for the case, rivals ranked.

mod checks;
mod fill;
mod weigh;

pub use checks::{CheckOutcome, CheckResult, check_all};
pub use fill::Placeholders;
pub(crate) use fill::is_safe;
pub use weigh::{CauseWeight, weigh};

use crate::assemble::{Assembly, Product, State};
use crate::fact::Fact;
use crate::knowledge::Knowledge;
use crate::rule::{Certainty, Evidence, Finding, evaluate};

/// What the program concludes about a product or a case.
#[derive(Debug, Clone)]
pub struct Conclusion {
    /// State.
    pub state: State,
    /// The most likely cause and what speaks for and against it.
    pub cause: Option<CauseWeight>,
    /// Other causes, most likely first.
    pub rivals: Vec<CauseWeight>,
    /// Product it is about; `None` for a case without products.
    pub product: Option<usize>,
}

/// Everything decided about a case.
#[derive(Debug)]
pub struct Decision {
    /// The case's conclusion: that of the worst product in use.
    pub case: Conclusion,
    /// One conclusion per product.
    pub products: Vec<Conclusion>,
    /// Every finding, rules' and codes'.
    pub findings: Vec<Finding>,
    /// Whether the input is about activation at all.
    pub relevant: bool,
}

/// Decides a case.
#[must_use]
pub fn decide(knowledge: &Knowledge, assembly: &Assembly) -> Decision {
    let mut findings = evaluate(knowledge.rules.values(), &assembly.facts, assembly.products.len(), assembly.runs.len());
    findings.extend(code_findings(knowledge, &assembly.facts));
    let relevant = is_relevant(assembly, &findings);
    let products: Vec<Conclusion> = (0..assembly.products.len()).map(|p| product_conclusion(knowledge, assembly, &findings, p)).collect();
    let case = case_conclusion(knowledge, assembly, &findings, &products, relevant);
    Decision { case, products, findings, relevant }
}

/// What each stated code says by itself. The rule id names cause and code.
fn code_findings(knowledge: &Knowledge, facts: &[Fact]) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    let failures = facts.iter().enumerate().filter(|(_, f)| f.kind == "code-stated" && f.field("role") == "failure" && !f.superseded);
    for (index, fact) in failures {
        let Some(entry) = knowledge.codes.get(fact.field("code")).filter(|e| !e.cause.is_empty()) else { continue };
        let recorded = fact.place.sequence.is_some();
        if recorded && knowledge.causes.get(&entry.cause).is_some_and(|c| c.of_person) {
            continue;
        }
        let rule = format!("{}/code-{}", entry.cause, entry.code);
        if findings.iter().any(|f| f.rule == rule && f.product == fact.product) {
            continue;
        }
        findings.push(Finding {
            rule,
            cause: entry.cause.clone(),
            certainty: Certainty::named(&entry.certainty).unwrap_or(Certainty::Possible),
            against: false,
            product: fact.product,
            evidence: vec![Evidence { role: "code".to_owned(), fact: index }],
        });
    }
    findings
}

/// Something of ours failed and printed no code: no key, no product, no success.
fn failed_without_code(assembly: &Assembly) -> bool {
    const FAILURES: [&str; 5] = ["no-keys", "product-not-found", "key-not-found", "activation-failed", "usage-error"];
    assembly.facts.iter().any(|f| FAILURES.contains(&f.kind) && !f.superseded)
}

/// Whether anything in the input speaks about activation.
fn is_relevant(assembly: &Assembly, findings: &[Finding]) -> bool {
    let tools = assembly.runs.iter().any(|r| matches!(r.tool.as_str(), "slmgr" | "ospp" | "mgadiag") && !r.foreign);
    let codes = assembly.facts.iter().any(|f| f.kind == "code-stated" && f.field("role") == "failure");
    tools || codes || !assembly.products.is_empty() || !findings.is_empty()
}

fn product_conclusion(knowledge: &Knowledge, assembly: &Assembly, findings: &[Finding], product: usize) -> Conclusion {
    let state = assembly.products.get(product).map(|p| p.state).unwrap_or_default();
    let about = |f: &Finding| f.product.is_none_or(|p| p == product);
    let leftover = assembly.products.get(product).is_some_and(|p| p.leftover);
    let (cause, rivals) = match state {
        State::Activated => (None, Vec::new()),
        _ if leftover => (None, Vec::new()),
        _ => weigh(knowledge, &assembly.facts, findings.iter().filter(|f| about(f))),
    };
    let unexplained = state == State::NotActivated || state == State::Unknown && failed_without_code(assembly);
    let cause = cause.or_else(|| (unexplained && !leftover).then(|| CauseWeight::bare("insufficient-evidence")));
    Conclusion { state, cause, rivals, product: Some(product) }
}

/// The worst product that the person uses; among equals the KMS client, then the first.
fn case_conclusion(
    knowledge: &Knowledge,
    assembly: &Assembly,
    findings: &[Finding],
    products: &[Conclusion],
    relevant: bool,
) -> Conclusion {
    let in_use = products.iter().enumerate().filter(|(i, _)| assembly.products.get(*i).is_some_and(|p| !p.leftover));
    let worst = in_use.max_by_key(|(i, c)| {
        let product = assembly.products.get(*i);
        let client = product.is_some_and(Product::is_kms_client);
        let known = c.state != State::Unknown || c.cause.is_some();
        let primary = product.is_some_and(|p| !p.is_add_on());
        (known, c.state, client, primary, std::cmp::Reverse(*i))
    });
    if let Some((_, conclusion)) = worst {
        return conclusion.clone();
    }
    if !relevant {
        return Conclusion { state: State::Unknown, cause: None, rivals: Vec::new(), product: None };
    }
    let (cause, rivals) = weigh(knowledge, &assembly.facts, findings.iter());
    let failed = |f: &&Fact| f.kind == "code-stated" && f.field("role") == "failure" && !f.superseded;
    let attempted = |f: &&Fact| assembly.runs.get(f.run).is_some_and(crate::assemble::Run::is_attempt);
    let ended = |f: &&Fact| matches!(f.kind, "activation-failed" | "activation-succeeded");
    let refused = assembly.facts.iter().rev().filter(attempted).find(ended).is_some_and(|f| f.kind == "activation-failed");
    let attempt_failed = refused || assembly.facts.iter().filter(failed).any(|f| attempted(&f));
    let state = if attempt_failed { State::NotActivated } else { State::Unknown };
    let cause = cause.or_else(|| (attempt_failed || failed_without_code(assembly)).then(|| CauseWeight::bare("insufficient-evidence")));
    Conclusion { state, cause, rivals, product: None }
}
