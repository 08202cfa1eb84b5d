//! What people did in the invented shop: drifting interests, visits that compare a few products, carts that
//! become purchases, accessories bought in order after the thing itself, refills, seasons, bargains of the week,
//! and two robots that read prices.

use super::people::{DAY, Person, Tastes};
use super::random::{Random, long_tail};
use super::sheet::Sheet;
use super::shop::{DAYS, PRODUCTS, Product, START, STEPS, catalogue, of_kind, sheet};
use super::shop_words::DEPARTMENTS;
use super::{Event, SampleTables, log_sheet};

const SEED: u64 = 0x5348_4f50; // "SHOP"
/// People with an account, robots among them.
const SHOPPERS: usize = 3_000;
/// Accounts that are programs, reading prices.
const ROBOTS: [usize; 2] = [811, 2_305];
/// Weights of the hours of the day on the shopper's own clock, from midnight.
const HOURS: [f64; 24] = [
    1.5, 0.8, 0.4, 0.2, 0.2, 0.4, 1.0, 2.0, 3.0, 4.0, 5.0, 5.5, 7.0, 6.0, 5.0, 5.0, 5.0, 6.0, 7.0, 9.0, 11.0,
    10.0, 7.0, 3.5,
];
/// The event types with the value each is given, so that a threshold can tell them apart.
const VIEW: (&str, &str) = ("View", "0.33");
const ADD_TO_CART: (&str, &str) = ("AddToCart", "0.66");
const PURCHASE: (&str, &str) = ("Purchase", "1.0");

/// Draws the whole group.
pub(super) fn tables() -> SampleTables {
    let products = catalogue(&mut Random::new(SEED, 0));
    let shop = Shop::new(&mut Random::new(SEED, 1), products);
    let mut users = Sheet::new(&["USER_ID", "AGE", "COUNTRY", "MEMBERSHIP"]);
    let mut events = Vec::new();
    for shopper in 0..SHOPPERS {
        let mut random = Random::new(SEED, 2 + shopper as u64);
        let person = Person::new(&mut random, DAYS);
        let membership = if random.chance(0.3) { "plus" } else { "basic" };
        users.rows.push(vec![
            user_id(shopper),
            person.age.to_string(),
            person.country.to_owned(),
            membership.to_owned(),
        ]);
        if ROBOTS.contains(&shopper) {
            read_prices(&mut random, &shop, shopper, &mut events);
        } else {
            Shopping::new(&mut random, &shop, &person, shopper).run(&person, &mut events);
        }
    }
    let interactions = log_sheet(events, user_id, |product| shop.products[product].id.clone());
    SampleTables { interactions, items: sheet(&shop.products), users }
}

fn user_id(shopper: usize) -> String {
    format!("shopper-{:04}", shopper + 1)
}

/// What all shoppers share.
struct Shop {
    products: Vec<Product>,
    /// Products of each kind, `[departments][steps]`.
    of_kind: Vec<Vec<Vec<usize>>>,
    /// How many people a department draws, `[departments]`.
    popularity: Vec<f64>,
    /// How likely an interest moves from one department to another, `[departments, departments]`.
    near: Vec<Vec<f64>>,
    /// The bargain of each week, `[weeks]`.
    bargains: Vec<usize>,
}

impl Shop {
    fn new(random: &mut Random, products: Vec<Product>) -> Self {
        let count = DEPARTMENTS.len();
        let of_kind = (0..count)
            .map(|department| (0..STEPS).map(|step| of_kind(&products, department, step)).collect())
            .collect();
        let mut popularity: Vec<f64> = (1..=count).map(|rank| long_tail(rank + 1)).collect();
        random.shuffle(&mut popularity);
        let near = DEPARTMENTS
            .iter()
            .map(|from| {
                let closeness = |to: &super::shop_words::Department| 1.0 / (4.0 + (from.age - to.age).abs());
                DEPARTMENTS.iter().map(closeness).collect()
            })
            .collect();
        let bargains = (0..=DAYS / 7)
            .map(|week| {
                loop {
                    let product = random.below(products.len());
                    if products[product].created <= START + week * 7 * DAY {
                        return product;
                    }
                }
            })
            .collect();
        Self { products, of_kind, popularity, near, bargains }
    }

    /// The bargain at a time.
    fn bargain(&self, time: i64) -> usize {
        let week = ((time - START) / (7 * DAY)).max(0) as usize;
        self.bargains[week.min(self.bargains.len() - 1)]
    }

    /// How much more a department draws at a time: up to three times as much in its month.
    fn season(department: usize, time: i64) -> f64 {
        let month = (time - START) / DAY * 12 / DAYS;
        DEPARTMENTS[department].season.map_or(1.0, |best| {
            let distance = (month - best).rem_euclid(12).min((best - month).rem_euclid(12));
            [3.0, 1.8, 1.0][distance.min(2) as usize]
        })
    }
}

/// Something bought that asks for more.
#[derive(Debug, Clone, Copy)]
struct Want {
    /// The product that goes with it, or the same one again.
    product: usize,
    /// Epoch seconds from which it is wanted.
    due: i64,
}

/// One shopper on the way through the year.
struct Shopping<'a> {
    random: &'a mut Random,
    shop: &'a Shop,
    shopper: usize,
    tastes: Tastes,
    /// The price level liked, from 0 (cheap) to 1.
    price_level: f64,
    /// `[products]`
    owned: Vec<bool>,
    wants: Vec<Want>,
    events_left: usize,
}

impl<'a> Shopping<'a> {
    fn new(random: &'a mut Random, shop: &'a Shop, person: &Person, shopper: usize) -> Self {
        let appeal: Vec<f64> = DEPARTMENTS
            .iter()
            .zip(&shop.popularity)
            .map(|(department, popularity)| popularity * person.suits_age(department.age))
            .collect();
        let tastes = Tastes::new(random, &appeal);
        let price_level = random.unit() * random.unit();
        let events_left = Person::activity(random, 3, 6.4, 260);
        Self {
            random,
            shop,
            shopper,
            tastes,
            price_level,
            owned: vec![false; PRODUCTS],
            wants: Vec::new(),
            events_left,
        }
    }

    /// Comes by until the events of this shopper are used up.
    fn run(mut self, person: &Person, events: &mut Vec<Event>) {
        let visits = person.visits(self.random, START, self.events_left, &HOURS);
        let mut now = START;
        for visit in visits {
            if self.events_left == 0 {
                break;
            }
            // Nobody starts a visit during the one before.
            let start = visit.max(now + 2 * 3_600);
            self.tastes.drift(self.random, (start - now) as f64 / DAY as f64, 90.0, &self.shop.near);
            now = self.visit(start, events);
        }
    }

    /// One visit: looks at a few products and may buy; returns when it ended.
    fn visit(&mut self, start: i64, events: &mut Vec<Event>) -> i64 {
        let mut now = start;
        let mut cart = Vec::new();
        let wanted = self.wanted(now);
        let mut looked_at = wanted.or_else(|| self.browse(now));
        for step in 0..self.random.run_length(0.66, 7) {
            let Some(product) = looked_at else { break };
            self.record(VIEW, product, now, events);
            now += self.random.between(15, 240);
            let is_wanted = step == 0 && wanted.is_some();
            if self.random.chance(if is_wanted { 0.7 } else { 0.22 }) && !cart.contains(&product) {
                self.record(ADD_TO_CART, product, now, events);
                cart.push(product);
                now += self.random.between(5, 90);
            }
            looked_at = self.look_further(product, now);
        }
        if self.random.chance(0.68) {
            // A cart is paid for as one: the same second for all of it.
            for product in cart {
                self.record(PURCHASE, product, now, events);
                self.bought(product, now);
            }
        }
        now
    }

    /// What is missing for a thing bought before, if it is time.
    fn wanted(&mut self, now: i64) -> Option<usize> {
        let shop = self.shop;
        let place = self
            .wants
            .iter()
            .position(|want| want.due <= now && shop.products[want.product].created <= now)?;
        self.random.chance(0.75).then(|| self.wants.remove(place).product)
    }

    /// Where a visit without a purpose begins.
    fn browse(&mut self, now: i64) -> Option<usize> {
        if self.random.chance(0.08) {
            return Some(self.shop.bargain(now));
        }
        let department = if self.random.chance(0.25) {
            let draws: Vec<f64> = (0..DEPARTMENTS.len())
                .map(|department| self.shop.popularity[department] * Shop::season(department, now))
                .collect();
            self.random.weighted(&draws).unwrap_or(0)
        } else {
            self.tastes.choose(self.random)
        };
        let step = self.random.weighted(&[5.0, 1.4, 1.2, 1.0, 0.9]).unwrap_or(0);
        let members = &self.shop.of_kind[department][step];
        let weights: Vec<f64> = members.iter().map(|&product| self.wish(product, now)).collect();
        self.random.weighted(&weights).map(|place| members[place])
    }

    /// What is looked at after a product: one like it, or one that goes with it.
    fn look_further(&mut self, product: usize, now: i64) -> Option<usize> {
        let Product { fits, alike, .. } = &self.shop.products[product];
        let list = if self.random.chance(0.25) { fits } else { alike };
        let weights: Vec<f64> = list
            .iter()
            .zip([6.0, 3.0, 1.5])
            .map(|(&other, weight)| if self.is_open(other, now) { weight } else { 0.0 })
            .collect();
        if self.random.chance(0.6) {
            self.random.weighted(&weights).map(|place| list[place])
        } else {
            self.browse(now)
        }
    }

    fn is_open(&self, product: usize, now: i64) -> bool {
        !self.owned[product] && self.shop.products[product].created <= now
    }

    /// The weight of a product within its kind: liked by many, of the right price, new.
    fn wish(&self, product: usize, now: i64) -> f64 {
        if !self.is_open(product, now) {
            return 0.0;
        }
        let product = &self.shop.products[product];
        let distance = product.price_level - self.price_level;
        let age_days = ((now - product.created) / DAY) as f64;
        product.weight / (0.15 + distance * distance) * (1.0 + 2.0 / (1.0 + age_days / 14.0))
    }

    fn record(
        &mut self,
        (kind, value): (&'static str, &'static str),
        product: usize,
        now: i64,
        events: &mut Vec<Event>,
    ) {
        if self.events_left > 0 && now < START + DAYS * DAY {
            self.events_left -= 1;
            events.push(Event { time: now, user: self.shopper, item: product, kind, value: Some(value) });
        }
    }

    /// A purchase: things that are used up will be wanted again, things that last ask for what goes with them.
    fn bought(&mut self, product: usize, now: i64) {
        let shop = self.shop;
        let Product { department, step, fits, .. } = &shop.products[product];
        let lasts_days = DEPARTMENTS[*department].kinds[*step].lasts_days;
        self.wants.retain(|want| want.product != product);
        if lasts_days > 0 {
            if self.random.chance(0.6) {
                let due = now + (lasts_days * 3 / 4 + self.random.between(0, lasts_days / 2)) * DAY;
                self.wants.push(Want { product, due });
            }
        } else {
            self.owned[product] = true;
        }
        if step + 1 < STEPS && self.random.chance(0.8) {
            let place = self.random.weighted(&[3.0, 1.0]).unwrap_or(0);
            if let Some(&next) = fits.get(place).filter(|&&next| !self.owned[next]) {
                let due = now + self.random.between(1, 12) * DAY;
                self.wants.insert(0, Want { product: next, due });
            }
        }
    }
}

/// A robot: reads every price of the catalogue in rounds, a view every few seconds.
fn read_prices(random: &mut Random, shop: &Shop, shopper: usize, events: &mut Vec<Event>) {
    let pages = random.between(2_000, 2_600) as usize;
    let mut now = START + random.between(30, 200) * DAY;
    let mut read = 0;
    while read < pages {
        let mut round: Vec<usize> =
            (0..PRODUCTS).filter(|&product| shop.products[product].created <= now).collect();
        random.shuffle(&mut round);
        round.truncate(pages - read);
        read += round.len();
        for product in round {
            now += random.between(4, 7);
            events.push(Event { time: now, user: shopper, item: product, kind: VIEW.0, value: Some(VIEW.1) });
        }
        now += random.between(3, 20) * DAY;
    }
}
