//! The list of mistakes that every stage adds to.

use crate::place::Place;
use proc_macro2::TokenStream;
use quote::quote_spanned;

/// Of a tuple where there should be several arguments.
pub const WITHOUT_PARENTHESES: &str = "arguments stand without parentheses, separated by spaces: `conv 64 k=3 s=2`";

/// Of a name that stands for nothing.
pub const RUST_CONSTANT: &str = "a Rust constant is written in capitals, or with its path";

/// One mistake: what is wrong, the facts, a fix, and the place.
#[derive(Clone, Debug)]
pub struct Mistake {
    place: Place,
    what: String,
    notes: Vec<String>,
    helps: Vec<String>,
}

impl Mistake {
    /// `what` stands alone on the first line: lower case, no full stop.
    pub fn new(place: impl Into<Place>, what: impl Into<String>) -> Self {
        Mistake { place: place.into(), what: what.into(), notes: Vec::new(), helps: Vec::new() }
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

/// The mistakes found so far. [`Report::finish`] gives them.
#[derive(Debug, Default)]
pub struct Report {
    mistakes: Vec<Mistake>,
}

impl Report {
    /// Adds a mistake, unless the same was said of the same place before.
    pub fn push(&mut self, mistake: Mistake) {
        if !self.contains(&mistake) {
            self.mistakes.push(mistake);
        }
    }

    /// Whether the same was said of the same place before.
    pub fn contains(&self, mistake: &Mistake) -> bool {
        let is_known = |other: &Mistake| other.what == mistake.what && same_place(other.place, mistake.place);
        self.mistakes.iter().any(is_known)
    }

    /// Whether nothing is wrong so far.
    pub fn is_empty(&self) -> bool {
        self.mistakes.is_empty()
    }

    /// How many mistakes there are so far.
    pub fn len(&self) -> usize {
        self.mistakes.len()
    }

    /// All mistakes, in source order.
    pub fn finish(mut self) -> Vec<Mistake> {
        self.mistakes.sort_by_key(|mistake| mistake.place.start());
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
