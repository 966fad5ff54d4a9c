//! Where a listing branches: `residual`, the joins, `if`.

use super::Inference;
use super::names::Name;
use crate::layers::Layer;
use crate::layers::broadcast::about_padding;
use crate::place::Place;
use crate::report::Mistake;
use crate::shaped::{Callee, Operand, Outline};
use crate::size::Verdict;
use crate::state::{Flow, Value};
use crate::tree::{Branches, Call, Else, If, Operator, Part, Stage};

impl Inference<'_> {
    /// `x + f(x)`, or `g(x) + f(x)` with a shortcut `g`.
    pub fn residual(&mut self, stage: &Stage, part: &Part, shortcut: Option<&Part>, flow: &Flow) -> Flow {
        let keyword = Place::from(stage.place.first);
        let result = self.part(part, flow);
        let (Flow::Values(before), Flow::Values(after)) = (flow, &result) else { return Flow::Broken };
        let ([before], [after]) = (before.as_slice(), after.as_slice()) else {
            let (before, after) = (before.len(), after.len());
            let what =
                format!("`residual` takes one value and gives one, but here it takes {before} and gives {after}");
            return self.broken(Mistake::new(keyword, what));
        };
        let verdict = self.same_shape(before, after);
        match (verdict, shortcut) {
            (Verdict::True, _) => self.sum(before, after),
            (Verdict::False, Some(shortcut)) => self.detour(keyword, shortcut, flow, after),
            (Verdict::False, None) => {
                let what = format!("`residual` must keep the shape, but it turns {} into {}", before.ty, after.ty);
                let mistake = Mistake::new(keyword, what).note(format!("the shape comes from {}", after.origin));
                let mistake = about_padding(mistake, &before.ty, &after.ty);
                self.broken(mistake.note("to change the shape, add a shortcut: `residual { .. } shortcut { .. }`"))
            }
            (_, Some(_)) => {
                let what =
                    format!("it cannot be decided whether the shortcut is needed: {} becomes {}", before.ty, after.ty);
                let note = "a shortcut is used only where the shape changes, and the macro must know that; `add { f, g }` always uses both branches";
                self.broken(Mistake::new(keyword, what).note(note))
            }
            (_, None) => self.kept_shape(keyword, before, after),
        }
    }

    /// Checks that `f` keeps the shape. Where that depends on symbols or constants, it becomes a check for later.
    fn kept_shape(&mut self, keyword: Place, before: &Value, after: &Value) -> Flow {
        for (a, b) in before.ty.dims.iter().zip(&after.ty.dims) {
            let what = format!("`residual` must keep the shape, but it turns {} into {}", before.ty, after.ty);
            if let Err(mistake) = self.proofs.same(a, b, || Mistake::new(keyword, what)) {
                return self.broken(mistake);
            }
        }
        self.sum(before, after)
    }

    fn detour(&mut self, keyword: Place, shortcut: &Part, flow: &Flow, after: &Value) -> Flow {
        let around = self.part(shortcut, flow);
        let Flow::Values(values) = &around else { return Flow::Broken };
        let [around] = values.as_slice() else {
            let what = format!("a shortcut gives one value, but this gives {}", values.len());
            return self.broken(Mistake::new(shortcut.end(), what));
        };
        match self.same_shape(around, after) {
            Verdict::True => self.sum(around, after),
            Verdict::False => {
                let what =
                    format!("the shortcut gives {}, but the branch that it goes around gives {}", around.ty, after.ty);
                let note = format!("the first comes from {}, the second from {}", around.origin, after.origin);
                self.broken(Mistake::new(shortcut.end(), what).note(note))
            }
            _ => self.kept_shape(keyword, around, after),
        }
    }

    fn same_shape(&self, a: &Value, b: &Value) -> Verdict {
        if a.ty.dtype != b.ty.dtype || a.ty.rank() != b.ty.rank() {
            return Verdict::False;
        }
        let mut result = Verdict::True;
        for (a, b) in a.ty.dims.iter().zip(&b.ty.dims) {
            match self.proofs.are_equal(a, b) {
                Verdict::True => {}
                Verdict::False => return Verdict::False,
                other => result = other,
            }
        }
        result
    }

    fn sum(&mut self, a: &Value, b: &Value) -> Flow {
        let reads = [self.localise(a.reference), self.localise(b.reference)];
        let local = self.frame().call(Callee::Operator(Operator::Add), reads.map(Operand::Local).to_vec());
        self.frame().add_stage(Outline::operator(Operator::Add, &a.ty), &reads, &[local]);
        self.value(local, a.ty.clone(), "`residual`").into()
    }

    /// Infers the branches, and the layer that joins their results.
    pub fn join(&mut self, stage: &Stage, call: &Call, branches: &Branches, flow: &Flow) -> Flow {
        let joined = match branches {
            Branches::Listed(chains) => self.values(chains, flow),
            Branches::Loop(turns) => self.branches(turns, flow),
        };
        let Some(layer) = Layer::find(&call.name.to_string()) else { return Flow::Broken };
        let name = Name::none(&call.name.to_string(), stage.place.first);
        // It takes up no position, so the names of later stages do not change.
        let naming = self.frame().naming.clone();
        let result = self.layer(&name, layer, call, &joined);
        self.frame().naming = naming;
        result
    }

    /// Infers the branch that the condition chooses. Without an `else`, the values pass unchanged.
    pub fn choose(&mut self, choice: &If, flow: &Flow) -> Flow {
        match self.condition(&choice.condition, flow) {
            Err(mistake) => self.broken(mistake),
            Ok(None) => Flow::Broken,
            Ok(Some(true)) => self.body(&choice.then, flow),
            Ok(Some(false)) => match &choice.otherwise {
                None => flow.clone(),
                Some(Else::Body(body)) => self.body(body, flow),
                Some(Else::If(next)) => self.choose(next, flow),
            },
        }
    }
}

impl Part {
    /// The last stage, which gives the part's value.
    fn end(&self) -> Place {
        match self {
            Part::Stage(stage) => stage.place,
            Part::Body(body) => body.result.stages.last().map_or(body.place, |stage| stage.place),
        }
    }
}
