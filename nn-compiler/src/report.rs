//! The list of mistakes that every stage adds to.

use crate::place::Place;
use proc_macro2::TokenStream;
use quote::quote_spanned;
use std::collections::BTreeSet;

/// The help for a tuple in place of several arguments.
pub const WITHOUT_PARENTHESES: &str =
    "arguments are written without parentheses, separated by spaces: `conv 64 k=3 s=2`";

/// The note for an unknown name.
pub const RUST_CONSTANT: &str = "a Rust constant is written in capitals, or with its path";

/// One mistake: what is wrong, the facts, a fix, and the place.
#[derive(Clone, Debug)]
pub struct Mistake {
    place: Place,
    what: String,
    notes: Vec<String>,
    helps: Vec<String>,
    /// Whether only the first of equal mistakes is reported.
    once: bool,
}

impl Mistake {
    /// `what` stands alone on the first line: lower case, no full stop.
    pub fn new(place: impl Into<Place>, what: impl Into<String>) -> Self {
        Mistake { place: place.into(), what: what.into(), notes: Vec::new(), helps: Vec::new(), once: false }
    }

    /// Adds a fact: which shape came from where.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.add_note(note);
        self
    }

    /// As [`Mistake::note`], in place.
    pub fn add_note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    /// Adds a fix that is certain to work.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.helps.push(help.into());
        self
    }

    /// Reports the mistake for the first use of a name only, since the name's declaration may be what is wrong.
    pub fn once(self) -> Self {
        Mistake { once: true, ..self }
    }

    /// The first line.
    pub fn what(&self) -> &str {
        &self.what
    }

    /// The smallest piece of the listing that is wrong.
    pub fn place(&self) -> Place {
        self.place
    }

    /// The whole message, as rustc prints it before the place.
    pub fn message(&self) -> String {
        let notes = self.notes.iter().map(|note| format!("\nnote: {note}"));
        let helps = self.helps.iter().map(|help| format!("\nhelp: {help}"));
        std::iter::once(self.what.clone()).chain(notes).chain(helps).collect()
    }

    fn to_compile_error(&self) -> TokenStream {
        let message = self.message();
        let Place { first, last } = self.place;
        let invocation = quote_spanned!(last=> { #message });
        quote_spanned!(first=> ::core::compile_error! #invocation)
    }
}

/// The mistakes found so far.
#[derive(Debug, Default)]
pub struct Report {
    mistakes: Vec<Mistake>,
}

impl Report {
    /// Adds a mistake, unless there is one at the same place: this may follow from it, or be the same in another call.
    pub fn push(&mut self, mistake: Mistake) {
        if !self.contains(&mistake) {
            self.mistakes.push(mistake);
        }
    }

    /// Adds a mistake and removes those inside its place, which follow from it.
    pub fn push_cause(&mut self, cause: Mistake) {
        let inside = |place: Place| cause.place.start() <= place.start() && place.end() <= cause.place.end();
        if !self.contains(&cause) {
            self.mistakes.retain(|mistake| !inside(mistake.place));
            self.mistakes.push(cause);
        }
    }

    /// Whether there is a mistake at the same place.
    pub fn contains(&self, mistake: &Mistake) -> bool {
        self.mistakes.iter().any(|other| same_place(other.place, mistake.place))
    }

    /// Whether there are no mistakes so far.
    pub fn is_empty(&self) -> bool {
        self.mistakes.is_empty()
    }

    /// How many mistakes there are so far.
    pub fn len(&self) -> usize {
        self.mistakes.len()
    }

    /// Called after a network or a stage of the compiler: keeps only the first of the mistakes to report [once](Mistake::once).
    pub fn settle(&mut self) {
        self.mistakes.sort_by_key(|mistake| mistake.place.start());
        let mut told = BTreeSet::new();
        self.mistakes.retain(|mistake| !mistake.once || told.insert(mistake.what.clone()));
        self.mistakes.iter_mut().for_each(|mistake| mistake.once = false);
    }

    /// All mistakes, in source order.
    pub fn finish(mut self) -> Vec<Mistake> {
        self.settle();
        self.mistakes
    }
}

/// The `compile_error!`s that show `mistakes` to the user.
pub fn to_compile_errors(mistakes: &[Mistake]) -> TokenStream {
    mistakes.iter().map(Mistake::to_compile_error).collect()
}

fn same_place(a: Place, b: Place) -> bool {
    (a.start(), a.end()) == (b.start(), b.end())
}

/// `one value is`, `3 values are`
pub fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("one {what} is") } else { format!("{count} {what}s are") }
}

/// `1_234_567`
pub fn grouped(count: i64) -> String {
    let digits = count.unsigned_abs().to_string();
    let groups: Vec<&[u8]> = digits.as_bytes().rchunks(3).rev().collect();
    let groups: Vec<_> = groups.into_iter().map(String::from_utf8_lossy).collect();
    format!("{}{}", if count < 0 { "-" } else { "" }, groups.join("_"))
}
