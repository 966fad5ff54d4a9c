//! Listings with marked mistakes: `fixtures/STAGE/NAME.nn`.
//!
//! A fixture is the indented content of one `network!`. Below each line with a mistake, from the first column on, is
//! the mistake:
//!
//! ```text
//!     pub LeNet(image: [N, 1, 28, 28]) -> [N, 10] {
//!         flatten => linear 10
//! //              ^^ error: stages are joined by `->`, not by `=>`
//!     }
//! ```
//!
//! Further lines of a message follow, each below the word `error:`. `^^ +2` ends two lines of the listing further down. The
//! marks are complete: a fixture without any has no mistake. `UPDATE_FIXTURES=1` writes what the compiler says now.

use nn_compiler::report::Mistake;
use std::path::{Path, PathBuf};
use std::{env, fs};

#[test]
fn fixtures() {
    let files = fixture_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures"));
    assert!(!files.is_empty(), "there are no fixtures");
    let failures: Vec<String> = files.iter().filter_map(|file| check(file)).collect();
    assert!(failures.is_empty(), "{}\n{} of {} fixtures failed", failures.join("\n"), failures.len(), files.len());
}

fn fixture_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("a readable folder").path()).collect();
    paths.sort();
    let files = paths.into_iter().flat_map(|path| if path.is_dir() { fixture_files(&path) } else { vec![path] });
    files.filter(|path| path.extension().is_some_and(|extension| extension == "nn")).collect()
}

/// How the fixture differs from what the compiler reports, if it does.
fn check(file: &Path) -> Option<String> {
    let written = fs::read_to_string(file).expect("a readable fixture");
    let listing: String = written.lines().filter(|line| !is_mark(line)).map(|line| format!("{line}\n")).collect();
    let marked = match listing.parse() {
        Ok(tokens) => mark(&listing, &nn_compiler::check(tokens)),
        Err(error) => return Some(format!("{}: {error}", file.display())),
    };
    if marked == written {
        return None;
    }
    if env::var_os("UPDATE_FIXTURES").is_some() {
        fs::write(file, marked).expect("a writable fixture");
        return None;
    }
    Some(format!("{} is not what the compiler says, which is:\n{marked}", file.display()))
}

fn is_mark(line: &str) -> bool {
    line.starts_with("//")
}

/// The listing with `mistakes` below the lines where they begin.
fn mark(listing: &str, mistakes: &[Mistake]) -> String {
    let mut marked = String::new();
    for (number, line) in (1..).zip(listing.lines()) {
        marked += &format!("{line}\n");
        for mistake in mistakes.iter().filter(|mistake| mistake.place().start().0 == number) {
            marked += &mark_of(mistake, line);
        }
    }
    marked
}

/// The lines that mark one mistake, of which `line` is the first.
fn mark_of(mistake: &Mistake, line: &str) -> String {
    let ((first, start), (last, end)) = (mistake.place().start(), mistake.place().end());
    assert!(start >= 2, "indent the listing, so that `{}` can be marked", line.trim());
    let (end, further) =
        if first == last { (end, String::new()) } else { (line.chars().count(), format!(" +{}", last - first)) };
    let carets = format!("{}{further}", "^".repeat(end.saturating_sub(start).max(1)));
    let message = mistake.message();
    let mut lines = message.lines();
    let mut marked =
        format!("//{:start$}{carets} error: {}\n", "", lines.next().unwrap_or_default(), start = start - 2);
    for fact in lines {
        marked += &format!("//{:indent$}{fact}\n", "", indent = start - 2 + carets.len() + 1);
    }
    marked
}
