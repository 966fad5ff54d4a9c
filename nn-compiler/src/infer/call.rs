//! Calls by name: values, `shared` stages and blocks.

use super::Inference;
use super::expression::Mode;
use crate::layers::Layer;
use crate::report::Mistake;
use crate::state::{Binding, Datum, Flow, Naming};
use crate::tree::{self, Call, Stage};
use proc_macro2::Ident;

impl Inference<'_> {
    /// Infers a call by name. First in a chain, a bound value takes precedence over a layer or block of that name.
    pub fn call_stage(
        &mut self,
        stage: &Stage,
        call: &Call,
        flow: &Flow,
        first: bool,
        asserted: Option<&Stage>,
    ) -> Flow {
        let wrong = self.program.is_wrong(&call.name);
        if call.name == "id" {
            return if wrong { Flow::Broken } else { flow.clone() };
        }
        match self.scope.find(&call.name).cloned() {
            Some(_) if first && wrong => return Flow::Broken,
            Some(Binding::Datum(_)) if first => return self.start(&call.name),
            Some(Binding::Shared(shared)) => return self.shared(&call.name, *shared, flow, asserted),
            _ => {}
        }
        if let Some(block) = self.program.blocks.get(&call.name.to_string()) {
            return self.block(stage, call, block, flow);
        }
        match Layer::find(&call.name.to_string()) {
            Some(layer) => self.layer_stage(stage, layer, call, flow),
            None => Flow::Broken, // Reported when names were resolved.
        }
    }

    /// The value that a bound name at the start of a chain stands for.
    pub fn start(&mut self, name: &Ident) -> Flow {
        match self.scope.find(name) {
            Some(Binding::Datum(Datum::Value(value))) => value.clone().into(),
            Some(Binding::Datum(Datum::Broken)) | None => Flow::Broken,
            Some(Binding::Datum(Datum::Word(word))) => {
                let mistake = self.unknown(&word.clone());
                self.broken(mistake)
            }
            Some(Binding::Datum(other)) => {
                let what = format!("`{name}` is {}, not a value", other.kind());
                self.broken(Mistake::new(name, what))
            }
            Some(Binding::Shared(_)) => {
                self.broken(Mistake::new(name, format!("`{name}` is a `shared` stage, not a value")))
            }
        }
    }

    /// Whether a path is a bound name.
    pub fn is_bound(&self, path: &syn::Path) -> bool {
        path.get_ident().is_some_and(|name| matches!(self.scope.find(name), Some(Binding::Datum(_))))
    }

    /// Infers a call of a block: its body becomes a struct, in which the block's parameters are names.
    fn block(&mut self, stage: &Stage, call: &Call, block: &'_ tree::Block, flow: &Flow) -> Flow {
        let given = self.block_arguments(call, block, flow);
        if flow.is_broken() || self.program.is_wrong(&call.name) {
            return Flow::Broken;
        }
        let naming = Naming::of(&block.attributes);
        let (stem, listing) = (call.name.to_string(), call.evaluated(as_written(call, block, &given)));
        self.within(format!("in `{}` on {}", call.listing(), flow.types()), |this| {
            this.nested(stage, &stem, naming, flow, |this, flow| {
                // The label may use the caller's names, but the body may not.
                let outer = this.scope.enter_block();
                let floor = std::mem::replace(&mut this.floor, this.frames.len() - 1);
                let item = std::mem::replace(&mut this.item, stem.clone());
                this.frame().listing = Some(listing);
                this.frame().given =
                    given.iter().filter_map(|(name, datum)| Some((datum.variable()?, name.clone()))).collect();
                for (name, datum) in given {
                    this.scope.bind_datum(name, datum);
                }
                let result = this.body(&block.body, flow);
                (this.floor, this.item, this.scope) = (floor, item, outer);
                result
            })
        })
    }

    fn block_arguments(&mut self, call: &Call, block: &tree::Block, flow: &Flow) -> Vec<(Ident, Datum)> {
        let mode = Mode { flow, float: false };
        let mut given = Vec::new();
        for (index, parameter) in block.parameters.iter().enumerate() {
            let by_key =
                call.settings.iter().find(|setting| setting.key == parameter.name).map(|setting| &setting.value);
            let argument = call.arguments.get(index).or(by_key);
            let datum = match (argument, &parameter.default) {
                (Some(argument), _) => self.given(argument, mode).datum,
                // A default may use the parameters before it and Rust constants.
                (None, Some(default)) => self.block_default(default, &given),
                (None, None) => Datum::Broken, // Reported when names were resolved.
            };
            given.push((parameter.name.clone(), datum));
        }
        given
    }

    fn block_default(&mut self, default: &tree::Argument, before: &[(Ident, Datum)]) -> Datum {
        let outer = self.scope.enter_block();
        for (name, datum) in before {
            self.scope.bind_datum(name, datum.clone());
        }
        let given = self.given(default, Mode { flow: &Flow::NONE, float: false });
        self.scope = outer;
        given.datum
    }
}

/// The arguments of a call of a block, in the order in which they were written.
fn as_written<'c>(
    call: &'c Call,
    block: &'c tree::Block,
    given: &'c [(Ident, Datum)],
) -> impl Iterator<Item = &'c Datum> {
    let names = block.parameters.iter().map(|parameter| &parameter.name).take(call.arguments.len());
    let names = names.chain(call.settings.iter().map(|setting| &setting.key));
    names.filter_map(|name| given.iter().find(|(known, _)| known == name)).map(|(_, datum)| datum)
}
