//! `campaign`, `recommend`.

use super::output::{Output, table};
use super::pairs::pair;
use super::progress::with_progress;
use super::promote::Promote;
use super::{Common, Done};
use crate::studio::{
    ItemEvidence, MetadataColumns, OpenError, OpenMode, PredictedAction, PredictedItem, RecommendRequest,
    Recommendations, Studio,
};
use anyhow::Result;
use clap::Args;
use std::path::PathBuf;

#[derive(Args)]
pub(super) struct Campaign {
    /// The project file.
    file: PathBuf,
    #[arg(long)]
    group: String,
    /// The campaign's name; one that is there gets the version.
    #[arg(long)]
    name: String,
    /// A solution (its newest active version), SOLUTION/NUMBER, or SOLUTION/$LATEST, which --set
    /// syncWithLatestSolutionVersion=true follows.
    #[arg(long, required_unless_present = "use_case", conflicts_with = "use_case")]
    version: Option<String>,
    /// Train and serve a use case of the service instead, such as ecomm-recommended-for-you.
    #[arg(long, value_name = "NAME")]
    use_case: Option<String>,
    /// A setting of the campaign that its recipe allows, such as explorationWeight=0.3.
    #[arg(long, value_name = "KEY=VALUE", value_parser = pair)]
    set: Vec<(String, String)>,
    #[command(flatten)]
    common: Common,
}

impl Campaign {
    pub(super) fn run(self) -> Result<Done> {
        let studio = Studio::open(&self.file, OpenMode::ReadWrite)?;
        let view = match (self.use_case, self.version) {
            (Some(use_case), _) => {
                let (group, name, set) = (self.group, self.name, self.set);
                with_progress("train", move |job| {
                    studio.create_recommender(&group, &name, &use_case, &set, job)
                })?
            }
            (None, version) => {
                let version = version.unwrap_or_default();
                studio.create_campaign(&self.group, &self.name, &version, &self.set)?
            }
        };
        Output::from(self.common)
            .print(&view, || format!("campaign {} serves {} ({})", view.name, view.version, view.status))?;
        Ok(Done::Ok)
    }
}

#[derive(Args)]
pub(super) struct Recommend {
    /// The project file.
    file: PathBuf,
    /// The campaign, or GROUP/CAMPAIGN where several groups have one of that name.
    #[arg(long)]
    campaign: String,
    /// Who asks; an unknown user is a new one.
    #[arg(long)]
    user: Option<String>,
    /// The item asked about.
    #[arg(long)]
    item: Option<String>,
    /// Put these items in order instead.
    #[arg(long, value_name = "A,B,C", value_delimiter = ',')]
    rank: Vec<String>,
    /// Items to return, 1 to 500 [default: 25]; of actions 1 to 100 [default: 5]
    #[arg(long)]
    num: Option<usize>,
    /// What a metadata column of the interactions holds at this moment.
    #[arg(long, value_name = "COLUMN=VALUE", value_parser = pair)]
    context: Vec<(String, String)>,
    /// The filter of the group that says what may be returned.
    #[arg(long, value_name = "NAME")]
    filter: Option<String>,
    /// A parameter of the filter, such as GENRE='"Comedy","Drama"' or PRICE=20.
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair, requires = "filter")]
    filter_value: Vec<(String, String)>,
    #[command(flatten)]
    promote: Promote,
    /// Columns of Items to tell with each item, 10 at most.
    #[arg(long, value_name = "COLUMN,…", value_delimiter = ',')]
    metadata: Vec<String>,
    /// Say what speaks for each item.
    #[arg(long)]
    explain: bool,
    #[command(flatten)]
    common: Common,
}

impl Recommend {
    pub(super) fn run(self) -> Result<Done> {
        // Asking changes nothing but the list of answers, so a project that a window holds can be asked too.
        let studio = match Studio::open(&self.file, OpenMode::ReadWrite) {
            Err(OpenError::Held { .. } | OpenError::Io { .. }) => {
                Studio::open(&self.file, OpenMode::ReadOnly)?
            }
            opened => opened?,
        };
        let request = RecommendRequest {
            user_id: self.user,
            item_id: self.item,
            num_results: self.num,
            input_list: (!self.rank.is_empty()).then_some(self.rank),
            context: self.context,
            filter_arn: self.filter,
            filter_values: self.filter_value,
            promotions: self.promote.promotion().into_iter().collect(),
            metadata_columns: if self.metadata.is_empty() {
                MetadataColumns::new()
            } else {
                MetadataColumns::from([("ITEMS".to_owned(), self.metadata.clone())])
            },
            explain: self.explain,
        };
        let response = studio.recommend(&self.campaign, &request)?;
        if !studio.is_read_only() {
            studio.keep_answers()?;
        }
        if let Recommendations::ActionList(actions) = &response.recommendations {
            let rows: Vec<Vec<String>> = actions.iter().map(action_row).collect();
            let header = ["action", "probability", "because"];
            Output::from(self.common).print(&response, || table(&header, &rows))?;
            return Ok(Done::Ok);
        }
        let labels = studio.campaign_labels(&self.campaign, response.items())?;
        Output::from(self.common).print(&response, || {
            let items = response.items().iter().zip(&labels);
            let rows: Vec<Vec<String>> =
                items.map(|(item, label)| row(item, label, &self.metadata)).collect();
            let mut header = vec!["item", "title", "score", "because"];
            header.extend(self.metadata.iter().map(String::as_str));
            table(&header, &rows)
        })?;
        Ok(Done::Ok)
    }
}

fn piece(evidence: &ItemEvidence) -> String {
    match evidence {
        ItemEvidence::Item { item_id, weight, together } => {
            let users = together.map(|users| format!(", {users} users had both")).unwrap_or_default();
            format!("{item_id} ({weight:.2}{users})")
        }
        ItemEvidence::Count { count, what } => format!("{count} {what}"),
        ItemEvidence::Trait { what, weight } => format!("{what} ({weight:+.2})"),
    }
}

fn action_row(action: &PredictedAction) -> Vec<String> {
    let evidence = action.explanation.as_ref().map_or(&[][..], |explanation| &explanation.evidence);
    let because: Vec<String> = evidence.iter().take(4).map(piece).collect();
    vec![action.action_id.clone(), format!("{:.4}", action.score), because.join(", ")]
}

fn row(item: &PredictedItem, label: &str, columns: &[String]) -> Vec<String> {
    let because = item.explanation.as_ref().map(|explanation| {
        let evidence = explanation.evidence.iter().take(3).map(piece);
        let evidence = evidence.collect::<Vec<_>>().join(", ");
        let words = explanation.parts.words(str::to_owned);
        std::iter::once(evidence)
            .chain(words)
            .filter(|words| !words.is_empty())
            .collect::<Vec<_>>()
            .join(". ")
    });
    let reason = item.reason.as_ref().map(|reasons| reasons.join(", "));
    let because = [reason, because].into_iter().flatten().collect::<Vec<_>>().join(": ");
    let mut cells = vec![
        item.item_id.clone(),
        label.to_owned(),
        item.score.map_or_else(|| "-".to_owned(), |score| format!("{score:.4}")),
        because,
    ];
    let metadata = item.metadata.as_ref();
    let cell = |column| metadata.and_then(|metadata| metadata.get(column)).cloned().unwrap_or_default();
    cells.extend(columns.iter().map(cell));
    cells
}
