//! A stage of a chain: which of the many things it can be.

use super::expression::Mode;
use super::{Inference, Wrong};
use crate::place::Place;
use crate::report::{Mistake, counted};
use crate::shaped::{Dtype, TensorType};
use crate::size::Size;
use crate::state::{Flow, Value};
use crate::tree::{Chain, Node, Part, Shape, Stage};

impl Inference<'_> {
    /// Feeds `flow` to a stage. `first`: whether it begins its chain. `asserted`: the assertion after it.
    pub fn stage(&mut self, stage: &Stage, flow: &Flow, first: bool, asserted: Option<&Stage>) -> Flow {
        match &stage.node {
            Node::Error => Flow::Broken,
            Node::Call(call) => self.call_stage(stage, call, flow, first, asserted),
            Node::Shape(_) => self.assertion(stage, flow),
            Node::Values(_) if stage.node.is_assertion() => self.assertion(stage, flow),
            Node::Values(chains) => self.within_label(stage, flow, |this, flow| this.values(chains, flow)),
            Node::Group(body) => self.group(stage, body, flow),
            Node::Residual { part, shortcut } => {
                self.within_label(stage, flow, |this, flow| this.residual(stage, part, shortcut.as_ref(), flow))
            }
            Node::Join { call, branches } => {
                self.within_label(stage, flow, |this, flow| this.join(stage, call, branches, flow))
            }
            Node::Loop(turns) => self.loop_stage(stage, turns, flow),
            Node::If(choice) => self.within_label(stage, flow, |this, flow| this.choose(choice, flow)),
            // A value may have the name of a type. At the start of a chain a bound name takes precedence.
            Node::External { path, .. } if first && self.is_bound(path) => self.start(&path.segments[0].ident),
            Node::External { path, arguments } => self.external(stage, path, arguments.as_ref(), flow, asserted),
            Node::Apply { keyword, function, arguments, settings } => {
                self.apply(stage, keyword, function, (arguments, settings), flow, asserted)
            }
            Node::Arithmetic(arithmetic) => self.arithmetic(arithmetic, flow),
            Node::Field { of, name } => self.tensor_of(of, name),
        }
    }

    /// Feeds the same flow to several chains, and concatenates their results.
    pub fn values(&mut self, chains: &[Chain], flow: &Flow) -> Flow {
        let results: Vec<Flow> = chains.iter().map(|chain| self.chain(chain, flow)).collect();
        if results.iter().any(Flow::is_broken) {
            return Flow::Broken;
        }
        Flow::Values(results.iter().flat_map(|result| result.values().to_vec()).collect())
    }

    /// Infers the part after `residual` or `shortcut`.
    pub fn part(&mut self, part: &Part, flow: &Flow) -> Flow {
        match part {
            Part::Body(body) => self.body(body, flow),
            Part::Stage(stage) => self.stage(stage, flow, true, None),
        }
    }

    /// Checks a shape written in a chain. The values go on with the asserted shape.
    fn assertion(&mut self, stage: &Stage, flow: &Flow) -> Flow {
        let shapes = stage.node.asserted_shapes();
        let values = match flow {
            Flow::Values(values) if !self.program.is_wrong(stage.place) => values.clone(),
            _ => return self.resume_from(&shapes, flow),
        };
        if shapes.len() != values.len() {
            let what = format!(
                "{} asserted here, but {} given",
                counted(shapes.len(), "shape"),
                counted(values.len(), "value")
            );
            let given = values.iter().map(|value| format!("{} from {}", value.ty, value.origin));
            let given: Vec<String> = given.collect();
            self.say(Mistake::new(stage.place, what).note(format!("it gets {}", given.join(", "))));
            return self.resume_from(&shapes, flow);
        }
        let mut result = Vec::new();
        for (shape, value) in shapes.into_iter().zip(values) {
            match self.assert_shape(shape, &value, flow) {
                Ok(ty) => result.push(Value { ty, ..value }),
                Err(mistake) => {
                    self.say(mistake);
                    return self.resume_from(&stage.node.asserted_shapes(), flow);
                }
            }
        }
        Flow::Values(result)
    }

    /// Continues checking from the asserted shapes after a mistake.
    fn resume_from(&mut self, shapes: &[&Shape], flow: &Flow) -> Flow {
        let mut types = Vec::new();
        for shape in shapes {
            match self.shape(shape, Mode { flow, float: false }) {
                Ok((dtype, sizes)) => {
                    types.extend(sizes.into_iter().collect::<Option<_>>().map(|dims| TensorType { dtype, dims }));
                }
                Err(mistake) => self.say(mistake),
            }
        }
        if types.len() < shapes.len() {
            return Flow::Broken;
        }
        self.resumed = true;
        let value = |ty: TensorType| {
            let local = self.frames.last_mut()?.local(crate::shaped::LocalKind::Tensor, None);
            Some(self.value(local, ty, "the shape asserted before"))
        };
        types.into_iter().map(value).collect::<Option<Vec<Value>>>().map_or(Flow::Broken, Flow::Values)
    }

    /// Checks a value against a written shape, in which `_` is any size.
    pub fn assert_shape(&mut self, shape: &Shape, value: &Value, flow: &Flow) -> Result<TensorType, Wrong> {
        let (dtype, sizes) = self.shape(shape, Mode { flow, float: false })?;
        let comes = format!("{} gives {}", value.origin, value.ty);
        if dtype != value.ty.dtype {
            let place: Place = shape.dtype.as_ref().map_or(shape.place, Place::from);
            let what = format!("the element type is {}, not {}", value.ty.dtype_name(), dtype_name(dtype));
            let mistake = Mistake::new(place, what).note(comes);
            return Err(Some(match dtype {
                Dtype::Own => mistake.help("`cast float` makes it the network's own float type"),
                _ => mistake,
            }));
        }
        if sizes.len() != value.ty.rank() {
            let what =
                format!("{} declared here, but there are {}", counted(sizes.len(), "dimension"), value.ty.rank());
            let mistake = about_rank(Mistake::new(shape.place, what).note(comes), &sizes, value);
            let no_batch = self.symbols.is_empty().then_some("the first dimension is the batch: `[N, 3, 32, 32]`");
            return Err(Some(no_batch.into_iter().fold(mistake, Mistake::note)));
        }
        let mut dims = Vec::new();
        for ((wanted, have), expr) in sizes.into_iter().zip(&value.ty.dims).zip(&shape.sizes) {
            let Some(wanted) = wanted else {
                dims.push(have.clone());
                continue;
            };
            let what = format!("this size is {have}, not {wanted}");
            self.proofs.same(have, &wanted, || Mistake::new(expr.place(), what).note(&comes))?;
            dims.push(wanted);
        }
        Ok(TensorType { dtype, dims: self.kept(dims, &value.ty.dims) })
    }

    /// Of two expressions for each size, the one that the macro knows more about.
    fn kept(&self, declared: Vec<Size>, inferred: &[Size]) -> Vec<Size> {
        let better = |(declared, inferred): (Size, &Size)| match (declared.as_constant(), inferred.as_constant()) {
            (None, Some(_)) => inferred.clone(),
            _ => declared,
        };
        declared.into_iter().zip(inferred).map(better).collect()
    }
}

/// Suggests what removes dimensions if fewer are declared than there are.
fn about_rank(mistake: Mistake, declared: &[Option<Size>], value: &Value) -> Mistake {
    let dims = value.ty.dims.as_slice();
    let ([first, Some(last)], [_, rest @ ..]) = (declared, dims) else {
        return about_squeeze(mistake, declared.len(), dims);
    };
    let (Some(features), true) = (rest.last(), rest.len() > 1) else { return mistake };
    let all = rest.iter().try_fold(Size::constant(1), |product, size| product.mul(size).ok());
    let first = first.as_ref().map_or("_".to_string(), Size::to_string);
    match all {
        Some(all) if all == *last => mistake.help(format!("`-> flatten` turns it into [{first}, {all}]")),
        _ if features == last && rest.iter().all(|size| size.symbols().is_empty()) => mistake.note(
            "`linear` works on the last dimension; `flatten` before the first one merges all dimensions but the batch",
        ),
        _ if features == last && rest.len() == 2 => mistake
            .note("of a sequence, `select 1 index=-1` takes the last step, and `mean dim=1` the mean of all steps"),
        _ => mistake,
    }
}

/// Suggests `squeeze` for `[N, 1]` if `[N]` is declared.
fn about_squeeze(mistake: Mistake, declared: usize, dims: &[Size]) -> Mistake {
    match dims {
        [before @ .., last] if before.len() == declared && *last == Size::constant(1) => {
            mistake.help(format!("`-> squeeze {declared}` removes the last dimension"))
        }
        _ => mistake,
    }
}

impl TensorType {
    fn dtype_name(&self) -> &'static str {
        dtype_name(self.dtype)
    }
}

fn dtype_name(dtype: Dtype) -> &'static str {
    match dtype.name() {
        "" => "the network's own float type",
        name => name,
    }
}

impl Node {
    pub fn listing(&self) -> String {
        match self {
            Node::Call(call) => call.listing(),
            Node::Loop(turns) => format!("{turns} {{ .. }}"),
            Node::Residual { .. } => "residual { .. }".to_string(),
            Node::Join { call, .. } => format!("{} {{ .. }}", call.name),
            Node::External { .. } | Node::Apply { .. } => self.title(),
            _ => "{ .. }".to_string(),
        }
    }

    pub fn title(&self) -> String {
        match self {
            Node::Call(call) => format!("`{}`", call.name),
            Node::Group(_) => "the group".to_string(),
            Node::Residual { .. } => "`residual`".to_string(),
            Node::Join { call, .. } => format!("`{}`", call.name),
            Node::Loop(turns) => format!("`{}`", turns.keyword),
            Node::If(_) => "`if`".to_string(),
            Node::Apply { keyword, .. } => format!("`{keyword}`"),
            Node::External { path, .. } => format!("`{}`", quote::quote!(#path).to_string().replace(' ', "")),
            Node::Shape(_) => "the assertion".to_string(),
            Node::Field { of, name } => format!("`{of}.{name}`"),
            Node::Values(_) | Node::Arithmetic(_) | Node::Error => "the chain".to_string(),
        }
    }
}
