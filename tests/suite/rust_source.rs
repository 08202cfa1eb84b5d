//! Rust files read as text: which words are code, which code is tests, which paths it names. No parser, so it
//! must stay simple; the tests at the end are the cases it must get right.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A Rust file.
pub struct SourceFile {
    /// Relative to the repository, with `/`.
    pub path: String,
    pub text: String,
    /// The text with comments, strings and characters blanked; lines stay where they are.
    pub code: String,
    /// [`Self::code`] with `#[cfg(test)]` modules blanked, and nothing at all where the whole file is tests.
    pub shipped: String,
}

/// All Rust files below a folder of the repository, by path.
pub fn read_all(root: &Path, folder: &str) -> Vec<SourceFile> {
    let mut paths = Vec::new();
    collect(&root.join(folder), &mut paths);
    paths.sort();
    let texts: Vec<(PathBuf, String)> =
        paths.into_iter().map(|path| (path.clone(), fs::read_to_string(path).unwrap())).collect();
    let tests: BTreeSet<PathBuf> =
        texts.iter().flat_map(|(path, text)| test_modules(path, &code_only(text))).collect();
    texts
        .into_iter()
        .map(|(path, text)| {
            let code = code_only(&text);
            let is_test = folder == "tests" || path.ancestors().any(|above| tests.contains(above));
            let shipped = if is_test { String::new() } else { without_tests(&code) };
            let path = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            SourceFile { path, text, code, shipped }
        })
        .collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            paths.push(path);
        }
    }
}

/// The 1-based line of a byte.
pub fn line_of(text: &str, byte: usize) -> usize {
    text[..byte].matches('\n').count() + 1
}

/// Where `word` stands in the text with no letter, digit or underscore around it.
pub fn find_word<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    text.match_indices(word).map(|(at, _)| at).filter(move |&at| {
        !text[..at].chars().next_back().is_some_and(is_part)
            && !text[at + word.len()..].chars().next().is_some_and(is_part)
    })
}

/// The first names after `crate::`, with their bytes: one for a path, several for `crate::{…}`.
pub fn names_in_crate(code: &str) -> Vec<(usize, String)> {
    let mut names = Vec::new();
    for at in find_word(code, "crate") {
        if let Some(rest) = code[at + 5..].strip_prefix("::") {
            let start = code.len() - rest.len();
            names.extend(first_names(code, start));
        }
    }
    names
}

/// The names that a path or a brace at a byte begins with.
fn first_names(code: &str, start: usize) -> Vec<(usize, String)> {
    let rest = &code[start..];
    let open = rest.len() - rest.trim_start().len();
    if !rest[open..].starts_with('{') {
        return vec![(start + open, name_at(&rest[open..]))];
    }
    let mut depth = 0;
    let mut names = Vec::new();
    let mut expects_name = false;
    for (at, letter) in rest.char_indices().skip(open) {
        match letter {
            '{' => {
                depth += 1;
                expects_name = depth == 1;
            }
            '}' => depth -= 1,
            ',' => expects_name = depth == 1,
            _ if expects_name && !letter.is_whitespace() => {
                names.push((start + at, name_at(&rest[at..])));
                expects_name = false;
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    names
}

fn name_at(text: &str) -> String {
    text.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect()
}

/// Names reached by so many `super::` that the path leaves a module `depth` levels below the crate.
pub fn names_above(code: &str, depth: usize) -> Vec<(usize, String)> {
    let mut names = Vec::new();
    let mut end = 0;
    for at in find_word(code, "super") {
        if at < end {
            continue;
        }
        let mut rest = &code[at..];
        let mut levels = 0;
        while let Some(next) = rest.strip_prefix("super::") {
            levels += 1;
            rest = next;
        }
        end = code.len() - rest.len();
        if levels >= depth {
            names.extend(first_names(code, end));
        }
    }
    names
}

/// Blanks comments, strings and characters.
fn code_only(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let end = match bytes[at] {
            b'/' if bytes[at..].starts_with(b"//") => {
                text[at..].find('\n').map_or(bytes.len(), |length| at + length)
            }
            b'/' if bytes[at..].starts_with(b"/*") => block_comment(bytes, at),
            b'"' => string(bytes, at),
            b'r' if starts_raw_string(bytes, at) => raw_string(text, at),
            b'\'' => character(text, at),
            _ => {
                at += 1;
                continue;
            }
        };
        for byte in &mut out[at..end] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
        at = end;
    }
    String::from_utf8(out).unwrap()
}

fn block_comment(bytes: &[u8], start: usize) -> usize {
    let mut depth = 0;
    let mut at = start;
    while at < bytes.len() {
        if bytes[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if bytes[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                break;
            }
        } else {
            at += 1;
        }
    }
    at
}

fn string(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < bytes.len() && bytes[at] != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1).min(bytes.len())
}

fn starts_raw_string(bytes: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).map(|before| bytes[before]);
    let follows_name =
        before.is_some_and(|byte| (byte.is_ascii_alphanumeric() && byte != b'b') || byte == b'_');
    let hashes = bytes[at + 1..].iter().take_while(|&&byte| byte == b'#').count();
    !follows_name && bytes.get(at + 1 + hashes) == Some(&b'"')
}

fn raw_string(text: &str, start: usize) -> usize {
    let hashes = text[start + 1..].bytes().take_while(|&byte| byte == b'#').count();
    let open = start + hashes + 2;
    let close = format!("\"{}", "#".repeat(hashes));
    text[open..].find(&close).map_or(text.len(), |length| open + length + close.len())
}

/// The end of a character literal; a lifetime or label ends after its quote.
fn character(text: &str, start: usize) -> usize {
    let mut letters = text[start + 1..].char_indices();
    match letters.next() {
        Some((_, '\\')) => text[start + 3..].find('\'').map_or(text.len(), |length| start + 3 + length + 1),
        Some(_) => match letters.next() {
            Some((length, '\'')) => start + 1 + length + 1,
            _ => start + 1,
        },
        None => start + 1,
    }
}

const TEST_MARK: &str = "#[cfg(test)]";

/// The files or folders of modules declared as `#[cfg(test)] mod name;`.
fn test_modules(path: &Path, code: &str) -> Vec<PathBuf> {
    let folder = match path.file_stem().and_then(|stem| stem.to_str()) {
        Some("mod" | "lib" | "main") => path.parent().unwrap().to_owned(),
        _ => path.with_extension(""),
    };
    code.match_indices(TEST_MARK)
        .filter_map(|(at, _)| {
            let (visibility, name) = code[at + TEST_MARK.len()..].split_once("mod ")?;
            if !["", "pub", "pub(crate)", "pub(super)"].contains(&visibility.trim()) {
                return None;
            }
            let (name, _) = name.split_once(';').filter(|(name, _)| !name.contains('{'))?;
            Some(name.trim().to_owned())
        })
        .flat_map(|name| [folder.join(format!("{name}.rs")), folder.join(name)])
        .collect()
}

/// Blanks each item marked `#[cfg(test)]`, up to its closing brace or semicolon.
fn without_tests(code: &str) -> String {
    let mut out = code.as_bytes().to_vec();
    for (start, _) in code.match_indices(TEST_MARK) {
        let mut depth = 0;
        let length = code[start..].find(|letter| {
            match letter {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            depth == 0 && matches!(letter, '}' | ';')
        });
        let end = length.map_or(code.len(), |length| start + length + 1);
        for byte in &mut out[start..end] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
    }
    String::from_utf8(out).unwrap()
}

mod tests {
    use super::*;

    fn names(code: &str) -> Vec<String> {
        names_in_crate(&code_only(code)).into_iter().map(|(_, name)| name).collect()
    }

    #[test]
    fn paths_are_found_wherever_they_stand() {
        assert_eq!(names("use crate::store::Store;"), ["store"]);
        assert_eq!(names("use crate::{\n  domain::{Schema, name},\n  store,\n};"), ["domain", "store"]);
        assert_eq!(names("fn f() -> crate::nn::Matrix { crate::jobs::spawn() }"), ["nn", "jobs"]);
        assert_eq!(
            names("pub(crate) fn f() {} // crate::store\nlet s = \"crate::store\";"),
            Vec::<String>::new()
        );
    }

    #[test]
    fn paths_that_climb_out_are_found() {
        let climbed = |code: &str, depth| -> Vec<String> {
            names_above(&code_only(code), depth).into_iter().map(|(_, name)| name).collect()
        };
        assert_eq!(climbed("use super::super::store::Store;", 2), ["store"]);
        assert_eq!(climbed("use super::{sheet, random};", 1), ["sheet", "random"]);
        assert_eq!(climbed("use super::sheet;", 2), Vec::<String>::new());
    }

    #[test]
    fn comments_strings_and_characters_are_no_code() {
        let code = code_only("a /* x /* y */ z */ b \"c \\\" d\" r#\"e \" f\"# 'g' '\\'' 'static h // i\nj");
        let words: Vec<&str> = code.split_whitespace().collect();
        // Of a lifetime the quote goes and the name stays.
        assert_eq!(words, ["a", "b", "static", "h", "j"]);
    }

    #[test]
    fn test_modules_are_not_shipped() {
        let code = "fn a() { b.unwrap() }\n#[cfg(test)]\nmod tests {\n fn c() { d.unwrap() }\n}\nfn e() {}\n";
        let shipped = without_tests(code);
        assert_eq!(shipped.matches("unwrap").count(), 1);
        assert!(shipped.contains("fn e()"));
        assert_eq!(line_of(&shipped, shipped.find("fn e").unwrap()), 6);
        let declared = test_modules(Path::new("src/data/import.rs"), "#[cfg(test)]\nmod tests;\n");
        assert!(declared.contains(&PathBuf::from("src/data/import/tests.rs")), "{declared:?}");
        let visible = test_modules(Path::new("src/data/mod.rs"), "#[cfg(test)]\npub(super) mod toy;\n");
        assert!(visible.contains(&PathBuf::from("src/data/toy.rs")), "{visible:?}");
        let function = test_modules(Path::new("src/a.rs"), "#[cfg(test)]\nfn f() {}\nmod shipped;\n");
        assert_eq!(function, Vec::<PathBuf>::new());
    }

    #[test]
    fn words_are_whole() {
        assert_eq!(find_word("polars_core polars::x my_polars polars", "polars").count(), 2);
    }
}
