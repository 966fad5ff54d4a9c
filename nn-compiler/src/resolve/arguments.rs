//! The arguments of a call: known, given once, and complete.

use crate::layers::Layer;
use crate::nearest;
use crate::report::{Mistake, Report};
use crate::tree::{Block, Call};
use proc_macro2::Ident;

/// Checks a call of a layer.
pub fn layer(layer: &'static Layer, call: &Call, report: &mut Report) {
    let known: Vec<Known> = layer
        .all_arguments()
        .map(|argument| Known {
            name: argument.name.to_string(),
            short: argument.short,
            positional: argument.positional,
            required: argument.required,
        })
        .collect();
    check(call, &known, report);
}

/// Checks a call of a block.
pub fn block(block: &Block, call: &Call, report: &mut Report) {
    let known: Vec<Known> = block
        .parameters
        .iter()
        .map(|parameter| Known {
            name: parameter.name.to_string(),
            short: None,
            positional: true,
            required: parameter.default.is_none(),
        })
        .collect();
    check(call, &known, report);
}

/// An argument that a layer or block takes.
struct Known {
    name: String,
    short: Option<&'static str>,
    positional: bool,
    required: bool,
}

impl Known {
    fn is_called(&self, key: &Ident) -> bool {
        key == &self.name || self.short.is_some_and(|short| key == short)
    }
}

fn check(call: &Call, known: &[Known], report: &mut Report) {
    let callee = &call.name;
    let positional: Vec<&Known> = known.iter().filter(|argument| argument.positional).collect();
    if let Some(surplus) = call.arguments.get(positional.len()) {
        report.push(too_many(call, surplus, &positional, known));
        return;
    }
    let mut given: Vec<&str> =
        positional.iter().take(call.arguments.len()).map(|argument| argument.name.as_str()).collect();
    for setting in &call.settings {
        let key = &setting.key;
        match known.iter().find(|argument| argument.is_called(key)) {
            None => {
                let mistake = Mistake::new(key, format!("`{callee}` has no argument `{key}`"));
                let names = known.iter().map(|argument| argument.name.as_str());
                report.push(nearest::help(mistake, &key.to_string(), names));
            }
            Some(argument) if given.contains(&argument.name.as_str()) => {
                report.push(Mistake::new(key, format!("`{}` is given twice", argument.name)));
            }
            Some(argument) => given.push(&argument.name),
        }
    }
    let unknown = call.settings.iter().any(|setting| !known.iter().any(|argument| argument.is_called(&setting.key)));
    let missing = known.iter().find(|argument| argument.required && !given.contains(&argument.name.as_str()));
    // A mistyped name is most likely the missing one.
    if let Some(missing) = missing.filter(|_| !unknown) {
        let how = if missing.positional {
            format!("`{callee} {}`", missing.name.to_uppercase())
        } else {
            format!("`{callee} {}=..`", missing.name)
        };
        report.push(Mistake::new(callee, format!("`{callee}` needs `{}`", missing.name)).help(format!("write {how}")));
    }
}

fn too_many(call: &Call, surplus: &crate::tree::Argument, positional: &[&Known], known: &[Known]) -> Mistake {
    let callee = &call.name;
    let takes = match positional {
        [] => format!("`{callee}` takes no argument by position"),
        [one] => format!("`{callee}` takes one argument by position, `{}`", one.name),
        many => {
            let names: Vec<&str> = many.iter().map(|argument| argument.name.as_str()).collect();
            format!("`{callee}` takes {} arguments by position, {}", many.len(), nearest::list(&names))
        }
    };
    let mistake = Mistake::new(surplus.place(), takes);
    if let Some(word) = surplus.as_word()
        && Layer::find(&word.to_string()).is_some()
    {
        return mistake.help(format!("`{word}` is a layer; put `->` before it"));
    }
    let by_key: Vec<&str> =
        known.iter().filter(|argument| !argument.positional).map(|argument| argument.name.as_str()).collect();
    if by_key.is_empty() { mistake } else { mistake.note(format!("by name it takes {}", nearest::list(&by_key))) }
}

impl crate::tree::Argument {
    /// The argument, if it is a bare word.
    pub fn as_word(&self) -> Option<&Ident> {
        match self {
            crate::tree::Argument::Expr(crate::tree::Expr::Name(name)) => Some(name),
            _ => None,
        }
    }
}
