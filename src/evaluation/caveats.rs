//! What the numbers do not say: shown beside them wherever they stand.

/// A caveat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caveat {
    /// A few words.
    pub title: &'static str,
    /// One or two sentences.
    pub text: &'static str,
}

/// The caveats of the service's guide, and those of the way these numbers are taken.
pub const CAVEATS: &[Caveat] = &[
    Caveat {
        title: "The past may be another recommender's",
        text: "If a recommender already ran where these events were recorded, people could only choose what it showed. A high score may then mean imitating it.",
    },
    Caveat {
        title: "New items cannot score",
        text: "Recommending items without a history, or exploring, never looks better here: such items are not in anyone's past events.",
    },
    Caveat {
        title: "What can be compared",
        text: "One recipe with other parameters or features, and different recipes, on the same data and the same test set.",
    },
    Caveat {
        title: "Other data, other scale",
        text: "Do not compare versions trained on different events: many views give a higher precision than few purchases for reasons that have nothing to do with the recipe.",
    },
    Caveat {
        title: "Popularity is the baseline",
        text: "A personal recipe that does not beat Popularity-Count has learnt nothing about persons.",
    },
    Caveat {
        title: "Updates are not measured",
        text: "Events recorded after training change lists at once, but the metrics stay those of the training.",
    },
    Caveat {
        title: "The real test is outside",
        text: "Only an experiment on what you care about (clicks, sales, return visits) decides, in small steps and over weeks: the bias of the old system fades with time.",
    },
    Caveat {
        title: "Lists of 25, items people saw",
        text: "Only what the tested users did next counts as right. A good recommendation that they never came across counts as wrong.",
    },
    Caveat {
        title: "Seen items",
        text: "As in the service, items of a user's history stay in the lists. Where people rarely come back to an item, look at the reading without seen items as well; the two must not be mixed.",
    },
    Caveat {
        title: "Differences need their interval",
        text: "The intervals say how much a mean would move with other users (95 %). Two versions differ where the interval of their paired difference does not hold zero.",
    },
];
