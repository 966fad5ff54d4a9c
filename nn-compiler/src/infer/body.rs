//! Bodies: statements, and chains.

use super::Inference;
use super::expression::Mode;
use super::scope::{Binding, Shared};
use super::value::{Datum, Flow, Value};
use crate::place::Place;
use crate::report::Mistake;
use crate::shaped::{Content, Field, LocalKind, Role, Tensor, TensorType};
use crate::size::Size;
use crate::tree::{Argument, Body, Chain, Expr, Node, Pattern, Stage, Statement, TensorDeclaration};
use proc_macro2::Ident;

impl Inference<'_> {
    /// A body; its names end with it.
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
                let datum = match given.datum {
                    Datum::Word(word) => {
                        let mistake = self.unknown(&word);
                        self.say(mistake);
                        Datum::Broken
                    }
                    datum => datum,
                };
                self.scope.bind_datum(name, datum);
            }
            Statement::Shared { name, stage } => {
                let frame = self.frames.len() - 1;
                let shared = Shared { stage: stage.clone(), frame, made: None };
                self.scope.bind(name, Binding::Shared(shared));
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
                let mistake = wrong_count(pattern, values.len(), chain);
                self.say(mistake);
                self.bind_broken(pattern);
            }
        }
    }

    fn bind_value(&mut self, name: &Ident, value: &Value) {
        self.christen(value, name);
        let value = Value { origin: format!("`{name}`"), ..value.clone() };
        self.scope.bind_datum(name, Datum::Value(value));
    }

    fn bind_sizes(&mut self, names: &[Option<Ident>], place: Place, value: &Value) {
        if names.len() != value.ty.rank() {
            let what = format!("{} has {} dimensions, and {} are named", value.ty, value.ty.rank(), names.len());
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

    fn declare(&mut self, declaration: &TensorDeclaration, flow: &Flow) {
        let name = &declaration.name;
        let datum = match self.declared(declaration, flow) {
            Ok(Some(value)) => Datum::Value(value),
            Ok(None) => Datum::Broken,
            Err(mistake) => {
                self.say(mistake);
                Datum::Broken
            }
        };
        self.scope.bind_datum(name, datum);
    }

    fn declared(&mut self, declaration: &TensorDeclaration, flow: &Flow) -> Result<Option<Value>, Mistake> {
        let mode = Mode { flow, float: false };
        let ty = self.full_shape(&declaration.shape, mode)?;
        if let Some((size, expr)) =
            ty.dims.iter().zip(&declaration.shape.sizes).find(|(size, _)| !size.symbols().is_empty())
        {
            let what = format!("the shape of a parameter cannot depend on `{size}`, which each input may bring anew");
            return Err(Mistake::new(expr.place(), what));
        }
        let keyword = if declaration.trainable { "param" } else { "buffer" };
        let mut init = None;
        let mut role = if declaration.trainable { Role::Parameter } else { Role::Buffer };
        for setting in &declaration.settings {
            let given = self.given(&setting.value, mode);
            match setting.key.to_string().as_str() {
                "init" => match crate::layers::init::parse(&given, ty.rank()) {
                    Ok(parsed) => init = Some(parsed),
                    Err(failure) => return failure.into_mistake(name_place(declaration)).map_or(Ok(None), Err),
                },
                "saved" if !declaration.trainable => match given.datum {
                    Datum::Bool(true) => {}
                    Datum::Bool(false) => role = Role::Scratch,
                    other => {
                        return Err(Mistake::new(
                            given.place,
                            format!("`saved` is `true` or `false`, not {}", other.kind()),
                        ));
                    }
                },
                other => {
                    let known: &[&str] = if declaration.trainable { &["init"] } else { &["init", "saved"] };
                    let mistake = Mistake::new(&setting.key, format!("`{keyword}` has no argument `{other}`"));
                    return Err(crate::nearest::help(mistake, other, known.iter().copied()));
                }
            }
        }
        let Some(init) = init else {
            let what = format!("`{keyword}` needs `init=`");
            return Err(Mistake::new(name_place(declaration), what)
                .help("for example `init=zeros`, or `init=normal(0.0, 0.02)`"));
        };
        Ok(Some(self.tensor_field(declaration, ty, role, init)))
    }

    fn tensor_field(
        &mut self,
        declaration: &TensorDeclaration,
        ty: TensorType,
        role: Role,
        init: crate::shaped::Init,
    ) -> Value {
        let name = &declaration.name;
        let tensor = Tensor { name: name.to_string(), rank: ty.rank(), dtype: ty.dtype, role, init };
        let frame = self.frame();
        let ident = frame.field_name(&name.to_string(), name.span());
        let listing = format!("{} {name}: {ty}", if declaration.trainable { "param" } else { "buffer" });
        frame.outline.push(crate::shaped::Outline {
            key: Vec::new(),
            place: name.into(),
            kind: if declaration.trainable { "param" } else { "buffer" }.to_string(),
            outputs: Vec::new(),
            tensors: vec![(tensor.clone(), ty.dims.clone())],
            children: Vec::new(),
            network: None,
        });
        let field = Field { name: ident, key: vec![name.to_string()], listing, content: Content::Tensor(tensor) };
        let field = frame.push_field(field, ty.dims.clone());
        let local = frame.local(LocalKind::Field { field, tensor: None }, Some(name.clone()));
        self.value(local, ty, format!("`{name}`"))
    }

    fn option(&mut self, name: &Ident, value: &Expr, flow: &Flow) {
        let datum = match self.datum(value, Mode { flow, float: true }) {
            Ok(Datum::Float(value)) => self.option_field(name, value),
            Ok(Datum::Broken) => Datum::Broken,
            Ok(other) => {
                self.say(Mistake::new(value.place(), format!("an `option` is a number, not {}", other.kind())));
                Datum::Broken
            }
            Err(mistake) => {
                self.say(mistake);
                Datum::Broken
            }
        };
        self.scope.bind_datum(name, datum);
    }

    fn option_field(&mut self, name: &Ident, value: f64) -> Datum {
        let frame = self.frame();
        let ident = frame.field_name(&name.to_string(), name.span());
        let listing = format!("option {name} = {value}");
        let field = Field { name: ident, key: Vec::new(), listing, content: Content::Number(value) };
        let field = frame.push_field(field, Vec::<Size>::new());
        let local = frame.local(LocalKind::Field { field, tensor: None }, Some(name.clone()));
        let reference = super::Reference { frame: self.frames.len() - 1, local };
        Datum::Number(crate::shaped::Code::Local(reference))
    }

    /// A chain; its first stage may name where it starts, or else starts from what reaches the body.
    pub fn chain(&mut self, chain: &Chain, flow: &Flow) -> Flow {
        let mut current = flow.clone();
        let mut stages = chain.stages.iter().enumerate().peekable();
        while let Some((index, stage)) = stages.next() {
            let asserted = stages.peek().map(|(_, next)| *next).filter(|next| next.node.is_assertion());
            current = self.stage(stage, &current, index == 0, asserted);
        }
        current
    }

    /// The types that an assertion asserts, once for each value.
    pub fn asserted(&mut self, stage: &Stage, flow: &Flow) -> Result<Vec<TensorType>, Mistake> {
        let shapes = stage.node.asserted_shapes();
        shapes.into_iter().map(|shape| self.full_shape(shape, Mode { flow, float: false })).collect()
    }
}

impl Node {
    /// Whether the stage asserts shapes.
    pub fn is_assertion(&self) -> bool {
        !self.asserted_shapes().is_empty()
    }

    /// The shapes that the stage asserts.
    pub fn asserted_shapes(&self) -> Vec<&crate::tree::Shape> {
        let only = |chain: &'_ Chain| match chain.stages.as_slice() {
            [Stage { node: Node::Shape(_), label: None, .. }] => true,
            _ => false,
        };
        match self {
            Node::Shape(shape) => vec![shape],
            Node::Values(chains) if !chains.is_empty() && chains.iter().all(only) => {
                chains.iter().flat_map(|chain| chain.stages[0].node.asserted_shapes()).collect()
            }
            _ => Vec::new(),
        }
    }
}

fn name_place(declaration: &TensorDeclaration) -> Place {
    (&declaration.name).into()
}

fn wrong_count(pattern: &Pattern, given: usize, chain: &Chain) -> Mistake {
    let values = |count: usize| if count == 1 { "one value".to_string() } else { format!("{count} values") };
    let (place, wanted) = match pattern {
        Pattern::Value(name) => (name.into(), 1),
        Pattern::Values(names, place) => (*place, names.len()),
        Pattern::Sizes(_, place) => (*place, 1),
    };
    let last = chain.stages.last().map(|stage| stage.node.title()).unwrap_or_default();
    let mistake = Mistake::new(place, format!("this names {}, and {last} gives {}", values(wanted), values(given)));
    match pattern {
        Pattern::Value(name) if given > 1 => {
            let others = vec!["_"; given - 1].join(", ");
            mistake.help(format!("name them all: `let ({name}, {others}) = ..`"))
        }
        _ => mistake,
    }
}
