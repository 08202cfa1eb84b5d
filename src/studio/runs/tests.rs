//! Runs of a small project: marked, told apart, trained again.

use super::*;
use crate::data::sample::{self, SampleGroup};
use crate::domain::recipe::RecipeDescriptor;
use crate::jobs::JobContext;
use crate::store::OpenMode;
use crate::studio::{TrainRequest, recipe};
use std::path::Path;

const GROUP: &str = "films";

/// A project with the sample films.
fn project(folder: &Path) -> Studio {
    sample::write(SampleGroup::Films, folder).unwrap();
    let studio = Studio::create(&folder.join("films.bespoke")).unwrap();
    studio.import_sample(SampleGroup::Films, folder, &JobContext::default()).unwrap();
    studio
}

fn config(name: &str, set: &[(&str, &str)], seed: u64) -> SolutionConfig {
    let recipe: &RecipeDescriptor = recipe(name).unwrap();
    SolutionConfig {
        seed,
        device: Device::Cpu,
        ..SolutionConfig::of(name, recipe.parameters_from(set.iter().copied()).unwrap())
    }
}

fn train(studio: &Studio, config: SolutionConfig) -> String {
    let request = TrainRequest { group: GROUP.to_owned(), solution: None, config };
    studio.train(&request, &JobContext::default()).unwrap().name
}

fn run(studio: &Studio, name: &str) -> RunView {
    studio.runs(GROUP).unwrap().into_iter().find(|run| run.name == name).unwrap()
}

#[test]
fn marks_last_and_impossible_ones_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let studio = project(folder.path());
    let name = train(&studio, config("sims", &[], 0));
    let second = train(&studio, config("ease", &[], 0));
    assert_eq!((run(&studio, &name).title(), run(&studio, &name).color), ("sims/1", 0));
    assert_eq!(run(&studio, &second).color, 1, "colours by place where none is chosen");
    let mark = RunMark {
        alias: Some("  What goes with what ".to_owned()),
        pinned: true,
        hidden: true,
        color: Some(7),
        note: "the first try".to_owned(),
    };
    let revision = studio.revision();
    studio.mark_run(GROUP, &name, &mark).unwrap();
    assert!(studio.revision() > revision);
    for (wrong, said) in [
        (RunMark { alias: Some("x".repeat(81)), ..mark.clone() }, "81 letters"),
        (RunMark { alias: Some("a\nb".to_owned()), ..mark.clone() }, "line break"),
        (RunMark { color: Some(10), ..mark.clone() }, "from 0 to 9"),
    ] {
        let error = studio.mark_run(GROUP, &name, &wrong).unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }
    let path = studio.path().to_owned();
    drop(studio);
    let studio = Studio::open(&path, OpenMode::ReadWrite).unwrap();
    let marked = run(&studio, &name);
    assert_eq!(marked.title(), "What goes with what");
    assert_eq!(marked.mark(), RunMark { alias: Some("What goes with what".to_owned()), ..mark });
    // What is in a group that is taken over comes with it.
    let other = Studio::create(&folder.path().join("other.bespoke")).unwrap();
    other.copy_group_from(&path, GROUP, "taken").unwrap();
    let taken = other.runs("taken").unwrap();
    assert_eq!(taken[0].title(), "What goes with what");
    assert_eq!(taken[0].data, marked.data);
    studio.delete_version(GROUP, &name).unwrap();
    assert_eq!(studio.runs(GROUP).unwrap().len(), 1);
}

#[test]
fn two_runs_differ_in_what_was_set_and_in_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let studio = project(folder.path());
    let first = train(&studio, config("sims", &[], 0));
    let second = train(&studio, config("sims", &[("popularity_discount_factor", "0.3")], 5));
    let differences = studio.run_differences(GROUP, &first, &second).unwrap();
    let differing: Vec<(&str, &str, &str)> = differences
        .iter()
        .filter(|difference| difference.differs())
        .map(|difference| (difference.field.as_str(), difference.a.as_str(), difference.b.as_str()))
        .collect();
    assert_eq!(differing, [("popularity_discount_factor", "0.5", "0.3"), ("seed", "0", "5")]);
    assert!(differences[..2].iter().all(RunDifference::differs), "they come first");
    let set: Vec<String> = run(&studio, &second)
        .parameters
        .into_iter()
        .filter(RunParameter::is_set)
        .map(|parameter| parameter.name)
        .collect();
    assert_eq!(set, ["popularity_discount_factor"]);
    // A solution stands for its newest version.
    assert_eq!(
        studio.run_differences(GROUP, "sims", &second).unwrap(),
        run(&studio, &second).differences(&run(&studio, &second))
    );
    let error = studio.run_differences(GROUP, "sims", "nothing/3").unwrap_err().to_string();
    assert!(error.contains("nothing/3") && error.contains("sims/1"), "{error}");
    let other = train(&studio, config("ease", &[], 0));
    let differences = studio.run_differences(GROUP, &first, &other).unwrap();
    let lambda =
        differences.iter().find(|difference| difference.field == "popularity_discount_factor").unwrap();
    assert_eq!((lambda.a.as_str(), lambda.b.as_str()), ("0.5", "has none"));
}

#[test]
fn the_data_of_a_run_are_known_again() {
    let folder = tempfile::tempdir().unwrap();
    let studio = project(folder.path());
    let first = train(&studio, config("sims", &[], 0));
    let second = train(&studio, config("ease", &[], 0));
    let data = |name: &str| run(&studio, name).data.unwrap();
    assert_eq!(data(&first), data(&second), "both read Interactions over the same catalogue");
    assert_eq!(data(&first).len(), 32);
    // The same files once more are the same data, whatever their dataset version.
    studio.import_sample(SampleGroup::Films, folder.path(), &JobContext::default()).unwrap();
    let third = train(&studio, config("sims", &[], 0));
    assert_eq!(data(&first), data(&third));
    assert_eq!(run(&studio, &third).program.as_deref(), Some(env!("CARGO_PKG_VERSION")));
    // Fewer rows are other data.
    let interactions = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.to_string_lossy().contains("interactions"))
        .unwrap();
    let text = std::fs::read_to_string(&interactions).unwrap();
    let cut = text.trim_end().rfind('\n').unwrap();
    std::fs::write(&interactions, &text[..=cut]).unwrap();
    studio.import_sample(SampleGroup::Films, folder.path(), &JobContext::default()).unwrap();
    let fourth = train(&studio, config("sims", &[], 0));
    assert_ne!(data(&first), data(&fourth));
}

#[test]
fn a_run_of_which_nothing_was_kept_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let studio = project(folder.path());
    let trained = train(&studio, config("sims", &[], 0));
    let group = studio.group(GROUP).unwrap();
    let test_set = studio.active_test_set(&group, &JobContext::default()).unwrap();
    // As an earlier program left it: active, without an origin.
    studio
        .change(|writer| {
            let id = writer.begin_version(group.id, "sims", &config("sims", &[], 0), test_set.id, None)?;
            writer.activate_version(id, "{\"rowsUsed\":1,\"usersUsed\":1,\"itemsUsed\":1,\"dropped\":[],\"notes\":[],\"device\":\"cpu\"}", 1.0)
        })
        .unwrap();
    let old = run(&studio, "sims/2");
    assert_eq!((old.data.as_ref(), old.program.as_ref()), (None, None));
    let fields = old.fields();
    for field in ["data", "program"] {
        let value = fields.iter().find(|(name, _)| name == field).map(|(_, value)| value.as_str());
        assert_eq!(value, Some("not recorded"));
    }
    let differences = studio.run_differences(GROUP, &trained, "sims/2").unwrap();
    assert!(differences.iter().any(|difference| difference.field == "data" && difference.differs()));
}

#[test]
fn trained_again_the_same_comes_out_bit_for_bit() {
    let folder = tempfile::tempdir().unwrap();
    let studio = project(folder.path());
    let job = JobContext::default();
    for config in [config("sims", &[], 3), config("hrnn", &[("hidden_dimension", "32")], 11)] {
        let first = train(&studio, config.clone());
        let again = studio.train_again(GROUP, &first, &job).unwrap();
        assert_eq!(again.version.config, config);
        assert_eq!(again.version.name, format!("{}/2", config.recipe));
        assert!(again.same_model && again.same_lists, "{}", again.words());
        assert_eq!((again.same_data, again.same_program), (Some(true), Some(true)));
        assert!(again.words().ends_with("bit for bit: the data are the same."), "{}", again.words());
        assert_eq!(
            again.version.metrics,
            studio.overview().unwrap().groups[0].version(&first).unwrap().metrics
        );
    }
    // Another import makes a new test set the active one; the old one is trained on again all the same.
    studio.import_sample(SampleGroup::Films, folder.path(), &job).unwrap();
    let again = studio.train_again(GROUP, "sims/1", &job).unwrap();
    assert!(again.same_model && !again.version.comparable, "{}", again.words());
    let error = studio.train_again(GROUP, "sims/9", &job).unwrap_err().to_string();
    assert!(error.contains("sims/9"), "{error}");
}
