//! Calls by name: values, `shared` stages, blocks and layers.

use super::Inference;
use super::expression::Mode;
use super::frame::{Frame, Naming};
use super::names::Name;
use super::scope::Binding;
use super::value::{Datum, Flow, Given, ParameterName, Reference, Value};
use crate::layers::{Argument, Context, Failure, Layer};
use crate::place::Place;
use crate::report::Mistake;
use crate::shaped::{Code, Content, Field, Hole, Memory, Outline, Sees, Tensor, Tied};
use crate::size::Size;
use crate::tree::{self, Call, Setting, Stage};
use proc_macro2::{Ident, Span};

impl Inference<'_> {
    /// A name with arguments. First in a chain a bound value goes before a layer or a block; after `->` it does not.
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

    /// A bound name at the start of a chain.
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

    /// A block: its body, with its parameters for names, in a struct of its own.
    fn block(&mut self, stage: &Stage, call: &Call, block: &'_ tree::Block, flow: &Flow) -> Flow {
        let given = self.block_arguments(call, block, flow);
        if flow.is_broken() || self.program.is_wrong(&call.name) {
            return Flow::Broken;
        }
        let naming = Naming::of(&block.attributes);
        let (stem, listing) = (call.name.to_string(), block_listing(call, block, &given));
        self.within(format!("in `{}` on {}", call.listing(), flow.types()), |this| {
            this.nested(stage, &stem, naming, flow, |this, flow| {
                // The label may speak of the caller's names, the body may not.
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
                // A default sees what a block sees: the parameters before it, and Rust constants.
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

    /// A layer as a stage.
    fn layer_stage(&mut self, stage: &Stage, layer: &'static Layer, call: &Call, flow: &Flow) -> Flow {
        let name = self.name_of(stage, layer.stem());
        self.layer(&name, layer, (&call.name, &call.arguments, &call.settings), flow, &call.listing())
    }

    /// Feeds `flow` to a layer.
    pub fn layer(
        &mut self,
        name: &Name,
        layer: &'static Layer,
        (keyword, arguments, settings): (&Ident, &[tree::Argument], &[Setting]),
        flow: &Flow,
        listing: &str,
    ) -> Flow {
        let given = self.layer_arguments(layer, arguments, settings, flow);
        if flow.is_broken() || self.program.is_wrong(keyword) {
            self.advance(name, layer.stem(), layer.owns);
            return Flow::Broken;
        }
        let inputs: Vec<Value> = flow.values().to_vec().iter().map(|value| self.localise_value(value)).collect();
        let keyword_text = keyword.to_string();
        let shown = if layer.owns { name.title(&keyword_text).to_string() } else { keyword_text };
        let listing_now = evaluated(keyword, arguments, settings, &given);
        let init = self.init.clone();
        let fed: Vec<usize> = inputs.iter().map(|value| value.reference.local).collect();
        let mut context = Context {
            layer,
            keyword,
            name: shown,
            inputs,
            proofs: &mut self.proofs,
            given,
            frame: self.frames.last_mut().expect("a walk is always inside a struct"),
            scope: &self.scope,
            tensors: Vec::new(),
            tied: Vec::new(),
            bundle: None,
            network_init: init,
            macs: Size::default(),
            sees: Sees::All,
            memory: Memory::default(),
        };
        let first = context.frame.function.steps.len();
        let built = (layer.infer)(&mut context);
        let idle = context.idle_argument();
        let (tensors, tied, bundle) = (context.tensors, context.tied, context.bundle);
        let (shown, macs, sees, memory) = (context.name, context.macs, context.sees, context.memory);
        self.advance(name, layer.stem(), layer.owns);
        let built = match built {
            Ok(built) => built,
            Err(failure) => {
                if let Some(mistake) = failure.into_mistake(keyword.into()) {
                    self.say(mistake);
                }
                return Flow::Broken;
            }
        };
        if let Some(mistake) = idle {
            self.say(mistake);
        }
        let outline = self.layer_outline(name, keyword, &built.outputs, &tensors, tied);
        let reads = match self.frame().reads_since(first) {
            _ if layer.source => Vec::new(),
            reads if reads.is_empty() => fed,
            reads => reads,
        };
        let makes: Vec<usize> = built.outputs.iter().map(|(_, local)| *local).collect();
        let frame = self.frame();
        frame.add_stage(Outline { listing: listing_now, macs, sees, memory, ..outline }, &reads, &makes);
        frame.write(first, makes.first().copied(), built.python);
        if let Some(field) = self.add_layer(name, keyword, listing, tensors, bundle) {
            self.frame().fields[field].module = built.module;
        }
        let values = built.outputs.into_iter().map(|(ty, local)| self.value(local, ty, format!("`{shown}`")));
        Flow::Values(values.collect())
    }

    fn layer_outline(
        &self,
        name: &Name,
        keyword: &Ident,
        outputs: &[(crate::shaped::TensorType, usize)],
        tensors: &[(Tensor, Vec<Size>)],
        tied: Vec<(String, ParameterName)>,
    ) -> Outline {
        let depth = self.frames.len() - 1;
        let tied = tied.into_iter().map(|(name, to)| Tied { name, up: depth - to.frame, to: to.name });
        let tied: Vec<Tied> = tied.collect();
        let named = !tensors.is_empty() || !tied.is_empty();
        Outline {
            key: if named { name.key.clone() } else { Vec::new() },
            place: name.span.into(),
            kind: keyword.to_string(),
            outputs: outputs.iter().map(|(ty, _)| ty.clone()).collect(),
            tensors: tensors.to_vec(),
            tied,
            ..Outline::default()
        }
    }

    fn add_layer(
        &mut self,
        name: &Name,
        keyword: &Ident,
        listing: &str,
        tensors: Vec<(Tensor, Vec<Size>)>,
        bundle: Option<&'static str>,
    ) -> Option<usize> {
        if tensors.is_empty() {
            return None;
        }
        let (tensors, sizes): (Vec<Tensor>, Vec<Vec<Size>>) = tensors.into_iter().unzip();
        let content = match bundle.or_else(|| crate::layers::bundle_of(&tensors)) {
            Some(bundle) => Content::Layer { bundle, tensors },
            None => self.own_struct(&keyword.to_string(), tensors, &sizes),
        };
        Some(self.add_field(name, listing, content, sizes.concat()))
    }

    /// A struct without a function, for parameters that no struct of the run time holds.
    fn own_struct(&mut self, stem: &str, tensors: Vec<Tensor>, sizes: &[Vec<Size>]) -> Content {
        let mut frame = Frame::new(stem, Naming::counted());
        for (tensor, sizes) in tensors.into_iter().zip(sizes) {
            let name = frame.field_name(&tensor.name, Span::call_site());
            let (key, listing) = (vec![tensor.name.clone()], tensor.name.clone());
            frame.push_field(
                Field { name, key, listing, content: Content::Tensor(tensor), module: None },
                sizes.clone(),
            );
        }
        let instance = self.intern(frame);
        Content::Struct(Hole { of: instance.of, count: instance.sizes.len() })
    }

    /// The arguments under their full names.
    fn layer_arguments(
        &mut self,
        layer: &'static Layer,
        arguments: &[tree::Argument],
        settings: &[Setting],
        flow: &Flow,
    ) -> Vec<(String, Given)> {
        let positional = layer.arguments.iter().filter(|argument| argument.positional);
        let by_position =
            positional.zip(arguments).map(|(argument, value)| (argument, argument.name.to_string(), value));
        let by_key = settings.iter().filter_map(|setting| {
            let key = setting.key.to_string();
            let argument = layer.all_arguments().find(|argument| argument.is_called(&key))?;
            Some((argument, if argument.any { key } else { argument.name.to_string() }, &setting.value))
        });
        let all: Vec<(&Argument, String, &tree::Argument)> = by_position.chain(by_key).collect();
        let mut given = Vec::new();
        for (argument, name, value) in all {
            let value = self.given(value, Mode { flow, float: argument.float });
            given.push((name, self.localise_given(value)));
        }
        given
    }

    /// The same datum in the variables of the innermost function.
    pub fn localise_given(&mut self, given: Given) -> Given {
        let datum = match given.datum {
            Datum::Value(value) => Datum::Value(self.localise_value(&value)),
            Datum::Size(size, code) => Datum::Size(size, self.localise_code(&code)),
            Datum::Number(code) => Datum::Number(self.localise_code(&code)),
            Datum::Tuple(items) => Datum::Tuple(self.localise_all(items)),
            Datum::List(items) => Datum::List(self.localise_all(items)),
            Datum::Shape(dtype, items) => Datum::Shape(dtype, self.localise_all(items)),
            other => other,
        };
        Given { datum, place: given.place }
    }

    fn localise_all(&mut self, items: Vec<Given>) -> Vec<Given> {
        items.into_iter().map(|item| self.localise_given(item)).collect()
    }

    fn localise_code(&mut self, code: &Code<Reference>) -> Code<Reference> {
        let frame = self.frames.len() - 1;
        code.map(&mut |reference| Reference { frame, local: self.localise(*reference) })
    }
}

/// A layer as it was written, with numbers for the names that stand for them: `conv 64 k=3`, where `conv c k=3` is written.
fn evaluated(keyword: &Ident, arguments: &[tree::Argument], settings: &[Setting], given: &[(String, Given)]) -> String {
    let all = given.iter().map(|(_, given)| &given.datum);
    listed(keyword, arguments.iter().map(|written| (String::new(), written)).chain(by_key(settings)).zip(all))
}

/// The same of a block.
fn block_listing(call: &Call, block: &tree::Block, given: &[(Ident, Datum)]) -> String {
    let names = block.parameters.iter().map(|parameter| &parameter.name).take(call.arguments.len());
    let names = names.chain(call.settings.iter().map(|setting| &setting.key));
    let all = names.filter_map(|name| given.iter().find(|(known, _)| known == name)).map(|(_, datum)| datum);
    let written = call.arguments.iter().map(|written| (String::new(), written)).chain(by_key(&call.settings));
    listed(&call.name, written.zip(all))
}

fn by_key(settings: &[Setting]) -> impl Iterator<Item = (String, &tree::Argument)> {
    settings.iter().map(|setting| (format!("{}=", setting.key), &setting.value))
}

/// What was written, each with what it stands for.
fn listed<'a>(keyword: &Ident, given: impl Iterator<Item = ((String, &'a tree::Argument), &'a Datum)>) -> String {
    given.fold(keyword.to_string(), |listing, ((key, written), datum)| match datum {
        Datum::Size(size, _) if size.as_constant().is_some() => format!("{listing} {key}{size}"),
        _ => format!("{listing} {key}{written}"),
    })
}

/// Of what a function is given, the tensors.
pub fn tensors(operands: &[usize], takes: &[bool]) -> Vec<usize> {
    operands.iter().zip(takes).filter(|(_, is_tensor)| **is_tensor).map(|(operand, _)| *operand).collect()
}

impl Failure {
    /// The mistake to report, if it was not reported yet; `place` is the layer's name.
    pub fn into_mistake(self, place: Place) -> Option<Mistake> {
        match self {
            Failure::Mistake(mistake) => Some(*mistake),
            Failure::Arithmetic(error) => Some(Mistake::new(place, error.to_string())),
            Failure::Reported => None,
        }
    }
}

impl Call {
    /// As it was written, on one line.
    pub fn listing(&self) -> String {
        let arguments = self.arguments.iter().map(tree::Argument::to_string);
        let settings = self.settings.iter().map(|setting| format!("{}={}", setting.key, setting.value));
        let words: Vec<String> = std::iter::once(self.name.to_string()).chain(arguments).chain(settings).collect();
        words.join(" ")
    }
}
