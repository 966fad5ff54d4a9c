//! Calls of layers. What a layer does is in its own file; this keeps what it declares and counts.

use super::Inference;
use super::expression::Mode;
use super::names::Name;
use crate::layers::{Argument, Built, Context, Failure, Layer, params_of};
use crate::place::Place;
use crate::report::Mistake;
use crate::shaped::{Code, Content, Field, Hole, Memory, Outline, Python, Sees, Tensor, TensorType, Tied};
use crate::size::Size;
use crate::state::{Datum, Flow, Frame, Given, Naming, ParameterName, Reference};
use crate::tree::{self, Call, Stage};
use proc_macro2::Span;

impl Inference<'_> {
    /// Infers a stage that is a layer.
    pub fn layer_stage(&mut self, stage: &Stage, layer: &'static Layer, call: &Call, flow: &Flow) -> Flow {
        let name = self.name_of(stage, layer.stem());
        self.layer(&name, layer, call, flow)
    }

    /// Feeds `flow` to a layer.
    pub fn layer(&mut self, name: &Name, layer: &'static Layer, call: &Call, flow: &Flow) -> Flow {
        let given = self.layer_arguments(layer, call, flow);
        if flow.is_broken() || self.program.is_wrong(&call.name) {
            self.advance(name, layer.stem(), layer.owns());
            return Flow::Broken;
        }
        let listing = call.evaluated(given.iter().map(|(_, given)| &given.datum));
        let first = self.frame().function.steps.len();
        let mut context = self.context(name, layer, call, flow, given);
        let built = (layer.infer)(&mut context);
        let idle = context.idle_argument();
        let Context { name: shown, inputs, tensors, tied, multiply_adds, sees, memory, statistics, .. } = context;
        self.advance(name, layer.stem(), layer.owns());
        let Built { outputs, python, module } = match built {
            Ok(built) => built,
            Err(failure) => return self.broken(failure.into_mistake((&call.name).into())),
        };
        self.say(idle);
        let outline = self.layer_outline(name, call, &outputs, &tensors, tied);
        let reads = match self.frame().reads_since(first) {
            _ if layer.source => Vec::new(),
            reads if reads.is_empty() => inputs.iter().map(|value| value.reference.local).collect(),
            reads => reads,
        };
        let makes: Vec<usize> = outputs.iter().map(|(_, local)| *local).collect();
        self.frame().add_stage(Outline { listing, multiply_adds, sees, memory, statistics, ..outline }, &reads, &makes);
        self.frame().write(first, makes.first().copied(), python);
        self.add_layer(name, call, tensors, module);
        let values = outputs.into_iter().map(|(ty, local)| self.value(local, ty, format!("`{shown}`")));
        Flow::Values(values.collect())
    }

    /// The context that a layer's rule works on.
    fn context<'c>(
        &'c mut self,
        name: &Name,
        layer: &'static Layer,
        call: &'c Call,
        flow: &Flow,
        given: Vec<(String, Given)>,
    ) -> Context<'c> {
        let inputs = flow.values().iter().map(|value| self.localise_value(value)).collect();
        let keyword = call.name.to_string();
        Context {
            layer,
            keyword: &call.name,
            name: if layer.owns() { name.title(&keyword).to_string() } else { keyword },
            inputs,
            proofs: &mut self.proofs,
            given,
            frame: self.frames.last_mut().expect("a walk is always inside a struct"),
            scope: &self.scope,
            tensors: Vec::new(),
            tied: Vec::new(),
            network_init: self.init.clone(),
            multiply_adds: Size::default(),
            sees: Sees::All,
            memory: Memory::default(),
            statistics: None,
        }
    }

    fn layer_outline(
        &self,
        name: &Name,
        call: &Call,
        outputs: &[(TensorType, usize)],
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
            kind: call.name.to_string(),
            outputs: outputs.iter().map(|(ty, _)| ty.clone()).collect(),
            tensors: tensors.to_vec(),
            tied,
            ..Outline::default()
        }
    }

    /// Adds a field for the layer's parameters, if it has any.
    fn add_layer(&mut self, name: &Name, call: &Call, tensors: Vec<(Tensor, Vec<Size>)>, module: Option<Python>) {
        if tensors.is_empty() {
            return;
        }
        let (tensors, sizes): (Vec<Tensor>, Vec<Vec<Size>>) = tensors.into_iter().unzip();
        let content = match params_of(&tensors) {
            Some(params) => Content::Layer { params, tensors },
            None => self.own_struct(&call.name.to_string(), tensors, &sizes),
        };
        let field = self.add_field(name, &call.listing(), content, sizes.concat());
        self.frame().fields[field].module = module;
    }

    /// A struct without a forward function, for parameters that no struct of the run time can hold.
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

    /// The evaluated arguments, under their full names.
    fn layer_arguments(&mut self, layer: &'static Layer, call: &Call, flow: &Flow) -> Vec<(String, Given)> {
        let positional = layer.arguments.iter().filter(|argument| argument.positional);
        let by_position =
            positional.zip(&call.arguments).map(|(argument, value)| (argument, argument.name.to_string(), value));
        let by_key = call.settings.iter().filter_map(|setting| {
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

    /// The same argument over the variables of the innermost function.
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

impl Failure {
    /// The mistake to report, unless it was reported before. `place`: the layer's name.
    pub fn into_mistake(self, place: Place) -> Option<Mistake> {
        match self {
            Failure::Mistake(mistake) => Some(*mistake),
            Failure::Arithmetic(error) => Some(Mistake::new(place, error.to_string())),
            Failure::Reported => None,
        }
    }
}
