//! From the statements about one product, in order, to its state. The newest one wins.

use super::Assembly;
use super::product::Product;
use crate::fact::Fact;

/// State of a product or a case, from best to worst.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Licensed with time left.
    Activated,
    /// Licensed, but less than the warning limit is left.
    Expiring,
    /// In a grace period, not yet activated.
    Grace,
    /// Nothing says.
    #[default]
    Unknown,
    /// Unlicensed, in notification, or the last attempt failed.
    NotActivated,
}

impl State {
    /// The word used in JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Activated => "activated",
            Self::Expiring => "expiring",
            Self::Grace => "grace",
            Self::Unknown => "unknown",
            Self::NotActivated => "not-activated",
        }
    }
}

/// A licensed product with fewer days left counts as expiring, unless the site profile says otherwise.
pub(crate) const EXPIRING_DAYS: u32 = 30;

/// Messages of the grammar of properties.
const LISTED: &str = "wmi.";

/// What is known while walking.
#[derive(Default)]
struct Walk {
    status: String,
    minutes: Option<i64>,
    /// The minutes stand in a list of properties of this run: there the order says nothing.
    listed: Option<usize>,
    permanent: bool,
    /// The last attempt's result since the last displayed status.
    attempt: Option<bool>,
}

/// Walks the facts of every product and sets status, minutes and state.
pub(super) fn settle(out: &mut Assembly, expiring_days: u32) {
    for index in 0..out.products.len() {
        let mut walk = Walk::default();
        for fact in out.facts.iter().filter(|f| f.product == Some(index)) {
            let attempt = out.runs.get(fact.run).is_some_and(super::Run::is_attempt);
            if let Some(product) = out.products.get_mut(index) {
                step(&mut walk, fact, attempt, product);
            }
        }
        if let Some(product) = out.products.get_mut(index) {
            conclude(product, &walk, i64::from(expiring_days) * 1_440);
        }
    }
}

fn step(walk: &mut Walk, fact: &Fact, attempt: bool, product: &mut Product) {
    match fact.kind {
        "license-status" => {
            walk.status = fact.field("status").to_owned();
            if walk.listed != Some(fact.run) || !fact.message.starts_with(LISTED) {
                walk.minutes = None;
            }
            walk.permanent = false;
            walk.attempt = None;
        }
        "time-left" => {
            walk.listed = Some(fact.run).filter(|_| fact.message.starts_with(LISTED));
            walk.minutes = fact.field("minutes").parse().ok();
        }
        "permanently-activated" => {
            walk.status = "licensed".to_owned();
            walk.permanent = true;
            walk.attempt = None;
        }
        "expiry" => {
            fact.field("date").clone_into(&mut product.expiry_date);
            walk.status = match fact.field("kind") {
                "volume" | "timebased" | "avma" => "licensed".to_owned(),
                "grace" => "oob-grace".to_owned(),
                other => other.to_owned(),
            };
            walk.attempt = None;
        }
        "non-genuine" => {
            let grace = fact.field("period") == "grace";
            walk.status = if grace { "non-genuine-grace" } else { "notification" }.to_owned();
            walk.attempt = Some(false);
        }
        "notification-reason" => fact.field("code").clone_into(&mut product.notification_reason),
        "activation-succeeded" => {
            walk.status = "licensed".to_owned();
            walk.minutes = None;
            walk.attempt = Some(true);
        }
        "activation-failed" => walk.attempt = Some(false),
        "code-stated" if attempt && fact.field("role") == "failure" => walk.attempt = Some(false),
        "key-installed" | "key-uninstalled" | "rearm-done" => *walk = Walk::default(),
        _ => {}
    }
}

/// A displayed licence with time left outlives a failed renewal; a success that a later attempt
/// contradicts does not.
fn conclude(product: &mut Product, walk: &Walk, expiring: i64) {
    walk.status.clone_into(&mut product.license_status);
    product.minutes_left = walk.minutes;
    product.permanent = walk.permanent;
    product.attempt_failed = walk.attempt == Some(false);
    let limited = !product.channel.contains("TIMEBASED") && !product.key_channel.contains("AVMA");
    let licensed = match walk.minutes {
        Some(left) if limited && left < expiring && !walk.permanent => State::Expiring,
        _ => State::Activated,
    };
    let shown = match walk.status.as_str() {
        "licensed" => licensed,
        "oob-grace" | "oot-grace" | "extended-grace" | "non-genuine-grace" => State::Grace,
        "notification" | "unlicensed" => State::NotActivated,
        _ => State::Unknown,
    };
    let proven = walk.permanent || walk.minutes.is_some_and(|m| m > 0);
    product.state = match walk.attempt {
        Some(false) if walk.status == "licensed" && proven => shown,
        Some(false) if shown == State::Grace => State::Grace,
        Some(false) => State::NotActivated,
        Some(true) => State::Activated,
        None => shown,
    };
    if product.license_status.is_empty() {
        product.license_status = "unknown".to_owned();
    }
}
