//! A project as a tree of text.

use crate::studio::{GroupView, ProjectView, SolutionView};

/// One line of a tree and what hangs under it.
struct Node {
    text: String,
    children: Vec<Self>,
}

impl Node {
    fn leaf(text: String) -> Self {
        Self { text, children: Vec::new() }
    }

    fn write(&self, indent: &str, out: &mut String) {
        for (position, child) in self.children.iter().enumerate() {
            let last = position + 1 == self.children.len();
            out.push_str(indent);
            out.push_str(if last { "└─ " } else { "├─ " });
            out.push_str(&child.text);
            out.push('\n');
            child.write(&format!("{indent}{}", if last { "   " } else { "│  " }), out);
        }
    }
}

/// Everything in a project, as a tree.
pub(super) fn project(view: &ProjectView) -> String {
    let root =
        Node { text: view.path.display().to_string(), children: view.groups.iter().map(group).collect() };
    let mut out = format!("{}\n", root.text);
    if root.children.is_empty() {
        out.push_str("no dataset groups yet: `bespoke import` makes one\n");
    }
    root.write("", &mut out);
    out
}

fn group(group: &GroupView) -> Node {
    let datasets = group.datasets.iter().map(|dataset| {
        Node::leaf(format!(
            "{}: {} rows, version {}, from {}",
            dataset.kind, dataset.rows, dataset.version, dataset.source
        ))
    });
    let test_set = group.active_test_set().map(|test_set| {
        Node::leaf(format!(
            "test set {}: {} users, seed {}{}",
            test_set.spec.name,
            test_set.users,
            test_set.spec.seed,
            if test_set.current { "" } else { " (the data changed since; it is cut again when needed)" }
        ))
    });
    let campaigns = group.campaigns.iter().map(|campaign| {
        Node::leaf(format!("campaign {} → {} ({})", campaign.name, campaign.version, campaign.status))
    });
    let filters = group
        .filters
        .iter()
        .map(|filter| Node::leaf(format!("filter {}: {}", filter.name, filter.expression)));
    Node {
        text: format!("group {}", group.name),
        children: datasets
            .chain(test_set)
            .chain(group.solutions.iter().map(solution))
            .chain(campaigns)
            .chain(filters)
            .collect(),
    }
}

fn solution(solution: &SolutionView) -> Node {
    let versions = solution.versions.iter().map(|version| {
        let detail = match (
            &version.failure_reason,
            version.metrics.get("normalized_discounted_cumulative_gain_at_10"),
        ) {
            (Some(reason), _) => format!(": {reason}"),
            (None, Some(ndcg)) => format!(", NDCG@10 {ndcg:.4}, {:.2} s", version.seconds),
            (None, None) => version
                .metrics
                .get("auc")
                .map_or_else(String::new, |auc| format!(", AUC {auc:.4}, {:.2} s", version.seconds)),
        };
        Node::leaf(format!("{} {}{detail}", version.name, version.status))
    });
    Node { text: format!("solution {} ({})", solution.name, solution.recipe), children: versions.collect() }
}
