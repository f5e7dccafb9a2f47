//! The JSON object of a case, filled from what was read and decided.

use std::collections::{BTreeMap, BTreeSet};

use crate::analyze::Source;
use crate::ask::{self, Answered};
use crate::assemble::{Assembly, CodeRole, Product, Run, State};
use crate::case::{
    Case, CaseCheck, CaseCode, CaseCollected, CaseEvent, CaseEvidence, CaseFile, CaseFinding, CaseMissing, CaseProduct, CaseRun, CaseSite,
    Kms, SCHEMA, Unrecognised, Verdict,
};
use crate::collect::collected;
use crate::console::read::RowClass;
use crate::decide::{CauseWeight, Conclusion, Decision, Placeholders, check_all};
use crate::event::{EventRecord, RecordPlace};
use crate::fact::Place;
use crate::knowledge::{Knowledge, VERSION};
use crate::limits::{EVENTS_MAX, QUOTE_CHARS_MAX, UNREAD_LINES_MAX};
use crate::redact::mask_keys;

/// Name and version of the program.
pub const TOOL: &str = concat!("kms-triage ", env!("CARGO_PKG_VERSION"));

/// Builds the JSON object.
pub(crate) fn case(knowledge: &Knowledge, name: &str, sources: &[Source], assembly: &Assembly, decision: &Decision) -> Case {
    let placeholders = Placeholders::from(knowledge, assembly, Some(&decision.case));
    Case {
        schema: SCHEMA,
        tool: TOOL.to_owned(),
        knowledge: VERSION.to_owned(),
        knowledge_hash: some(&knowledge.hash),
        site: site(knowledge),
        case: name.to_owned(),
        verdict: verdict(knowledge, assembly, decision, &placeholders),
        products: assembly.products.iter().zip(&decision.products).enumerate().map(|(i, (p, c))| product(assembly, i, p, c)).collect(),
        runs: assembly
            .runs
            .iter()
            .enumerate()
            .filter(|(_, r)| r.typed || r.has_output)
            .map(|(i, r)| run(sources, assembly, i, r))
            .collect(),
        events: events(knowledge, sources),
        error_codes: codes(assembly),
        checks: checks(knowledge, sources, assembly),
        findings: findings(sources, assembly, decision),
        files: sources
            .iter()
            .enumerate()
            .filter(|(_, s)| s.case.is_none())
            .map(|(i, s)| file(knowledge, s, assembly.cut_files.contains(&i)))
            .collect(),
        collected: collected(sources).map(|c| CaseCollected {
            version: c.version,
            missing: c
                .missing
                .iter()
                .map(|(file, command)| CaseMissing { file: (*file).to_owned(), command: (*command).to_owned() })
                .collect(),
        }),
        unrecognised: unrecognised(sources),
    }
}

fn site(knowledge: &Knowledge) -> Option<CaseSite> {
    let site = knowledge.site.as_ref()?;
    let names = knowledge.locale_tags().into_iter().map(|l| (l.to_owned(), site.name.get(l).to_owned()));
    Some(CaseSite { name: names.collect(), version: site.version.clone() })
}

fn verdict(knowledge: &Knowledge, assembly: &Assembly, decision: &Decision, placeholders: &Placeholders) -> Verdict {
    let case = &decision.case;
    let cause = case.cause.as_ref();
    let known = cause.and_then(|c| knowledge.causes.get(&c.cause));
    let answered = Answered::of(&check_all(knowledge, &assembly.facts));
    let rivals = case.rivals.iter().map(|r| ask::rival(knowledge, r, &answered, placeholders)).collect();
    Verdict {
        state: case.state.word().to_owned(),
        cause: cause.map(|c| c.cause.clone()),
        sub_cause: cause.and_then(|c| sub_cause(assembly, c)),
        certainty: certainty(case).to_owned(),
        rivals,
        actor: known.map_or("student", |k| k.actor.as_str()).to_owned(),
        next_evidence: ask::next_evidence(knowledge, decision, &answered, placeholders),
        summary: knowledge.locale_tags().into_iter().map(|l| (l.to_owned(), summary(knowledge, assembly, case, l))).collect(),
    }
}

/// A state that a line shows is certain; one that nothing shows is only possible.
fn certainty(case: &Conclusion) -> &'static str {
    match (&case.cause, case.state) {
        (Some(cause), _) => cause.certainty.word(),
        (None, State::Unknown) => "possible",
        (None, _) => "certain",
    }
}

/// `time-zone` when the clock is off by whole hours; `off-campus` when the address that shows it stands behind the cause.
fn sub_cause(assembly: &Assembly, cause: &CauseWeight) -> Option<String> {
    let mut evidence = cause.evidence.iter().filter_map(|&i| assembly.facts.get(i));
    if cause.cause == "kms-unreachable" && evidence.any(|f| f.kind == "ipv4" && f.field("campus") == "no") {
        return Some("off-campus".to_owned());
    }
    let whole_hours =
        |seconds: f64| seconds.abs() >= 3_000.0 && ((seconds.abs() / 3_600.0).round() * 3_600.0 - seconds.abs()).abs() < 120.0;
    let offset = assembly.facts.iter().rev().find(|f| f.kind == "clock-offset");
    let apart = || assembly.facts.iter().rev().find(|f| f.kind == "clock-difference" && f.field("ours") == "yes");
    let seconds: f64 = match offset {
        Some(offset) => offset.field("seconds").replace(',', ".").parse().ok()?,
        None => apart()?.field("minutes").parse::<f64>().ok()? * 60.0,
    };
    (cause.cause == "clock-skew" && whole_hours(seconds)).then(|| "time-zone".to_owned())
}

/// One sentence: the pattern of the state, with what is known filled in.
fn summary(knowledge: &Knowledge, assembly: &Assembly, case: &Conclusion, locale: &str) -> String {
    let product = case.product.and_then(|p| assembly.products.get(p));
    let days = product.and_then(|p| p.minutes_left).map(|m| (m / 1_440).to_string());
    let code = case.cause.as_ref().and_then(|c| code_of(assembly, c));
    let cause = case.cause.as_ref().map(|c| knowledge.cause_title(&c.cause, locale).to_owned());
    let permanent = product.is_some_and(|p| p.permanent);
    let key = match (case.state, &cause, &code, &days) {
        (State::Activated, _, _, _) if permanent => "activated-permanent",
        (State::Activated, _, _, Some(_)) => "activated",
        (State::Activated, _, _, None) => "activated-plain",
        (State::Expiring, Some(_), _, _) => "expiring-cause",
        (State::Expiring, None, _, _) => "expiring",
        (State::Grace, Some(_), Some(_), _) => "grace-cause",
        (State::Grace, _, _, Some(_)) => "grace",
        (State::Grace, _, _, None) => "grace-plain",
        (State::NotActivated, Some(_), Some(_), _) => "not-activated",
        (State::NotActivated, Some(_), None, _) => "not-activated-cause",
        (State::NotActivated, None, Some(_), _) => "not-activated-code",
        (State::NotActivated, None, None, _) => "not-activated-plain",
        (State::Unknown, Some(_), _, _) => "unknown-cause",
        (State::Unknown, None, _, _) => "unknown",
    };
    let pattern = knowledge.locales.get(locale).and_then(|l| l.summary.get(key)).map_or(key, String::as_str);
    let name = product_label(knowledge, product, locale);
    pattern
        .replace("{product}", &name)
        .replace("{days}", days.as_deref().unwrap_or_default())
        .replace("{cause}", cause.as_deref().unwrap_or_default())
        .replace("{code}", code.as_deref().unwrap_or_default())
}

/// What to call a product in a sentence: its family and version, as people do.
pub(crate) fn product_label(knowledge: &Knowledge, product: Option<&Product>, locale: &str) -> String {
    let Some(product) = product else { return knowledge.word(locale, "product-unnamed").to_owned() };
    let family = match product.family.as_str() {
        "windows" => "Windows",
        "office" => match crate::assemble::suite(product) {
            "visio" => "Visio",
            "project" => "Project",
            _ => "Office",
        },
        _ => knowledge.word(locale, "family-other"),
    };
    match product.version() {
        "" => family.to_owned(),
        version => format!("{family} {version}"),
    }
}

/// The failing code behind a cause.
pub(crate) fn code_of(assembly: &Assembly, cause: &CauseWeight) -> Option<String> {
    let facts = cause.evidence.iter().filter_map(|&i| assembly.facts.get(i));
    facts.filter(|f| f.kind == "code-stated").map(|f| f.field("code").to_owned()).next()
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn product(assembly: &Assembly, index: usize, product: &Product, conclusion: &Conclusion) -> CaseProduct {
    let mut codes: Vec<String> = Vec::new();
    for code in assembly.codes.iter().filter(|c| c.product == Some(index) && c.role != CodeRole::Hint) {
        if !codes.contains(&code.code) {
            codes.push(code.code.clone());
        }
    }
    let kms = some(&product.kms_host).map(|host| {
        let (name, port) = crate::assemble::split_host(&host);
        Kms { host: name, port: port.parse().unwrap_or(1688), source: product.kms_source.clone(), ip: some(&product.kms_ip) }
    });
    CaseProduct {
        family: product.family.clone(),
        name: some(&product.name),
        version: some(product.version()),
        edition: some(&product.listed.edition),
        activation_id: some(&product.activation_id),
        channel: some(&product.channel),
        license_status: product.license_status.clone(),
        state: conclusion.state.word().to_owned(),
        cause: conclusion.cause.as_ref().map(|c| c.cause.clone()),
        partial_key: some(&product.partial_key),
        published_key_of: some(&product.listed.key_of),
        minutes_left: product.minutes_left,
        permanent: product.permanent,
        expiry_date: some(&product.expiry_date),
        notification_reason: some(&product.notification_reason),
        kms,
        error_codes: codes,
        leftover: product.leftover,
    }
}

fn run(sources: &[Source], assembly: &Assembly, index: usize, run: &Run) -> CaseRun {
    let mut codes: Vec<String> = Vec::new();
    for code in assembly.codes.iter().filter(|c| c.run == index && c.role != CodeRole::Hint) {
        if !codes.contains(&code.code) {
            codes.push(code.code.clone());
        }
    }
    CaseRun {
        tool: if run.tool.is_empty() { "other".to_owned() } else { run.tool.clone() },
        action: some(&run.action),
        outcome: run.outcome.word().to_owned(),
        product: run.product,
        error_codes: codes,
        message: some(&run.message),
        evidence: evidence(sources, run.evidence.as_ref().unwrap_or(&run.place)),
    }
}

/// A place as JSON: file, lines, bytes.
pub(crate) fn evidence(sources: &[Source], place: &Place) -> CaseEvidence {
    let source = sources.get(place.file);
    let text = place.sequence.is_none();
    let bytes = source.filter(|_| text).map(|s| (s.decoded.source_offset(place.text.0), s.decoded.source_offset(place.text.1)));
    CaseEvidence {
        case: source.and_then(|s| s.case.clone()),
        file: source.map(|s| s.name.clone()),
        line: (place.line > 0).then_some(place.line),
        last_line: (place.last_line > place.line).then_some(place.last_line),
        bytes,
        record: place.record,
    }
}

/// Every record that means something, in order of time within its file.
fn events(knowledge: &Knowledge, sources: &[Source]) -> Vec<CaseEvent> {
    let mut rows = Vec::new();
    for source in sources.iter().filter(|s| s.case.is_none()) {
        let mut records: Vec<&EventRecord> = source.events.iter().collect();
        records.sort_by(|a, b| a.time.cmp(&b.time));
        for record in records {
            for reading in crate::event::read(&knowledge.events, record, false).into_iter().take(1) {
                let (line, last_line, number) = match record.place {
                    RecordPlace::Record(n) => (None, None, Some(n)),
                    RecordPlace::Lines { first, last } => (Some(first), (last > first).then_some(last), record.record_id),
                };
                rows.push(CaseEvent {
                    id: record.id,
                    provider: record.provider.clone(),
                    time: record.time.clone(),
                    fields: reading.fields,
                    sentence: (!record.sentence.is_empty()).then(|| mask_keys(&record.sentence).into_owned()),
                    evidence: CaseEvidence { case: None, file: Some(source.name.clone()), line, last_line, bytes: None, record: number },
                });
            }
        }
    }
    newest(rows, EVENTS_MAX)
}

/// The `most` newest events, in the order they had. Exports stand in either direction.
fn newest(rows: Vec<CaseEvent>, most: usize) -> Vec<CaseEvent> {
    let Some(extra) = rows.len().checked_sub(most).filter(|n| *n > 0) else { return rows };
    let mut order: Vec<(&Option<String>, usize)> = rows.iter().enumerate().map(|(i, row)| (&row.time, i)).collect();
    order.sort_unstable();
    let dropped: BTreeSet<usize> = order.into_iter().take(extra).map(|(_, i)| i).collect();
    rows.into_iter().enumerate().filter(|(i, _)| !dropped.contains(i)).map(|(_, row)| row).collect()
}

fn codes(assembly: &Assembly) -> Vec<CaseCode> {
    let mut counts: BTreeMap<(&str, CodeRole), usize> = BTreeMap::new();
    for code in &assembly.codes {
        *counts.entry((code.code.as_str(), code.role)).or_default() += 1;
    }
    counts.into_iter().map(|((code, role), count)| CaseCode { code: code.to_owned(), role: role.word().to_owned(), count }).collect()
}

fn checks(knowledge: &Knowledge, sources: &[Source], assembly: &Assembly) -> Vec<CaseCheck> {
    let outcomes = check_all(knowledge, &assembly.facts);
    let row = |outcome: crate::decide::CheckOutcome<'_>| {
        let fact = outcome.fact.and_then(|i| assembly.facts.get(i));
        CaseCheck {
            id: outcome.check.id.clone(),
            result: outcome.result.word().to_owned(),
            fact: fact.map(|f| f.kind.to_owned()),
            fields: fact.map(|f| f.fields.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect()).unwrap_or_default(),
            evidence: fact.map(|f| evidence(sources, &f.place)).unwrap_or_default(),
        }
    };
    outcomes.into_iter().map(row).collect()
}

fn findings(sources: &[Source], assembly: &Assembly, decision: &Decision) -> Vec<CaseFinding> {
    let places = |finding: &crate::rule::Finding| -> Vec<CaseEvidence> {
        finding.evidence.iter().filter_map(|e| assembly.facts.get(e.fact)).map(|f| evidence(sources, &f.place)).collect()
    };
    let row = |finding: &crate::rule::Finding| {
        let found = places(finding);
        let (evidence_for, against) = if finding.against { (Vec::new(), found) } else { (found, Vec::new()) };
        CaseFinding {
            rule: finding.rule.clone(),
            cause: finding.cause.clone(),
            certainty: finding.certainty.word().to_owned(),
            product: finding.product,
            evidence_for,
            against,
        }
    };
    let mut rows: Vec<CaseFinding> = decision.findings.iter().map(row).collect();
    rows.sort_by(|a, b| (&a.rule, a.product).cmp(&(&b.rule, b.product)));
    rows
}

fn file(knowledge: &Knowledge, source: &Source, cut: bool) -> CaseFile {
    let cut = cut && source.status == "read";
    CaseFile {
        name: source.name.clone(),
        kind: source.kind.to_owned(),
        encoding: source.decoded.encoding_label(),
        bytes: source.bytes,
        status: if cut { "partly-read" } else { source.status }.to_owned(),
        reason: if cut { Some(knowledge.word("en", "reason-facts").to_owned()) } else { source.reason(knowledge, "en") },
    }
}

fn unrecognised(sources: &[Source]) -> Vec<Unrecognised> {
    let unread = sources.iter().flat_map(|s| s.rows.iter().filter(|r| r.class == RowClass::Unread).map(move |r| (s, r)));
    let row = |(source, row): (&Source, &crate::console::read::RowRead)| Unrecognised {
        file: source.name.clone(),
        line: row.numbers.0,
        text: mask_keys(&row.text).chars().take(QUOTE_CHARS_MAX).collect(),
    };
    unread.take(UNREAD_LINES_MAX).map(row).collect()
}
