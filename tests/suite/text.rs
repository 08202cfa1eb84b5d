//! Text to dense vectors: terms weighted in `data`, taken apart in `nn`, together as a recipe puts them.

use bespoke::data::{SparseRows, TEXT_BUCKETS, TextWeights};
use bespoke::jobs::JobContext;
use bespoke::nn::svd::SparseMatrix;

const DIMENSIONS: usize = 8;

fn matrix(rows: &SparseRows) -> SparseMatrix<'_> {
    let SparseRows { columns, offsets, indices, values } = rows;
    SparseMatrix { columns: *columns, offsets, indices, values }
}

/// Each text in [`DIMENSIONS`] numbers, by what was learnt from `fitted` alone.
fn vectors(fitted: &[String], texts: &[String]) -> Vec<f32> {
    let job = JobContext::default();
    let weights = TextWeights::fit(fitted, TEXT_BUCKETS, &job).unwrap();
    let learnt = weights.transform(fitted, &job).unwrap();
    let svd = matrix(&learnt).svd(DIMENSIONS, 7, &job).unwrap();
    matrix(&weights.transform(texts, &job).unwrap()).times(&svd.right, DIMENSIONS, &job).unwrap()
}

fn cosine(vectors: &[f32], left: usize, right: usize) -> f32 {
    let row = |at: usize| &vectors[at * DIMENSIONS..(at + 1) * DIMENSIONS];
    let product = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    product(row(left), row(right)) / (product(row(left), row(left)) * product(row(right), row(right))).sqrt()
}

/// Ten sentences on each of three subjects.
fn library() -> Vec<String> {
    let subjects = [
        ["captain", "ship", "whale", "ocean", "harbour", "storm"],
        ["detective", "murder", "clue", "inspector", "alibi", "poison"],
        ["spaceship", "galaxy", "planet", "alien", "orbit", "robot"],
    ];
    let sentence = |words: &[&str; 6], at: usize| {
        let word = |step: usize| words[(at * step + step) % 6];
        format!("The {} and the {} meet a {} near the {}.", word(1), word(2), word(3), word(5))
    };
    subjects.iter().flat_map(|words| (0..10).map(move |at| sentence(words, at))).collect()
}

/// Texts that were not fitted on stand near those of their subject and far from the others.
#[test]
fn new_texts_stand_near_their_like() {
    let fitted = library();
    let new =
        ["A whale sinks the captains ships", "An alibi for the poison murders", "Robots orbiting planets"];
    let mut texts = fitted.clone();
    texts.extend(new.map(str::to_owned));
    let vectors = vectors(&fitted, &texts);
    for (subject, _) in new.iter().enumerate() {
        let mean =
            |of: usize| (0..10).map(|at| cosine(&vectors, 30 + subject, of * 10 + at)).sum::<f32>() / 10.0;
        let own = mean(subject);
        for other in (0..3).filter(|other| *other != subject) {
            assert!(own > mean(other) + 0.3, "{subject}: {own} against {} of {other}", mean(other));
        }
    }
}

#[test]
fn a_near_duplicate_is_nearer_than_anything_else() {
    let mut texts = library();
    let original = texts.len();
    texts.push("Seven friends hide a treasure map in the old lighthouse before the summer ends".to_owned());
    texts.push("Seven freinds hid the treasure map in an old lighthouse, before summer ends!".to_owned());
    let vectors = vectors(&texts, &texts);
    let duplicate = cosine(&vectors, original, original + 1);
    assert!(duplicate > 0.95, "{duplicate}");
    for other in 0..original {
        assert!(cosine(&vectors, original, other) < duplicate - 0.3, "text {other}");
    }
}

#[test]
fn the_same_bits_on_one_and_two_threads() {
    let texts = library();
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| vectors(&texts, &texts))
    };
    assert_eq!(on(1), on(2));
}
