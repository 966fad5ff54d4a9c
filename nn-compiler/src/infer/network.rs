//! A whole network: its signature, its body, and the proofs left for the end.

use super::expression::{Mode, comparison};
use super::{Inference, Wrong};
use crate::layers::init;
use crate::place::Place;
use crate::report::{Mistake, counted};
use crate::shaped::{self, Check, Code, Deferred, LocalKind, TensorType};
use crate::size::{Comparison, Predicate, Size};
use crate::state::{Datum, Flow, Frame, Naming, Reference, Value};
use crate::tree::{Expr, Network, Node, Operator, Outputs, Shape, Stage, Unary};
use proc_macro2::Ident;
use quote::ToTokens;

/// The result of walking a network's listing.
pub struct Walked {
    inputs: Vec<(Ident, Value)>,
    outputs: Option<Vec<shaped::Output>>,
    /// The values at the end of the body.
    result: Flow,
}

impl Inference<'_> {
    /// Infers a network; `None` if there is a mistake in it.
    pub fn network(mut self, network: &Network) -> Option<shaped::Network> {
        let before = self.report.len();
        let Walked { inputs, outputs, result } = self.walk(network, &[]);
        self.say_undecided(network);
        let outline = std::mem::take(&mut self.frame().outline);
        self.check_names(&outline);
        if self.report.len() == before && !self.resumed {
            self.budget(network, &outline);
        }
        self.frame().outline = outline;
        self.report.settle();
        if self.report.len() > before || self.resumed {
            return None;
        }
        self.finish(network, inputs, outputs?, &result)
    }

    /// Walks the listing, assuming `assumed` in addition to the `where` clause.
    pub fn walk(&mut self, network: &Network, assumed: &[Predicate]) -> Walked {
        self.item = network.name.to_string();
        self.frames.push(Frame::new(&self.item, Naming::of(&network.attributes)));
        self.bind_generics(network);
        self.network_init(network);
        let inputs = self.inputs(network);
        self.predicates(network);
        for predicate in assumed {
            // A contradiction with the `where` clause is reported where a size is needed.
            let _ = self.proofs.facts.assume(predicate.clone());
        }
        let flow = self.start_of(network, &inputs);
        let result = self.body(&network.body, &flow);
        let outputs = self.outputs(network, &result);
        Walked { inputs, outputs, result }
    }

    fn bind_generics(&mut self, network: &Network) {
        for generic in &network.generics {
            let name = &generic.name;
            let datum = self.opaque(&name.to_token_stream());
            self.scope.bind_datum(name, datum);
        }
    }

    fn network_init(&mut self, network: &Network) {
        let Some(argument) = &network.attributes.init else { return };
        let given = self.given(argument, Mode { flow: &Flow::NONE, float: false });
        if given.datum.is_word("default") {
            return;
        }
        // Two dimensions, since it is for the weights of convolutions and linear layers.
        match init::parse(&given, 2) {
            Ok(init) => self.init = Some(init),
            Err(failure) => self.say(failure.into_mistake(given.place)),
        }
    }

    /// The inputs as values, except those with a mistake. A new name in a shape becomes a symbol.
    fn inputs(&mut self, network: &Network) -> Vec<(Ident, Value)> {
        let locals: Vec<usize> = network
            .inputs
            .iter()
            .map(|input| self.frame().parameter(LocalKind::Tensor, Some(input.name.clone())))
            .collect();
        for (input, local) in network.inputs.iter().zip(&locals) {
            self.bind_symbols(&input.shape, *local);
        }
        for (input, local) in network.inputs.iter().zip(&locals) {
            self.bind_factors(&input.shape, *local);
        }
        let mut values = Vec::new();
        for (input, local) in network.inputs.iter().zip(locals) {
            match self.input_type(&input.shape) {
                Ok(ty) => {
                    let value = self.value(local, ty, format!("the input `{}`", input.name));
                    self.scope.bind_datum(&input.name, Datum::Value(value.clone()));
                    values.push((input.name.clone(), value));
                }
                Err(mistake) => {
                    self.say(mistake);
                    self.scope.bind_datum(&input.name, Datum::Broken);
                }
            }
        }
        values
    }

    fn bind_symbols(&mut self, shape: &Shape, local: usize) {
        for (axis, size) in shape.sizes.iter().enumerate() {
            let Expr::Name(name) = size else { continue };
            if self.scope.find(name).is_some() {
                continue;
            }
            if name == "channels" || name == "features" {
                let what = format!("`{name}` is a size of the value at hand, and cannot name a size of an input");
                self.say(Mistake::new(name, what));
                self.scope.bind_datum(name, Datum::Broken);
                continue;
            }
            let size = self.frame().size_of(local, axis, Some(name.clone()));
            self.bind_symbol(name, Code::Local(Reference { frame: 0, local: size }));
        }
    }

    fn bind_symbol(&mut self, name: &Ident, code: Code<Reference>) {
        self.symbols.insert(name.to_string(), code.clone());
        self.scope.bind_datum(name, Datum::Size(Size::symbol(&name.to_string()), code));
    }

    /// Binds `T` of a size `2 * T` as half of that size, if no size is `T` alone.
    fn bind_factors(&mut self, shape: &Shape, local: usize) {
        for (axis, size) in shape.sizes.iter().enumerate() {
            let Expr::Binary { operator: Operator::Multiply, left, right, .. } = size else { continue };
            let (Expr::Integer(factor, _), Expr::Name(name)) = (&**left, &**right) else { continue };
            if *factor > 0 && self.scope.find(name).is_none() {
                let size = self.frame().size_of(local, axis, None);
                let whole = Code::Local(Reference { frame: 0, local: size });
                let code = Code::Binary(Operator::Divide, Box::new(whole), Box::new(Code::Literal(*factor)));
                self.bind_symbol(name, code);
            }
        }
    }

    fn input_type(&mut self, shape: &Shape) -> Result<TensorType, Wrong> {
        for size in &shape.sizes {
            if let Expr::Any(place) = size {
                return Err(nameless_size(*place, "_").into());
            }
            if let Expr::Name(name) = size
                && name == "None"
            {
                return Err(nameless_size(name.into(), "None").into());
            }
            if let Expr::Unary { operator: Unary::Negate, place, .. } = size {
                return Err(nameless_size(*place, &size.to_string()).into());
            }
            if let Some(name) = self.unbound(size) {
                let mistake = Mistake::new(name, format!("`{name}` is not a size of an input by itself"));
                let note = format!(
                    "a size gets its name where it stands alone; a Rust constant goes in parentheses: `({size})`"
                );
                return Err(Some(mistake.note(note)));
            }
        }
        self.full_shape(shape, Mode { flow: &Flow::NONE, float: false })
    }

    /// A name in an expression that no input's shape binds.
    fn unbound<'e>(&self, expr: &'e Expr) -> Option<&'e Ident> {
        match expr {
            Expr::Name(name) if self.scope.find(name).is_none() => Some(name),
            Expr::Unary { operand, .. } => self.unbound(operand),
            Expr::Binary { left, right, .. } => self.unbound(left).or_else(|| self.unbound(right)),
            _ => None,
        }
    }

    fn predicates(&mut self, network: &Network) {
        for predicate in &network.predicates {
            if let Err(mistake) = self.predicate(predicate) {
                self.say(mistake);
                self.unread = true;
            }
        }
    }

    fn predicate(&mut self, expr: &Expr) -> Result<(), Wrong> {
        let Expr::Binary { operator, left, right, .. } = expr else { return Err(not_a_comparison(expr).into()) };
        let Some(comparison) = comparison(*operator) else { return Err(not_a_comparison(expr).into()) };
        let mode = Mode { flow: &Flow::NONE, float: false };
        let (left, _) = self.size(left, mode)?;
        let (right, _) = self.size(right, mode)?;
        let assumed = self.proofs.facts.assume(Predicate { left, comparison, right });
        assumed.map_err(|contradiction| Mistake::new(expr.place(), contradiction.to_string()).into())
    }

    /// What flows into the body: the only input. With several inputs, every chain names its start.
    fn start_of(&self, network: &Network, inputs: &[(Ident, Value)]) -> Flow {
        match inputs {
            inputs if inputs.len() < network.inputs.len() => Flow::Broken,
            [(_, value)] => value.clone().into(),
            inputs => Flow::Values(inputs.iter().map(|(_, value)| value.clone()).collect()),
        }
    }

    fn outputs(&mut self, network: &Network, result: &Flow) -> Option<Vec<shaped::Output>> {
        let declared: Vec<(Option<&Ident>, &Shape)> = match &network.outputs {
            Outputs::One(shape) => vec![(None, shape)],
            Outputs::Named(named) => named.iter().map(|(name, shape)| (Some(name), shape)).collect(),
        };
        let Flow::Values(values) = result else { return None };
        let last = network.body.result.stages.last()?;
        if declared.len() != values.len() {
            let what = format!("{} declared, but the body gives {}", counted(declared.len(), "output"), values.len());
            let given: Vec<String> = values.iter().map(|value| format!("{} from {}", value.ty, value.origin)).collect();
            self.say(Mistake::new(last.place, what).note(format!("it gives {}", given.join(", "))));
            return None;
        }
        if let Some(mistake) = misplaced(&declared, last) {
            self.say(mistake);
            return None;
        }
        let mut outputs = Vec::new();
        for ((name, shape), value) in declared.into_iter().zip(values) {
            match self.assert_shape(shape, value, &Flow::NONE) {
                Ok(ty) => outputs.push(shaped::Output { name: name.cloned(), ty }),
                Err(mistake) => self.say(mistake),
            }
        }
        Some(outputs)
    }

    fn finish(
        mut self,
        network: &Network,
        inputs: Vec<(Ident, Value)>,
        outputs: Vec<shaped::Output>,
        result: &Flow,
    ) -> Option<shaped::Network> {
        let results = self.localise_flow(result);
        let mut frame = self.frames.pop()?;
        frame.function.results = results;
        let (sources, outline) = (frame.results(), std::mem::take(&mut frame.outline));
        let root = self.intern(frame);
        Some(shaped::Network {
            attributes: network.attributes.others.clone(),
            visibility: network.visibility.clone(),
            name: network.name.clone(),
            optimize: network.attributes.optimize.is_some(),
            listing: network.listing.clone(),
            generics: network.generics.clone(),
            inputs: inputs.into_iter().map(|(name, value)| shaped::Input { name, ty: value.ty }).collect(),
            outputs,
            entrance: self.entrance(),
            deferred: self.deferred(),
            root,
            structs: self.structs,
            variants: self.variants,
            outline,
            results: sources,
            opaques: self.opaques,
        })
    }

    /// What is checked of the inputs: the `where` clause, and the lower bounds that the layers need.
    pub fn entrance(&self) -> Vec<Predicate> {
        let facts = &self.proofs.facts;
        let bounds = facts.derived().map(|(symbol, bound)| Predicate {
            left: Size::symbol(symbol),
            comparison: Comparison::GreaterEqual,
            right: Size::constant(bound),
        });
        facts.predicates().iter().cloned().chain(bounds).collect()
    }

    fn deferred(&mut self) -> Vec<Deferred> {
        let checks = std::mem::take(&mut self.proofs.deferred).into_iter().map(|(predicates, mistake)| Deferred {
            check: Check::Predicates(predicates),
            message: mistake.message(),
            place: mistake.place(),
        });
        checks.chain(std::mem::take(&mut self.for_rustc)).collect()
    }
}

/// The mistake of writing a size that is known at run time only as other libraries do.
fn nameless_size(place: Place, written: &str) -> Mistake {
    Mistake::new(place, format!("a size of an input is a number or a name, but this is `{written}`"))
        .help("give a size that is known only at run time a name, such as `N`")
}

/// The mistake that a value with the name of one output stands in the place of another.
fn misplaced(declared: &[(Option<&Ident>, &Shape)], last: &Stage) -> Option<Mistake> {
    let Node::Values(chains) = &last.node else { return None };
    let (call, name) = chains.iter().zip(declared).find_map(|(chain, (name, _))| match chain.stages.as_slice() {
        [Stage { node: Node::Call(call), .. }] => {
            let elsewhere = declared.iter().any(|(other, _)| *other == Some(&call.name));
            name.filter(|name| **name != call.name && elsewhere).map(|name| (call, name))
        }
        _ => None,
    })?;
    let names: Vec<String> = declared.iter().filter_map(|(name, _)| name.map(|name| format!("`{name}`"))).collect();
    let mistake = Mistake::new(&call.name, format!("`{}` stands where the output `{name}` is declared", call.name));
    Some(mistake.note(format!("the outputs come in the order of the signature: {}", names.join(", "))))
}

fn not_a_comparison(expr: &Expr) -> Mistake {
    let mistake = Mistake::new(expr.place(), "`where` takes comparisons: `H % 16 == 0`, `T <= 512`, `S == T`");
    match expr {
        Expr::Binary { operator: Operator::And, left, right, .. } => {
            mistake.help(format!("separate conditions with a comma: `{left}, {right}`"))
        }
        _ => mistake,
    }
}
