//! Batch files read: lines in their order, a bounded number at a time.

use super::campaign::{Asked, Campaign};
use super::context;
use super::filter::FILTER_VALUES;
use super::request::{RecommendRequest, RequestError, check_list, checked_id};
use crate::domain::Task;
use serde_json::{Map, Value};
use std::collections::VecDeque;
use std::io::Read;

/// Bytes read at once.
const BLOCK: usize = 1 << 16;
/// A line longer than this is no line of a batch file.
const LONGEST_LINE: usize = 1 << 24;
/// Questions of a chunk at most.
const CHUNK: usize = 1_024;

/// Where questions come from.
pub enum BatchInput<'a> {
    /// Every user (every item, for related items), in order of id.
    All,
    /// JSON Lines. Whatever has arrived is answered before more is waited for.
    Lines(Box<dyn Read + Send + 'a>),
}

/// One question of a batch: what stood there, and what it asks.
pub(super) struct Line {
    /// As read: the object, or the text where it is no JSON.
    pub input: Value,
    pub request: Result<RecommendRequest, String>,
}

/// Chunks of lines.
pub(super) enum Lines<'a> {
    All { field: &'static str, next: u32, campaign: Campaign<'a> },
    Read(LineReader<'a>),
}

impl<'a> Lines<'a> {
    pub fn new(campaign: Campaign<'a>, input: BatchInput<'a>) -> Self {
        match input {
            BatchInput::All => {
                let field = if campaign.descriptor.asks_item() { "itemId" } else { "userId" };
                Self::All { field, next: 0, campaign }
            }
            BatchInput::Lines(reader) => Self::Read(LineReader::new(reader)),
        }
    }

    /// Lines in all, where that is known.
    pub fn total(&self) -> u64 {
        match self {
            Self::All { field: "itemId", campaign, .. } => campaign.interactions.n_items() as u64,
            Self::All { campaign, .. } => campaign.interactions.n_users() as u64,
            Self::Read(_) => 0,
        }
    }

    /// The next lines; none at the end.
    pub fn next_chunk(&mut self) -> std::io::Result<Vec<Text>> {
        let total = self.total();
        match self {
            Self::All { field, next, campaign } => {
                let first = *next;
                *next = (u64::from(first) + CHUNK as u64).min(total) as u32;
                let data = campaign.interactions;
                let ids = if *field == "itemId" { &data.items } else { &data.users };
                Ok((first..*next).map(|index| Text::Id { field, id: ids.id(index).to_owned() }).collect())
            }
            Self::Read(reader) => reader.next_chunk(),
        }
    }
}

/// A line before it is read.
pub(super) enum Text {
    Id { field: &'static str, id: String },
    Line(String),
}

impl Text {
    /// Reads the line for a recipe of this task, with or without a filter.
    pub fn parse(self, task: Task, filtered: bool) -> Line {
        match self {
            Self::Id { field, id } => {
                let mut input = Map::new();
                input.insert(field.to_owned(), Value::String(id));
                Line { request: read_request(task, &input, filtered), input: Value::Object(input) }
            }
            Self::Line(text) => match serde_json::from_str::<Value>(&text) {
                Ok(Value::Object(input)) => {
                    Line { request: read_request(task, &input, filtered), input: Value::Object(input) }
                }
                Ok(other) => Line {
                    request: Err(format!("the line is not a JSON object; write {}", example(task))),
                    input: other,
                },
                Err(error) => {
                    let what = if text.trim().is_empty() {
                        "the line is empty".to_owned()
                    } else {
                        format!("the line is not JSON ({error})")
                    };
                    Line {
                        request: Err(format!("{what}; write {}", example(task))),
                        input: Value::String(text),
                    }
                }
            },
        }
    }
}

impl Line {
    /// The question in the campaign's indices.
    pub fn asked<'q>(&'q self, campaign: &Campaign<'q>) -> Result<Asked<'q>, String> {
        let request = self.request.as_ref().map_err(Clone::clone)?;
        campaign.asked(request).map_err(|error| error.to_string())
    }
}

/// A line as the service documents it.
fn example(task: Task) -> &'static str {
    match task {
        Task::UserPersonalization | Task::PopularItems | Task::PersonalizedActions => "{\"userId\":\"…\"}",
        Task::RelatedItems => "{\"itemId\":\"…\"}",
        Task::PersonalizedRanking => "{\"userId\":\"…\",\"itemList\":[\"…\",\"…\"]}",
    }
}

/// The fields of a line that a recipe of this task reads. Fields that would change the answer but cannot be
/// honoured are refused, others are left alone.
fn read_request(task: Task, input: &Map<String, Value>, filtered: bool) -> Result<RecommendRequest, String> {
    let mut request = RecommendRequest::default();
    if let Some(given) = input.get(FILTER_VALUES) {
        if !filtered {
            return Err(format!(
                "`{FILTER_VALUES}` is given; this job has no filter to put values into; leave the field out"
            ));
        }
        let Ok(values) = context::deserialize(given) else {
            return Err(wrong(FILTER_VALUES, Some(given), "an object of strings by parameter", task));
        };
        request.filter_values = values;
    }
    if let Some(given) = input.get("context") {
        let Ok(context) = context::deserialize(given) else {
            return Err(wrong("context", Some(given), "an object of strings by column", task));
        };
        request.context = context;
    }
    if task == Task::RelatedItems {
        request.item_id = Some(id(input, "itemId", task)?);
        // The recipe reads no user, but a filter may.
        if filtered && input.contains_key("userId") {
            request.user_id = Some(id(input, "userId", task)?);
        }
    } else {
        request.user_id = Some(id(input, "userId", task)?);
    }
    if task == Task::PersonalizedRanking {
        let list = match input.get("itemList") {
            Some(Value::Array(list)) => list.iter().map(|id| id.as_str().map(str::to_owned)).collect(),
            _ => None,
        };
        let Some(list): Option<Vec<String>> = list else {
            return Err(wrong("itemList", input.get("itemList"), "a list of strings", task));
        };
        check_list("itemList", &list).map_err(|error| error.to_string())?;
        request.input_list = Some(list);
    }
    Ok(request)
}

fn id(input: &Map<String, Value>, field: &'static str, task: Task) -> Result<String, String> {
    let Some(Value::String(id)) = input.get(field) else {
        return Err(wrong(field, input.get(field), "a string", task));
    };
    checked_id(field, Some(id)).map_err(|error: RequestError| error.to_string())?;
    Ok(id.clone())
}

fn wrong(field: &str, value: Option<&Value>, kind: &str, task: Task) -> String {
    let value = value.map_or_else(|| "is missing".to_owned(), |value| format!("is {value}"));
    format!("`{field}` {value}; give {kind}, as in {}", example(task))
}

/// Reads lines in blocks: a block's lines are given before more is waited for, so that a pipe is answered
/// as it is written and a file takes bounded memory.
pub(super) struct LineReader<'a> {
    reader: Box<dyn Read + Send + 'a>,
    /// Bytes of a line not ended yet.
    rest: Vec<u8>,
    ready: VecDeque<Text>,
    lines: u64,
    ended: bool,
}

impl<'a> LineReader<'a> {
    fn new(reader: Box<dyn Read + Send + 'a>) -> Self {
        Self { reader, rest: Vec::new(), ready: VecDeque::new(), lines: 0, ended: false }
    }

    fn next_chunk(&mut self) -> std::io::Result<Vec<Text>> {
        while self.ready.is_empty() && !self.ended {
            self.read_block()?;
        }
        let count = self.ready.len().min(CHUNK);
        Ok(self.ready.drain(..count).collect())
    }

    fn read_block(&mut self) -> std::io::Result<()> {
        let mut block = vec![0; BLOCK];
        let read = match self.reader.read(&mut block) {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => return Ok(()),
            read => read?,
        };
        if read == 0 {
            self.ended = true;
            if !self.rest.is_empty() {
                self.end_line();
            }
            return Ok(());
        }
        let mut parts = block[..read].split(|&byte| byte == b'\n');
        self.rest.extend(parts.next().unwrap_or_default());
        for part in parts {
            self.end_line();
            self.rest.extend(part);
        }
        if self.rest.len() > LONGEST_LINE {
            return Err(std::io::Error::new(
                std::io::ErrorKind::InvalidData,
                format!(
                    "line {} has more than {LONGEST_LINE} bytes; is this a JSON Lines file?",
                    self.lines + 1
                ),
            ));
        }
        Ok(())
    }

    fn end_line(&mut self) {
        let mut line = self.rest.as_slice();
        if self.lines == 0 {
            line = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line);
        }
        line = line.strip_suffix(b"\r").unwrap_or(line);
        self.ready.push_back(Text::Line(String::from_utf8_lossy(line).into_owned()));
        self.rest.clear();
        self.lines += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines_of(bytes: &[u8]) -> Vec<String> {
        let mut reader = LineReader::new(Box::new(bytes));
        let mut lines = Vec::new();
        loop {
            let chunk = reader.next_chunk().unwrap();
            if chunk.is_empty() {
                return lines;
            }
            lines.extend(chunk.into_iter().map(|text| match text {
                Text::Line(line) => line,
                Text::Id { .. } => panic!("a file has lines"),
            }));
        }
    }

    #[test]
    fn lines_are_those_of_the_file_whatever_the_blocks() {
        assert!(lines_of(b"").is_empty());
        assert_eq!(lines_of("\u{feff}a\r\n\nb".as_bytes()), ["a", "", "b"]);
        assert_eq!(lines_of(b"a\n"), ["a"]);
        let long: Vec<String> = (0..5_000).map(|line| format!("{line:0>50}")).collect();
        assert_eq!(lines_of((long.join("\n") + "\n").as_bytes()), long);
    }

    /// A reader that gives one line, then must not be asked again before that line was taken.
    struct Pipe(u8);

    impl Read for Pipe {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            self.0 += 1;
            assert!(self.0 <= 1, "waited for more with a line at hand");
            buffer[..3].copy_from_slice(b"{}\n");
            Ok(3)
        }
    }

    #[test]
    fn a_pipe_is_answered_as_it_is_written() {
        assert_eq!(LineReader::new(Box::new(Pipe(0))).next_chunk().unwrap().len(), 1);
    }

    #[test]
    fn an_endless_line_ends_the_job() {
        let mut reader = LineReader::new(Box::new(std::io::repeat(b'x')));
        assert!(reader.next_chunk().err().unwrap().to_string().contains("line 1"));
    }
}
