//! Visits to all stages of a body, including those within stages.

use super::{Arithmetic, Body, Branches, Chain, Else, If, Node, Part, Stage, Statement};

type Visit<'a> = &'a mut dyn FnMut(&mut Stage);

impl Body {
    /// Visits every stage.
    pub fn for_each_stage(&mut self, visit: Visit) {
        for statement in &mut self.statements {
            match statement {
                Statement::Let { chain, .. } => chain.for_each_stage(visit),
                Statement::Shared { stage, .. } => stage.for_each_stage(visit),
                Statement::Const { .. } | Statement::Tensor(_) | Statement::Option { .. } => {}
            }
        }
        self.result.for_each_stage(visit);
    }
}

impl Chain {
    fn for_each_stage(&mut self, visit: Visit) {
        self.stages.iter_mut().for_each(|stage| stage.for_each_stage(visit));
    }
}

impl Stage {
    fn for_each_stage(&mut self, visit: Visit) {
        visit(self);
        match &mut self.node {
            Node::Values(chains) | Node::Join { branches: Branches::Listed(chains), .. } => {
                chains.iter_mut().for_each(|chain| chain.for_each_stage(visit));
            }
            Node::Join { branches: Branches::Loop(turns), .. } => turns.body.for_each_stage(visit),
            Node::Loop(turns) => turns.body.for_each_stage(visit),
            Node::Group(body) => body.for_each_stage(visit),
            Node::Residual { part, shortcut } => {
                std::iter::once(part).chain(shortcut).for_each(|part| part.for_each_stage(visit));
            }
            Node::If(choice) => choice.for_each_stage(visit),
            Node::Arithmetic(arithmetic) => arithmetic.for_each_stage(visit),
            Node::Call(_)
            | Node::Field { .. }
            | Node::Shape(_)
            | Node::External { .. }
            | Node::Apply { .. }
            | Node::Error => {}
        }
    }
}

impl Part {
    fn for_each_stage(&mut self, visit: Visit) {
        match self {
            Part::Body(body) => body.for_each_stage(visit),
            Part::Stage(stage) => stage.for_each_stage(visit),
        }
    }
}

impl If {
    fn for_each_stage(&mut self, visit: Visit) {
        self.then.for_each_stage(visit);
        match &mut self.otherwise {
            None => {}
            Some(Else::Body(body)) => body.for_each_stage(visit),
            Some(Else::If(next)) => next.for_each_stage(visit),
        }
    }
}

impl Arithmetic {
    fn for_each_stage(&mut self, visit: Visit) {
        match self {
            Arithmetic::Number(..) | Arithmetic::Value(_) => {}
            Arithmetic::Chain(chain, _) => chain.for_each_stage(visit),
            Arithmetic::Binary { left, right, .. } => {
                left.for_each_stage(visit);
                right.for_each_stage(visit);
            }
        }
    }
}
