//! Facts and rules into findings. Order of rule files does not matter; the first match in input
//! order is the evidence.

use std::collections::BTreeMap;

use super::{Certainty, Rule, Scope, Want};
use crate::fact::Fact;

/// The fact that plays a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Role in the rule.
    pub role: String,
    /// Index of the fact.
    pub fact: usize,
}

/// A rule that fired.
#[derive(Debug, Clone)]
pub struct Finding {
    /// Rule id; `<cause>/code-0x…` for what a code alone says.
    pub rule: String,
    /// Cause id.
    pub cause: String,
    /// How sure.
    pub certainty: Certainty,
    /// Argues against the cause.
    pub against: bool,
    /// Product it is about.
    pub product: Option<usize>,
    /// What shows it; never empty.
    pub evidence: Vec<Evidence>,
}

/// Every finding of every rule, in order of rule id, then product.
pub fn evaluate<'r>(rules: impl Iterator<Item = &'r Rule>, facts: &[Fact], products: usize, runs: usize) -> Vec<Finding> {
    let scopes = Scopes::new(facts, products, runs);
    let mut findings = Vec::new();
    for rule in rules.filter(|r| r.status != "retired") {
        match rule.scope {
            Scope::Case => findings.extend(fire(rule, facts, &scopes.all, None)),
            Scope::Product => {
                for (product, scope) in scopes.products.iter().enumerate() {
                    // Something in the match must be about this very product.
                    let found = fire(rule, facts, scope, Some(product));
                    findings.extend(found.filter(|f| touches(f, facts, product)));
                }
            }
            // The newest run that shows it.
            Scope::Run => findings.extend(scopes.runs.iter().rev().find_map(|scope| fire(rule, facts, scope, None))),
        }
    }
    findings
}

/// Indices of the facts that may meet, by kind.
type Scoped = BTreeMap<&'static str, Vec<usize>>;

/// The facts of each scope.
struct Scopes {
    all: Scoped,
    /// A product's facts and those without a product.
    products: Vec<Scoped>,
    runs: Vec<Scoped>,
}

impl Scopes {
    fn new(facts: &[Fact], products: usize, runs: usize) -> Self {
        let mut scopes = Self { all: Scoped::new(), products: vec![Scoped::new(); products], runs: vec![Scoped::new(); runs] };
        for (i, fact) in facts.iter().enumerate() {
            scopes.all.entry(fact.kind).or_default().push(i);
            if let Some(run) = scopes.runs.get_mut(fact.run) {
                run.entry(fact.kind).or_default().push(i);
            }
            let of_product = scopes.products.iter_mut().enumerate().filter(|(p, _)| fact.product.is_none_or(|own| own == *p));
            for (_, scope) in of_product {
                scope.entry(fact.kind).or_default().push(i);
            }
        }
        scopes
    }
}

fn touches(finding: &Finding, facts: &[Fact], product: usize) -> bool {
    finding.evidence.iter().filter_map(|e| facts.get(e.fact)).any(|f| f.product == Some(product))
}

fn fire(rule: &Rule, facts: &[Fact], scope: &Scoped, product: Option<usize>) -> Option<Finding> {
    let mut evidence: Vec<Evidence> = Vec::new();
    for want in &rule.all {
        let fact = first(want, facts, scope, &evidence, product)?;
        evidence.push(Evidence { role: want.role.clone(), fact });
    }
    if rule.none.iter().any(|w| first(w, facts, scope, &evidence, None).is_some()) {
        return None;
    }
    for want in &rule.also {
        if let Some(fact) = first(want, facts, scope, &evidence, None) {
            evidence.push(Evidence { role: want.role.clone(), fact });
        }
    }
    let own = evidence.iter().filter_map(|e| facts.get(e.fact)).find_map(|f| f.product);
    Some(Finding {
        rule: rule.id.clone(),
        cause: rule.cause.clone(),
        certainty: rule.certainty,
        against: rule.against,
        product: product.or(own),
        evidence,
    })
}

/// The first fact that a want accepts; in a product's scope the product's own facts come first.
fn first(want: &Want, facts: &[Fact], scope: &Scoped, bound: &[Evidence], product: Option<usize>) -> Option<usize> {
    let from = match want.after.as_str() {
        "" => 0,
        role => bound.iter().find(|e| e.role == role).map(|e| e.fact + 1)?,
    };
    let of_kind = scope.get(want.fact.as_str())?;
    let fact = |i: usize| facts.get(i);
    let fits = |i: &usize| *i >= from && fact(*i).is_some_and(|f| (want.history || !f.superseded) && meets(want, f));
    let own = |i: &usize| fact(*i).is_some_and(|f| f.product == product);
    let preferred = if product.is_some() { of_kind.iter().copied().find(|i| own(i) && fits(i)) } else { None };
    preferred.or_else(|| of_kind.iter().copied().find(fits))
}

fn meets(want: &Want, fact: &Fact) -> bool {
    want.fields.iter().all(|(name, condition)| condition.holds(fact.field(name)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::evaluate;
    use crate::fact::{Fact, Place};
    use crate::rule::{Certainty, Condition, Rule, Scope, Want};

    fn fact(kind: &'static str, field: (&'static str, &str)) -> Fact {
        Fact {
            kind,
            fields: BTreeMap::from([(field.0, field.1.to_owned())]),
            place: Place::default(),
            run: 0,
            product: None,
            message: String::new(),
            superseded: false,
        }
    }

    fn want(role: &str, fact: &str, value: &str) -> Want {
        let fields = vec![("port".to_owned(), Condition::parse(vec![value.to_owned()]))];
        Want { role: role.to_owned(), fact: fact.to_owned(), fields, after: String::new(), history: false }
    }

    #[test]
    fn all_none_and_conditions() {
        let rule = Rule {
            id: "c/r".into(),
            cause: "c".into(),
            certainty: Certainty::Likely,
            against: false,
            status: "stable".into(),
            scope: Scope::Case,
            all: vec![want("port", "tcp-port", "1688")],
            none: vec![want("", "srv-port", "!1688")],
            also: Vec::new(),
            about: String::new(),
            source: String::new(),
            read: String::new(),
            file: String::new(),
        };
        let fires = |facts: &[Fact]| !evaluate([&rule].into_iter(), facts, 0, 1).is_empty();
        assert!(fires(&[fact("tcp-port", ("port", "1688"))]));
        assert!(!fires(&[fact("tcp-port", ("port", "3883"))]));
        assert!(!fires(&[fact("tcp-port", ("port", "1688")), fact("srv-port", ("port", "53"))]));
        assert!(fires(&[fact("tcp-port", ("port", "1688")), fact("srv-port", ("port", "1688"))]));
    }
}
