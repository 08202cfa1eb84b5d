//! The words of the invented shop: departments with their kinds of product, brands, materials, descriptions.

/// A department of the shop. Its first kind is the thing itself; the others are bought after it, in this order.
pub(super) struct Department {
    /// `CATEGORY_L1`
    pub name: &'static str,
    /// The age it is for, years.
    pub age: f64,
    /// The month it sells best, from 0, or `None` for all year.
    pub season: Option<i64>,
    /// What it is used for, to follow "for".
    pub uses: &'static [&'static str],
    pub kinds: [Kind; 5],
}

/// A kind of product.
pub(super) struct Kind {
    /// `CATEGORY_L2`
    pub name: &'static str,
    /// What one is called.
    pub nouns: &'static [&'static str],
    /// Lowest and highest price, whole euros.
    pub price: (i64, i64),
    /// What may be said for one, to follow "with".
    pub features: &'static [&'static str],
    /// Days that one lasts before it is bought again; 0 for things that last.
    pub lasts_days: i64,
}

const fn kind(
    name: &'static str,
    nouns: &'static [&'static str],
    price: (i64, i64),
    lasts_days: i64,
    features: &'static [&'static str],
) -> Kind {
    Kind { name, nouns, price, features, lasts_days }
}

#[rustfmt::skip]
pub(super) const DEPARTMENTS: &[Department] = &[
    Department { name: "Coffee", age: 38.0, season: None, uses: &["slow mornings", "a small kitchen", "an office of eight", "people who weigh their water"], kinds: [
        kind("Espresso Machines", &["Espresso Machine", "Lever Machine"], (189, 890), 0, &["a heavy brass group", "a quiet pump", "a cup rail that warms", "a gauge you can read without glasses"]),
        kind("Coffee Grinders", &["Burr Grinder", "Hand Grinder"], (39, 320), 0, &["sixty steps from fine to coarse", "steel burrs", "a hopper that lifts off in one turn"]),
        kind("Coffee Beans", &["Dark Roast", "House Blend", "Filter Roast", "Decaf Roast"], (8, 24), 32, &["notes of cocoa and dried plum", "a roast date on every bag", "a bright, lemony cup", "low acidity and a long finish"]),
        kind("Machine Care", &["Descaler", "Brush Set", "Cleaning Tablets"], (6, 29), 90, &["no smell", "a dosing cap", "enough for a year of Sundays"]),
        kind("Cups and Jugs", &["Milk Jug", "Espresso Cups", "Travel Mug"], (9, 48), 0, &["a spout that pours a thin line", "double walls", "a handle for large hands"])] },
    Department { name: "Photography", age: 42.0, season: Some(5), uses: &["long walks with a light bag", "family albums", "birds that won't sit still", "night streets"], kinds: [
        kind("Cameras", &["Compact Camera", "Mirrorless Camera", "Field Camera"], (320, 1_890), 0, &["a viewfinder like a window", "dials for everything that matters", "a shutter you can hardly hear"]),
        kind("Memory Cards", &["Memory Card", "Fast Memory Card"], (12, 99), 0, &["a read speed that doesn't drop", "a case for four", "a lifetime exchange"]),
        kind("Lenses", &["Standard Lens", "Wide Lens", "Portrait Lens", "Tele Lens"], (149, 1_250), 0, &["nine rounded blades", "a focus ring that turns like butter", "a hood that locks"]),
        kind("Tripods", &["Travel Tripod", "Studio Tripod", "Table Tripod"], (35, 380), 0, &["legs that open with one hand", "a level on the column", "feet for sand and stone"]),
        kind("Camera Bags", &["Shoulder Bag", "Camera Backpack", "Padded Insert"], (25, 210), 0, &["waxed canvas outside and felt inside", "a rain cover in the base", "dividers that stay put"])] },
    Department { name: "Camping", age: 33.0, season: Some(6), uses: &["a weekend out of reach", "three seasons and a mild winter", "families who argue about pegs", "cycling tours"], kinds: [
        kind("Tents", &["Two-Person Tent", "Family Tent", "Trekking Tent"], (119, 740), 0, &["poles that find their own sleeve", "two doors", "a porch for wet boots"]),
        kind("Sleeping Bags", &["Summer Sleeping Bag", "Down Sleeping Bag"], (49, 360), 0, &["a zip that doesn't bite", "room to turn over", "a hood with a soft edge"]),
        kind("Sleeping Mats", &["Air Mat", "Foam Mat"], (24, 180), 0, &["a valve that fills in a minute", "no rustle at night", "a patch kit in the lid"]),
        kind("Camp Stoves", &["Gas Stove", "Spirit Stove", "Kettle Set"], (19, 160), 0, &["a flame you can turn down", "a windshield that folds flat", "pots that nest"]),
        kind("Lanterns", &["Lantern", "Head Torch"], (14, 79), 0, &["a red mode for the night", "forty hours from one charge", "a hook and a magnet"])] },
    Department { name: "Cycling", age: 35.0, season: Some(4), uses: &["the ride to work", "gravel and bad roads", "shopping and two children", "Sunday mornings"], kinds: [
        kind("Bicycles", &["City Bicycle", "Touring Bicycle", "Folding Bicycle"], (390, 2_150), 0, &["a belt instead of a chain", "eight quiet gears", "a frame that forgives potholes"]),
        kind("Helmets", &["City Helmet", "Touring Helmet"], (39, 189), 0, &["a dial at the back", "a light in the rim", "a buckle for gloved hands"]),
        kind("Bicycle Locks", &["Folding Lock", "Chain Lock"], (25, 129), 0, &["three keys", "a holder for the frame", "a cover that spares the paint"]),
        kind("Bicycle Lights", &["Front Light", "Rear Light", "Light Set"], (15, 98), 0, &["a beam cut so that nobody is dazzled", "a mount without tools", "a week between charges"]),
        kind("Panniers", &["Pannier", "Handlebar Bag", "Basket"], (29, 165), 0, &["welded seams", "a hook that holds on any rack", "a shoulder strap"])] },
    Department { name: "Guitars", age: 27.0, season: Some(11), uses: &["beginners with patient neighbours", "songs by the fire", "a first band", "small stages"], kinds: [
        kind("Guitars", &["Steel-String Guitar", "Nylon-String Guitar", "Electric Guitar"], (129, 1_480), 0, &["a spruce top", "a neck that suits small hands", "frets without sharp ends"]),
        kind("Strings", &["Bronze Strings", "Nylon Strings", "Coated Strings"], (6, 28), 60, &["a spare first string", "a warm tone", "a coating that lasts a season"]),
        kind("Tuners", &["Clip Tuner", "Pedal Tuner"], (12, 95), 0, &["a display for dark stages", "a needle that settles quickly", "a mute switch"]),
        kind("Guitar Stands", &["Guitar Stand", "Wall Hanger"], (11, 69), 0, &["padding that spares the finish", "a fold to carry", "screws for any wall"]),
        kind("Amplifiers", &["Practice Amplifier", "Valve Amplifier"], (79, 690), 0, &["a headphone socket", "one knob and one sound, a good one", "a handle that stays cool"])] },
    Department { name: "Garden", age: 55.0, season: Some(3), uses: &["balconies facing north", "heavy soil", "people who forget to water", "a first vegetable bed"], kinds: [
        kind("Raised Beds", &["Raised Bed", "Balcony Planter"], (45, 290), 0, &["larch boards", "a fleece that lasts", "corners that need one screw"]),
        kind("Soil", &["Potting Soil", "Vegetable Soil", "Seed Compost"], (7, 26), 45, &["no peat", "bark and coconut fibre", "feed for eight weeks"]),
        kind("Seeds", &["Tomato Seeds", "Bean Seeds", "Meadow Mix", "Herb Seeds"], (3, 12), 75, &["a sowing calendar", "old varieties", "a germination rate on the packet"]),
        kind("Garden Tools", &["Hand Fork", "Secateurs", "Border Spade", "Hoe"], (12, 88), 0, &["an ash handle", "a blade you can sharpen", "a hole to hang it by"]),
        kind("Watering", &["Watering Can", "Drip Set", "Hose Reel"], (15, 140), 0, &["a rose that rains gently", "a timer with two buttons", "joints that don't drip"])] },
    Department { name: "Home Office", age: 40.0, season: Some(8), uses: &["a corner of the bedroom", "backs that have had enough", "two screens and a cat", "long calls"], kinds: [
        kind("Desks", &["Standing Desk", "Writing Desk", "Corner Desk"], (179, 890), 0, &["a motor you can't hear on a call", "an oak top", "a drawer for what shouldn't be seen"]),
        kind("Desk Chairs", &["Desk Chair", "Saddle Stool"], (119, 790), 0, &["a back that leans with you", "castors for wood", "arms that move out of the way"]),
        kind("Desk Lamps", &["Desk Lamp", "Clamp Lamp"], (29, 240), 0, &["a warm and a cold light", "a joint that stays where it is put", "a weighted foot"]),
        kind("Monitor Arms", &["Monitor Arm", "Double Monitor Arm"], (49, 260), 0, &["a spring for heavy screens", "a clamp up to six centimetres", "a channel for the cables"]),
        kind("Cable Tidies", &["Cable Tray", "Cable Box", "Cable Sleeve"], (9, 49), 0, &["a lid with a soft close", "room for a long plug", "no drilling"])] },
    Department { name: "Sewing", age: 47.0, season: Some(10), uses: &["mending", "a first quilt", "costumes by Friday", "stubborn denim"], kinds: [
        kind("Sewing Machines", &["Sewing Machine", "Overlocker"], (139, 980), 0, &["a needle threader that works", "a foot for every fabric", "an arm narrow enough for sleeves"]),
        kind("Thread", &["Cotton Thread", "Thread Set", "Silk Thread"], (3, 38), 40, &["no lint", "a colour card", "a strength for bags and belts"]),
        kind("Fabrics", &["Linen Cloth", "Cotton Print", "Wool Flannel", "Canvas"], (9, 59), 50, &["a width of 150 centimetres", "colours that stay in the wash", "a soft fall"]),
        kind("Patterns", &["Shirt Pattern", "Dress Pattern", "Bag Pattern", "Quilt Pattern"], (8, 24), 0, &["seven sizes on one sheet", "drawings instead of jargon", "a lesson for each seam"]),
        kind("Sewing Boxes", &["Sewing Box", "Scissors Set", "Cutting Mat"], (14, 96), 0, &["trays that lift together", "blades of forged steel", "lines on both sides"])] },
    Department { name: "Running", age: 30.0, season: Some(2), uses: &["the first five kilometres", "wet trails", "wide feet", "races you enter by mistake"], kinds: [
        kind("Running Shoes", &["Road Shoes", "Trail Shoes", "Winter Running Shoes"], (69, 210), 240, &["a rocker that spares the calf", "lugs for mud", "a tongue that stays in the middle"]),
        kind("Running Socks", &["Running Socks", "Compression Socks"], (9, 39), 110, &["no seam at the toe", "merino wool", "a left and a right"]),
        kind("Running Clothes", &["Rain Jacket", "Running Tights", "Running Shirt"], (25, 169), 0, &["a pocket that doesn't bounce", "a print that shines at night", "sleeves with thumb holes"]),
        kind("Sports Watches", &["Sports Watch", "Heart-Rate Strap"], (59, 420), 0, &["a screen for bright sun", "ten days between charges", "buttons for wet fingers"]),
        kind("Hydration", &["Running Vest", "Soft Flask", "Energy Gels"], (4, 110), 70, &["a valve you can bite", "no taste of plastic", "straps that don't rub"])] },
    Department { name: "Aquariums", age: 36.0, season: None, uses: &["shrimps and small shoals", "a quiet corner", "a planted tank", "children who want to name everybody"], kinds: [
        kind("Aquariums", &["Aquarium", "Nano Aquarium", "Aquarium Cabinet Set"], (69, 640), 0, &["polished edges", "a lid that opens by halves", "glass you can forget"]),
        kind("Filters", &["Internal Filter", "Canister Filter"], (19, 210), 0, &["a flow you can set", "a pump that hums below hearing", "baskets that lift out together"]),
        kind("Aquarium Plants", &["Java Fern", "Moss Mat", "Stem Plant Bundle"], (5, 29), 80, &["no snails", "roots that hold within a week", "a label for light and hardness"]),
        kind("Fish Food", &["Flakes", "Granules", "Algae Wafers"], (4, 24), 38, &["no dye", "grains that sink slowly", "a lid against damp"]),
        kind("Aquarium Lights", &["Light Bar", "Clip Light"], (25, 180), 0, &["a sunrise of twenty minutes", "splash-proof joints", "a timer that keeps time"])] },
    Department { name: "Board Games", age: 29.0, season: Some(11), uses: &["two players and a rainy day", "a table of six", "people who hate losing", "half an hour before supper"], kinds: [
        kind("Board Games", &["Trading Game", "Harbour-Building Game", "Cooperative Game", "Deduction Game"], (24, 89), 0, &["rules on four pages", "a board with two sides", "a different map each time"]),
        kind("Expansions", &["Expansion", "Extra Scenarios", "Fifth-Player Set"], (9, 44), 0, &["three new maps", "a shorter game for weekdays", "rules the players asked for"]),
        kind("Card Sleeves", &["Card Sleeves", "Matte Sleeves"], (3, 14), 100, &["a fit without air", "backs that don't shine", "a hundred to the pack"]),
        kind("Organisers", &["Box Organiser", "Token Trays"], (12, 58), 0, &["a place for every token", "a lid that shuts over sleeved cards", "birch ply"]),
        kind("Dice and Mats", &["Dice Set", "Playing Mat", "Dice Tower"], (7, 65), 0, &["a quiet surface", "numbers you can read across the table", "a stitched edge"])] },
];

/// Invented brands. Any likeness to a real one is chance.
#[rustfmt::skip]
pub(super) const BRANDS: &[&str] = &[
    "Tarnwick", "Ostrella", "Quillby", "Varnholm", "Pellmore", "Isbrook", "Lomarry", "Fendrel", "Hathersby", "Umberlo",
    "Corvanne", "Skarnd", "Medlow & Vane", "Brackfield", "Nuvetta", "Oldgate Works",
];

/// Names of product lines.
#[rustfmt::skip]
pub(super) const LINES: &[&str] = &[
    "Fjell", "Marlow", "Ember", "Piccolo", "Halo", "Drift", "Anker", "Sorrel", "Nomad", "Tern", "Opal", "Bramble", "Solo",
    "Forge", "Linden", "Comet", "Pebble", "Rook", "Tally", "Vesper", "Wren", "Juno", "Slate", "Mistral", "Clover", "Otter",
    "Harrow", "Cinder", "Lumen", "Quarto", "Birch", "Rally", "Osprey", "Delta", "Saffron", "Cobble",
];

/// What follows a name to tell variants apart.
#[rustfmt::skip]
pub(super) const VARIANTS: &[&str] = &[
    "", "", "", "in Moss Green", "in Slate Grey", "in Rust", "in Cream", "No. 2", "No. 4", "Mini", "Plus", "Classic",
];

/// How a description may close.
#[rustfmt::skip]
pub(super) const CLOSINGS: &[&str] = &[
    "Spare parts are kept for ten years.", "Packed without plastic.", "Made in small batches.", "Comes with a two-year guarantee.",
    "Tested by people who complain for a living.", "Easy to clean and hard to break.", "One of those things you stop noticing, because it works.",
    "Instructions with pictures.",
];
