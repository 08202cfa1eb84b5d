//! The catalogue of the invented shop: names, prices, two category levels, descriptions, what fits what.

use super::people::DAY;
use super::random::Random;
use super::sheet::Sheet;
use super::shop_words::{BRANDS, CLOSINGS, DEPARTMENTS, Kind, LINES, VARIANTS};
use std::collections::BTreeSet;

/// Midnight of 1 January 2025, UTC: the first day of the log.
pub(super) const START: i64 = 1_735_689_600;
/// Days of the log: the year 2025.
pub(super) const DAYS: i64 = 365;
/// Products in the catalogue.
pub(super) const PRODUCTS: usize = 900;
/// Kinds of product in a department.
pub(super) const STEPS: usize = 5;
/// Share of products that were there before the log begins.
const OLD_SHARE: f64 = 0.75;

/// One product.
#[derive(Debug, Clone)]
pub(super) struct Product {
    pub id: String,
    pub name: String,
    /// Index of its department, and its step in it: 0 is the thing itself, 1 to 4 what is bought after it.
    pub department: usize,
    pub step: usize,
    pub cents: i64,
    /// Where its price stands among its kind, from 0 (cheapest) to 1.
    pub price_level: f64,
    pub description: String,
    /// Epoch seconds of its arrival in the catalogue.
    pub created: i64,
    /// How much it is asked for within its kind.
    pub weight: f64,
    /// The products of the next step that go with it, the first the best.
    pub fits: Vec<usize>,
    /// Products of its own kind that people look at next.
    pub alike: Vec<usize>,
}

/// Draws the catalogue.
pub(super) fn catalogue(random: &mut Random) -> Vec<Product> {
    let mut names = BTreeSet::new();
    let mut products: Vec<Product> = (0..PRODUCTS)
        .map(|index| {
            // Round after round through all kinds, so that each has its share.
            let department = index % DEPARTMENTS.len();
            let step = index / DEPARTMENTS.len() % STEPS;
            product(random, &mut names, department, step)
        })
        .collect();
    weigh(random, &mut products);
    link(random, &mut products);
    let mut numbers: Vec<usize> = (1..=PRODUCTS).collect();
    random.shuffle(&mut numbers);
    for (product, number) in products.iter_mut().zip(numbers) {
        product.id = format!("product-{number:03}");
    }
    products
}

fn product(random: &mut Random, names: &mut BTreeSet<String>, department: usize, step: usize) -> Product {
    let kind = &DEPARTMENTS[department].kinds[step];
    let (name, noun) = loop {
        let noun = random.pick(kind.nouns);
        let name = format!("{} {} {noun} {}", random.pick(BRANDS), random.pick(LINES), random.pick(VARIANTS));
        let name = name.trim_end().to_owned();
        if names.insert(name.clone()) {
            break (name, noun);
        }
    };
    // Cheap ones are more common: the product of two draws.
    let price_level = random.unit() * (0.4 + 0.6 * random.unit());
    let (low, high) = kind.price;
    let euros = low + (price_level * (high - low) as f64) as i64;
    let created = START
        + 6 * 3_600
        + DAY
            * if random.chance(OLD_SHARE) { random.between(-900, -3) } else { random.between(3, DAYS - 10) };
    Product {
        id: String::new(),
        description: description(random, department, kind, noun),
        name,
        department,
        step,
        cents: euros * 100 - random.pick(&[0, 1, 5, 10, 50]),
        price_level,
        created,
        weight: 0.0,
        fits: Vec::new(),
        alike: Vec::new(),
    }
}

/// One to three sentences.
fn description(random: &mut Random, department: usize, kind: &Kind, noun: &str) -> String {
    let first = random.below(kind.features.len());
    let second = (first + 1 + random.below(kind.features.len() - 1)) % kind.features.len();
    let purpose = random.pick(DEPARTMENTS[department].uses);
    let mut text = match random.below(3) {
        0 => format!("{noun} with {} and {}, for {purpose}.", kind.features[first], kind.features[second]),
        1 => format!("Made for {purpose}. {noun} with {}.", kind.features[first]),
        _ => format!("{noun} for {purpose}, with {}.", kind.features[first]),
    };
    if random.chance(0.5) {
        text.push(' ');
        text.push_str(random.pick(CLOSINGS));
    }
    text
}

/// The products of a kind.
pub(super) fn of_kind(products: &[Product], department: usize, step: usize) -> Vec<usize> {
    let is_kind = |&index: &usize| products[index].department == department && products[index].step == step;
    (0..products.len()).filter(is_kind).collect()
}

fn weigh(random: &mut Random, products: &mut [Product]) {
    for department in 0..DEPARTMENTS.len() {
        for step in 0..STEPS {
            let mut members = of_kind(products, department, step);
            random.shuffle(&mut members);
            for (rank, &member) in members.iter().enumerate() {
                products[member].weight = 1.0 / (rank + 1) as f64;
            }
        }
    }
}

/// Draws what fits what, and what is looked at after what.
fn link(random: &mut Random, products: &mut [Product]) {
    for index in 0..products.len() {
        let (department, step) = (products[index].department, products[index].step);
        let near_in_price = |&other: &usize| {
            let distance = products[other].price_level - products[index].price_level;
            if other == index { 0.0 } else { products[other].weight.sqrt() / (0.1 + distance * distance) }
        };
        let next_kind = of_kind(products, department, (step + 1) % STEPS);
        let fits = draw(random, &next_kind, near_in_price, 2);
        let same_kind = of_kind(products, department, step);
        let alike = draw(random, &same_kind, near_in_price, 3);
        products[index].fits = fits;
        products[index].alike = alike;
    }
}

/// So many of the candidates, without putting any back.
fn draw(
    random: &mut Random,
    candidates: &[usize],
    weight: impl Fn(&usize) -> f64,
    count: usize,
) -> Vec<usize> {
    let mut weights: Vec<f64> = candidates.iter().map(weight).collect();
    let mut drawn = Vec::new();
    while drawn.len() < count {
        let Some(place) = random.weighted(&weights) else { break };
        weights[place] = 0.0;
        drawn.push(candidates[place]);
    }
    drawn
}

/// Items as the file has them, in the order of their ids.
pub(super) fn sheet(products: &[Product]) -> Sheet {
    let mut sheet = Sheet::new(&[
        "ITEM_ID",
        "NAME",
        "PRICE",
        "CATEGORY_L1",
        "CATEGORY_L2",
        "PRODUCT_DESCRIPTION",
        "CREATION_TIMESTAMP",
    ]);
    sheet.rows.extend(products.iter().map(|product| {
        let department = &DEPARTMENTS[product.department];
        vec![
            product.id.clone(),
            product.name.clone(),
            format!("{}.{:02}", product.cents / 100, product.cents % 100),
            department.name.to_owned(),
            department.kinds[product.step].name.to_owned(),
            product.description.clone(),
            product.created.to_string(),
        ]
    }));
    sheet.rows.sort_unstable();
    sheet
}
