//! The words of the invented films: themes with their genres, places, people and turns of plot.

/// A kind of film that some people like and others don't; its words colour titles and plots.
pub(super) struct Theme {
    /// One to three, the first the strongest.
    pub genres: &'static [&'static str],
    /// Nouns for titles, singular.
    pub nouns: &'static [&'static str],
    /// Who it is about.
    pub heroes: &'static [&'static str],
    /// Where it plays, to follow a verb or a comma.
    pub settings: &'static [&'static str],
    /// What the hero is after, to follow a subject.
    pub aims: &'static [&'static str],
}

const fn theme(
    genres: &'static [&'static str],
    nouns: &'static [&'static str],
    heroes: &'static [&'static str],
    settings: &'static [&'static str],
    aims: &'static [&'static str],
) -> Theme {
    Theme { genres, nouns, heroes, settings, aims }
}

/// Every theme shares a genre with some other, so that tastes have somewhere near to drift to.
#[rustfmt::skip]
pub(super) const THEMES: &[Theme] = &[
    theme(&["Mystery", "Thriller"], &["Lamp", "Lighthouse", "Foghorn", "Logbook", "Keeper", "Causeway"],
        &["a lighthouse keeper", "a coastguard clerk", "a harbour pilot"],
        &["on an island the ferry visits twice a year", "at the end of a flooded causeway", "in a village that locks its doors at low tide"],
        &["finds a logbook written a year ahead", "looks for the boat that put out the lamp", "tries to learn why nobody mentions the wreck"]),
    theme(&["Mystery", "Crime"], &["Alibi", "Inspector", "Verdict", "Witness", "Ledger", "Umbrella"],
        &["a retired inspector", "a court stenographer", "a night-desk reporter"],
        &["in a provincial town with one hotel", "at a wedding cut off by snow", "on the slow train south"],
        &["counts eleven guests and twelve glasses", "reopens a case the whole town signed off", "has until the last course to name a poisoner"]),
    theme(&["Crime", "Thriller"], &["Vault", "Getaway", "Locksmith", "Counterfeit", "Heist", "Safe"],
        &["a locksmith", "a getaway driver", "a forger of train tickets"],
        &["under a casino built on a salt mine", "in a city that never quite gets dark", "aboard a ferry with a bank in its hold"],
        &["agrees to one last job and then to another", "must rob the same vault twice in a night", "puts together a crew of people who owe each other money"]),
    theme(&["Crime", "Drama"], &["Precinct", "Informer", "Debt", "Docks", "Sentence", "Brother"],
        &["a dock foreman", "a young public defender", "a sergeant close to her pension"],
        &["on a waterfront run by two families", "in a precinct due to be closed", "in the last street before the ring road"],
        &["has to choose between an oath and a brother", "hides a witness in plain sight", "follows a debt back three generations"]),
    theme(&["Thriller", "Action"], &["Courier", "Cipher", "Border", "Asset", "Checkpoint", "Passport"],
        &["a diplomatic courier", "a cipher clerk", "an interpreter at peace talks"],
        &["between two capitals that share a river", "at a checkpoint nobody admits to building", "in an embassy with the lifts switched off"],
        &["carries a case that must not arrive", "hears one sentence too many", "has nine hours to find out which side hired her"]),
    theme(&["Action", "Adventure"], &["Convoy", "Avalanche", "Ridge", "Summit", "Rope", "Airlift"],
        &["a mountain guide", "a rescue pilot", "a bridge engineer"],
        &["above a valley cut off by the thaw", "on the one road over the range", "at a station higher than any helicopter can hover"],
        &["leads nine strangers down the wrong face", "races the weather for a medicine chest", "has to blow up the bridge he built"]),
    theme(&["Action", "Science Fiction"], &["Exosuit", "Arena", "Reactor", "Override", "Drone", "Circuit"],
        &["a salvage fighter", "a reactor technician", "a disgraced test pilot"],
        &["in a stadium built around a dead reactor", "in a city where the drones went on strike", "on the ninetieth level of a tower without stairs"],
        &["fights for parts to keep a sister breathing", "takes back a machine that has learned her temper", "must reach the switch before the shift bell"]),
    theme(&["Science Fiction", "Adventure"], &["Orbit", "Colony", "Beacon", "Starliner", "Airlock", "Ansible"],
        &["a colony surveyor", "the cook of a long-haul freighter", "a beacon mechanic"],
        &["on a moon with two sunsets", "forty light-minutes from the nearest doctor", "aboard a ship that forgot its destination"],
        &["answers a call sent by his own vessel", "maps a canyon that moves overnight", "must wake the crew without waking the cargo"]),
    theme(&["Science Fiction", "Drama"], &["Archive", "Replica", "Algorithm", "Memory", "Android", "Signal"],
        &["an archivist of deleted memories", "the last human proof-reader", "a widow with a borrowed android"],
        &["in a library that answers back", "in a quiet suburb under quarantine", "at a clinic that sells second opinions of the self"],
        &["discovers her childhood belongs to someone else", "teaches a machine to grieve", "receives a letter from a self who took the other job"]),
    theme(&["Science Fiction", "Thriller"], &["Paradox", "Loop", "Countdown", "Static", "Tuesday", "Clockmaker"],
        &["a clockmaker", "a radio astronomer", "an air-traffic controller"],
        &["in a town where Tuesday happens twice", "at an observatory below sea level", "on a night shift that will not end"],
        &["hears a warning in her own voice", "has eleven minutes, again and again", "finds the same stranger in every photograph"]),
    theme(&["Horror", "Mystery"], &["Cellar", "Mirror", "Lodger", "Wallpaper", "Séance", "Attic"],
        &["a house clearer", "a piano tuner", "a young widow"],
        &["in a house with one window too many", "at a boarding house that keeps its guests", "in the room behind the wallpaper"],
        &["is asked never to wind the hall clock", "hears the lodger who moved out in spring", "buys a mirror that runs a little late"]),
    theme(&["Horror", "Thriller"], &["Harvest", "Scarecrow", "Antlers", "Bonfire", "Orchard", "Marsh"],
        &["a seasonal picker", "a vet new to the district", "a land surveyor"],
        &["in a parish older than its church", "on a farm that never sells its land", "where the marsh begins at the back door"],
        &["learns what the harvest supper is for", "counts one scarecrow more each morning", "is the only one who did not dream of antlers"]),
    theme(&["Horror", "Comedy"], &["Vampire", "Undertaker", "Ghoul", "Haunting", "Coffin", "Werewolf"],
        &["an undertaker with hay fever", "a vampire on a diet", "a ghost-tour guide who believes none of it"],
        &["in a seaside hotel out of season", "in the only crypt with planning permission", "on a housing estate built on the wrong hill"],
        &["has to host the annual convention", "falls for the exorcist next door", "must pass a health inspection by midnight"]),
    theme(&["Comedy", "Romance"], &["Bouquet", "Postcard", "Honeymoon", "Understudy", "Umbrella Stand", "Best Man"],
        &["a wedding photographer", "a florist who can't say no", "a professional best man"],
        &["over one impossible summer", "in a block of flats with thin walls", "between two rival bakeries"],
        &["pretends to be engaged for the sake of a lease", "sends every letter to the wrong address", "has to plan the wedding of the one who got away"]),
    theme(&["Comedy", "Family"], &["Hamster", "Caravan", "Sleepover", "Grandmother", "Lemonade", "Snowman"],
        &["a ten-year-old inventor", "a grandmother with a motorcycle", "a boy with six sisters"],
        &["in a caravan with no reverse gear", "during the rainiest holiday on record", "in the last house without a television"],
        &["sets out to win the village fair", "hides an otter from the landlord", "swaps places with the headmaster for a day"]),
    theme(&["Comedy", "Crime"], &["Parrot", "Accordion", "Pawnshop", "Wig", "Sausage", "Nephew"],
        &["a hopeless burglar", "a pawnbroker's nephew", "an accordionist with a record"],
        &["in a town with one honest policeman", "at a pet show nobody may leave", "in a sausage factory after hours"],
        &["steals the right suitcase from the wrong man", "must return a parrot that knows the combination", "is mistaken for a famous assassin"]),
    theme(&["Comedy", "Drama"], &["Bowling Club", "Choir", "Allotment", "Retirement", "Karaoke", "Bus Driver"],
        &["a bus driver near retirement", "a choirmaster without tenors", "a divorced trombonist"],
        &["on an allotment about to be sold", "in a bowling club with four members left", "in a seaside town in February"],
        &["enters a contest out of spite", "inherits half of a karaoke bar", "learns to swim at sixty-eight"]),
    theme(&["Romance", "Drama"], &["Letter", "Platform", "Rain", "Piano", "Violin", "Balcony"],
        &["a translator", "a violin maker", "a station clerk"],
        &["in a port city during one long autumn", "on the last platform of the northern line", "across a courtyard with two balconies"],
        &["falls for a voice on a crossed line", "keeps a promise to a stranger", "plays the same piece every night for one window"]),
    theme(&["Romance", "History"], &["Governess", "Carriage", "Portrait", "Countess", "Waltz", "Glove"],
        &["a governess without references", "a portrait painter", "the second son of a bankrupt house"],
        &["at an estate with a locked ballroom", "in the season of the last great frost", "in a spa town before the war"],
        &["paints a face she is forbidden to know", "marries for a roof and stays for a quarrel", "returns a glove and keeps a secret"]),
    theme(&["History", "Drama"], &["Weaver", "Printing Press", "Charter", "Abbey", "Plough", "Regent"],
        &["a weaver's daughter", "a printer's apprentice", "a bell founder"],
        &["in the year of three regents", "in a mill town on the edge of revolt", "while the abbey is being pulled down for stone"],
        &["prints the page that could hang him", "leads a strike with a borrowed drum", "carries a charter across a country on fire"]),
    theme(&["History", "Adventure"], &["Caravel", "Astrolabe", "Saltroad", "Cartographer", "Sextant", "Galleon"],
        &["a cartographer", "a ship's surgeon", "a runaway page"],
        &["on the salt road in the dry years", "aboard a caravel with a mutinous pilot", "along a coast drawn from rumour"],
        &["searches for a river drawn by a liar", "has to bring home a crew that hates him", "trades a crown for a compass"]),
    theme(&["War", "Drama"], &["Trench", "Bugle", "Ceasefire", "Field Hospital", "Sapper", "Armistice"],
        &["a stretcher bearer", "a bugler of sixteen", "a sapper"],
        &["in the last week of a forgotten war", "in a village held by both sides", "under a hill that must be taken by morning"],
        &["carries an order that would save the other side", "digs towards a man who digs towards him", "keeps a truce alive with a football"]),
    theme(&["War", "Action"], &["Torpedo", "Squadron", "Minefield", "Partisan", "Flak", "Depot"],
        &["a squadron mechanic", "a partisan with a schoolbag", "a mine-sweeper's captain"],
        &["behind a line that moves every night", "in a sea full of other people's mines", "on an airfield made of planks"],
        &["has one flight to bring nine men home", "must hold the depot with a broken radio", "steals a train in sight of its guards"]),
    theme(&["Western", "Action"], &["Saddle", "Marshal", "Gulch", "Revolver", "Stagecoach", "Bounty"],
        &["a marshal without a badge", "a widow with a repeating rifle", "a bounty hunter losing his sight"],
        &["in a town the railway missed", "on the dry side of the gulch", "where the wells are guarded"],
        &["has until the noon stage to raise a posse", "hunts the man who once spared him", "takes the job nobody came back from"]),
    theme(&["Western", "Drama"], &["Homestead", "Prairie", "Windmill", "Cattle Drive", "Fence", "Drought"],
        &["a homesteader", "a cattle doctor", "a preacher who lost a bet"],
        &["on a prairie with no fence", "in the third year of drought", "a hundred miles from the nearest tree"],
        &["digs for water and finds a grave", "must bring two hundred head through a feud", "raises the son of the man he shot"]),
    theme(&["Fantasy", "Adventure"], &["Dragon", "Amulet", "Swordsmith", "Griffin", "Ferryman", "Runestone"],
        &["a swordsmith's apprentice", "a ferryman's daughter", "a knight too old for quests"],
        &["in a kingdom without a night", "beyond the mountain that walks", "where the rivers run towards the peaks"],
        &["owes a dragon one true answer", "carries an amulet that must never be worn", "has to return a stolen season"]),
    theme(&["Fantasy", "Family"], &["Witch", "Broom", "Moonbeam", "Giant", "Wishbone", "Toadstool"],
        &["a witch who can't fly", "a giant's tailor", "a girl who collects echoes"],
        &["in a forest that moves house", "at a school with a cloud for a roof", "at the bottom of a well-meaning well"],
        &["has three wishes and a bad memory", "must find the moon before bedtime", "learns that giants are afraid of mice for a reason"]),
    theme(&["Fantasy", "Romance"], &["Selkie", "Enchantment", "Nightingale", "Winter Court", "Rosegarden", "Spellbook"],
        &["a selkie", "a court enchanter", "a rose gardener"],
        &["at the winter court", "between two tides", "in a garden that blooms for liars"],
        &["falls in love for a hundred days and no more", "breaks a spell that was keeping the peace", "is loved by the wrong half of a pair of twins"]),
    theme(&["Animation", "Family"], &["Penguin", "Teapot", "Hedgehog", "Balloon", "Snail", "Biscuit"],
        &["a short-sighted penguin", "a hedgehog postman", "a teapot with a grudge"],
        &["at the bottom of an untidy garden", "in a kitchen after closing time", "on an iceberg that is getting smaller"],
        &["must deliver one last parcel before winter", "runs away to join the circus of fleas", "makes friends with the cat, against advice"]),
    theme(&["Animation", "Adventure"], &["Robot", "Comet", "Submarine", "Treasure Map", "Cloud Ship", "Whale"],
        &["a rusty robot", "a cabin boy on a cloud ship", "a whale who sings out of tune"],
        &["over a sea of fog", "inside a comet with a garden", "in a submarine made of wardrobes"],
        &["follows a map drawn on a napkin", "has to find the off-switch of the storm", "searches for the last quiet place in the ocean"]),
    theme(&["Animation", "Comedy"], &["Goose", "Burglar Cat", "Superdog", "Llama", "Pigeon", "Doughnut"],
        &["a goose with a driving licence", "a superhero's dog", "a pigeon of noble birth"],
        &["in a city run by its pets", "on the hottest day of the year", "at a zoo with very poor locks"],
        &["has to save the humans without being noticed", "is elected mayor by mistake", "opens a restaurant for seagulls"]),
    theme(&["Documentary", "History"], &["Shipyard", "Quarry", "Dialect", "Railway", "Canal", "Census"],
        &["a shipyard town", "the last speaker of a dialect", "a family of quarrymen"],
        &["along a canal that closed in a day", "in a valley before the reservoir", "in letters found under a station floor"],
        &["is told by those who were there", "is followed from boom to silence", "is pieced together from a box of glass plates"]),
    theme(&["Documentary", "Music"], &["Trumpet", "Songbook", "Orchestra", "Record Shop", "Rehearsal", "Drummer"],
        &["a village brass band", "a singer who never made a record", "an orchestra of amateurs"],
        &["over a year of rehearsals", "in the back room of a record shop", "on a tour of towns without a hall"],
        &["prepares for one concert", "tries to find the tune everybody half remembers", "is filmed from the first note to the quarrel"]),
    theme(&["Documentary", "Adventure"], &["Glacier", "Beekeeper", "Migration", "Kelp", "Lynx", "Estuary"],
        &["a beekeeper", "a team of glacier scientists", "one family of lynx"],
        &["through four seasons", "at the edge of the melting ice", "in an estuary between two ports"],
        &["is watched for three hundred days", "walks the length of a river that is moving", "follows the birds that came back late"]),
    theme(&["Music", "Drama"], &["Jazz Club", "Cellist", "Encore", "Contralto", "Ballad", "Busker"],
        &["a cellist with a tremor", "a busker", "the house pianist of a failing club"],
        &["in the last club on the harbour", "at a conservatory without heating", "over one winter of open-mic nights"],
        &["has an hour to learn an impossible part", "sells a song and spends a year buying it back", "must play beside the teacher who failed her"]),
    theme(&["Music", "Romance"], &["Serenade", "Tango", "Duet", "Nocturne", "Dance Hall", "Lullaby"],
        &["a tango teacher", "a wedding singer", "a piano salesman"],
        &["in a dance hall above a garage", "on a river steamer", "in a town with a festival and no musicians"],
        &["needs a partner by Saturday", "writes a duet for a rival", "loses a bet and gains a chorus"]),
];

/// Invented places. Any likeness to a real one is chance.
#[rustfmt::skip]
pub(super) const PLACES: &[&str] = &[
    "Ostermoor", "Velmora", "Kestrel Bay", "Harrowick", "Saint-Orvel", "Low Tarrant", "Brannoch", "Eldersund", "Marrowgate",
    "Tolvane", "Quenby", "Port Isolde", "Vintersholm", "Calloway Sound", "Drumlarrig", "Pellinor", "Asterhaven", "Grauwald",
    "Montevigna", "Hollin Cross", "Sablerock", "Thrupp End", "Nordvika", "Lantern Street", "Ravensmere", "Costa Verdana",
    "Wexcombe", "Ulverholt", "Fenwick Parva", "Bellacqua", "Skarvoy", "Tanglewick", "Côte-Vieille", "Morrowfield", "Highfolk",
    "Zelenograv", "Arkenfield", "Dunmarrow", "Isle Perdue", "Ketterby", "Gallowmere", "Silverlode", "Yarrowdale", "Orsino Bay",
];

/// First names only, so that no film is about anybody.
#[rustfmt::skip]
pub(super) const NAMES: &[&str] = &[
    "Ilse", "Tomas", "Wren", "Anselm", "Odile", "Marit", "Bram", "Zora", "Lucan", "Petra", "Idris", "Salome", "Corin", "Nadja",
    "Evander", "Thea", "Osric", "Linnea", "Rafe", "Mirela", "Jonas", "Hedda", "Silvan", "Ottilie", "Kasimir", "Bettina", "Lev",
    "Aurel", "Signe", "Dario", "Hollis", "Yara", "Emeric", "Noor", "Percival", "Tamsin", "Viggo", "Inez", "Barnaby", "Ludmila",
];

#[rustfmt::skip]
pub(super) const ADJECTIVES: &[&str] = &[
    "Borrowed", "Unlit", "Reluctant", "Second-Hand", "Patient", "Crooked", "Seventh", "Unpaid", "Salt-White", "Provisional",
    "Homemade", "Ungrateful", "Midweek", "Drowned", "Copper", "Tidal", "Unsent", "Sleepless", "Paper", "Wandering", "Fourth",
    "Half-Built", "Weatherproof", "Unnamed", "Backwards", "Lopsided", "Velvet", "Overdue", "Hollow", "Faithful",
];

/// What gets in the way; any of them fits any theme.
#[rustfmt::skip]
pub(super) const TURNS: &[&str] = &[
    "Then a stranger arrives who knows the ending",
    "But the one person who could help has left town",
    "What begins as a favour becomes a way of life",
    "Nobody counts on the weather",
    "An old rival has had the same idea",
    "The first lie is small and the second is not",
    "A letter delivered eleven years late changes the terms",
    "Everyone has a reason to look the other way",
    "Soon the whole street has an opinion",
    "The price, when it is named, is not in money",
    "It would be easier if they did not like each other so much",
    "Help comes from the last person anybody asked",
    "Half the truth turns out to be the dangerous half",
    "There is only one copy, and it is burning",
];

/// How a plot's last sentence closes, by the first genre of the theme.
pub(super) fn closings(genre: &str) -> &'static [&'static str] {
    match genre {
        "Comedy" | "Animation" => &[
            "Nothing goes to plan, which is the plan.",
            "A farce with a warm heart and a great deal of cake.",
            "Chaos, apologies and one very good dance follow.",
        ],
        "Horror" => &[
            "Some doors are shut for a reason.",
            "By dawn there is one place fewer at the table.",
            "It has been waiting, and it is polite.",
        ],
        "Documentary" => &[
            "Told without a narrator, in their own words.",
            "A patient film about work, luck and time.",
            "Shot over three years on borrowed equipment.",
        ],
        "Thriller" | "Crime" | "Mystery" => &[
            "Every answer shortens the list of the living.",
            "The last clue has been in plain sight since the first scene.",
            "Trust is the one thing nobody brought.",
        ],
        "Romance" | "Music" => &[
            "Two people say everything except the one thing.",
            "A love story in a minor key that ends in a major one.",
            "What they have is a season; what they want is a year.",
        ],
        "Science Fiction" | "Fantasy" => &[
            "The rules of that world are strict and its mercy is strange.",
            "The way home turns out to be the longer one.",
            "Wonders are cheap there and bread is not.",
        ],
        _ => &[
            "Pride is lost, and something better is found.",
            "A story of stubborn people and a hard year.",
            "In the end the road asks for everything twice.",
        ],
    }
}

/// How a later part of a series opens; `{name}` is its hero.
pub(super) const SEQUELS: &[&str] = &[
    "{name} had sworn never to go back.",
    "A year after the first story {name} is called out again.",
    "{name} returns to find everything changed but the debt.",
    "The old crew is scattered and {name} has to ask them one by one.",
    "{name} thought it was over; so did everyone else.",
];
