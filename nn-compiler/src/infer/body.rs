//! Bodies: statements, and chains.

use super::expression::Mode;
use super::{Inference, Wrong};
use crate::layers::Layer;
use crate::place::Place;
use crate::report::{Mistake, counted};
use crate::shaped::TensorType;
use crate::state::{Binding, Datum, Flow, Shared, Value};
use crate::tree::{Argument, Body, Chain, Node, Pattern, Stage, Statement};
use proc_macro2::Ident;

impl Inference<'_> {
    /// Infers a body. Names bound in it go out of scope at its end.
    pub fn body(&mut self, body: &Body, flow: &Flow) -> Flow {
        let mark = self.scope.mark();
        for statement in &body.statements {
            self.statement(statement, flow);
        }
        let result = self.chain(&body.result, flow);
        self.scope.reset(mark);
        result
    }

    fn statement(&mut self, statement: &Statement, flow: &Flow) {
        match statement {
            Statement::Let { pattern, chain } => {
                let result = self.chain(chain, flow);
                self.bind_pattern(pattern, &result, chain);
            }
            Statement::Const { name, size } => {
                let given = self.given(&Argument::Expr(size.clone()), Mode { flow, float: false });
                let mistake = match &given.datum {
                    Datum::Word(word) => Some(self.unknown(word)),
                    Datum::Value(_) => Some(
                        Mistake::new(given.place, "a `const` names a size, not a value")
                            .help(format!("`let {name} = ..;` names a value")),
                    ),
                    Datum::Any => Some(Mistake::new(given.place, "a `const` names a size, not `_`")),
                    _ => None,
                };
                let datum = if mistake.is_some() { Datum::Broken } else { given.datum };
                self.say(mistake);
                self.scope.bind_datum(name, datum);
            }
            Statement::Shared { name, stage } => {
                let frame = self.frames.len() - 1;
                let shared = Shared { mark: self.scope.mark(), stage: Stage::clone(stage), frame, made: None };
                self.scope.bind(name, Binding::Shared(Box::new(shared)));
            }
            Statement::Tensor(declaration) => self.declare(declaration, flow),
            Statement::Option { name, value } => self.option(name, value, flow),
        }
    }

    fn bind_pattern(&mut self, pattern: &Pattern, flow: &Flow, chain: &Chain) {
        match (pattern, flow) {
            (Pattern::Value(name), Flow::Values(values)) if values.len() == 1 => self.bind_value(name, &values[0]),
            (Pattern::Values(names, _), Flow::Values(values)) if values.len() == names.len() => {
                for (name, value) in names.iter().zip(values) {
                    if let Some(name) = name {
                        self.bind_value(name, value);
                    }
                }
            }
            (Pattern::Sizes(names, place), Flow::Values(values)) if values.len() == 1 => {
                self.bind_sizes(names, *place, &values[0].clone());
            }
            (_, Flow::Broken) => self.bind_broken(pattern),
            (pattern, Flow::Values(values)) => {
                let mistake = self.in_calls(wrong_count(pattern, values.len(), chain));
                self.report.push_cause(mistake);
                self.bind_broken(pattern);
            }
        }
    }

    fn bind_value(&mut self, name: &Ident, value: &Value) {
        self.name_variable(value, name);
        let value = Value { origin: format!("`{name}`"), ..value.clone() };
        self.scope.bind_datum(name, Datum::Value(value));
    }

    fn bind_sizes(&mut self, names: &[Option<Ident>], place: Place, value: &Value) {
        if names.len() != value.ty.rank() {
            let (have, named) = (value.ty.rank(), counted(names.len(), "size"));
            let what = format!("{named} named here, but there are {have}: {}", value.ty);
            self.say(Mistake::new(place, what).note(format!("it comes from {}", value.origin)));
            return self.bind_broken(&Pattern::Sizes(names.to_vec(), place));
        }
        for (axis, (name, size)) in names.iter().zip(&value.ty.dims).enumerate() {
            if let Some(name) = name {
                let datum = self.size_of(value, axis, size.clone(), Some(name.clone()));
                self.scope.bind_datum(name, datum);
            }
        }
    }

    fn bind_broken(&mut self, pattern: &Pattern) {
        let names: Vec<&Ident> = match pattern {
            Pattern::Value(name) => vec![name],
            Pattern::Values(names, _) | Pattern::Sizes(names, _) => names.iter().flatten().collect(),
        };
        for name in names {
            self.scope.bind_datum(name, Datum::Broken);
        }
    }

    /// Infers a chain. It starts at the value that its first stage names, or else from `flow`.
    pub fn chain(&mut self, chain: &Chain, flow: &Flow) -> Flow {
        let mut current = flow.clone();
        let mut stages = chain.stages.iter().enumerate().peekable();
        while let Some((index, stage)) = stages.next() {
            let asserts = |stage: &&Stage| stage.node.is_assertion() || matches!(stage.node, Node::Error);
            let asserted = stages.peek().map(|(_, next)| *next).filter(asserts);
            current = self.stage(stage, &current, index == 0, asserted);
        }
        current
    }

    /// The asserted types, one for each value.
    pub fn asserted(&mut self, stage: &Stage, flow: &Flow) -> Result<Vec<TensorType>, Wrong> {
        if let Node::Error = stage.node {
            return Err(None);
        }
        let shapes = stage.node.asserted_shapes();
        shapes.into_iter().map(|shape| self.full_shape(shape, Mode { flow, float: false })).collect()
    }
}

/// The sentence of a layer's documentation that says how to get several values from it.
fn several_values_sentence(node: &Node) -> Option<&'static str> {
    let Node::Call(call) = node else { return None };
    let documentation = Layer::find(&call.name.to_string())?.documentation;
    documentation.split(". ").find(|sentence| sentence.contains(" gives `("))
}

impl Node {
    /// Whether the stage is a shape, or several.
    pub fn is_assertion(&self) -> bool {
        !self.asserted_shapes().is_empty()
    }

    pub fn asserted_shapes(&self) -> Vec<&crate::tree::Shape> {
        let only = |chain: &Chain| matches!(chain.stages.as_slice(), [Stage { node: Node::Shape(_), label: None, .. }]);
        match self {
            Node::Shape(shape) => vec![shape],
            Node::Values(chains) if !chains.is_empty() && chains.iter().all(only) => {
                chains.iter().flat_map(|chain| chain.stages[0].node.asserted_shapes()).collect()
            }
            _ => Vec::new(),
        }
    }
}

fn wrong_count(pattern: &Pattern, given: usize, chain: &Chain) -> Mistake {
    let values = |count: usize| if count == 1 { "one value".to_string() } else { format!("{count} values") };
    let (place, wanted) = match pattern {
        Pattern::Value(name) => (name.into(), 1),
        Pattern::Values(names, place) => (*place, names.len()),
        Pattern::Sizes(_, place) => (*place, 1),
    };
    let made = chain.stages.iter().rev().find(|stage| !stage.node.is_assertion());
    let last = made.or(chain.stages.last()).map(|stage| stage.node.title()).unwrap_or_default();
    let mistake = Mistake::new(place, format!("this names {}, but {last} gives {}", values(wanted), values(given)));
    match pattern {
        Pattern::Value(name) if given > 1 => {
            let others = vec!["_"; given - 1].join(", ");
            mistake.note(format!("name them all: `let ({name}, {others}) = ..`"))
        }
        Pattern::Sizes(..) => mistake.note("`let [n, c, h, w] = ..` names the sizes of one value"),
        _ => match made.and_then(|stage| several_values_sentence(&stage.node)) {
            Some(how) if wanted > given => mistake.note(how),
            _ => mistake,
        },
    }
}
