//! What every campaign can be told, whatever its recipe: the service's `campaignConfig`.

use super::parameter::{ParameterGroup, ParameterKind, ParameterSpec};

pub const ENABLE_METADATA: &str = "enableMetadataWithRecommendations";
pub const SYNC_WITH_LATEST: &str = "syncWithLatestSolutionVersion";

/// What follows a solution's name where its newest version is meant, now and later.
pub const LATEST: &str = "/$LATEST";

/// Settings of every campaign.
pub const COMMON: &[ParameterSpec] = &[
    ParameterSpec {
        name: ENABLE_METADATA,
        kind: ParameterKind::Bool { default: false },
        group: ParameterGroup::Campaign,
        tunable: false,
        help: "Whether requests may ask for columns of Items with their results; lists then have 50 items at most.",
    },
    ParameterSpec {
        name: SYNC_WITH_LATEST,
        kind: ParameterKind::Bool { default: false },
        group: ParameterGroup::Campaign,
        tunable: false,
        help: "Whether the campaign goes over to each new version of its solution as soon as that can be used.",
    },
];
