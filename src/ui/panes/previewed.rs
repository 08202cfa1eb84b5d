//! Which campaigns have answered in the page Preview, so that Home knows that the step was taken. Kept among the
//! project's settings, by campaign: a campaign that is made anew has to be tried anew.

use crate::studio::{CampaignView, GroupView};
use crate::ui::action::Action;
use crate::ui::loadable::Loadable;
use crate::ui::pane::PaneContext;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

/// The one list, held by Home and Preview.
pub(super) type SharedPreviewed = Rc<RefCell<Previewed>>;

#[derive(Default)]
pub(super) struct Previewed {
    /// Keys of campaigns that have answered since the project was opened.
    now: BTreeSet<String>,
    /// Keys of a group's campaigns that answered before.
    before: Loadable<Vec<String>, BTreeSet<String>>,
}

fn key(campaign: &CampaignView) -> String {
    format!("previewed.{}.{}", campaign.created_at, campaign.name)
}

impl Previewed {
    /// A campaign has answered.
    pub fn mark(&mut self, context: &PaneContext<'_>, campaign: &CampaignView) {
        let key = key(campaign);
        if self.now.insert(key.clone()) {
            context.send.send(Action::Remember { key, value: "yes".to_owned() });
        }
    }

    /// Looks up which campaigns of a group answered before. Call it each frame.
    pub fn keep(&mut self, context: &PaneContext<'_>, group: &GroupView) {
        let keys: Vec<String> = group.campaigns.iter().map(key).collect();
        let (studio, asked) = (context.studio.clone(), keys.clone());
        self.before.keep(context, keys, "looking up previews", move |_| {
            let mut found = BTreeSet::new();
            for key in asked {
                if studio.window_setting(&key)?.is_some() {
                    found.insert(key);
                }
            }
            Ok(found)
        });
    }

    /// The first campaign of a group that has answered.
    pub fn of<'a>(&self, group: &'a GroupView) -> Option<&'a str> {
        let has_answered = |campaign: &&CampaignView| {
            let key = key(campaign);
            self.now.contains(&key) || self.before.value().is_some_and(|before| before.contains(&key))
        };
        group.campaigns.iter().find(has_answered).map(|campaign| campaign.name.as_str())
    }
}
