//! Checks that the arguments of a call are known, given once, and complete.

use crate::layers::{Argument, Layer};
use crate::nearest;
use crate::pytorch;
use crate::report::{Mistake, WITHOUT_PARENTHESES};
use crate::tree::{self, Block, Call, Setting};
use proc_macro2::Ident;

/// An argument that a layer or block takes.
pub struct Known {
    name: String,
    short: Option<&'static str>,
    positional: bool,
    required: bool,
    any: bool,
    documentation: &'static str,
}

/// The arguments of a layer.
pub fn of_layer(layer: &'static Layer) -> Vec<Known> {
    let known = |argument: &Argument| Known {
        name: argument.name.to_string(),
        short: argument.short,
        positional: argument.positional,
        required: argument.required,
        any: argument.any,
        documentation: argument.documentation,
    };
    layer.all_arguments().map(known).collect()
}

/// The arguments of a block.
pub fn of_block(block: &Block) -> Vec<Known> {
    let known = |parameter: &tree::Parameter| Known {
        name: parameter.name.to_string(),
        short: None,
        positional: true,
        required: parameter.default.is_none(),
        any: false,
        documentation: "",
    };
    block.parameters.iter().map(known).collect()
}

/// The mistakes in the arguments of a call.
pub fn check(call: &Call, known: &[Known]) -> Vec<Mistake> {
    let positional: Vec<&Known> = known.iter().filter(|argument| argument.positional).collect();
    if let Some(surplus) = call.arguments.get(positional.len()) {
        return vec![too_many(call, surplus, &positional, known)];
    }
    let mut mistakes = Vec::new();
    let mut given: Vec<(String, Option<&Ident>)> =
        positional.iter().take(call.arguments.len()).map(|argument| (argument.name.clone(), None)).collect();
    for setting @ Setting { key, .. } in &call.settings {
        let Some(argument) = known.iter().find(|argument| argument.is_called(key)) else {
            mistakes.push(unknown(call, setting, known));
            continue;
        };
        let name = if argument.any { key.to_string() } else { argument.name.clone() };
        if let Some((_, before)) = given.iter().find(|(given, _)| *given == name) {
            mistakes.push(twice(argument, key, *before));
        }
        given.push((name, Some(key)));
    }
    let is_missing = |argument: &&Known| argument.required && !given.iter().any(|(name, _)| *name == argument.name);
    let missing: Vec<&Known> = known.iter().filter(is_missing).collect();
    // A mistyped name is most likely the missing one.
    if mistakes.is_empty() && !missing.is_empty() {
        mistakes.push(incomplete(call, &missing));
    }
    mistakes
}

impl Known {
    fn is_called(&self, key: &Ident) -> bool {
        self.any || key == &self.name || self.short.is_some_and(|short| key == short)
    }
}

fn unknown(call: &Call, Setting { key, value }: &Setting, known: &[Known]) -> Mistake {
    let mistake = Mistake::new(key, format!("`{}` has no argument `{key}`", call.name));
    let sized = known.iter().any(|argument| argument.name == "in");
    if let Some(why) = pytorch::needless(&key.to_string(), sized) {
        return mistake.help(format!("leave it out: {why}"));
    }
    if known.is_empty() {
        return mistake.note("it takes none");
    }
    let takes_mask = known.iter().any(|argument| argument.name == "mask");
    let mistake = match pytorch::difference(&key.to_string()).filter(|_| takes_mask) {
        Some(what) => mistake.note(what),
        None => mistake,
    };
    if key == "key_padding_mask" && takes_mask {
        let padding = value.as_word().map_or("padding".to_string(), Ident::to_string);
        let keys = format!("`let keys = {padding} -> not -> unsqueeze 1 -> unsqueeze 1;`");
        return mistake.help(format!("add {keys} and write `mask=keys`"));
    }
    let (key, names) = (key.to_string(), known.iter().map(|argument| argument.name.as_str()));
    match pytorch::argument(&key).filter(|ours| known.iter().any(|argument| argument.name == *ours)) {
        Some(ours) => mistake.help(format!("did you mean `{ours}`?")),
        None => nearest::help(mistake, &key, names),
    }
}

fn twice(argument: &Known, key: &Ident, before: Option<&Ident>) -> Mistake {
    let name = &argument.name;
    match (before, argument.short) {
        (None, _) => Mistake::new(key, format!("`{name}` is given twice, by position and by name")),
        (Some(before), Some(short)) if before != key => {
            Mistake::new(key, format!("`{name}` is given twice")).note(format!("`{short}` is short for `{name}`"))
        }
        _ => Mistake::new(key, format!("`{key}` is given twice")),
    }
}

fn incomplete(call: &Call, missing: &[&Known]) -> Mistake {
    let names: Vec<&str> = missing.iter().map(|argument| argument.name.as_str()).collect();
    let what = format!("`{}` needs {}", call.name, nearest::list(&names));
    if let Some(tree::Argument::Tuple(_, place)) = call.arguments.first() {
        return Mistake::new(*place, what).note(WITHOUT_PARENTHESES);
    }
    missing.iter().fold(Mistake::new(&call.name, what), |mistake, argument| {
        let how = format!("`{} {}=..`", call.name, argument.short.unwrap_or(&argument.name));
        match argument.documentation {
            "" => mistake.note(format!("it is given by position, or as {how}")),
            documentation => mistake.note(format!("{how}: {documentation}")),
        }
    })
}

fn too_many(call: &Call, surplus: &tree::Argument, positional: &[&Known], known: &[Known]) -> Mistake {
    let callee = &call.name;
    let takes = match positional {
        [] => format!("`{callee}` takes no positional arguments"),
        [one] => format!("`{callee}` takes one positional argument, `{}`", one.name),
        many => {
            let names: Vec<&str> = many.iter().map(|argument| argument.name.as_str()).collect();
            format!("`{callee}` takes {} positional arguments, {}", many.len(), nearest::list(&names))
        }
    };
    if let Some(word) = surplus.as_word()
        && Layer::find(&word.to_string()).is_some()
    {
        return Mistake::new(word, format!("`->` is missing before `{word}`")).note(takes);
    }
    if let Some(mistake) = surplus.as_word().and_then(|word| without_value(word, known)) {
        return mistake;
    }
    if let Some(size) = pytorch::incoming(call) {
        return Mistake::new(size.place(), takes).help(format!("leave `{size}` out: {}", pytorch::INFERRED));
    }
    let mistake = Mistake::new(surplus.place(), takes);
    if let Some(meant) = pytorch::did_you_mean(call) {
        return mistake.help(meant);
    }
    let by_key: Vec<&str> = known
        .iter()
        .filter(|argument| !argument.positional && !argument.any)
        .map(|argument| argument.name.as_str())
        .collect();
    if by_key.is_empty() { mistake } else { mistake.note(format!("by name it takes {}", nearest::list(&by_key))) }
}

/// `attention 4 causal`, `linear 8 nobias`: an argument's name where its value is missing.
fn without_value(word: &Ident, known: &[Known]) -> Option<Mistake> {
    let text = word.to_string();
    let denied = text.strip_prefix("no").map(|rest| rest.trim_start_matches('_'));
    let named = |name: &str| known.iter().find(|argument| !argument.any && argument.name == name);
    let (argument, value) = match (named(&text), denied.and_then(named)) {
        (Some(argument), _) => (argument, "true"),
        (None, denied) => (denied?, "false"),
    };
    let Known { name, documentation, .. } = argument;
    let mistake = Mistake::new(word, format!("`{name}` is given with its value"));
    Some(if documentation.starts_with("whether") {
        mistake.help(format!("write `{name}={value}`"))
    } else {
        mistake.note(format!("`{name}=..`: {documentation}"))
    })
}

impl tree::Argument {
    /// The argument, if it is a bare word.
    pub fn as_word(&self) -> Option<&Ident> {
        match self {
            tree::Argument::Expr(tree::Expr::Name(name)) => Some(name),
            _ => None,
        }
    }
}
