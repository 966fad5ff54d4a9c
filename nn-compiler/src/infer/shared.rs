//! `shared`: one set of parameters, used in several places.

use super::Inference;
use super::names::Name;
use crate::report::Mistake;
use crate::shaped::{Callee, Content, Field, Form, Hole, Instance, LocalKind, Operand, Outline, Part};
use crate::state::{Binding, Flow, Frame, Made, Naming, Reference, Shared};
use crate::tree::{Label, Node, Stage};
use proc_macro2::Ident;

impl Inference<'_> {
    /// Infers a use of a `shared`. The first use builds it; every use is checked against it.
    pub fn shared(&mut self, name: &Ident, shared: Shared, flow: &Flow, asserted: Option<&Stage>) -> Flow {
        if flow.is_broken() {
            return Flow::Broken;
        }
        let (frame, result) = self.build_shared(name, &shared, flow, asserted);
        if result.is_broken() {
            return Flow::Broken;
        }
        let values = flow.values().iter().map(|value| value.reference);
        let given: Vec<Reference> = values.chain(frame.captures.iter().map(|(outer, _)| *outer)).collect();
        let tensors = frame.tensors_of(&given);
        let stage = Outline {
            place: name.into(),
            kind: name.to_string(),
            listing: name.to_string(),
            outputs: result.tensor_types(),
            children: frame.outline.clone(),
            results: frame.results(),
            part: Part::Used,
            ..Outline::default()
        };
        let instance = self.intern(frame);
        let of = instance.of;
        let local = match self.variable_of(name, &shared, instance, &stage.children, flow) {
            Ok(local) => local,
            Err(mistake) => return self.broken(mistake),
        };
        let operands = [Reference { frame: shared.frame, local }].into_iter().chain(given);
        let operands = operands.map(|reference| Operand::Local(self.localise(reference))).collect();
        let reads: Vec<usize> = tensors.into_iter().map(|tensor| self.localise(tensor)).collect();
        let count = result.values().len();
        let locals = self.frame().call_many(Callee::Shared(of), operands, count, Form::of(count));
        self.frame().add_stage(stage, &reads, &locals);
        let values = result.values().iter().zip(locals);
        Flow::Values(values.map(|(value, local)| self.value(local, value.ty.clone(), format!("`{name}`"))).collect())
    }

    /// The variable that holds a `shared`, whose first use must have made the same parameters.
    fn variable_of(
        &mut self,
        name: &Ident,
        shared: &Shared,
        instance: Instance,
        children: &[Outline],
        flow: &Flow,
    ) -> Result<usize, Mistake> {
        let Some(made) = &shared.made else {
            let local = self.shared_field(name, shared, &instance, children.to_vec());
            if let Some(Binding::Shared(shared)) = self.scope.find_mut(name) {
                shared.made = Some(Made { instance, local, fed: flow.types() });
            }
            return Ok(local);
        };
        let alike = self.unite(made.instance.of, instance.of);
        if alike && made.instance.sizes == instance.sizes {
            return Ok(made.local);
        }
        let differs = if alike { "parameters of other shapes" } else { "other parameters" };
        let what = format!("`{name}` would need {differs} here than at its first use");
        Err(Mistake::new(name, what).note(format!("it gets {} here, but got {} there", flow.types(), made.fed)))
    }

    /// Builds the struct of a `shared` fed with `flow`, in the scope in which it is declared.
    fn build_shared(&mut self, name: &Ident, shared: &Shared, flow: &Flow, asserted: Option<&Stage>) -> (Frame, Flow) {
        // A group becomes the struct itself. Any other stage is the only one in it, and adds no level.
        let label = Label { text: String::new(), place: name.into(), quoted: true };
        let bare = Stage { label: Some(label), ..shared.stage.clone() };
        let (frames, names) = (self.frames.split_off(shared.frame + 1), self.scope.split_off(shared.mark));
        let (mut frame, result) = self.within(format!("in `{name}` on {}", flow.types()), |this| {
            this.build(&name.to_string(), Naming::Positional(0), flow, |this, flow| match &bare.node {
                Node::Group(body) => this.body(body, flow),
                _ => this.stage(&bare, flow, true, asserted),
            })
        });
        self.frames.extend(frames);
        self.scope.extend(names);
        frame.unwrap_layer();
        (frame, result)
    }

    /// Adds the field of a `shared` to the struct that declares it.
    fn shared_field(&mut self, name: &Ident, shared: &Shared, instance: &Instance, children: Vec<Outline>) -> usize {
        let inner = self.frames.split_off(shared.frame + 1);
        let name_of = Name { key: vec![name.to_string()], text: name.to_string(), labelled: true, span: name.span() };
        let hole = Hole { of: instance.of, count: instance.sizes.len() };
        let title = shared.stage.node.title();
        let field = self.add_field(&name_of, &title, Content::Struct(hole), instance.sizes.clone());
        let frame = self.frame();
        let local = frame.local(LocalKind::Field { field, tensor: None }, Some(name.clone()));
        let stage = Outline {
            key: name_of.key,
            place: name.into(),
            kind: "shared".to_string(),
            listing: shared.stage.node.listing(),
            children,
            part: Part::Declared,
            ..Outline::default()
        };
        frame.add_stage(stage, &[], &[]);
        self.frames.extend(inner);
        local
    }

    /// Makes two structs and those inside them variants of one type. Returns whether their fields allow it.
    fn unite(&mut self, one: usize, other: usize) -> bool {
        let mut pairs = Vec::new();
        let alike = self.are_alike(one, other, &mut pairs);
        if alike {
            for (one, other) in pairs {
                let (one, other) = (self.type_of(one), self.type_of(other));
                let (first, last) = (one.min(other), one.max(other));
                self.variants.values_mut().filter(|of| **of == last).for_each(|of| *of = first);
                if first < last {
                    self.variants.insert(last, first);
                }
            }
        }
        alike
    }

    /// Whether two structs have the same fields. Collects the pairs of structs that must be one type for that.
    fn are_alike(&self, one: usize, other: usize, pairs: &mut Vec<(usize, usize)>) -> bool {
        pairs.push((one, other));
        let mut same = |a: &Hole, b: &Hole| a.count == b.count && self.are_alike(a.of, b.of, pairs);
        let mut alike = |a: &Field, b: &Field| {
            let contents = match (&a.content, &b.content) {
                (Content::Struct(a), Content::Struct(b)) => same(a, b),
                (
                    Content::Array { turns: a, prefix, first },
                    Content::Array { turns: b, prefix: other_prefix, first: other_first },
                ) => {
                    (a.len(), prefix, first) == (b.len(), other_prefix, other_first)
                        && a.iter().zip(b).all(|(a, b)| same(a, b))
                }
                (a, b) => a == b,
            };
            a.name == b.name && a.key == b.key && contents
        };
        let (one, other) = (&self.structs[one].fields, &self.structs[other].fields);
        one.len() == other.len() && one.iter().zip(other).all(|(a, b)| alike(a, b))
    }

    fn type_of(&self, of: usize) -> usize {
        self.variants.get(&of).copied().unwrap_or(of)
    }
}
