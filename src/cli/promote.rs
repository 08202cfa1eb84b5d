//! Flags for promotions, which `recommend` and `batch` share.

use super::pairs::pair;
use crate::studio::Promotion;
use clap::Args;

#[derive(Args)]
pub(super) struct Promote {
    /// Promote what a filter of the group chooses, in so many percent of a list, such as fresh=20.
    #[arg(long = "promote", id = "promote", value_name = "FILTER=PERCENT", value_parser = share)]
    share: Option<(String, u32)>,
    /// What promoted items say that they are promoted by [default: the filter's name]
    #[arg(long = "promote-name", value_name = "NAME", requires = "promote")]
    name: Option<String>,
    /// A parameter of the filter that promotes.
    #[arg(long = "promote-value", value_name = "NAME=VALUE", value_parser = pair, requires = "promote")]
    value: Vec<(String, String)>,
}

/// Reads `FILTER=PERCENT`.
fn share(text: &str) -> Result<(String, u32), String> {
    let (filter, percent) = pair(text).map_err(|wrong| wrong.replace("KEY=VALUE", "FILTER=PERCENT"))?;
    match percent.trim_end_matches('%').parse() {
        Ok(percent @ 1..=100) => Ok((filter, percent)),
        _ => Err(format!("`{percent}` is no whole number from 1 to 100")),
    }
}

impl Promote {
    pub(super) fn promotion(self) -> Option<Promotion> {
        let (filter_arn, percent_promoted_items) = self.share?;
        Some(Promotion {
            name: self.name.unwrap_or_else(|| filter_arn.clone()),
            percent_promoted_items,
            filter_arn,
            filter_values: self.value,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_whole_numbers_of_percent() {
        assert_eq!(share("fresh=20"), Ok(("fresh".to_owned(), 20)));
        assert_eq!(share("fresh = 100%"), Ok(("fresh".to_owned(), 100)));
        for wrong in ["fresh", "fresh=0", "fresh=101", "fresh=2.5", "=3"] {
            assert!(share(wrong).is_err(), "{wrong}");
        }
    }
}
