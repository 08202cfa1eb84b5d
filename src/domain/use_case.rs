//! The service's domain recommenders: a use case names a recipe, what it is trained on, and what it leaves out by itself.
//!
//! Amazon Personalize developer guide, "Choosing recommender use cases". Which of our recipes answers which is ours: related
//! items are those of SIMS, personal ones those of User-Personalization.

use super::limits::MIN_INTERACTIONS;
use super::recipe::RecipeDescriptor;

/// A domain of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Domain {
    Ecommerce,
    VideoOnDemand,
}

impl Domain {
    pub const ALL: [Self; 2] = [Self::Ecommerce, Self::VideoOnDemand];

    /// The service's literal.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ecommerce => "ECOMMERCE",
            Self::VideoOnDemand => "VIDEO_ON_DEMAND",
        }
    }

    /// For people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Ecommerce => "Shop",
            Self::VideoOnDemand => "Video on demand",
        }
    }
}

/// A ready-made campaign. Like the service's it returns no scores.
#[derive(Debug, PartialEq)]
pub struct UseCase {
    /// The service's name without `aws-`.
    pub name: &'static str,
    /// For people.
    pub title: &'static str,
    pub domain: Domain,
    /// Our recipe's name, and its parameters where not at their defaults.
    pub recipe: &'static str,
    pub parameters: &'static [(&'static str, &'static str)],
    /// What it is trained on; all events where none is named.
    pub event_type: Option<&'static str>,
    /// Items that the user had by an event of this type are left out, before any filter of the request.
    pub leaves_out: Option<&'static str>,
    pub needs_user: bool,
    pub needs_items: bool,
}

/// All use cases.
pub const USE_CASES: &[UseCase] = &[
    UseCase {
        name: "ecomm-popular-items-by-views",
        title: "Most viewed",
        domain: Domain::Ecommerce,
        recipe: "popularity-count",
        parameters: &[],
        event_type: Some("View"),
        leaves_out: None,
        needs_user: true,
        needs_items: false,
    },
    UseCase {
        name: "ecomm-popular-items-by-purchases",
        title: "Best sellers",
        domain: Domain::Ecommerce,
        recipe: "popularity-count",
        parameters: &[],
        event_type: Some("Purchase"),
        leaves_out: None,
        needs_user: true,
        needs_items: false,
    },
    UseCase {
        name: "ecomm-frequently-bought-together",
        title: "Frequently bought together",
        domain: Domain::Ecommerce,
        recipe: "sims",
        parameters: &[],
        event_type: Some("Purchase"),
        leaves_out: None,
        needs_user: false,
        needs_items: false,
    },
    UseCase {
        name: "ecomm-customers-who-viewed-x-also-viewed",
        title: "Customers who viewed X also viewed",
        domain: Domain::Ecommerce,
        recipe: "sims",
        parameters: &[],
        event_type: Some("View"),
        leaves_out: Some("Purchase"),
        needs_user: true,
        needs_items: false,
    },
    UseCase {
        name: "ecomm-recommended-for-you",
        title: "Recommended for you",
        domain: Domain::Ecommerce,
        recipe: "user-personalization",
        parameters: &[],
        event_type: None,
        leaves_out: Some("Purchase"),
        needs_user: true,
        needs_items: false,
    },
    UseCase {
        name: "vod-because-you-watched-x",
        title: "Because you watched X",
        domain: Domain::VideoOnDemand,
        recipe: "sims",
        parameters: &[],
        event_type: Some("Watch"),
        leaves_out: Some("Watch"),
        needs_user: true,
        needs_items: false,
    },
    UseCase {
        name: "vod-more-like-x",
        title: "More like X",
        domain: Domain::VideoOnDemand,
        recipe: "sims",
        parameters: &[],
        event_type: None,
        leaves_out: Some("Watch"),
        needs_user: true,
        needs_items: true,
    },
    UseCase {
        name: "vod-most-popular",
        title: "Most popular",
        domain: Domain::VideoOnDemand,
        recipe: "popularity-count",
        parameters: &[("count", "distinct users")],
        event_type: Some("Watch"),
        leaves_out: None,
        needs_user: true,
        needs_items: false,
    },
    UseCase {
        name: "vod-trending-now",
        title: "Trending now",
        domain: Domain::VideoOnDemand,
        recipe: "trending-now",
        parameters: &[],
        event_type: None,
        leaves_out: None,
        needs_user: false,
        needs_items: false,
    },
    UseCase {
        name: "vod-top-picks",
        title: "Top picks for you",
        domain: Domain::VideoOnDemand,
        recipe: "user-personalization",
        parameters: &[],
        event_type: None,
        leaves_out: Some("Watch"),
        needs_user: true,
        needs_items: false,
    },
];

impl UseCase {
    /// The use case of that name, with or without `aws-`.
    pub fn find(name: &str) -> Option<&'static Self> {
        let name = name.strip_prefix("aws-").unwrap_or(name);
        USE_CASES.iter().find(|one| one.name == name)
    }

    /// The filter that it brings.
    pub fn automatic_filter(&self) -> Option<String> {
        self.leaves_out
            .map(|event_type| format!("EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN (\"{event_type}\")"))
    }

    /// Why it can't be made of data with so many events, each type with its count; none where it can.
    pub fn lacks(&self, events: &[(&str, u64)], has_items: bool) -> Option<String> {
        if self.needs_items && !has_items {
            return Some(format!("{} needs the group's Items; import them first", self.title));
        }
        let is_meant = |name: &str| {
            self.event_type.is_none_or(|event_type| event_type.to_lowercase() == name.to_lowercase())
        };
        let count: u64 = events.iter().filter(|(name, _)| is_meant(name)).map(|(_, count)| count).sum();
        let of_type = self.event_type.map(|event_type| format!(" of the type {event_type}"));
        (count < MIN_INTERACTIONS as u64).then(|| {
            format!(
                "{} needs {MIN_INTERACTIONS} events{}, and there are {count}; import or record more, or map their \
                 EVENT_TYPE to it",
                self.title,
                of_type.unwrap_or_default()
            )
        })
    }

    /// What it answers, in few words.
    pub fn words(&self, recipe: &RecipeDescriptor) -> String {
        let asks = match (self.needs_user, recipe.asks_item()) {
            (true, true) => "for a user and an item",
            (true, false) => "for a user",
            (false, true) => "for an item",
            (false, false) => "for everyone",
        };
        let trained = self.event_type.map_or_else(|| "all events".to_owned(), |one| format!("{one} events"));
        let left_out = self.leaves_out.map(|one| format!("; leaves out what the user had by {one}"));
        format!("{} {asks}, trained on {trained}{}", recipe.title, left_out.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of the developer guide: five a domain; automatic filters on purchases and on what was watched.
    #[test]
    fn there_are_ten_and_five_filter_by_themselves() {
        for domain in Domain::ALL {
            assert_eq!(USE_CASES.iter().filter(|one| one.domain == domain).count(), 5);
        }
        let filtered: Vec<&str> =
            USE_CASES.iter().filter(|one| one.leaves_out.is_some()).map(|one| one.name).collect();
        assert_eq!(
            filtered,
            [
                "ecomm-customers-who-viewed-x-also-viewed",
                "ecomm-recommended-for-you",
                "vod-because-you-watched-x",
                "vod-more-like-x",
                "vod-top-picks",
            ]
        );
        assert_eq!(UseCase::find("aws-vod-top-picks").map(|one| one.title), Some("Top picks for you"));
        assert!(UseCase::find("vod-bottom-picks").is_none());
    }

    #[test]
    fn a_thousand_events_of_the_type_are_needed() {
        let best_sellers = UseCase::find("ecomm-popular-items-by-purchases").unwrap();
        assert!(best_sellers.lacks(&[("view", 5_000), ("PURCHASE", 1_000)], false).is_none());
        let lacks = best_sellers.lacks(&[("view", 5_000), ("purchase", 999)], false).unwrap();
        assert!(lacks.starts_with("Best sellers needs 1000 events of the type Purchase, and there are 999;"));
        let more_like = UseCase::find("vod-more-like-x").unwrap();
        assert!(more_like.lacks(&[("", 5_000)], true).is_none());
        assert!(more_like.lacks(&[("", 5_000)], false).unwrap().contains("needs the group's Items"));
    }
}
