//! A whole network: its signature, its body, and what is left to prove at the end.

use super::expression::{Mode, comparison};
use super::frame::Naming;
use super::value::{Datum, Flow, Reference, Value};
use super::{Frame, Inference};
use crate::layers::init;
use crate::report::Mistake;
use crate::shaped::{self, Check, Code, Deferred, LocalKind};
use crate::size::{Comparison, Facts, Predicate, Size, Verdict, suggest};
use crate::tree::{Expr, Network, Outputs, Shape, Stage};
use proc_macro2::Ident;
use quote::ToTokens;

impl Inference<'_> {
    /// Infers a network, if nothing is wrong with it.
    pub fn network(mut self, network: &Network) -> Option<shaped::Network> {
        let before = self.report.len();
        self.frames.push(Frame::new(&network.name.to_string(), self.naming(network)));
        self.bind_generics(network);
        self.network_init(network);
        let inputs = self.inputs(network);
        self.predicates(network);
        let flow = self.start_of(&inputs);
        let result = self.body(&network.body, &flow);
        let outputs = self.outputs(network, &result);
        self.say_undecided();
        let outline = self.frame().outline.clone();
        self.check_names(&outline);
        if self.report.len() > before {
            return None;
        }
        self.finish(network, inputs, outputs?, &result)
    }

    fn naming(&self, network: &Network) -> Naming {
        match network.attributes.sequential {
            Some(_) => Naming::Positional(0),
            None => Naming::counted(),
        }
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
        let given = self.given(argument, Mode { flow: &Flow::Broken, float: true });
        // Two dimensions: it is for weights of convolution and linear layers.
        match init::parse(&given, 2) {
            Ok(init) => self.init = Some(init),
            Err(failure) => {
                if let Some(mistake) = failure.into_mistake(given.place) {
                    self.say(mistake);
                }
            }
        }
    }

    /// The inputs as values; a new name in their shapes is a symbol.
    fn inputs(&mut self, network: &Network) -> Vec<(Ident, Value)> {
        let locals: Vec<usize> = network
            .inputs
            .iter()
            .map(|input| self.frame().parameter(LocalKind::Tensor, Some(input.name.clone())))
            .collect();
        for (input, local) in network.inputs.iter().zip(&locals) {
            self.bind_symbols(&input.shape, *local);
        }
        let mut values = Vec::new();
        for (input, local) in network.inputs.iter().zip(locals) {
            let origin = format!("the input `{}`", input.name);
            match self.full_shape(&input.shape, Mode { flow: &Flow::Broken, float: false }) {
                Ok(ty) => {
                    let value = self.value(local, ty, origin);
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
            let size = self.frame().size_of(local, axis, Some(name.clone()));
            let code = Code::Local(Reference { frame: 0, local: size });
            self.scope.bind_datum(name, Datum::Size(Size::symbol(&name.to_string()), code));
        }
    }

    fn predicates(&mut self, network: &Network) {
        for predicate in &network.predicates {
            if let Err(mistake) = self.predicate(predicate) {
                self.say(mistake);
            }
        }
    }

    fn predicate(&mut self, expr: &Expr) -> Result<(), Mistake> {
        let Expr::Binary { operator, left, right, .. } = expr else {
            return Err(not_a_comparison(expr));
        };
        let Some(comparison) = comparison(*operator) else { return Err(not_a_comparison(expr)) };
        let mode = Mode { flow: &Flow::Broken, float: false };
        let (left, _) = self.size(left, mode)?;
        let (right, _) = self.size(right, mode)?;
        let predicate = Predicate { left, comparison, right };
        self.proofs
            .facts
            .assume(predicate)
            .map_err(|_| Mistake::new(expr.place(), "this cannot hold together with what is assumed before it"))
    }

    /// What reaches the body: the only input. With several, every chain names its start.
    fn start_of(&self, inputs: &[(Ident, Value)]) -> Flow {
        match inputs {
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
            let what = format!("{} outputs are declared, and the body gives {}", declared.len(), values.len());
            self.say(Mistake::new(last.place, what));
            return None;
        }
        self.check_order(&declared, last);
        let mut outputs = Vec::new();
        for ((name, shape), value) in declared.into_iter().zip(values) {
            match self.assert_shape(shape, value, &Flow::Broken) {
                Ok(ty) => outputs.push(shaped::Output { name: name.cloned(), ty }),
                Err(mistake) => self.say(mistake),
            }
        }
        Some(outputs)
    }

    /// A value that bears the name of another output is in the wrong place.
    fn check_order(&mut self, declared: &[(Option<&Ident>, &Shape)], last: &Stage) {
        let crate::tree::Node::Values(chains) = &last.node else { return };
        for (chain, (name, _)) in chains.iter().zip(declared) {
            let [Stage { node: crate::tree::Node::Call(call), .. }] = chain.stages.as_slice() else { continue };
            let other = declared.iter().any(|(other, _)| *other == Some(&call.name));
            if let Some(name) = name
                && **name != call.name
                && other
            {
                let what = format!("this is the output `{name}`, and the value is `{}`", call.name);
                self.say(Mistake::new(&call.name, what).note("outputs come in the order of the signature"));
            }
        }
    }

    /// What holds for some sizes only is said once, where it is needed first, with the predicates that suffice for all.
    fn say_undecided(&mut self) {
        let undecided = std::mem::take(&mut self.proofs.undecided);
        let mut facts = self.proofs.facts.clone();
        let mut sufficient: Vec<Predicate> = Vec::new();
        let mut said: Option<Mistake> = None;
        for (goal, mistake) in undecided {
            if matches!(facts.decide(&goal), Verdict::True) {
                continue;
            }
            let suggestion = suggest(&facts, &goal);
            let Some(suggestion) = suggestion else {
                self.say(mistake.note(format!("it would have to be proved that `{goal}`")));
                continue;
            };
            for predicate in suggestion {
                let _ = facts.assume(predicate.clone());
                sufficient.push(predicate);
            }
            said.get_or_insert(mistake.note(format!("this needs `{goal}`, which does not hold for every input")));
        }
        if let Some(mistake) = said {
            let stronger = |a: &Predicate| !sufficient.iter().any(|b| b != a && implies(b, a));
            let needed: Vec<String> = sufficient.iter().filter(|p| stronger(p)).map(Predicate::to_string).collect();
            self.say(mistake.help(format!("say which inputs are meant: `where {}`", needed.join(", "))));
        }
    }

    fn finish(
        mut self,
        network: &Network,
        inputs: Vec<(Ident, Value)>,
        outputs: Vec<shaped::Output>,
        result: &Flow,
    ) -> Option<shaped::Network> {
        let results: Vec<usize> = result.values().iter().map(|value| self.localise(value.reference)).collect();
        let mut frame = self.frames.pop()?;
        frame.function.results = results;
        let outline = frame.outline.clone();
        let root = self.intern(frame);
        Some(shaped::Network {
            attributes: network.attributes.others.clone(),
            visibility: network.visibility.clone(),
            name: network.name.clone(),
            generics: network.generics.clone(),
            inputs: inputs.into_iter().map(|(name, value)| shaped::Input { name, ty: value.ty }).collect(),
            outputs,
            entrance: self.entrance(),
            deferred: self.deferred(),
            root,
            structs: self.structs,
            outline,
            opaques: self.opaques,
        })
    }

    /// The `where` clause, and the lower bounds that the layers need.
    fn entrance(&self) -> Vec<Predicate> {
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
        checks.chain(std::mem::take(&mut self.signatures)).collect()
    }
}

/// Whether `a` makes `b` superfluous.
fn implies(a: &Predicate, b: &Predicate) -> bool {
    let mut facts = Facts::default();
    facts.assume(a.clone()).is_ok() && matches!(facts.decide(b), Verdict::True)
}

fn not_a_comparison(expr: &Expr) -> Mistake {
    Mistake::new(expr.place(), "`where` takes comparisons: `H % 16 == 0`, `T <= 512`, `S == T`")
}
