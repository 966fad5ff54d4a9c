//! Typed access to a layer's arguments: sizes, numbers, words, or the mistake that they are not.

use super::window::CHANNELS;
use super::{Context, Failure};
use crate::nearest;
use crate::place::Place;
use crate::report::{Mistake, RUST_CONSTANT, WITHOUT_PARENTHESES};
use crate::shaped::{Code, Operand};
use crate::size::Size;
use crate::state::{Datum, Given};
use proc_macro2::Ident;

/// The most values or layers that the generated code writes out one by one; nobody needs more.
const MOST: i64 = 1000;

impl Context<'_> {
    /// The given argument of this name.
    pub fn argument(&self, name: &str) -> Option<&Given> {
        self.given.iter().find(|(given, _)| given == name).map(|(_, given)| given)
    }

    /// Where an argument was written, or else the layer's name.
    pub fn place(&self, name: &str) -> Place {
        self.argument(name).map_or_else(|| self.keyword.into(), |given| given.place)
    }

    /// The mistake that another kind of argument is wanted.
    pub fn unfit(&self, name: &str, given: &Given, wanted: &str) -> Failure {
        match &given.datum {
            Datum::Broken => Failure::Reported,
            Datum::Word(word) => self.unknown_name(word, name, wanted),
            datum => {
                let what = format!("`{name}` of `{}` is {wanted}, not {}", self.keyword, datum.kind());
                let mistake = Mistake::new(given.place, what);
                match datum {
                    Datum::Tuple(items) if wanted == "a size" && given.holds(items) => {
                        mistake.note(WITHOUT_PARENTHESES).into()
                    }
                    Datum::Tuple(_) if wanted.starts_with("a list") => {
                        mistake.note("a list is written in brackets: `[N, 64]`").into()
                    }
                    Datum::Text(text) if wanted.contains(&format!("`{}`", text.value())) => {
                        mistake.help(format!("write it without quotes: `{}`", text.value())).into()
                    }
                    Datum::List(_) if wanted.contains("a tuple") => {
                        mistake.note("a tuple is written in parentheses: `(5, 1)`").into()
                    }
                    _ => mistake.into(),
                }
            }
        }
    }

    /// The mistake that a word is neither a name in scope nor one of those that `wanted` quotes.
    fn unknown_name(&self, word: &Ident, name: &str, wanted: &str) -> Failure {
        let mistake = Mistake::new(word, format!("there is no `{word}` here")).once();
        let mistake = mistake.note(format!("`{name}` of `{}` is {wanted}", self.keyword));
        let words = wanted.split('`').skip(1).step_by(2);
        let known: Vec<&str> = words.chain(self.scope.suggestions(word)).collect();
        match nearest::nearest(&word.to_string(), &known) {
            Some(near) => mistake.help(format!("did you mean `{near}`?")).into(),
            None if wanted.contains("a size") => mistake.note(RUST_CONSTANT).into(),
            None => mistake.into(),
        }
    }

    /// A size.
    pub fn size(&self, name: &str) -> Result<Option<Size>, Failure> {
        let Some(given) = self.argument(name) else { return Ok(None) };
        self.as_size(name, given, "a size").map(Some)
    }

    /// A size, with the code that computes it.
    pub fn code(&self, name: &str) -> Result<Option<(Size, Code)>, Failure> {
        let Some(given) = self.argument(name) else { return Ok(None) };
        self.as_code(name, given, "a size").map(Some)
    }

    fn as_code(&self, name: &str, given: &Given, wanted: &str) -> Result<(Size, Code), Failure> {
        match &given.datum {
            Datum::Size(size, code) => Ok((size.clone(), code.map(&mut |reference| reference.local))),
            _ => Err(self.unfit(name, given, wanted)),
        }
    }

    fn as_size(&self, name: &str, given: &Given, wanted: &str) -> Result<Size, Failure> {
        match &given.datum {
            Datum::Size(size, _) => Ok(size.clone()),
            _ => Err(self.unfit(name, given, wanted)),
        }
    }

    /// An integer that the macro knows.
    pub fn integer(&self, name: &str) -> Result<Option<i64>, Failure> {
        self.argument(name).map(|given| self.as_integer(name, given)).transpose()
    }

    /// An integer that the macro knows.
    pub(super) fn as_integer(&self, name: &str, given: &Given) -> Result<i64, Failure> {
        let size = self.as_size(name, given, "a number")?;
        match size.as_constant() {
            Some(value) => Ok(value),
            None => {
                let what = format!(
                    "`{name}` of `{}` must be a number that the macro knows, but `{size}` is not",
                    self.keyword
                );
                Err(Mistake::new(given.place, what).into())
            }
        }
    }

    /// Checks the number of values or layers that the generated code writes out one by one.
    pub fn few(&self, name: &str, count: i64, what: &str) -> Result<(), Failure> {
        if count <= MOST {
            return Ok(());
        }
        let what = format!("`{}` makes {count} {what}, but at most {MOST} are allowed", self.keyword);
        Err(self.mistake(self.place(name), what).into())
    }

    /// A size for each of `rank` dimensions, given as one for all or as a tuple.
    pub fn sizes(&self, name: &str, rank: usize, default: i64) -> Result<Vec<Size>, Failure> {
        Ok(self.codes(name, rank, default)?.into_iter().map(|(size, _)| size).collect())
    }

    /// As [`Context::sizes`], with the code that computes each.
    pub fn codes(&self, name: &str, rank: usize, default: i64) -> Result<Vec<(Size, Code)>, Failure> {
        let Some(given) = self.argument(name) else {
            return Ok(vec![(Size::constant(default), Code::Literal(default)); rank]);
        };
        let wanted = match rank {
            1 => "a size".to_string(),
            _ => format!("a size, or a tuple of {rank} sizes"),
        };
        match &given.datum {
            Datum::Size(..) => Ok(vec![self.as_code(name, given, &wanted)?; rank]),
            Datum::Tuple(items) if items.len() == rank => {
                items.iter().map(|item| self.as_code(name, item, &wanted)).collect()
            }
            Datum::Tuple(items) => {
                let what = format!("`{name}` of `{}` is {wanted}, not a tuple of {}", self.keyword, items.len());
                let mistake = self.mistake(given.place, what);
                Err(if items.len() == rank + 1 { mistake.note(CHANNELS) } else { mistake }.into())
            }
            _ => Err(self.unfit(name, given, &wanted)),
        }
    }

    /// The same sizes as an operand. Some may be known only at run time.
    pub fn sizes_operand(&self, name: &str, rank: usize, default: i64) -> Result<Operand, Failure> {
        Ok(Operand::Sizes(self.codes(name, rank, default)?.into_iter().map(|(_, code)| code).collect()))
    }

    /// Where the size for one dimension was written.
    pub fn place_of(&self, name: &str, dimension: usize) -> Place {
        match self.argument(name) {
            Some(Given { datum: Datum::Tuple(items), .. }) if dimension < items.len() => items[dimension].place,
            _ => self.place(name),
        }
    }

    /// Checks that a size is at least 1.
    pub fn positive(&mut self, name: &str, size: &Size) -> Result<(), Failure> {
        let what = format!("`{name}` of `{}` must be at least 1, but is {size}", self.keyword);
        let mistake = self.mistake(self.place(name), what);
        Ok(self.proofs.at_least(size, 1, || mistake)?)
    }

    /// Checks that a size is the same for all inputs.
    pub fn fixed(&self, what: &str, size: &Size, place: impl Into<Place>) -> Result<(), Failure> {
        let names = size.symbols();
        if names.is_empty() {
            return Ok(());
        }
        let symbols: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        let symbols = symbols.join(" and ");
        let what =
            format!("{what} of `{}` cannot depend on {symbols}, which can differ from input to input", self.keyword);
        let mistake = self.mistake(place, what).note(format!(
            "its size would be {size}; a number instead of {symbols} in the signature is the same for all inputs"
        ));
        Err(match names.iter().find(|name| name.len() > 1 && **name == name.to_uppercase()) {
            Some(name) => mistake.note(format!("a Rust constant in an input's shape goes in parentheses: `({name})`")),
            None if self.inputs.first().is_some_and(|input| input.origin == "`flatten`") => mistake.note(
                "for images, `global_avgpool` before `flatten` leaves one number for each channel, whatever their size",
            ),
            None => mistake,
        }
        .into())
    }

    /// Checks an optional argument that repeats a size of the input.
    pub fn expect_size(&mut self, name: &str, size: &Size, what: &str) -> Result<(), Failure> {
        let Some(declared) = self.size(name)? else { return Ok(()) };
        let mistake = self.mistake(self.place(name), format!("the input has {size} {what}, not {declared}"));
        Ok(self.proofs.same(size, &declared, || mistake)?)
    }

    /// `true` or `false`.
    pub fn boolean(&self, name: &str, default: bool) -> Result<bool, Failure> {
        match self.argument(name) {
            None => Ok(default),
            Some(Given { datum: Datum::Bool(value), .. }) => Ok(*value),
            Some(given) => Err(self.unfit(name, given, "`true` or `false`")),
        }
    }

    /// A float that the macro knows.
    pub fn float(&self, name: &str) -> Result<Option<f64>, Failure> {
        match self.argument(name) {
            None => Ok(None),
            Some(Given { datum: Datum::Float(value), .. }) => Ok(Some(*value)),
            Some(given) => Err(self.unfit(name, given, "a number")),
        }
    }

    /// A float that may be an `option`.
    pub fn number(&self, name: &str, default: f64) -> Result<Operand, Failure> {
        match self.argument(name) {
            None => Ok(Operand::Float(default)),
            Some(Given { datum: Datum::Float(value), .. }) => Ok(Operand::Float(*value)),
            Some(Given { datum: Datum::Number(code), .. }) => {
                Ok(Operand::Number(code.map(&mut |reference| reference.local)))
            }
            Some(given) => Err(self.unfit(name, given, "a number")),
        }
    }

    /// One of a list of words.
    pub fn word<'w>(&self, name: &str, words: &[&'w str], default: &'w str) -> Result<&'w str, Failure> {
        let Some(given) = self.argument(name) else { return Ok(default) };
        let Datum::Word(word) = &given.datum else { return Err(self.unfit(name, given, &one_of(words))) };
        match words.iter().find(|known| word == *known) {
            Some(known) => Ok(known),
            None => Err(self.unknown_name(word, name, &one_of(words))),
        }
    }
}

fn one_of(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    alternatives(&quoted)
}

/// `3, 4 or 5`
pub fn alternatives(words: &[String]) -> String {
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}
