//! What columns are called: the names that people give to users, items, times and the rest.

use super::Meaning;
use crate::domain::action;
use crate::domain::schema::SESSION_FIELD;

/// Names in lower case without anything between the words, the surest first.
const USER: [&str; 38] = [
    "userid",
    "user",
    "uid",
    "visitorid",
    "customerid",
    "customer",
    "custid",
    "householdid",
    "householdkey",
    "household",
    "personid",
    "person",
    "memberid",
    "member",
    "accountid",
    "account",
    "profileid",
    "clientid",
    "client",
    "reviewerid",
    "subscriberid",
    "buyerid",
    "shopperid",
    "guestid",
    "playerid",
    "listenerid",
    "viewerid",
    "studentid",
    "patientid",
    "employeeid",
    "userhash",
    "usernumber",
    "visitor",
    "username",
    "customerkey",
    "useridx",
    "userindex",
    "userno",
];
const ITEM: [&str; 52] = [
    "itemid",
    "item",
    "iid",
    "movieid",
    "movie",
    "productid",
    "product",
    "contentid",
    "content",
    "asin",
    "parentasin",
    "sku",
    "skuid",
    "isbn",
    "businessid",
    "business",
    "articleid",
    "article",
    "songid",
    "song",
    "trackid",
    "track",
    "artistid",
    "artist",
    "albumid",
    "bookid",
    "book",
    "filmid",
    "film",
    "gameid",
    "game",
    "appid",
    "videoid",
    "video",
    "showid",
    "newsid",
    "recipeid",
    "listingid",
    "hotelid",
    "jobid",
    "courseid",
    "offerid",
    "adid",
    "postid",
    "docid",
    "documentid",
    "stockcode",
    "goodsid",
    "upc",
    "venueid",
    "poiid",
    "animeid",
];
const ACTION: [&str; 10] = [
    "actionid",
    "action",
    "offerid",
    "offer",
    "campaignid",
    "campaign",
    "programid",
    "nudgeid",
    "couponid",
    "coupon",
];
const EXPIRATION: [&str; 9] = [
    "expirationtimestamp",
    "actionexpirationtimestamp",
    "expiration",
    "expires",
    "expiresat",
    "expirydate",
    "expiry",
    "validuntil",
    "enddate",
];
const WORTH: [&str; 3] = ["value", "actionvalue", "priority"];
const REPEAT: [&str; 4] = ["repeatfrequency", "repeatdays", "cooldown", "cooldowndays"];
const TIME: [&str; 36] = [
    "timestamp",
    "ts",
    "time",
    "datetime",
    "eventtimestamp",
    "eventtime",
    "eventdate",
    "transactiontimestamp",
    "transactiondate",
    "transactiontime",
    "unixreviewtime",
    "unixtime",
    "unixtimestamp",
    "epoch",
    "epochseconds",
    "createdat",
    "creationtimestamp",
    "createtime",
    "created",
    "orderdate",
    "ordertime",
    "purchasedate",
    "purchasetime",
    "invoicedate",
    "reviewtime",
    "reviewdate",
    "visittime",
    "watchedat",
    "occurredat",
    "loggedat",
    "date",
    "when",
    "servertime",
    "clicktime",
    "timems",
    "day",
];
const CREATION: [&str; 12] = [
    "creationtimestamp",
    "createdat",
    "creationdate",
    "creationtime",
    "created",
    "publishedat",
    "publishdate",
    "publishtime",
    "dateadded",
    "addedat",
    "timestamp",
    "listedat",
];
const EVENT_TYPE: [&str; 18] = [
    "eventtype",
    "event",
    "eventname",
    "action",
    "actiontype",
    "behavior",
    "behaviour",
    "behaviortype",
    "behaviourtype",
    "activity",
    "activitytype",
    "interactiontype",
    "interaction",
    "eventaction",
    "verb",
    "type",
    "actionname",
    "eventkind",
];
const EVENT_VALUE: [&str; 26] = [
    "eventvalue",
    "rating",
    "ratings",
    "ratingvalue",
    "userrating",
    "stars",
    "score",
    "overall",
    "bookrating",
    "value",
    "preference",
    "weight",
    "playcount",
    "plays",
    "listencount",
    "watchratio",
    "watchtime",
    "dwelltime",
    "duration",
    "amount",
    "salesvalue",
    "purchaseamount",
    "quantity",
    "qty",
    "count",
    "strength",
];
const IMPRESSION: [&str; 8] = [
    "impression",
    "impressions",
    "shownitems",
    "displayeditems",
    "exposeditems",
    "itemsshown",
    "slate",
    "candidates",
];
const SESSION: [&str; 8] = [
    "sessionid",
    "session",
    "sessid",
    "usersession",
    "sessionkey",
    "sessionuuid",
    "visitid",
    "visitsessionid",
];
const TITLE: [&str; 20] = [
    "title",
    "name",
    "itemname",
    "itemtitle",
    "movietitle",
    "productname",
    "producttitle",
    "movie",
    "filmtitle",
    "booktitle",
    "songname",
    "songtitle",
    "trackname",
    "articletitle",
    "displayname",
    "headline",
    "gamename",
    "appname",
    "businessname",
    "label",
];
/// Names that make a table one of items.
const OF_ITEMS: [&str; 24] = [
    "title",
    "genre",
    "genres",
    "category",
    "categories",
    "categoryl1",
    "brand",
    "price",
    "productname",
    "description",
    "productdescription",
    "department",
    "manufacturerid",
    "productcategory",
    "productcategories",
    "releasedate",
    "year",
    "author",
    "publisher",
    "director",
    "artist",
    "album",
    "itemname",
    "name",
];
/// Names that make a table one of users.
const OF_USERS: [&str; 14] = [
    "age",
    "gender",
    "sex",
    "occupation",
    "zipcode",
    "zip",
    "income",
    "maritalstatus",
    "householdsize",
    "birthdate",
    "birthyear",
    "signupdate",
    "country",
    "city",
];

/// A name as it is compared: letters and digits in lower case.
pub(super) fn plain(name: &str) -> String {
    name.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn list(meaning: Meaning) -> &'static [&'static str] {
    match meaning {
        Meaning::User => &USER,
        Meaning::Item => &ITEM,
        Meaning::Action => &ACTION,
        Meaning::Expiration => &EXPIRATION,
        Meaning::Worth => &WORTH,
        Meaning::Repeat => &REPEAT,
        Meaning::Time => &TIME,
        Meaning::Creation => &CREATION,
        Meaning::EventType => &EVENT_TYPE,
        Meaning::EventValue => &EVENT_VALUE,
        Meaning::Impression => &IMPRESSION,
        Meaning::Session => &SESSION,
        Meaning::Title => &TITLE,
    }
}

/// Whether the column has the very name that the service reserves for the meaning: it is meant so whatever its
/// cells hold, and cells that don't fit are problems of their rows.
pub(super) fn is_reserved(name: &str, meaning: Meaning) -> bool {
    match meaning {
        Meaning::Creation => name == "CREATION_TIMESTAMP",
        Meaning::EventType => name == "EVENT_TYPE",
        Meaning::EventValue => name == "EVENT_VALUE",
        Meaning::Impression => name == "IMPRESSION",
        Meaning::Session => name == SESSION_FIELD,
        Meaning::Expiration => action::EXPIRATION.contains(&name),
        Meaning::Worth => name == action::VALUE,
        Meaning::Repeat => name == action::REPEAT_FREQUENCY,
        Meaning::User | Meaning::Item | Meaning::Action | Meaning::Time | Meaning::Title => false,
    }
}

/// How sure the name speaks for the meaning: lower is surer; `None` where it does not.
pub(super) fn rank(name: &str, meaning: Meaning) -> Option<usize> {
    let name = plain(name);
    list(meaning).iter().position(|known| *known == name)
}

/// How many of the names belong to a table of items, and how many to one of users.
pub(super) fn hints<'a>(names: impl Iterator<Item = &'a str>) -> (usize, usize) {
    names.map(plain).fold((0, 0), |(items, users), name| {
        (
            items + usize::from(OF_ITEMS.contains(&name.as_str())),
            users + usize::from(OF_USERS.contains(&name.as_str())),
        )
    })
}

/// Whether a name says that the column's numbers are labels, not amounts.
pub(super) fn is_label(name: &str) -> bool {
    let name = plain(name);
    ["id", "code", "key", "zip", "zipcode", "postcode", "upc", "sku", "isbn", "phone"]
        .iter()
        .any(|ending| name.ends_with(ending))
}

/// The name as a schema field: `sessionId` is `SESSION_ID`, `retail-disc` is `RETAIL_DISC`.
pub(super) fn field_name(name: &str) -> String {
    let mut field = String::new();
    let mut previous_small = false;
    for character in name.trim().chars() {
        if character.is_alphanumeric() {
            if character.is_uppercase() && previous_small {
                field.push('_');
            }
            field.extend(character.to_uppercase());
            previous_small = character.is_lowercase() || character.is_numeric();
        } else {
            if !field.ends_with('_') && !field.is_empty() {
                field.push('_');
            }
            previous_small = false;
        }
    }
    let field = field.trim_end_matches('_').to_owned();
    if field.starts_with(|first: char| first.is_numeric()) { format!("F_{field}") } else { field }
}

/// The field of an Items table that names an item to people (`TITLE`, `PRODUCT_NAME` …).
pub fn title_field<'a>(fields: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    fields.filter_map(|field| Some((rank(field, Meaning::Title)?, field))).min().map(|(_, field)| field)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_however_they_are_written() {
        for name in ["USER_ID", "userId", "user id", "visitorid", "household_id", "personId"] {
            assert!(rank(name, Meaning::User).is_some(), "{name}");
        }
        for name in ["ITEM_ID", "movieId", "contentId", "product_id", "StockCode"] {
            assert!(rank(name, Meaning::Item).is_some(), "{name}");
        }
        assert!(rank("user_id", Meaning::User) < rank("customer", Meaning::User));
        assert_eq!(rank("coupon_upc", Meaning::Item), None);
        assert_eq!(field_name("sessionId"), "SESSION_ID");
        assert_eq!(field_name("user-item_affinity_0"), "USER_ITEM_AFFINITY_0");
        assert_eq!(field_name("CATEGORY_L1"), "CATEGORY_L1");
        assert_eq!(field_name("70s"), "F_70S");
        assert_eq!(title_field(["PRICE", "PRODUCT_NAME", "TITLE"].into_iter()), Some("TITLE"));
    }
}
