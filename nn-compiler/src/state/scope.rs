//! The names that can be used at a point of a listing.

use super::value::Datum;
use crate::shaped::Instance;
use crate::tree;
use proc_macro2::Ident;

/// What a name is bound to.
#[derive(Clone, Debug)]
pub enum Binding {
    /// A value, a size, a parameter of a block, or the name of a loop.
    Datum(Datum),
    /// A `shared` stage.
    Shared(Box<Shared>),
}

/// A `shared`: one set of parameters, used in several places.
#[derive(Clone, Debug)]
pub struct Shared {
    pub stage: tree::Stage,
    /// The frame that holds it.
    pub frame: usize,
    /// How many names are in scope where it is declared.
    pub mark: usize,
    /// Its struct, once it has been used.
    pub made: Option<Made>,
}

/// A `shared` that has been used.
#[derive(Clone, Debug)]
pub struct Made {
    pub instance: Instance,
    /// The variable of its field.
    pub local: usize,
    /// The shapes of its first use, for messages.
    pub fed: String,
}

/// The names in scope, innermost last.
#[derive(Debug, Default)]
pub struct Scope {
    bindings: Vec<(String, Binding)>,
}

impl Scope {
    /// What `name` stands for.
    pub fn find(&self, name: &Ident) -> Option<&Binding> {
        self.find_text(&name.to_string())
    }

    /// [`Scope::find`] for a name given as text.
    pub fn find_text(&self, name: &str) -> Option<&Binding> {
        self.bindings.iter().rev().find(|(bound, _)| name == bound).map(|(_, binding)| binding)
    }

    /// [`Scope::find`], mutably.
    pub fn find_mut(&mut self, name: &Ident) -> Option<&mut Binding> {
        self.bindings.iter_mut().rev().find(|(bound, _)| name == bound).map(|(_, binding)| binding)
    }

    /// Binds a name until the body ends.
    pub fn bind(&mut self, name: impl ToString, binding: Binding) {
        self.bindings.push((name.to_string(), binding));
    }

    /// Binds a name to a datum until the body ends.
    pub fn bind_datum(&mut self, name: impl ToString, datum: Datum) {
        self.bind(name, Binding::Datum(datum));
    }

    /// How many names there are, for [`Scope::reset`] when a body ends.
    pub fn mark(&self) -> usize {
        self.bindings.len()
    }

    /// Forgets the names bound since a mark.
    pub fn reset(&mut self, mark: usize) {
        self.bindings.truncate(mark);
    }

    /// Removes the names bound since a mark, and returns them.
    pub fn split_off(&mut self, mark: usize) -> Vec<(String, Binding)> {
        self.bindings.split_off(mark)
    }

    /// Binds removed names again.
    pub fn extend(&mut self, names: Vec<(String, Binding)>) {
        self.bindings.extend(names);
    }

    /// Removes and returns all names, since a block does not see its caller's.
    pub fn enter_block(&mut self) -> Scope {
        std::mem::take(self)
    }

    /// The names to suggest for `word`: none if it was written elsewhere, where other names are in scope.
    pub fn suggestions(&self, word: &Ident) -> Vec<&str> {
        let is_passed =
            |(_, binding): &(String, Binding)| matches!(binding, Binding::Datum(Datum::Word(passed)) if passed == word);
        if self.bindings.iter().any(is_passed) {
            Vec::new()
        } else {
            self.bindings.iter().map(|(name, _)| name.as_str()).collect()
        }
    }
}
