//! What the book, the README and CONTRIBUTING.md show of the compiler is true: its errors, the documentation of the
//! layers, the code of one. `UPDATE_SNAPSHOTS=1` writes errors and documentation.

use nn_compiler::expand;
use nn_compiler::layers::Layer;
use nn_compiler::report::Mistake;
use proc_macro2::{TokenStream, TokenTree};
use std::path::{Path, PathBuf};
use std::{env, fs};

const HEAD: &str = "# The layers

Every layer of the language, as the compiler knows it. Arguments that end in `=` here are given by key; the others by
position, in this order, or by key. Defaults are in parentheses. The rank of the input chooses between 1d, 2d and 3d;
`conv2d` and its like fix it.

This chapter is generated from the layers' own documentation, which editors also show for a layer in a listing.
";

/// Begins a listing that does not compile. A block of text with its errors may follow.
const WRONG: &str = "```rust,compile_fail";

#[test]
fn layers() {
    let mut layers: Vec<&Layer> = Layer::all().collect();
    layers.sort_by_key(|layer| layer.stem());
    let links: Vec<String> = layers.iter().map(|layer| format!("[`{0}`](#{0})", layer.stem())).collect();
    let mut text = format!("{HEAD}\n{}\n", links.join(" "));
    for layer in layers {
        text += &format!("\n## {}\n\n", layer.stem());
        for line in expand::documentation(layer) {
            let is_row = line.starts_with('|');
            text += &if is_row { line } else { line.replace(". ", ".\n").replace("; ", ";\n") };
            text.push('\n');
        }
    }
    assert_snapshot(&chapters().join("layers.md"), &text);
}

#[test]
fn errors() {
    let mut shown = 0;
    for entry in fs::read_dir(chapters()).expect("a readable folder") {
        let path = entry.expect("a readable folder").path();
        let written = fs::read_to_string(&path).expect("a readable chapter");
        let (said, errors) = with_errors(&written);
        if errors > 0 {
            shown += errors;
            assert_snapshot(&path, &said);
        }
    }
    assert!(shown > 0, "the book shows no errors");
}

#[test]
fn chapters_are_listed_and_tested() {
    let read = |path: &str| fs::read_to_string(chapters().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    let (summary, tested) = (read("SUMMARY.md"), read("../../src/book.rs"));
    for entry in fs::read_dir(chapters()).expect("a readable folder") {
        let name = entry.expect("a readable folder").file_name().into_string().expect("a name in UTF-8");
        if !name.ends_with(".md") {
            continue;
        }
        let text = read(&name);
        assert!(name == "SUMMARY.md" || summary.contains(&format!("]({name})")), "SUMMARY.md lacks {name}");
        assert!(!text.contains("```rust") || tested.contains(&format!("/{name}\"")), "src/book.rs lacks {name}");
    }
}

#[test]
fn links_lead_somewhere() {
    let chapters = fs::read_dir(chapters()).expect("a readable folder").map(|entry| entry.expect("a chapter").path());
    let texts = ["README.md", "CONTRIBUTING.md", "examples/README.md"].map(|name| root().join(name));
    for path in chapters.chain(texts).filter(|path| path.extension().is_some_and(|extension| extension == "md")) {
        let text = fs::read_to_string(&path).expect("a readable text");
        for (link, _) in text.split("](").skip(1).filter_map(|rest| rest.split_once(')')) {
            let file = link.split('#').next().unwrap_or_default();
            let there = link.contains("://") || path.with_file_name(file).exists() || file.is_empty();
            assert!(there, "{} links to {link}, which is not there", path.display());
        }
    }
}

/// "Leave out `p=2` and add a layer:"
#[test]
fn the_readmes_error() {
    const LAST: &str = "-> flatten\n        -> linear 120 -> relu -> linear 84 -> relu -> linear 10";
    let path = root().join("README.md");
    let readme = fs::read_to_string(&path).expect("a README");
    let listing = first_listing(&readme);
    assert!(listing.contains(LAST), "{listing}");
    let wrong = listing.replace(" p=2", "").replace(LAST, "-> conv 32 k=5 -> relu -> flatten -> linear 10");
    let (before, after) = readme.split_once("```text\n").expect("an error");
    let (_, after) = after.split_once("```").expect("a block of text ends");
    assert_snapshot(&path, &format!("{before}```text\n{}```{after}", errors_of(&wrong)));
}

#[test]
fn the_layer_in_contributing() {
    let contributing = fs::read_to_string(root().join("CONTRIBUTING.md")).expect("a CONTRIBUTING.md");
    let mut code = include_str!("../src/layers/linear.rs");
    // CONTRIBUTING.md adds remarks and shortens the documentation.
    for line in first_listing(&contributing).lines().filter(|line| !line.trim_start().starts_with('"')) {
        let line = line.split("//").next().unwrap_or_default().trim_end();
        let found = code.split_once(line);
        code = found.unwrap_or_else(|| panic!("CONTRIBUTING.md has `{line}`, and linear.rs has not")).1;
    }
}

fn first_listing(text: &str) -> &str {
    let (_, listing) = text.split_once("```rust\n").expect("a listing");
    listing.split_once("```").expect("a listing ends").0
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn chapters() -> PathBuf {
    root().join("book/src")
}

fn assert_snapshot(path: &Path, text: &str) {
    if env::var_os("UPDATE_SNAPSHOTS").is_some() {
        fs::write(path, text).expect("a writable chapter");
    }
    let written = fs::read_to_string(path).unwrap_or_default();
    assert!(written == text, "{} is not what the compiler says now; see it with UPDATE_SNAPSHOTS=1", path.display());
}

/// The chapter with the compiler's errors in the text after each wrong listing, and how many listings that were.
fn with_errors(chapter: &str) -> (String, usize) {
    let mut pieces = chapter.split(WRONG);
    let mut said = pieces.next().unwrap_or_default().to_owned();
    let mut shown = 0;
    for piece in pieces {
        said += WRONG;
        let Some((listing, after)) = piece.split_once("```\n```text\n") else {
            said += piece;
            continue;
        };
        let (_, after) = after.split_once("```").expect("a block of text ends");
        said += &format!("{listing}```\n```text\n{}```{after}", errors_of(listing));
        shown += 1;
    }
    (said, shown)
}

/// The errors as rustc prints them, with the lines that the reader sees.
fn errors_of(listing: &str) -> String {
    let shown: Vec<&str> = listing.trim_start().lines().filter(|line| !is_hidden(line)).collect();
    let file = shown.join("\n").parse().expect("Rust tokens");
    let errors: Vec<String> = nn_compiler::check(body(file)).iter().map(|mistake| rendered(mistake, &shown)).collect();
    assert!(!errors.is_empty(), "the compiler finds nothing wrong with{listing}");
    errors.join("\n")
}

/// Whether rustdoc and mdBook hide a line.
fn is_hidden(line: &str) -> bool {
    line.trim_start().starts_with("# ")
}

/// The tokens in the `network!` of a file.
fn body(file: TokenStream) -> TokenStream {
    let tokens: Vec<TokenTree> = file.into_iter().collect();
    let body = tokens.windows(3).find_map(|window| match window {
        [TokenTree::Ident(name), TokenTree::Punct(_), TokenTree::Group(group)] if name == "network" => {
            Some(group.stream())
        }
        _ => None,
    });
    body.expect("a `network!`")
}

fn rendered(mistake: &Mistake, lines: &[&str]) -> String {
    let ((line, start), (last, end)) = (mistake.place().start(), mistake.place().end());
    assert_eq!(line, last, "keep what is wrong on one line: {}", mistake.what());
    let message = mistake.message().replace('\n', "\n       ");
    let gutter = " ".repeat(line.to_string().len());
    let (source, marks) = (lines[line - 1], format!("{:start$}{}", "", "^".repeat(end - start)));
    format!(
        "error: {message}\n{gutter}--> src/main.rs:{line}:{}\n{gutter} |\n{line} | {source}\n{gutter} | {marks}\n",
        start + 1
    )
}
