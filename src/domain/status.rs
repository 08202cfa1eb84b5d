//! The statuses of resources, in the service's words and chains.

use serde::{Deserialize, Serialize};

/// Where a resource stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Status {
    #[serde(rename = "CREATE PENDING")]
    CreatePending,
    #[serde(rename = "CREATE IN_PROGRESS")]
    CreateInProgress,
    #[serde(rename = "ACTIVE")]
    Active,
    #[serde(rename = "CREATE FAILED")]
    CreateFailed,
    #[serde(rename = "CREATE STOPPING")]
    CreateStopping,
    #[serde(rename = "CREATE STOPPED")]
    CreateStopped,
}

impl Status {
    pub const ALL: [Self; 6] = [
        Self::CreatePending,
        Self::CreateInProgress,
        Self::Active,
        Self::CreateFailed,
        Self::CreateStopping,
        Self::CreateStopped,
    ];

    /// The service's literal.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CreatePending => "CREATE PENDING",
            Self::CreateInProgress => "CREATE IN_PROGRESS",
            Self::Active => "ACTIVE",
            Self::CreateFailed => "CREATE FAILED",
            Self::CreateStopping => "CREATE STOPPING",
            Self::CreateStopped => "CREATE STOPPED",
        }
    }

    /// The status of a service literal.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// Whether nothing more will happen by itself.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Active | Self::CreateFailed | Self::CreateStopped)
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
