//! The words of the language, and the names that are left to the user.

use super::tokens::{Parsed, Tokens};
use crate::report::Mistake;
use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};

/// The element types that a shape may begin with.
pub(super) const DTYPES: [&str; 10] = ["f16", "bf16", "f32", "f64", "u8", "i8", "i16", "i32", "i64", "bool"];

/// The words that begin a statement.
const STATEMENTS: [&str; 6] = ["let", "const", "shared", "param", "buffer", "option"];

/// The words that begin a stage.
const STAGES: [&str; 9] = ["residual", "add", "mul", "cat", "stack", "repeat", "for", "if", "apply"];

/// The other words with a meaning of their own.
const OTHERS: [&str; 10] = ["block", "where", "shortcut", "in", "else", "id", "channels", "features", "true", "false"];

/// Whether the language keeps the word for itself.
fn is_word(word: &str) -> bool {
    [&DTYPES[..], &STATEMENTS, &STAGES, &OTHERS].iter().any(|words| words.contains(&word))
}

/// Whether the word names a layer that takes branches.
pub(super) fn is_join(word: &Ident) -> bool {
    ["add", "mul", "cat", "stack"].iter().any(|join| word == join)
}

/// Whether rustc keeps the word for itself: no variable can have this name.
pub(super) fn is_rust_keyword(word: &Ident) -> bool {
    syn::parse_str::<Ident>(&word.to_string()).is_err()
}

/// Networks and Rust types begin with a capital letter, and nothing else does.
pub(super) fn is_type_name(word: &Ident) -> bool {
    word.to_string().starts_with(char::is_uppercase)
}

/// A name that the user chooses; `role` is what it names, such as "a value".
pub(super) fn parse_name(tokens: &mut Tokens, role: &str) -> Parsed<Ident> {
    let Some(word) = tokens.word_at(0).filter(|word| *word != "_").cloned() else {
        return Err(tokens.expected(&format!("the name of {role}")));
    };
    let text = word.to_string();
    if is_word(&text) {
        let mistake = Mistake::new(&word, format!("`{word}` is a word of the language and cannot name {role}"));
        return Err(match meaning(&text) {
            Some(meaning) => mistake.note(format!("`{word}` is {meaning}")),
            None => mistake,
        });
    }
    if is_rust_keyword(&word) {
        return Err(Mistake::new(&word, format!("`{word}` is a Rust keyword and cannot name {role}")));
    }
    tokens.bump();
    Ok(word)
}

/// The words of the language used as names in a signature, from here to the body.
pub(super) fn misnamed(tokens: &Tokens) -> Vec<Ident> {
    let signature = (0..).take_while(|ahead| tokens.group_at(*ahead, Delimiter::Brace).is_none());
    let signature = signature.take_while(|ahead| tokens.peek(*ahead).is_some());
    signature
        .filter_map(|ahead| tokens.group_at(ahead, Delimiter::Parenthesis))
        .flat_map(|group| misnamed_in(Tokens::of(group)))
        .collect()
}

fn misnamed_in(mut tokens: Tokens) -> Vec<Ident> {
    let mut words = Vec::new();
    while !tokens.is_empty() {
        words.extend(tokens.word_at(0).filter(|word| is_word(&word.to_string())).cloned());
        tokens.skip_to(&[","]);
        tokens.bump();
    }
    words
}

/// Whether it contains one of `words`.
pub(super) fn mentions(stream: TokenStream, words: &[Ident]) -> bool {
    stream.into_iter().any(|tree| match tree {
        TokenTree::Ident(word) => words.contains(&word),
        TokenTree::Group(group) => mentions(group.stream(), words),
        _ => false,
    })
}

/// The meaning of a word that looks like any other name.
fn meaning(word: &str) -> Option<&'static str> {
    match word {
        "id" => Some("the value at hand"),
        "channels" => Some("the size of dimension 1 of the value at hand"),
        "features" => Some("the size of the last dimension of the value at hand"),
        _ => None,
    }
}

/// As [`parse_name`], or `_` for no name.
pub(super) fn parse_name_or_any(tokens: &mut Tokens, role: &str) -> Parsed<Option<Ident>> {
    if tokens.at_word("_") {
        tokens.bump();
        return Ok(None);
    }
    parse_name(tokens, role).map(Some)
}

/// Whether a statement begins here. A word before `:` is a label.
pub(super) fn at_statement(tokens: &Tokens) -> bool {
    at_one_of(tokens, &STATEMENTS)
}

/// Whether the next word cannot be an argument, because it begins a stage or a statement or belongs to what is outside.
pub(super) fn ends_arguments(tokens: &Tokens) -> bool {
    at_one_of(tokens, &STATEMENTS) || at_one_of(tokens, &STAGES) || at_one_of(tokens, &["shortcut", "else", "block"])
}

/// Whether one of `words` is next, and is not a label.
fn at_one_of(tokens: &Tokens, words: &[&str]) -> bool {
    !tokens.at_operator(1, ":") && words.iter().any(|word| tokens.at_word(word))
}

/// Whether a shape with its element type begins here: `i64[`.
pub(super) fn at_typed_shape(tokens: &Tokens) -> bool {
    DTYPES.iter().any(|dtype| tokens.at_word(dtype)) && tokens.group_at(1, Delimiter::Bracket).is_some()
}
