//! Experiments of a project: campaigns against baselines, kept and opened again.

use super::*;
use crate::data::sample::{self, SampleGroup};
use crate::domain::solution::SolutionConfig;
use crate::simulation::Design;
use crate::studio::{OpenMode, TrainRequest};

fn films(folder: &std::path::Path) -> Studio {
    let job = JobContext::default();
    sample::write(SampleGroup::Films, folder).unwrap();
    let studio = Studio::create(&folder.join("films.bespoke")).unwrap();
    studio.import_sample(SampleGroup::Films, folder, &job).unwrap();
    let config =
        SolutionConfig::of("ease", crate::studio::recipe("ease").unwrap().parameters_from([]).unwrap());
    let request = TrainRequest { group: "films".to_owned(), solution: None, config };
    studio.train(&request, &job).unwrap();
    studio.create_campaign("films", "near", "ease", &[]).unwrap();
    studio
}

fn request(arms: &[&str], spec: SimulationSpec) -> SimulateRequest {
    SimulateRequest {
        group: "films".to_owned(),
        arms: arms.iter().map(|&arm| arm.to_owned()).collect(),
        spec,
    }
}

fn run(studio: &Studio, request: &SimulateRequest) -> Result<SimulationReport> {
    studio.simulate(request, &Control::default(), |_| {}, &JobContext::default())
}

#[test]
fn experiments_are_kept_and_opened_again_as_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let studio = films(folder.path());
    let spec = SimulationSpec { users: 400, steps: 8, seed: u64::MAX, ..SimulationSpec::default() };
    let request = request(&["popular", "near", "random"], spec);
    let mut steps = Vec::new();
    let job = JobContext::default();
    let report =
        studio.simulate(&request, &Control::default(), |point| steps.push(point.step), &job).unwrap();
    assert_eq!(steps, (1..=8).collect::<Vec<_>>());
    let last = report.outcome.points.last().unwrap();
    assert!(last.arms[2].clicks < last.arms[0].clicks.min(last.arms[1].clicks), "{:?}", last.arms);
    let again = run(&studio, &request).unwrap();
    assert_eq!(again.outcome, report.outcome, "one seed, one result");

    let path = studio.path().to_owned();
    drop(studio);
    let studio = Studio::open(&path, OpenMode::ReadOnly).unwrap();
    let kept = studio.overview().unwrap().groups[0].simulations.clone();
    let ids: Vec<Option<i64>> = kept.iter().map(|kept| Some(kept.id)).collect();
    assert_eq!(ids, [again.id, report.id]);
    assert_eq!((kept[0].seed, kept[0].kind.as_str()), (u64::MAX, EXPERIMENT));
    let opened = studio.simulation("films", kept[1].id).unwrap();
    assert_eq!((&opened.spec, &opened.verdict), (&request.spec, &report.outcome.verdict));
    for (opened, was) in opened.points.iter().zip(&report.outcome.points) {
        let clicks = |point: &Point| point.arms.iter().map(|arm| arm.clicks).collect::<Vec<_>>();
        assert_eq!((opened.step, clicks(opened)), (was.step, clicks(was)));
        assert!((opened.looks[0].p_value - was.looks[0].p_value).abs() < 1e-12);
    }
    assert_eq!(run(&studio, &request).unwrap().id, None, "read-only, it runs and keeps nothing");
    drop(studio);
    let studio = Studio::open(&path, OpenMode::ReadWrite).unwrap();
    studio.delete_simulation("films", kept[0].id).unwrap();
    let error = studio.simulation("films", kept[0].id).unwrap_err().to_string();
    assert!(error.contains("has no experiment"), "{error}");
    assert_eq!(studio.overview().unwrap().groups[0].simulations.len(), 1);
}

#[test]
fn every_design_runs_and_one_arm_may_be_there_twice() {
    let folder = tempfile::tempdir().unwrap();
    let studio = films(folder.path());
    for design in Design::ALL {
        let spec = SimulationSpec { design, users: 60, steps: 3, ..SimulationSpec::default() };
        let outcome = run(&studio, &request(&["near", "near"], spec)).unwrap().outcome;
        assert_eq!(outcome.arms, ["near", "near (2)"]);
        let visits: u64 = outcome.points[2].arms.iter().map(|arm| arm.visits).sum();
        assert_eq!(visits, if matches!(design, Design::Ab | Design::Bandit) { 180 } else { 360 });
    }
}

#[test]
fn what_cannot_be_run_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let studio = films(folder.path());
    let message = |arms: &[&str], spec| format!("{:#}", run(&studio, &request(arms, spec)).unwrap_err());
    let unknown = message(&["near", "far"], SimulationSpec::default());
    assert_eq!(unknown, "the group `films` has no campaign `far`; it has near, popular, random");
    let alone = message(&["near"], SimulationSpec::default());
    assert_eq!(alone, "the number of campaigns is 1; give a whole number from 2 to 8");
    let job = JobContext::default();
    job.cancel();
    let request = request(&["near", "popular"], SimulationSpec::default());
    assert!(studio.simulate(&request, &Control::default(), |_| {}, &job).is_err());
    assert!(
        studio.overview().unwrap().groups[0].simulations.is_empty(),
        "nothing is kept of a cancelled one"
    );
}

#[test]
fn a_campaign_trained_on_its_own_clicks_is_kept_too() {
    let folder = tempfile::tempdir().unwrap();
    let studio = films(folder.path());
    let spec = SimulationSpec { users: 200, seed: 5, ..SimulationSpec::default() };
    let mut told = Vec::new();
    let job = JobContext::default();
    let watch = |retrained: bool, week: &crate::simulation::Week| told.push((retrained, week.week));
    let report = studio.feedback_loop("films", "near", 3, &spec, watch, &job).unwrap();
    assert_eq!(told, [(true, 1), (true, 2), (true, 3), (false, 1), (false, 2), (false, 3)]);
    let outcome = report.outcome;
    assert_eq!(outcome.retrained[0], outcome.trained_once[0]);
    assert_ne!(outcome.retrained[2], outcome.trained_once[2]);
    let kept = studio.kept_feedback_loop("films", report.id.unwrap()).unwrap();
    assert_eq!(kept.sentences, outcome.sentences);
    assert!(studio.simulation("films", report.id.unwrap()).is_err(), "it is no experiment");
    let again = studio.feedback_loop("films", "near", 3, &spec, |_, _| {}, &job).unwrap();
    assert_eq!(again.outcome, outcome, "one seed, one result");
    let error = studio.feedback_loop("films", "near", 0, &spec, |_, _| {}, &job).unwrap_err();
    assert_eq!(error.to_string(), "the number of weeks is 0; give a whole number from 1 to 52");
}

/// Who is simulated is who answers.
#[test]
fn a_campaign_that_follows_its_solution_is_simulated_with_its_newest_version() {
    let folder = tempfile::tempdir().unwrap();
    let studio = films(folder.path());
    studio
        .create_campaign(
            "films",
            "newest",
            "ease/$LATEST",
            &[("syncWithLatestSolutionVersion".to_owned(), "true".to_owned())],
        )
        .unwrap();
    let config =
        SolutionConfig::of("ease", crate::studio::recipe("ease").unwrap().parameters_from([]).unwrap());
    let request = TrainRequest { group: "films".to_owned(), solution: Some("ease".to_owned()), config };
    studio.train(&request, &JobContext::default()).unwrap();
    let group = studio.group("films").unwrap();
    let simulated = |name: &str| match studio.policy(&group, name).unwrap() {
        Policy::Campaign(desk) => desk.version.name(),
        Policy::Popular | Policy::Random => unreachable!("{name} is a campaign"),
    };
    assert_eq!([simulated("near"), simulated("newest")], ["ease/1", "ease/2"]);
}
