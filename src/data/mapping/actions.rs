//! What the columns of an Actions file mean beyond metadata: when an action ends, what it is worth, how long it rests.

use super::contents::Contents;
use super::{Columns, Meaning};
use crate::domain::action::{EXPIRATION, REPEAT_FREQUENCY, VALUE};
use crate::domain::mapping::{MappedField, TimestampRule};
use crate::domain::schema::{FieldRole, FieldType};

impl Columns<'_> {
    /// Adds what the service reserves for actions: when one ends, what it is worth, how long it rests.
    pub(super) fn add_rules(
        &self,
        timestamp: &mut (TimestampRule, String),
        taken: &mut Vec<usize>,
        fields: &mut Vec<MappedField>,
    ) {
        let dated = |found: &Contents| found.time.as_ref().is_some_and(|time| time.share >= 0.95);
        let numbers = |found: &Contents| found.is_numeric();
        let end = self.named(Meaning::Expiration, taken, dated);
        let has_times = fields.iter().any(|field| field.field == "CREATION_TIMESTAMP");
        if let (Some(detected), false) = (end.and_then(|end| self.contents[end].time.as_ref()), has_times) {
            *timestamp = (detected.rule.clone(), detected.reason.clone());
        }
        let own = |index: usize, otherwise: &'static str| {
            let name = self.name(index);
            if EXPIRATION.contains(&name) { name.to_owned() } else { otherwise.to_owned() }
        };
        for (meaning, field, fits, reason) in [
            (Meaning::Expiration, EXPIRATION[0], None, "when the action ends"),
            (Meaning::Worth, VALUE, Some(numbers), "what the action is worth, 1 to 10"),
            (Meaning::Repeat, REPEAT_FREQUENCY, Some(numbers), "days it rests once it was taken"),
        ] {
            let index = match fits {
                Some(fits) => self.named(meaning, taken, fits),
                None => end,
            };
            let Some(index) = index else { continue };
            taken.push(index);
            let reason = format!("named {:?}: {reason}", self.name(index));
            let field = own(index, field);
            fields.push(self.field(&field, index, FieldType::Long, FieldRole::Plain, true, reason));
        }
    }
}
