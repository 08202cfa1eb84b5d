//! A project through the studio: what the window does that no command does.

use bespoke::domain::solution::SolutionConfig;
use bespoke::domain::{DatasetType, Status};
use bespoke::jobs::JobContext;
use bespoke::studio::{
    BatchFormat, BatchInput, BatchOutput, BatchRequest, EvaluateRequest, ImportMode, ImportPlan,
    MappingChanges, OpenMode, RecommendRequest, Studio, TrainRequest, recipe,
};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// A project with 60 users and a trained version in the group `g`.
fn project(folder: &Path, name: &str) -> Studio {
    let mut csv = "USER_ID,ITEM_ID,TIMESTAMP\n".to_owned();
    for step in 0..20 {
        for user in 0..60 {
            writeln!(csv, "u{user},i{},{}", (user * 3 + step) % 40, 1_700_000_000 + step * 60).unwrap();
        }
    }
    let file = folder.join(format!("{name}.csv"));
    std::fs::write(&file, csv).unwrap();
    let studio = Studio::create(&folder.join(format!("{name}.bespoke"))).unwrap();
    import(&studio, file);
    train(&studio);
    studio
}

fn import(studio: &Studio, file: PathBuf) {
    let plan = ImportPlan {
        group: "g".to_owned(),
        dataset: DatasetType::Interactions,
        paths: vec![file],
        schema: None,
        changes: MappingChanges::default(),
        mode: ImportMode::Full,
        strict: true,
    };
    for request in studio.plan_import(&plan).unwrap() {
        studio.import(&request, &JobContext::default()).unwrap();
    }
}

fn train(studio: &Studio) {
    studio.train(&request("ease"), &JobContext::default()).unwrap();
}

fn request(name: &str) -> TrainRequest {
    let parameters = recipe(name).unwrap().parameters_from([]).unwrap();
    let config = SolutionConfig { full_data: true, ..SolutionConfig::of(name, parameters) };
    TrainRequest { group: "g".to_owned(), solution: None, config }
}

fn batch(studio: &Studio, version: &str, output: PathBuf) -> String {
    let request = BatchRequest {
        version: version.to_owned(),
        input: BatchInput::All,
        output: BatchOutput::File(output.clone()),
        format: BatchFormat::Jsonl,
        num_results: 10,
        settings: Vec::new(),
        filter: None,
        filter_values: Vec::new(),
        promotion: None,
    };
    studio.batch(&request, &JobContext::default()).unwrap();
    std::fs::read_to_string(output).unwrap()
}

/// A group comes over from another project with all that is in it, beside a group with the same ids.
#[test]
fn a_group_is_taken_over_whole() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (project(folder.path(), "first"), project(folder.path(), "second"));
    first.create_campaign("g", "c", "ease", &[]).unwrap();
    assert_eq!(Studio::groups_of(first.path()).unwrap(), ["g"]);
    assert!(
        second.copy_group_from(first.path(), "g", "g").unwrap_err().to_string().contains("exists already")
    );
    assert!(second.copy_group_from(first.path(), "none", "h").is_err());
    let revision = second.revision();
    second.copy_group_from(first.path(), "g", "h").unwrap();
    assert!(second.revision() > revision);

    let (theirs, view) = (first.overview().unwrap(), second.overview().unwrap());
    let (theirs, copied) = (theirs.group("g").unwrap(), view.group("h").unwrap());
    assert_eq!(theirs.datasets, copied.datasets);
    assert_eq!(theirs.solutions, copied.solutions);
    assert_eq!(theirs.campaigns, copied.campaigns);
    assert_eq!(theirs.import_jobs, copied.import_jobs);
    assert_eq!(
        batch(&first, "ease", folder.path().join("a.jsonl")),
        batch(&second, "h/ease", folder.path().join("b.jsonl"))
    );
    assert_eq!(second.check().unwrap(), Vec::<String>::new());

    // Gone again, with its blobs; what was there before is untouched.
    second.delete_group("h").unwrap();
    assert_eq!(second.overview().unwrap().groups.len(), 1);
    assert_eq!(second.check().unwrap(), Vec::<String>::new());
    batch(&second, "ease", folder.path().join("c.jsonl"));
}

#[test]
fn a_copy_is_a_project_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let studio = project(folder.path(), "first");
    let copy = folder.path().join("copy.bespoke");
    assert!(studio.copy_to(studio.path()).is_err());
    studio.copy_to(&copy).unwrap();
    studio.rename_group("g", "renamed").unwrap();
    let copied = Studio::open(&copy, OpenMode::ReadOnly).unwrap();
    assert_eq!(copied.overview().unwrap().groups[0].name, "g");
    assert_eq!(copied.check().unwrap(), Vec::<String>::new());
    assert!(copied.create_group("x").unwrap_err().to_string().contains("read-only"));
    // A read-only project still answers.
    assert!(!batch(&copied, "ease", folder.path().join("a.jsonl")).is_empty());
}

/// What a campaign or a version needs can't be taken away under it.
#[test]
fn what_is_used_stays() {
    let folder = tempfile::tempdir().unwrap();
    let studio = project(folder.path(), "first");
    studio.create_campaign("g", "c", "ease", &[]).unwrap();
    let refused = studio.delete_version("g", "ease/1").unwrap_err().to_string();
    assert!(refused.contains("campaign `c`"), "{refused}");
    let refused = studio.delete_dataset("g", DatasetType::Interactions).unwrap_err().to_string();
    assert!(refused.contains("ease/1"), "{refused}");
    studio.delete_campaign("g", "c").unwrap();
    studio.delete_version("g", "ease/1").unwrap();
    assert!(studio.overview().unwrap().groups[0].solutions.is_empty());
    studio.delete_dataset("g", DatasetType::Interactions).unwrap();
    assert!(studio.overview().unwrap().groups[0].datasets.is_empty());
    assert_eq!(studio.check().unwrap(), Vec::<String>::new());
}

/// People and items are found by parts of their ids and titles, and a history is the newest first.
#[test]
fn people_are_found_with_what_they_did() {
    let folder = tempfile::tempdir().unwrap();
    let studio = project(folder.path(), "first");
    let found = studio.search_users("g", "U5", 3).unwrap();
    assert_eq!(found[0].id, "u5");
    assert_eq!((found.len(), found[0].interactions), (3, 20));
    let history = studio.user_history("g", "u5", 2).unwrap();
    assert_eq!(history.iter().map(|event| event.item.as_str()).collect::<Vec<_>>(), ["i34", "i33"]);
    assert!(studio.user_history("g", "nobody", 2).unwrap().is_empty());
    assert_eq!(studio.item_label("g", "i3").unwrap(), "i3");
}

/// A training that is cancelled leaves a version that can go on, also in a project opened anew.
#[test]
fn a_cancelled_training_is_resumed_from_the_project() {
    let folder = tempfile::tempdir().unwrap();
    let studio = project(folder.path(), "resumed");
    let job = JobContext::default();
    let watched = job.clone();
    let canceller = std::thread::Builder::new()
        .name("canceller".to_owned())
        .spawn(move || {
            while watched.curves().is_empty() {
                std::thread::yield_now();
            }
            watched.cancel();
        })
        .unwrap();
    let cancelled = studio.train(&request("hrnn"), &job).unwrap_err();
    canceller.join().unwrap();
    assert_eq!(cancelled.to_string(), "cancelled");
    drop(studio);
    let studio = Studio::open(&folder.path().join("resumed.bespoke"), OpenMode::ReadWrite).unwrap();
    let version = || {
        let view = studio.overview().unwrap();
        view.groups[0].version("hrnn/1").unwrap().clone()
    };
    assert_eq!((version().status, version().can_resume), (Status::CreateStopped, true));
    let resumed = studio.resume("g", "hrnn/1", &JobContext::default()).unwrap();
    let report = resumed.report.unwrap();
    assert!(report.notes.iter().any(|note| note.contains("Went on after epoch")), "{:?}", report.notes);
    assert!(report.curves.iter().all(|curve| curve.points[0][0] == 1.0));
    assert_eq!((version().status, version().can_resume), (Status::Active, false));
    assert!(studio.resume("g", "hrnn/1", &JobContext::default()).is_err(), "it has ended");
    assert!(studio.check().unwrap().is_empty());
}

/// Films with genres; every viewer watches two genres of four, in turn, any film of the genre.
fn watching(days: std::ops::Range<usize>, films: usize) -> String {
    let mut csv = "USER_ID,ITEM_ID,TIMESTAMP\n".to_owned();
    for day in days {
        for user in 0..60 {
            let genre = (user + day % 2) % 4;
            let seed = (user * 64 + day) as u64;
            let draw = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let draw = (draw ^ draw >> 29).wrapping_mul(6_364_136_223_846_793_005) >> 33;
            let film = genre + 4 * (draw as usize % (films / 4));
            writeln!(csv, "u{user},f{film:03},{}", 1_700_000_000 + day * 86_400 + user).unwrap();
        }
    }
    csv
}

fn films(n: usize, more: &str) -> String {
    let mut csv = format!("ITEM_ID,GENRE{more}\n");
    for film in 0..n {
        writeln!(csv, "f{film:03},g{}{}", film % 4, if more.is_empty() { "" } else { ",1" }).unwrap();
    }
    csv
}

fn put(studio: &Studio, folder: &Path, dataset: DatasetType, content: &str, mode: ImportMode) {
    let file = folder.join(format!("{dataset}.csv"));
    std::fs::write(&file, content).unwrap();
    let plan = ImportPlan {
        group: "g".to_owned(),
        dataset,
        paths: vec![file],
        schema: None,
        changes: MappingChanges::default(),
        mode,
        strict: true,
    };
    for request in studio.plan_import(&plan).unwrap() {
        studio.import(&request, &JobContext::default()).unwrap();
    }
}

/// A version is brought up to date with new films; nothing is without something new, a full version, or the same columns.
#[test]
fn an_update_takes_in_what_is_new_and_says_when_it_cannot() {
    let folder = tempfile::tempdir().unwrap();
    let job = JobContext::default();
    let studio = Studio::create(&folder.path().join("p.bespoke")).unwrap();
    put(&studio, folder.path(), DatasetType::Interactions, &watching(0..20, 40), ImportMode::Full);
    put(&studio, folder.path(), DatasetType::Items, &films(40, ""), ImportMode::Full);
    let refused = |solution: &str| studio.update("g", solution, &job).unwrap_err().to_string();
    assert!(refused("mine").contains("has no solution `mine`; train it in full first"));
    train(&studio);
    assert!(
        refused("ease").contains("of ease, which takes in nothing without training"),
        "{}",
        refused("ease")
    );

    let name = "user-personalization";
    let mut request = request(name);
    request.config.parameters = recipe(name).unwrap().parameters_from([("hidden_dimension", "32")]).unwrap();
    studio.train(&request, &job).unwrap();
    assert!(refused(name).contains("nothing is new since user-personalization/1"), "{}", refused(name));

    put(&studio, folder.path(), DatasetType::Items, &films(44, ""), ImportMode::Full);
    put(&studio, folder.path(), DatasetType::Interactions, &watching(20..21, 44), ImportMode::Incremental);
    let version = studio.update("g", name, &job).unwrap();
    assert_eq!(
        (version.name.as_str(), version.updates.as_deref()),
        ("user-personalization/2", Some("user-personalization/1"))
    );
    assert_eq!(version.status, Status::Active);
    let notes = &version.report.as_ref().unwrap().notes;
    assert!(
        notes[0].starts_with("Took 4 new items and 60 new interactions into user-personalization/1."),
        "{notes:?}"
    );
    // The same people are tested, with more to find: nothing of theirs was trained on.
    assert!(version.comparable && version.metrics.contains_key("coverage"), "{notes:?}");
    studio.create_campaign("g", "c", name, &[("explorationWeight".to_owned(), "0".to_owned())]).unwrap();
    let lists = batch(&studio, name, folder.path().join("lists.jsonl"));
    assert!(lists.contains("\"f04"), "new films are recommended: {notes:?}");
    assert!(lists.lines().count() == 60);

    // An update of an update begins with what was trained, too.
    put(&studio, folder.path(), DatasetType::Items, &films(48, ""), ImportMode::Full);
    let version = studio.update("g", name, &job).unwrap();
    assert_eq!(version.updates.as_deref(), Some("user-personalization/1"));
    studio.delete_version("g", "user-personalization/1").unwrap();
    assert!(refused(name).contains("has no active version that was trained in full"));

    studio.train(&request, &job).unwrap();
    put(&studio, folder.path(), DatasetType::Items, &films(52, ",RATING"), ImportMode::Full);
    assert!(
        refused(name).contains("the column Items.RATING is new, gone or of another type"),
        "{}",
        refused(name)
    );
    put(&studio, folder.path(), DatasetType::Items, &films(40, ""), ImportMode::Full);
    put(&studio, folder.path(), DatasetType::Interactions, &watching(21..22, 40), ImportMode::Incremental);
    assert!(refused(name).contains("are no longer among the data, `f04"), "{}", refused(name));
    assert_eq!(studio.check().unwrap(), Vec::<String>::new());
}

/// New users move the border of the tested ones: who is tested now and was trained on gives no fair figure, and the version
/// none.
#[test]
fn an_update_that_has_seen_the_test_set_is_not_scored() {
    let folder = tempfile::tempdir().unwrap();
    let job = JobContext::default();
    let studio = Studio::create(&folder.path().join("p.bespoke")).unwrap();
    put(&studio, folder.path(), DatasetType::Interactions, &watching(0..20, 40), ImportMode::Full);
    put(&studio, folder.path(), DatasetType::Items, &films(40, ""), ImportMode::Full);
    let name = "user-personalization";
    let mut request = request(name);
    request.config.parameters = recipe(name).unwrap().parameters_from([("hidden_dimension", "32")]).unwrap();
    request.config.full_data = false;
    studio.train(&request, &job).unwrap();
    let rows = |user: usize| {
        let moment = 1_700_000_000 + user;
        format!("n{user},f{:03},{moment}\nn{user},f000,{}\n", user % 40, moment + 60)
    };
    let more: String = (0..60).map(rows).collect();
    put(
        &studio,
        folder.path(),
        DatasetType::Interactions,
        &format!("USER_ID,ITEM_ID,TIMESTAMP\n{more}"),
        ImportMode::Incremental,
    );
    let version = studio.update("g", name, &job).unwrap();
    assert_eq!(version.status, Status::Active);
    assert!(!version.comparable && version.metrics.is_empty());
    assert!(
        version
            .report
            .unwrap()
            .notes
            .iter()
            .any(|note| note.starts_with("Not scored: the test set holds back"))
    );
    let asked = EvaluateRequest { group: "g".to_owned(), ..EvaluateRequest::default() };
    let view = studio.evaluate(&asked, &job).unwrap();
    assert!(
        view.notes.iter().any(|note| note.starts_with("user-personalization/2 was not scored")),
        "{:?}",
        view.notes
    );
    let named = EvaluateRequest { versions: vec!["user-personalization/2".to_owned()], ..asked };
    let refused = studio.evaluate(&named, &job).unwrap_err().to_string();
    assert!(refused.contains("train the solution in full to compare it"), "{refused}");
}

/// Asked without a pause while its version changes over and over, a campaign always answers; the answer is always the whole
/// list of one version.
#[test]
fn a_campaign_answers_while_its_version_changes() {
    let folder = tempfile::tempdir().unwrap();
    let studio = project(folder.path(), "p");
    studio.train(&request("popularity-count"), &JobContext::default()).unwrap();
    let list = |studio: &Studio| -> Vec<String> {
        let request = RecommendRequest { user_id: Some("u0".to_owned()), ..RecommendRequest::default() };
        let response = studio.recommend("c", &request).unwrap();
        response.items().iter().map(|item| item.item_id.clone()).collect()
    };
    let lists = ["ease", "popularity-count"].map(|version| {
        studio.create_campaign("g", "c", version, &[]).unwrap();
        list(&studio)
    });
    assert_ne!(lists[0], lists[1]);
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        let asking = scope.spawn(|| {
            let mut answers = 0;
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                assert!(lists.contains(&list(&studio)));
                answers += 1;
            }
            answers
        });
        for round in 0..40 {
            studio.create_campaign("g", "c", ["ease", "popularity-count"][round % 2], &[]).unwrap();
        }
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        assert!(asking.join().unwrap() > 40);
    });
}

#[test]
fn a_campaign_follows_the_newest_version_of_its_solution() {
    let folder = tempfile::tempdir().unwrap();
    let studio = project(folder.path(), "p");
    let follow = [("syncWithLatestSolutionVersion".to_owned(), "true".to_owned())];
    let refused = studio.create_campaign("g", "c", "ease/1", &follow).unwrap_err().to_string();
    assert!(refused.contains("name ease/$LATEST to follow its solution"), "{refused}");
    studio.create_campaign("g", "follows", "ease/$LATEST", &follow).unwrap();
    studio.create_campaign("g", "stays", "ease/$LATEST", &[]).unwrap();
    train(&studio);
    let view = studio.overview().unwrap();
    let version = |name: &str| {
        let campaigns = &view.group("g").unwrap().campaigns;
        campaigns.iter().find(|campaign| campaign.name == name).unwrap().version.clone()
    };
    assert_eq!((version("follows").as_str(), version("stays").as_str()), ("ease/2", "ease/1"));
    studio.delete_version("g", "ease/2").unwrap();
    let request = RecommendRequest { user_id: Some("u0".to_owned()), ..RecommendRequest::default() };
    assert_eq!(studio.recommend("follows", &request).unwrap().items().len(), 25, "back to the one there is");
}
