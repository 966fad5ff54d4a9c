//! Names of stages: the keys that their parameters are saved under, and the fields that hold them.

use super::Inference;
use crate::report::Mistake;
use crate::shaped::{Content, Field, Outline};
use crate::size::Size;
use crate::state::{Binding, Datum};
use crate::tree::{Label, Stage};
use proc_macro2::Span;
use std::collections::BTreeMap;

/// The name of a stage.
#[derive(Clone, Debug)]
pub struct Name {
    /// The levels that it adds to the names of its parameters.
    pub key: Vec<String>,
    /// The key as one word: `conv2`, `self.query`.
    pub text: String,
    pub labelled: bool,
    pub span: Span,
}

impl Name {
    /// The name in messages. A mere position says nothing, so `word`, the layer or block, replaces it.
    pub fn title<'n>(&'n self, word: &'n str) -> &'n str {
        if self.text.parse::<usize>().is_ok() || self.text.is_empty() { word } else { &self.text }
    }
}

impl Inference<'_> {
    /// The name of a stage: its label, or the next name for an unlabelled stage of its kind.
    pub fn name_of(&mut self, stage: &Stage, stem: &str) -> Name {
        match &stage.label {
            Some(label) => {
                let text = self.label_text(label);
                let key = text.split('.').filter(|level| !level.is_empty()).map(str::to_string).collect();
                Name { key, text, labelled: true, span: label.place.first }
            }
            None => {
                let text = self.frame().naming.next(stem);
                Name { key: vec![text.clone()], text, labelled: false, span: stage.place.first }
            }
        }
    }

    /// A label with the names of loops filled in.
    fn label_text(&mut self, label: &Label) -> String {
        if !label.quoted {
            return label.text.clone();
        }
        let mut text = String::new();
        let mut rest = label.text.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, after)) = after.split_once('}') else {
                self.say(Mistake::new(label.place, "`{` in a label is never closed"));
                break;
            };
            text.push_str(before);
            text.push_str(&self.label_number(label, name));
            rest = after;
        }
        text + rest
    }

    fn label_number(&mut self, label: &Label, name: &str) -> String {
        let ident = syn::parse_str::<proc_macro2::Ident>(name).ok();
        match ident.as_ref().and_then(|ident| self.scope.find(ident)) {
            Some(Binding::Datum(Datum::Size(size, _))) if size.as_constant().is_some() => size.to_string(),
            Some(Binding::Datum(Datum::Word(word))) => word.to_string(),
            Some(Binding::Datum(Datum::Text(text))) => text.value(),
            Some(Binding::Datum(Datum::Broken)) => format!("{{{name}}}"),
            Some(Binding::Datum(other)) => {
                let what = format!("`{{{name}}}` in a label stands for a number, but `{name}` is {}", other.kind());
                self.misread(label, name, what)
            }
            _ => {
                let what = format!("`{{{name}}}` in a label stands for a loop's name, but there is no `{name}` here");
                self.misread(label, name, what)
            }
        }
    }

    /// Reports a mistake in a label. The label keeps its braces, so that [`Inference::check_names`] recognises it.
    fn misread(&mut self, label: &Label, name: &str, what: String) -> String {
        self.say(Mistake::new(label.place, what));
        format!("{{{name}}}")
    }

    /// Reports stages of the same name, whose parameters would have the same key.
    pub fn check_names(&mut self, outlines: &[Outline]) {
        let mut seen: BTreeMap<String, Vec<&Outline>> = BTreeMap::new();
        let mut mistakes = Vec::new();
        Outline::for_each_path(outlines, &mut Vec::new(), &mut |name, path| {
            // This label was reported before.
            if name.contains('{') {
                return;
            }
            if let Some(other) = seen.insert(name.to_string(), path.to_vec()) {
                mistakes.push(same_name(name, &other, path).note(format!("both would be saved as `{name}`")));
            }
        });
        for (name, stage) in &seen {
            let outer = name.match_indices('.').find_map(|(dot, _)| seen.get_key_value(&name[..dot]));
            if let Some((outer, tensor)) =
                outer.filter(|(_, path)| path.last().is_some_and(|last| last.network.is_none()))
            {
                let note = format!("a parameter is saved as `{outer}`, so nothing can be saved as `{name}`");
                mistakes.push(same_name(name, tensor, stage).note(note));
            }
        }
        mistakes.into_iter().for_each(|mistake| self.report.push(mistake));
    }

    /// Counts a stage, so that the next one gets the next name.
    pub fn advance(&mut self, name: &Name, stem: &str, owns: bool) {
        self.frame().naming.advance(stem, name.labelled, owns);
    }

    /// Adds a field for a stage.
    pub fn add_field(&mut self, name: &Name, listing: &str, content: Content, sizes: Vec<Size>) -> usize {
        let frame = self.frame();
        let text = if name.text.is_empty() { listing } else { &name.text };
        let ident = frame.field_name(text, name.span);
        let field = Field { name: ident, key: name.key.clone(), listing: listing.to_string(), content, module: None };
        frame.push_field(field, sizes)
    }
}

/// The mistake that two stages have the same name, at the first stage in which their paths differ.
fn same_name(name: &str, one: &[&Outline], other: &[&Outline]) -> Mistake {
    let apart = one.iter().zip(other).position(|(one, other)| !std::ptr::eq(*one, *other));
    let stage = other[apart.unwrap_or(other.len() - 1)];
    let what = match stage.key.as_slice() {
        [] => format!("there is another parameter called `{}`", name.rsplit('.').next().unwrap_or(name)),
        key => format!("there is another stage called `{}`", key.join(".")),
    };
    Mistake::new(stage.place, what)
}
