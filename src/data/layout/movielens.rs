//! `MovieLens` as `GroupLens` publishes it: 100K (`u.data`), 1M and 10M (`ratings.dat`), 20M and later
//! (`ratings.csv`), as a folder, single files or the archive itself. Source: the README of each.

use crate::data::DataError;
use crate::data::mapping::Proposal;
use crate::data::source::{Dialect, Format, Source, sample};
use crate::domain::DatasetType;
use crate::domain::mapping::{MappedField, Mapping, Reading, TimestampRule};
use crate::domain::schema::{FieldRole, FieldType};
use std::path::PathBuf;

/// The genres of 100K in the order of its columns (`u.genre`).
const GENRES: [&str; 19] = [
    "unknown",
    "Action",
    "Adventure",
    "Animation",
    "Children's",
    "Comedy",
    "Crime",
    "Documentary",
    "Drama",
    "Fantasy",
    "Film-Noir",
    "Horror",
    "Musical",
    "Mystery",
    "Romance",
    "Sci-Fi",
    "Thriller",
    "War",
    "Western",
];
/// Ages of 1M, by the lower end of their range.
const AGES: [(&str, &str); 7] = [
    ("1", "Under 18"),
    ("18", "18-24"),
    ("25", "25-34"),
    ("35", "35-44"),
    ("45", "45-49"),
    ("50", "50-55"),
    ("56", "56+"),
];
/// Occupations of 1M, by their number.
const OCCUPATIONS: [&str; 21] = [
    "other",
    "academic/educator",
    "artist",
    "clerical/admin",
    "college/grad student",
    "customer service",
    "doctor/health care",
    "executive/managerial",
    "farmer",
    "homemaker",
    "K-12 student",
    "lawyer",
    "programmer",
    "retired",
    "sales/marketing",
    "scientist",
    "self-employed",
    "technician/engineer",
    "tradesman/craftsman",
    "unemployed",
    "writer",
];
const NO_GENRES: &str = "(no genres listed)";

/// What one file of a layout is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Ratings,
    Movies,
    Users,
}

/// How a release writes its files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Release {
    /// `u.data`, `u.item`, `u.user`.
    Small,
    /// `ratings.dat`, `movies.dat`, `users.dat`.
    Dat,
    /// `ratings.csv`, `movies.csv`.
    Csv,
}

/// Takes `MovieLens` files out of `sources`. Where the ratings of a release are among them, the files beside
/// them that are no dataset (tags, links, ready-made folds) go too.
pub(super) fn recognise(sources: &mut Vec<Source>) -> Result<Vec<Proposal>, DataError> {
    let mut found: Vec<(Release, Part, Source)> = Vec::new();
    let mut rest = Vec::new();
    for source in sources.drain(..) {
        match part_of(&source)? {
            Some((release, part)) => found.push((release, part, source)),
            None => rest.push(source),
        }
    }
    rest.retain(|source| {
        let beside = |(release, part, ratings): &(Release, Part, Source)| {
            *part == Part::Ratings
                && place(ratings) == place(source)
                && is_companion(*release, &source.file_name().to_lowercase())
        };
        !found.iter().any(beside)
    });
    *sources = rest;
    let mut proposals = Vec::new();
    let with_users = found.iter().any(|(release, part, _)| *release == Release::Dat && *part == Part::Users);
    for (release, part, source) in found {
        let name = release_name(release, &source, with_users);
        proposals.push(proposal(release, part, source, &name));
    }
    // Two releases dropped together cannot both be imported unasked.
    for kind in DatasetType::ALL {
        let of_kind = || proposals.iter().filter(|proposal| proposal.mapping.dataset == kind).count();
        if of_kind() > 1 {
            for proposal in proposals.iter_mut().filter(|proposal| proposal.mapping.dataset == kind) {
                proposal.confident = false;
            }
        }
    }
    Ok(proposals)
}

/// Folder or archive folder that the source lies in.
fn place(source: &Source) -> (PathBuf, String) {
    match &source.entry {
        Some(entry) => {
            (source.path.clone(), entry.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned())
        }
        None => (source.path.parent().map(PathBuf::from).unwrap_or_default(), String::new()),
    }
}

/// What the file is, by its name and the shape of its first rows.
fn part_of(source: &Source) -> Result<Option<(Release, Part)>, DataError> {
    let Format::Delimited(dialect) = &source.format else { return Ok(None) };
    let name = source.file_name().to_lowercase();
    let name = name.trim_end_matches(".gz").trim_end_matches(".zst");
    let (release, part, separator, columns) = match name {
        "u.data" => (Release::Small, Part::Ratings, "\t", 4),
        "u.item" => (Release::Small, Part::Movies, "|", 24),
        "u.user" => (Release::Small, Part::Users, "|", 5),
        "ratings.dat" => (Release::Dat, Part::Ratings, "::", 4),
        "movies.dat" => (Release::Dat, Part::Movies, "::", 3),
        "users.dat" => (Release::Dat, Part::Users, "::", 5),
        "ratings.csv" => (Release::Csv, Part::Ratings, ",", 4),
        "movies.csv" => (Release::Csv, Part::Movies, ",", 3),
        _ => return Ok(None),
    };
    if dialect.separator != separator || dialect.has_header != (release == Release::Csv) {
        return Ok(None);
    }
    let found = sample(source, 20, 1 << 16)?.columns;
    let as_published = match (release, part) {
        (Release::Csv, Part::Ratings) => found == ["userId", "movieId", "rating", "timestamp"],
        (Release::Csv, _) => found == ["movieId", "title", "genres"],
        _ => found.len() == columns,
    };
    Ok(as_published.then_some((release, part)))
}

/// Files that a release holds beside its datasets.
fn is_companion(release: Release, name: &str) -> bool {
    match release {
        Release::Small => {
            name.starts_with("u.") || name.starts_with("ua.") || name.starts_with("ub.") || is_fold(name)
        }
        Release::Dat => name == "tags.dat",
        Release::Csv => matches!(name, "tags.csv" | "links.csv" | "genome-scores.csv" | "genome-tags.csv"),
    }
}

/// `u1.base` to `u5.test`.
fn is_fold(name: &str) -> bool {
    matches!(name.as_bytes(), [b'u', b'1'..=b'5', b'.', ..])
}

fn release_name(release: Release, source: &Source, with_users: bool) -> String {
    let (path, folder) = place(source);
    let folder = if folder.is_empty() {
        path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    } else {
        folder
    };
    let folder = folder.rsplit('/').next().unwrap_or_default().to_lowercase();
    match release {
        Release::Small => "MovieLens 100K".to_owned(),
        Release::Dat if with_users || folder.contains("1m") => "MovieLens 1M".to_owned(),
        Release::Dat => "MovieLens 10M".to_owned(),
        Release::Csv => {
            let size =
                folder.strip_prefix("ml-").or_else(|| folder.strip_prefix("movielens-")).unwrap_or_default();
            let size = if size.ends_with('m') { size.to_uppercase() } else { size.to_owned() };
            format!("MovieLens {size}").trim_end().to_owned()
        }
    }
}

/// The source with names for its columns.
fn named(mut source: Source, columns: &[&str]) -> Source {
    if let Format::Delimited(Dialect { columns: names, .. }) = &mut source.format {
        *names = columns.iter().map(|&name| name.to_owned()).collect();
    }
    source
}

fn field(name: &str, column: &str, kind: FieldType, role: FieldRole, reason: &str) -> MappedField {
    let is_id = matches!(name, "USER_ID" | "ITEM_ID" | "TIMESTAMP");
    MappedField {
        field: name.to_owned(),
        columns: vec![column.to_owned()],
        reading: Reading::Whole,
        kind,
        role,
        nullable: !is_id,
        reason: reason.to_owned(),
    }
}

fn plain(name: &str, column: &str, reason: &str) -> MappedField {
    field(name, column, FieldType::String, FieldRole::Plain, reason)
}

fn categorical(name: &str, column: &str, reason: &str) -> MappedField {
    field(name, column, FieldType::String, FieldRole::Categorical, reason)
}

fn proposal(release: Release, part: Part, source: Source, release_name: &str) -> Proposal {
    let (dataset, what, source, fields) = match part {
        Part::Ratings => ratings(release, source),
        Part::Movies => movies(release, source),
        Part::Users => users(release, source),
    };
    let timestamp_reason = match part {
        Part::Ratings => "seconds since 1970, as the README of MovieLens says",
        Part::Movies | Part::Users => "no column holds times",
    };
    let mapping = Mapping {
        dataset,
        fields,
        timestamp: TimestampRule::Seconds,
        timestamp_reason: timestamp_reason.to_owned(),
        event_type: None,
        event_values: Vec::new(),
    };
    Proposal { title: format!("{release_name}: {what}"), source, mapping, confident: true }
}

type Described = (DatasetType, &'static str, Source, Vec<MappedField>);

fn ratings(release: Release, source: Source) -> Described {
    let (source, [user, item, rating, time]) = match release {
        Release::Csv => (source, ["userId", "movieId", "rating", "timestamp"]),
        Release::Small | Release::Dat => {
            let columns = ["user_id", "item_id", "rating", "timestamp"];
            (named(source, &columns), columns)
        }
    };
    let value = "the rating is kept as the event's value; there is no event type, so every rating is an \
                 interaction and a value threshold can choose the good ones";
    let fields = vec![
        plain("USER_ID", user, "MovieLens's user number"),
        plain("ITEM_ID", item, "MovieLens's film number"),
        field(
            "TIMESTAMP",
            time,
            FieldType::Long,
            FieldRole::Plain,
            "when the rating was given, seconds since 1970",
        ),
        field("EVENT_VALUE", rating, FieldType::Float, FieldRole::Plain, value),
    ];
    (DatasetType::Interactions, "ratings", source, fields)
}

fn movies(release: Release, source: Source) -> Described {
    let year = |column: &str, reason: &str| MappedField {
        reading: Reading::Year,
        ..field("YEAR", column, FieldType::Int, FieldRole::Plain, reason)
    };
    let title_reason = "the film's title, shown to people";
    if release == Release::Small {
        let columns: Vec<&str> = ["item_id", "title", "release_date", "video_release_date", "imdb_url"]
            .into_iter()
            .chain(GENRES)
            .collect();
        let genres = MappedField {
            columns: GENRES.iter().map(|&genre| genre.to_owned()).collect(),
            ..categorical("GENRES", "", "nineteen columns of 0 and 1, one for each genre, joined to one list")
        };
        let fields = vec![
            plain("ITEM_ID", "item_id", "MovieLens's film number"),
            plain("TITLE", "title", title_reason),
            year("release_date", "the year of the release date"),
            plain(
                "RELEASE_DATE",
                "release_date",
                "kept as it is: films older than 1970 have no epoch seconds",
            ),
            plain("IMDB_URL", "imdb_url", "a link, kept for display"),
            genres,
        ];
        return (DatasetType::Items, "movies", named(source, &columns), fields);
    }
    let (source, item) = if release == Release::Csv {
        (source, "movieId")
    } else {
        (named(source, &["item_id", "title", "genres"]), "item_id")
    };
    let genres = MappedField {
        reading: Reading::Codes(vec![(NO_GENRES.to_owned(), String::new())]),
        ..categorical(
            "GENRES",
            "genres",
            "lists of genres separated by |; \"(no genres listed)\" counts as missing",
        )
    };
    let fields = vec![
        plain("ITEM_ID", item, "MovieLens's film number"),
        plain("TITLE", "title", title_reason),
        year("title", "the year in brackets behind the title"),
        genres,
    ];
    (DatasetType::Items, "movies", source, fields)
}

fn users(release: Release, source: Source) -> Described {
    let user = plain("USER_ID", "user_id", "MovieLens's user number");
    let gender = categorical("GENDER", "gender", "F or M");
    let zip = plain("ZIP_CODE", "zip_code", "a label, kept for filters and display");
    if release == Release::Small {
        let source = named(source, &["user_id", "age", "gender", "occupation", "zip_code"]);
        let fields = vec![
            user,
            field("AGE", "age", FieldType::Int, FieldRole::Plain, "years"),
            gender,
            categorical("OCCUPATION", "occupation", "one of 21 occupations"),
            zip,
        ];
        return (DatasetType::Users, "users", source, fields);
    }
    let owned = |(code, meaning): (String, &str)| (code, meaning.to_owned());
    let ages = AGES.iter().map(|&(code, meaning)| owned((code.to_owned(), meaning))).collect();
    let occupations =
        OCCUPATIONS.iter().enumerate().map(|(code, &meaning)| owned((code.to_string(), meaning))).collect();
    let fields = vec![
        user,
        gender,
        MappedField {
            reading: Reading::Codes(ages),
            ..categorical("AGE", "age", "seven ranges of years, given as codes")
        },
        MappedField {
            reading: Reading::Codes(occupations),
            ..categorical("OCCUPATION", "occupation", "21 occupations, given as codes")
        },
        zip,
    ];
    (
        DatasetType::Users,
        "users",
        named(source, &["user_id", "gender", "age", "occupation", "zip_code"]),
        fields,
    )
}
