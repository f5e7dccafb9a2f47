//! A card for each product: what it is, its licence, the time left.

use serde_json::{Value, json};

use super::view::{View, look};
use crate::assemble::Product;
use crate::decide::CauseWeight;
use crate::view::product_label;

impl View<'_> {
    pub(super) fn products(&self) -> Vec<Value> {
        let rows = self.analysis.assembly.products.iter().zip(&self.analysis.decision.products);
        let shown = rows.filter(|(p, _)| !(p.not_in_use && p.leftover)).take(40);
        shown.map(|(p, c)| self.product_card(p, c.cause.as_ref())).collect()
    }

    fn product_card(&self, product: &Product, cause: Option<&CauseWeight>) -> Value {
        let (tone, _) = look(product.state);
        let label = product_label(self.knowledge, Some(product), self.locale);
        let status = match product.license_status.as_str() {
            "unknown" => self.word(&format!("state-{}", product.state.word())),
            status => self.word(&format!("license-{status}")),
        };
        let minor = product.leftover && tone == "bad";
        let mut rows: Vec<Value> = Vec::new();
        let mut row = |key: &str, value: &str| {
            if !value.is_empty() {
                rows.push(json!({ "label": self.knowledge.word(self.locale, key), "value": value }));
            }
        };
        let source = self.word(&format!("kms-source-{}", product.kms_source));
        let listed = &product.listed;
        if listed.near {
            row("product-edition", &self.word("product-near-id").replace("{product}", &listed.edition));
        } else {
            row("product-edition", &listed.edition);
        }
        row("product-host-key", &listed.host_key);
        row("product-channel", &product.channel);
        row("product-key-last5", &product.partial_key);
        row("product-published-key", &listed.key_of);
        if !product.kms_host.is_empty() {
            row("product-kms-host", &format!("{} ({source})", product.kms_host));
        }
        row("product-kms-ip", &product.kms_ip);
        row("product-notification-reason", &product.notification_reason);
        row("product-activation-id", &product.activation_id);
        json!({
            "name": self.name_of(product),
            "family_label": label,
            "tone": if minor { "info" } else { tone },
            "status_label": status,
            "bar": self.bar(product),
            "rows": rows,
            "cause_title": cause.map(|c| self.knowledge.cause_title(&c.cause, self.locale)),
            "cause_explain": cause.and_then(|c| self.explained.href("cause", &c.cause)),
        })
    }

    /// As printed, else as the product lists call it.
    fn name_of(&self, product: &Product) -> String {
        let names = [&product.name, &product.listed.edition, &product.listed.host_key];
        names.into_iter().find(|n| !n.is_empty()).cloned().unwrap_or_else(|| self.word("product-unnamed"))
    }

    /// The time left as a bar: of 180 days for a licence, of 30 for a grace period.
    fn bar(&self, product: &Product) -> Option<Value> {
        let left = product.minutes_left.filter(|m| *m >= 0)?;
        let licensed = product.license_status == "licensed";
        let total_days = if licensed || left > 43_200 { 180 } else { 30 };
        let days = left / 1_440;
        let percent = (left * 100 / (total_days * 1_440)).clamp(1, 100);
        let left_label = match days {
            0 => self.word("hours-left").replace("{n}", &(left / 60).to_string()),
            _ => self.word("days-left").replace("{n}", &days.to_string()),
        };
        let tone = if licensed && days >= i64::from(self.knowledge.expiring_days()) { "good" } else { "warn" };
        let aria = self.word("bar-label").replace("{n}", &days.to_string()).replace("{total}", &total_days.to_string());
        let total_label = self.word("days-total").replace("{n}", &total_days.to_string());
        Some(json!({ "percent": percent, "tone": tone, "left_label": left_label, "total_label": total_label, "aria": aria }))
    }
}
