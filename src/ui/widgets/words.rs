//! Times and paths as people read them.

use std::path::Path;
use std::time::Duration;

/// `under 1 ms`, `350 ms`, `4.2 s`, `3 min 20 s`, `2 h 5 min`.
pub fn duration_words(duration: Duration) -> String {
    let secs = duration.as_secs();
    match secs {
        0 if duration.as_millis() == 0 => "under 1 ms".to_owned(),
        0 => format!("{} ms", duration.as_millis()),
        1..10 => format!("{:.1} s", duration.as_secs_f64()),
        10..60 => format!("{secs} s"),
        60..3600 => format!("{} min {} s", secs / 60, secs % 60),
        _ => format!("{} h {} min", secs / 3600, secs % 3600 / 60),
    }
}

/// A path with the home folder as `~`, shortened in the middle to about `longest` characters.
pub fn short_path(path: &Path, longest: usize) -> String {
    let mut text = path.display().to_string();
    if let Some(home) = directories::UserDirs::new().map(|dirs| dirs.home_dir().display().to_string())
        && let Some(rest) = text.strip_prefix(&home)
        && rest.starts_with(std::path::MAIN_SEPARATOR)
    {
        text = format!("~{rest}");
    }
    let count = text.chars().count();
    if count <= longest.max(8) {
        return text;
    }
    let keep = longest.max(8) - 3;
    let head: String = text.chars().take(keep / 3).collect();
    let tail: String = text.chars().skip(count - (keep - keep / 3)).collect();
    format!("{head}...{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_well() {
        let times =
            [(0, "under 1 ms"), (350, "350 ms"), (4200, "4.2 s"), (59_999, "59 s"), (200_000, "3 min 20 s")];
        for (millis, words) in times {
            assert_eq!(duration_words(Duration::from_millis(millis)), words);
        }
    }

    #[test]
    fn a_long_path_keeps_its_end() {
        let path = format!("/data/{}/films.bespoke", "deep/".repeat(40));
        let short = short_path(Path::new(&path), 40);
        assert!(short.chars().count() <= 40 && short.ends_with("films.bespoke"), "{short}");
    }
}
