//! Calls by name: of a layer, a block, a `shared`, or (first in its chain) a value, and unknown names.

use super::{Kind, Walk};
use crate::layers::{Layer, Parameters};
use crate::nearest;
use crate::place::Place;
use crate::pytorch;
use crate::report::Mistake;
use crate::resolve::arguments;
use crate::shaped::Dtype;
use crate::tree::{Argument, Arithmetic, Body, Call, Expr, Label, Node, Setting, Stage};
use proc_macro2::Ident;

impl Walk<'_> {
    /// Checks a call. `first`: whether it begins its chain. `unnamed`: whether it must name the input it starts from.
    pub(super) fn call(&mut self, call: &Call, first: bool, unnamed: bool, label: Option<&Label>) {
        call.arguments.iter().for_each(|argument| self.argument(argument));
        self.settings(&call.settings);
        let name = call.name.to_string();
        let bound = self.names.iter().rev().find(|bound| bound.ident == call.name).map(|bound| bound.kind);
        if name == "id" {
            self.start(call, unnamed);
            self.no_arguments(call, "`id` takes no arguments");
            self.nameless(label, "`id` owns no parameters");
        } else if bound == Some(Kind::Shared) || (first && bound.is_some()) {
            self.touch(&call.name);
            self.bound(call, bound, label);
        } else if let Some(block) = self.program.blocks.get(&name) {
            self.start(call, unnamed);
            if !block.body.is_unreadable() {
                for mistake in arguments::check(call, &arguments::of_block(block)) {
                    self.wrong(&call.name, mistake.once());
                }
            }
        } else if let Some(layer) = Layer::find(&name) {
            self.findings.keywords.push(call.name.clone());
            if self.fed_by_position(call, layer, first) {
                return;
            }
            if !layer.source {
                self.start(call, unnamed);
            }
            self.layer_arguments(call, layer);
        } else {
            self.unknown(call, bound, first);
        }
    }

    fn start(&mut self, call: &Call, unnamed: bool) {
        if unnamed {
            self.unnamed((&call.name).into());
        }
    }

    /// Reports a value passed by position, as in `linear 32 (x)` and `relu(x)`. Returns whether it did.
    fn fed_by_position(&mut self, call: &Call, layer: &'static Layer, first: bool) -> bool {
        let (values, others): (Vec<_>, Vec<_>) =
            call.arguments.iter().cloned().partition(|argument| self.value(argument).is_some());
        let Some(value) = values.first() else { return false };
        let names: Vec<String> = values.iter().filter_map(|value| self.value(value).map(Ident::to_string)).collect();
        let start = if names.len() == 1 { names[0].clone() } else { format!("({})", names.join(", ")) };
        let fed = Call { arguments: others, ..call.clone() };
        let what = format!("`{}` is a value, not an argument of `{}`", names[0], call.name);
        let mistake = Mistake::new(value.place(), what);
        let right = first && arguments::check(&fed, &arguments::of_layer(layer)).is_empty();
        let mistake = if right {
            mistake.help(format!("`->` feeds it in: `{start} -> {fed}`"))
        } else {
            mistake.note("`->` feeds a value into a layer: `x -> linear 64`")
        };
        self.wrong(&call.name, mistake);
        true
    }

    /// The name of a value given as an argument, perhaps in parentheses.
    fn value<'t>(&self, argument: &'t Argument) -> Option<&'t Ident> {
        let name = match argument {
            Argument::Expr(Expr::Parenthesised(inner, _)) => match &**inner {
                Expr::Name(name) => name,
                _ => return None,
            },
            argument => argument.as_word()?,
        };
        let bound = self.names.iter().rev().find(|bound| bound.ident == *name)?;
        matches!(bound.kind, Kind::Input | Kind::Value).then_some(name)
    }

    fn layer_arguments(&mut self, call: &Call, layer: &'static Layer) {
        for mistake in arguments::check(call, &arguments::of_layer(layer)) {
            self.wrong(&call.name, mistake);
        }
    }

    fn no_arguments(&mut self, call: &Call, what: &str) -> bool {
        let argument = call.arguments.first().map(Argument::place).or(call.settings.first().map(Setting::place));
        if let Some(place) = argument {
            self.wrong(&call.name, Mistake::new(place, what));
        }
        argument.is_none()
    }

    /// Reports arguments and labels of a value or `shared`, which takes neither.
    fn bound(&mut self, call: &Call, kind: Option<Kind>, label: Option<&Label>) {
        let name = &call.name;
        if let Some(next) = call.arguments.first().and_then(|argument| self.value(argument)) {
            let mistake = Mistake::new(next, format!("`,` is missing before `{next}`"));
            self.wrong(name, mistake.note(format!("several values go in parentheses: `({name}, {next})`")));
            return;
        }
        if let Some(next) = call.arguments.first().and_then(Argument::as_word)
            && Layer::find(&next.to_string()).is_some()
        {
            return self.wrong(name, Mistake::new(next, format!("`->` is missing before `{next}`")));
        }
        let what = match kind {
            Some(Kind::Shared) => "a `shared` stage",
            Some(Kind::Other) => "no layer",
            _ => "a value",
        };
        if self.no_arguments(call, &format!("`{name}` is {what}, and takes no arguments")) {
            self.nameless(label, &format!("`{name}` has a name already"));
        }
    }

    fn unknown(&mut self, call: &Call, bound: Option<Kind>, first: bool) {
        let name = call.name.to_string();
        if bound.is_some() {
            let mistake = Mistake::new(&call.name, format!("`{name}` is a value, so nothing can be fed into it"));
            self.report.push(mistake.help(format!("to join values, write `(.., {name}) -> cat`, or `add`, `mul`")));
            self.touch(&call.name);
            return;
        }
        let kinds = if first { "layer, block or value" } else { "layer or block" };
        let mistake = Mistake::new(&call.name, format!("there is no {kinds} `{name}`"));
        self.findings.wrong.insert(Place::from(&call.name).start());
        if let Some(how) = pytorch::composed(&name) {
            return self.report.push(mistake.note(how));
        }
        match (self.near(&name, first), pytorch::meant(&name)) {
            (Some(near), _) => self.report.push(mistake.help(format!("did you mean `{near}`?")).once()),
            (None, Some(layer)) => {
                let meant = pytorch::did_you_mean(call).unwrap_or_else(|| format!("did you mean `{layer}`?"));
                self.report.push(mistake.help(meant));
            }
            (None, None) => {
                // Any name may have been meant.
                self.unreadable = true;
                if !self.program.incomplete {
                    self.report.push(mistake.note(self.known(call)).once());
                }
            }
        }
    }

    /// Lists what can be called, for a note.
    fn known(&self, call: &Call) -> String {
        if let [Argument::List(..)] = call.arguments[..] {
            return element_types();
        }
        let blocks: Vec<&str> = self.program.blocks.keys().map(String::as_str).collect();
        let blocks =
            if blocks.is_empty() { String::new() } else { format!("the blocks are {}; ", nearest::list(&blocks)) };
        format!("{blocks}the documentation of `nn_dsl::layers` lists the layers")
    }

    /// Checks the join before branches.
    pub(super) fn join(&mut self, call: &Call) {
        self.settings(&call.settings);
        if let Some(layer) = Layer::find(&call.name.to_string()) {
            self.findings.keywords.push(call.name.clone());
            self.layer_arguments(call, layer);
        }
    }

    /// Reports `softmax -1`, which parses as arithmetic. Returns whether it did.
    pub(super) fn negative_argument(&mut self, left: &Arithmetic, right: &Arithmetic) -> bool {
        let (Arithmetic::Value(name), Arithmetic::Number(number, place)) = (left, right) else { return false };
        let bound = self.names.iter().any(|bound| bound.ident == *name);
        let layer = Layer::find(&name.to_string()).filter(|layer| !bound && !layer.arguments.is_empty());
        let Some(layer) = layer else { return false };
        let key = layer.arguments[0].short.unwrap_or(layer.arguments[0].name);
        let mistake =
            Mistake::new(Place::from(name).to(*place), format!("`{name}` is a layer, but arithmetic joins values"));
        self.wrong(
            name,
            match layer.parameters {
                Parameters::None => {
                    mistake.help(format!("give a negative number by its key: `{name} {key}=-{}`", number.abs()))
                }
                // What comes first there are sizes.
                _ => mistake.note(format!("`{key}` of `{name}` is at least 1")),
            },
        );
        true
    }

    /// Reports a name in arithmetic that is no value.
    pub(super) fn not_a_value(&mut self, name: &Ident) {
        let text = name.to_string();
        let mistake = Mistake::new(name, format!("there is no value `{text}`"));
        let near = self.near(&text, true);
        let takes_arguments = match (self.program.blocks.get(&text), Layer::find(&text)) {
            (Some(block), _) => Some(!block.parameters.is_empty()),
            (None, layer) => layer.map(|layer| !layer.arguments.is_empty()),
        };
        self.report.push(match (takes_arguments, near) {
            (Some(true), _) => mistake
                .note(format!("as an operand, a layer goes in parentheses: `({text} ..) + y`"))
                .note("arguments are separated by spaces; give a negative number by its key"),
            (Some(false), _) => mistake.help(format!("as an operand, a layer goes in parentheses: `({text})`")),
            (None, Some(near)) => mistake.help(format!("did you mean `{near}`?")),
            (None, None) => mistake,
        });
    }
}

impl Body {
    /// Whether the body is unknown, because it or the signature before it could not be read.
    fn is_unreadable(&self) -> bool {
        matches!(&self.result.stages[..], [Stage { node: Node::Error, .. }])
    }
}

/// Lists the element types, for a note.
fn element_types() -> String {
    let names: Vec<&str> = Dtype::NAMES.iter().map(|(name, _)| *name).collect();
    format!("only an element type can come before a shape: {}", nearest::list(&names))
}
