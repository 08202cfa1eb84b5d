//! The examples of the service's documents, what they refuse, and expressions drawn at random.

use super::*;
use crate::domain::limits::{MAX_FILTER_CHARS, MAX_FILTER_VALUE_CHARS, MAX_FILTER_VALUES};
use crate::domain::schema::{FieldRole, FieldType, Schema, SchemaField};
use proptest::prelude::*;
use strum::IntoEnumIterator;

fn field(name: &str, kind: FieldType, role: FieldRole) -> SchemaField {
    SchemaField { name: name.to_owned(), kind, nullable: true, role }
}

/// A group with every dataset that the examples read.
pub fn facts() -> Facts {
    use FieldRole::{Categorical, Plain, Textual};
    use FieldType::{Boolean, Float, Int, Long, String};
    let schema = |fields: &[(&str, FieldType, FieldRole)]| Schema {
        dataset: crate::domain::DatasetType::Items,
        fields: fields.iter().map(|&(name, kind, role)| field(name, kind, role)).collect(),
    };
    let events =
        schema(&[("USER_ID", String, Plain), ("EVENT_TYPE", String, Plain), ("TIMESTAMP", Long, Plain)]);
    let items = schema(&[
        ("ITEM_ID", String, Plain),
        ("GENRE", String, Categorical),
        ("CATEGORY", String, Categorical),
        ("CATEGORY_L1", String, Categorical),
        ("CATEGORY_L2", String, Categorical),
        ("PROMOTED", String, Plain),
        ("YEAR", Int, Plain),
        ("PRICE", Float, Plain),
        ("CREATION_TIMESTAMP", Long, Plain),
        ("ADULT", Boolean, Plain),
        ("DESCRIPTION", String, Textual),
    ]);
    let users = schema(&[
        ("USER_ID", String, Plain),
        ("AGE", Int, Plain),
        ("MEMBERSHIP", String, Categorical),
        ("MEMBERSHIP_STATUS", String, Categorical),
        ("country", String, Categorical),
    ]);
    let actions =
        schema(&[("ACTION_ID", String, Plain), ("VALUE", Long, Plain), ("REPEAT_FREQUENCY", Long, Plain)]);
    Facts {
        schemas: vec![
            (Source::Interactions, events.clone()),
            (Source::ActionInteractions, events),
            (Source::Items, items),
            (Source::Users, users),
            (Source::Actions, actions),
        ],
        event_types: ["click", "stream", "Purchase", "odd, but real"].map(str::to_owned).to_vec(),
    }
}

/// One of each production, as the service's documents write them.
const EXAMPLES: &[&str] = &[
    r#"EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("Purchase")"#,
    r#"EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("click", "stream")"#,
    r#"EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")"#,
    "INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ($TYPE)",
    "INCLUDE ItemID WHERE Items.GENRE IN ($GENRE)",
    r#"EXCLUDE ItemID WHERE Items.CATEGORY_L1 IN ("shoe") AND Items.CATEGORY_L2 NOT IN ("boot")"#,
    "INCLUDE ItemID WHERE Items.YEAR >= 1970 AND Items.YEAR < 1980",
    r#"INCLUDE ItemID WHERE Items.CATEGORY IN ("clothing") OR Items.CREATION_TIMESTAMP > $DATE"#,
    "INCLUDE ItemID WHERE Items.PRICE <= $PRICE",
    "EXCLUDE ItemID WHERE Items.GENRE IN ($GENRE) IF CurrentUser.AGE = $AGE",
    r#"INCLUDE ItemID WHERE Items.CATEGORY_L1 IN ("watch") AND Items.CATEGORY_L2 IN ("luxury") IF CurrentUser.AGE > 18"#,
    "INCLUDE ItemID WHERE Items.PRICE < CurrentItem.PRICE AND Items.GENRE IN CurrentItem.GENRE",
    r#"INCLUDE ItemID WHERE Items.CATEGORY IN ($CATEGORY) | INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("favorite")"#,
    r#"INCLUDE ItemID WHERE Items.GENRE IN ($GENRE) | EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("click", "stream")"#,
    "INCLUDE UserID WHERE Users.MEMBERSHIP_STATUS IN ($M)",
    "EXCLUDE UserID WHERE Users.AGE < $AGE",
    r#"INCLUDE UserID WHERE Interactions.EVENT_TYPE IN ("click", "rating")"#,
    r#"EXCLUDE ActionID WHERE Action_Interactions.EVENT_TYPE IN ("NOT_TAKEN")"#,
    "INCLUDE ActionID WHERE Actions.VALUE > 10 IF CurrentUser.MEMBERSHIP = $PREMIUM",
];

fn checked(text: &str) -> Result<Checked, FilterError> {
    let checked = check(&Filter::parse(text)?, &facts());
    match checked.errors.first() {
        Some(error) => Err(error.clone()),
        None => Ok(checked),
    }
}

#[test]
fn every_example_is_read_and_written_as_it_stands() {
    for text in EXAMPLES {
        let checked = checked(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(checked.filter.to_string(), *text);
    }
}

/// The spellings of the service's own samples: any case, single quotes, no blanks, parameters in parentheses.
#[test]
fn spellings_are_free_where_the_service_s_are() {
    let cases = [
        (
            "EXCLUDE ItemID WHERE INTERACTIONS.event_type IN (\"Purchase\") | INCLUDE ItemID WHERE ITEMS.PROMOTED IN (\"Y\") AND ITEMS.CATEGORY_L1 NOT IN (\"cold dispensed\",\"hot dispensed\")",
            "EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN (\"Purchase\") | INCLUDE ItemID WHERE Items.PROMOTED IN (\"Y\") AND Items.CATEGORY_L1 NOT IN (\"cold dispensed\", \"hot dispensed\")",
        ),
        ("exclude UserId where users.Country in ('DE')", "EXCLUDE UserID WHERE Users.country IN (\"DE\")"),
        ("INCLUDE ActionID WHERE Actions.VALUE > ($VALUE)", "INCLUDE ActionID WHERE Actions.VALUE > $VALUE"),
        (
            "include itemid\n  where items.genre not_in('a')and items.year>=1970\n  if currentuser.age!=3",
            "INCLUDE ItemID WHERE Items.GENRE NOT IN (\"a\") AND Items.YEAR >= 1970 IF CurrentUser.AGE != 3",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(checked(text).unwrap_or_else(|error| panic!("{error}")).filter.to_string(), expected);
    }
}

#[test]
fn what_is_refused_says_where_why_and_what_to_do() {
    // The expression with the place between « and », what is wrong, what to do.
    let cases = [
        ("«»", "the filter is empty", "write one such as"),
        ("«EXLCUDE» ItemID WHERE Items.YEAR = 1", "begins with INCLUDE or EXCLUDE", "write EXCLUDE"),
        ("INCLUDE «Items» WHERE Items.YEAR = 1", "stands ItemID, UserID or ActionID", "write ItemID"),
        ("INCLUDE ItemID «WERE» Items.YEAR = 1", "here WHERE is expected", "write WHERE"),
        ("INCLUDE ItemID WHERE «»", "here a condition is expected", "write a field such as"),
        ("INCLUDE ItemID WHERE Items.YEAR «==» 1", "a comparison is expected", "write ="),
        ("INCLUDE ItemID WHERE Items.YEAR «IS» NULL", "a comparison is expected", "use IN, NOT IN"),
        ("INCLUDE ItemID WHERE Items.YEAR = «NULL»", "has no NULL", "missing value is false"),
        (
            "INCLUDE ItemID WHERE Items.GENRE IN («drama»)",
            "a value is expected",
            "put texts in quotes: \"drama\"",
        ),
        ("INCLUDE ItemID WHERE Items.GENRE IN «\"a\"»", "an opening parenthesis", "(\"a\", \"b\")"),
        ("INCLUDE ItemID WHERE Items.GENRE IN («\"a)»", "does not end", "the same quote"),
        ("INCLUDE ItemID WHERE Items.GENRE IN («“»a”)", "straight quotes", "write \""),
        ("INCLUDE ItemID WHERE Items.GENRE IN (\"a\" «\"b\"»)", "a comma or a closing", "commas between"),
        ("INCLUDE ItemID WHERE Items.GENRE IN («»", "a value is expected", "a text in quotes"),
        ("INCLUDE ItemID WHERE Items.GENRE IN («$»)", "a parameter is $ and a name", "name it"),
        (
            "INCLUDE ItemID WHERE Items.GENRE IN («CurrentItem».GENRE)",
            "is no value of a list",
            "leave the paren",
        ),
        (
            "INCLUDE ItemID WHERE Items.YEAR = («1»)",
            "only a parameter may stand",
            "leave the parentheses out",
        ),
        ("INCLUDE ItemID WHERE «(»Items.YEAR = 1)", "no parentheses around conditions", "AND binds tighter"),
        ("INCLUDE ItemID WHERE Items.YEAR = 1 «Items».YEAR = 2", "here AND, OR, IF, | or the end", "put one"),
        (
            "INCLUDE ItemID WHERE Items.GENRE IN (\"a\") AND «Interactions».EVENT_TYPE IN (\"b\")",
            "one expression reads one dataset, and this one began with Items",
            "put | between",
        ),
        ("INCLUDE ItemID WHERE «Item».YEAR = 1", "there is no dataset Item", "write Items"),
        ("EXCLUDE ActionID WHERE «Action».VALUE > 1", "there is no dataset Action", "write Actions"),
        (
            "INCLUDE ItemID WHERE Items.YEAR = 1 IF «Items».YEAR = 2",
            "conditions on CurrentUser only",
            "IF CurrentUser.",
        ),
        (
            "INCLUDE ItemID WHERE Items.YEAR = 1 IF CurrentUser.AGE = 2 «IF» CurrentUser.AGE = 3",
            "an expression has one IF",
            "join its conditions with AND",
        ),
        (
            "INCLUDE ItemID WHERE Items.YEAR = 1 IF CurrentUser.AGE = 2 «OR» CurrentUser.AGE = 3",
            "joined by AND only",
            "twice",
        ),
        ("INCLUDE ItemID WHERE «CurrentUser».AGE = 1", "CurrentUser stands after IF only", "IF"),
        ("INCLUDE ItemID WHERE «CurrentItem».YEAR = 1", "at the right of a comparison", "begin with"),
        (
            "INCLUDE ItemID WHERE Items.YEAR = 1 | INCLUDE «UserID» WHERE Users.AGE = 1",
            "one target",
            "ItemID",
        ),
        ("INCLUDE ItemID WHERE «Users.AGE» = 1", "Users says nothing about items", "IF CurrentUser.AGE"),
        (
            "INCLUDE UserID WHERE «Items.YEAR» = 1",
            "Items says nothing about users",
            "use Users or Interactions",
        ),
        ("INCLUDE ItemID WHERE «Interactions.TIMESTAMP» > 1", "filters read EVENT_TYPE only", "EVENT_TYPE"),
        ("INCLUDE ItemID WHERE «Items.GENRES» IN (\"a\")", "Items has no field GENRES", "write GENRE"),
        (
            "INCLUDE ItemID WHERE «Items.COLOUR» IN (\"a\")",
            "Items has no field COLOUR",
            "use one of ITEM_ID, GENRE",
        ),
        ("INCLUDE ItemID WHERE «Items.ADULT» = 1", "Items.ADULT is boolean", "\"True\" or \"False\""),
        ("INCLUDE ItemID WHERE «Items.DESCRIPTION» = \"a\"", "is textual", "categorical or plain"),
        ("INCLUDE ActionID WHERE «Actions.REPEAT_FREQUENCY» = 1", "can't be filtered by", "another field"),
        ("INCLUDE ItemID WHERE Items.GENRE «<» \"a\"", "holds text, and < compares numbers", "use IN"),
        ("INCLUDE ItemID WHERE Items.YEAR IN (1970, «\"new\"»)", "holds numbers, and \"new\" is none", "18"),
        (
            "INCLUDE ItemID WHERE Items.GENRE IN («\"*\"»)",
            "the star stands for any EVENT_TYPE",
            "name the values",
        ),
        ("EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN («*»)", "a value is expected", "\"*\""),
        (
            "EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN («\"click, rating\"»)",
            "one event type with a comma",
            "\"click\", \"rating\"",
        ),
        (
            "INCLUDE ItemID WHERE Items.YEAR = «CurrentItem.GENRE»",
            "holds numbers, and CurrentItem.GENRE holds text",
            "same",
        ),
        ("INCLUDE ItemID WHERE Items.YEAR = «CurrentItem.DATE»", "Items has no field DATE", "use one of"),
        (
            "INCLUDE UserID WHERE Users.AGE = «CurrentItem.YEAR»",
            "can't be compared with the current item",
            "ItemID",
        ),
        (
            "EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN «CurrentItem.GENRE»",
            "can't be compared with the current item",
            "beside a field",
        ),
    ];
    for (marked, what, remedy) in cases {
        let text = marked.replace(['«', '»'], "");
        let start = marked.find('«').unwrap();
        let end = marked.find('»').unwrap() - '«'.len_utf8();
        let error = checked(&text).unwrap_err();
        // The end of a text is that of its last word.
        let (start, end) =
            if start == end { (text.trim_end().len(), text.trim_end().len()) } else { (start, end) };
        assert_eq!(&text[error.span.start..error.span.end], &text[start..end], "{error}");
        assert_eq!(error.span.start, start, "{error}");
        assert_eq!(error.position, text[..start].chars().count() + 1, "{error}");
        assert!(error.what.contains(what), "{error}");
        assert!(error.remedy.contains(remedy), "{error}");
        assert!(error.to_string().starts_with("Invalid Expression at character"), "{error}");
    }
}

#[test]
fn a_parameter_after_not_in_is_refused_in_the_service_s_words() {
    let error = checked("INCLUDE ItemID WHERE Items.GENRE NOT IN ($p)").unwrap_err();
    assert_eq!(
        error.to_string(),
        "Invalid input symbol: $p. Placeholders are not allowed with NOT_IN operator. It stands at character 42; use IN with the opposite action"
    );
}

#[test]
fn limits_hold_at_and_over() {
    let of_length = |length: usize| {
        let head = "INCLUDE ItemID WHERE Items.GENRE IN (\"";
        format!("{head}{}\")", "é".repeat(length - head.len() - 2))
    };
    assert!(checked(&of_length(MAX_FILTER_CHARS)).is_ok());
    let error = checked(&of_length(MAX_FILTER_CHARS + 1)).unwrap_err();
    assert!(error.what.contains("2501 characters, and 2500 are the most"), "{error}");

    let items = ["ITEM_ID", "GENRE", "CATEGORY", "CATEGORY_L1", "CATEGORY_L2", "PROMOTED", "YEAR"];
    let ten = items.iter().map(|name| format!("Items.{name} = 1 AND Items.{} = 2", name.to_lowercase()));
    let ten = format!(
        "INCLUDE ItemID WHERE {} AND Items.PRICE < CurrentItem.CREATION_TIMESTAMP IF CurrentUser.AGE = 1",
        ten.collect::<Vec<_>>().join(" AND ")
    );
    assert_eq!(checked(&ten).unwrap().filter.fields().len(), 10);
    let eleven = format!("{ten} | EXCLUDE ItemID WHERE Interactions.EVENT_TYPE = \"a\"");
    assert!(checked(&eleven).unwrap_err().what.contains("11 different fields, and 10 are the most"));

    let with = |count: usize| {
        let names: Vec<String> = (0..count).map(|number| format!("$P{number}")).collect();
        format!("INCLUDE ItemID WHERE Items.GENRE IN ({})", names.join(", "))
    };
    assert!(checked(&with(MAX_FILTER_VALUES)).is_ok());
    assert!(checked(&with(MAX_FILTER_VALUES + 1)).unwrap_err().what.contains("26 parameters"));
    let named = |length: usize| format!("INCLUDE ItemID WHERE Items.GENRE IN (${})", "p".repeat(length));
    assert!(checked(&named(50)).is_ok());
    assert!(checked(&named(51)).unwrap_err().what.contains("51 characters"));
}

#[test]
fn mixing_and_with_or_is_said() {
    let text = "INCLUDE ItemID WHERE Items.YEAR = 1 OR Items.YEAR = 2 AND Items.PRICE = 3";
    let checked = checked(text).unwrap();
    assert_eq!(checked.warnings.len(), 1);
    let alternatives = &checked.filter.expressions[0].alternatives;
    assert_eq!(alternatives.iter().map(Vec::len).collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn parameters_say_what_they_are_for() {
    let filter = Filter::parse(
        "EXCLUDE ItemID WHERE Items.GENRE IN ($G, $g) IF CurrentUser.AGE > $AGE | INCLUDE ItemID WHERE Items.GENRE = $G",
    );
    let parameters = filter.unwrap().parameters();
    let said: Vec<_> = parameters
        .iter()
        .map(|one| (one.name.as_str(), one.field.as_str(), one.takes_list, one.is_required))
        .collect();
    assert_eq!(
        said,
        [
            ("G", "Items.GENRE", false, true),
            ("g", "Items.GENRE", true, false),
            ("AGE", "CurrentUser.AGE", false, false)
        ]
    );
}

#[test]
fn values_carry_their_quotes_and_commas() {
    let filter =
        Filter::parse("INCLUDE ItemID WHERE Items.GENRE IN ($G) | EXCLUDE ItemID WHERE Items.PRICE < $P")
            .unwrap();
    let read = |given: &[(&'static str, &str)]| Values::read(&filter, given.iter().copied());
    let texts = |values: &Values, name: &str| {
        values.of(name).map(|literals| literals.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
    };
    let values = read(&[("G", r#""Comedy", 'Dra\'ma'"#), ("P", "\"18\"")]).unwrap();
    assert_eq!(texts(&values, "G").unwrap(), "\"Comedy\" \"Dra'ma\"");
    assert_eq!(values.of("P").unwrap()[0].number(), Some(Number::Whole(18)));
    assert_eq!(texts(&read(&[("G", "Science fiction")]).unwrap(), "G").unwrap(), "\"Science fiction\"");
    let wrong = |given: &[(&'static str, &str)]| read(given).unwrap_err().to_string();
    assert_eq!(wrong(&[("P", "18")]), "the filter needs a value for `G`; give one, as in G=\"…\"");
    assert!(read(&[("G", "a")]).is_ok(), "an EXCLUDE may go without");
    assert_eq!(wrong(&[("g", "a")]), "the filter has no parameter `g`; it has G, P");
    for value in ["a,b", "\"a", "\"a\",", ",\"a\"", "\"a\" \"b\"", " ", "\"a\",b"] {
        assert!(wrong(&[("G", value)]).contains("write values as in"), "{value}");
    }
    assert!(wrong(&[("G-", "a")]).contains("is no parameter's"));
    assert!(read(&[("G", &"x".repeat(MAX_FILTER_VALUE_CHARS))]).is_ok());
    assert!(wrong(&[("G", &"x".repeat(MAX_FILTER_VALUE_CHARS + 1))]).contains("1001 characters; 1000"));
}

fn spanned<T>(value: T) -> Spanned<T> {
    Spanned { value, span: Span::default() }
}

fn literal() -> impl Strategy<Value = Literal> {
    prop_oneof![
        "[ a-zA-Zäß\\\\\"'|,.$*\n]{0,8}".prop_map(Literal::Text),
        "-?[0-9]{1,6}(\\.[0-9]{1,3})?".prop_map(Literal::Number),
    ]
}

fn condition(source: Source) -> impl Strategy<Value = Condition> {
    let operator = proptest::sample::select(Operator::iter().collect::<Vec<_>>());
    let value = prop_oneof![
        3 => literal().prop_map(Value::Literal),
        1 => "[A-Za-z0-9_]{1,5}".prop_map(Value::Parameter),
    ];
    let item = "[A-Z_]{1,5}".prop_map(Value::CurrentItem);
    (operator, "[A-Za-z_][A-Z0-9_]{0,6}", proptest::collection::vec(value, 1..4), literal(), item, 0..4_u8)
        .prop_map(move |(operator, name, mut values, constant, item, choice)| {
            if operator == Operator::NotIn {
                values = vec![Value::Literal(constant)];
            } else if choice == 0 {
                values = vec![item];
            } else if !operator.takes_list() {
                values.truncate(1);
            }
            Condition {
                field: spanned(Field { source, name }),
                operator: spanned(operator),
                values: values.into_iter().map(spanned).collect(),
            }
        })
}

fn expression() -> impl Strategy<Value = Expression> {
    let sources = proptest::sample::select(Source::iter().collect::<Vec<_>>());
    sources.prop_flat_map(|source| {
        let alternatives =
            proptest::collection::vec(proptest::collection::vec(condition(source), 1..4), 1..4);
        let only_if = proptest::collection::vec(condition(Source::Users), 0..3);
        (alternatives, only_if, any::<bool>()).prop_map(|(alternatives, only_if, keeps)| Expression {
            action: if keeps { Action::Include } else { Action::Exclude },
            alternatives,
            only_if,
            span: Span::default(),
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// What is written is read back as it was, and written the same.
    #[test]
    fn written_and_read_back(
        expressions in proptest::collection::vec(expression(), 1..3),
        target in proptest::sample::select(Target::iter().collect::<Vec<_>>()),
    ) {
        let filter = Filter { text: String::new(), target, expressions };
        let text = filter.to_string();
        let read = Filter::parse(&text);
        prop_assume!(text.chars().count() <= MAX_FILTER_CHARS);
        prop_assert_eq!(read.as_ref(), Ok(&filter), "{}", text);
        prop_assert_eq!(read.unwrap().to_string(), text);
    }

    /// Whatever is typed, there are tokens, a completion and an answer, and errors lie inside the text.
    #[test]
    fn nothing_that_is_typed_breaks(text in "(INCLUDE|EXCLUDE| |ItemID|WHERE|Items|\\.|GENRE|IN|NOT|\\(|\\)|\"|'|\\\\|\\$|P|=|<|1|,|\\||IF|CurrentUser|ü|“){0,24}") {
        let mut end = 0;
        for token in tokens(&text) {
            prop_assert!(end <= token.span.start && token.span.start < token.span.end);
            prop_assert!(text[end..token.span.start].trim().is_empty());
            end = token.span.end;
        }
        prop_assert!(text[end..].trim().is_empty());
        for caret in 0..=text.len() {
            let found = complete(&text, caret);
            prop_assert!(text.get(found.begun).is_some() || !text.is_char_boundary(caret));
        }
        match Filter::parse(&text) {
            Ok(filter) => drop(check(&filter, &facts())),
            Err(error) => prop_assert!(text.get(error.span.start..error.span.end).is_some(), "{}", error),
        }
    }
}
