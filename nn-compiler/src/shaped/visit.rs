//! Visits to the variables and fields that steps and operands use.

use super::{Code, Operand, Step, Written};

impl Step {
    /// Visits the variables that it uses.
    pub fn for_each_local(&self, visit: &mut dyn FnMut(usize)) {
        self.operands.iter().for_each(|operand| operand.for_each_local(visit));
    }

    /// Visits the fields that it uses, and with `python` also those in its Python form.
    pub fn for_each_field(&mut self, python: bool, visit: &mut dyn FnMut(&mut usize, &mut Option<String>)) {
        self.operands.iter_mut().for_each(|operand| operand.for_each_field(visit));
        if let (Written::As(written), true) = (&mut self.written, python) {
            written.operands_mut().for_each(|operand| operand.for_each_field(visit));
        }
    }

    /// The same step with other variables.
    pub fn renamed(&self, map: &[usize]) -> Step {
        let mut step = self.clone();
        step.results.iter_mut().for_each(|local| *local = map[*local]);
        step.operands.iter_mut().for_each(|operand| operand.rename(&|local| map[local]));
        if let Written::As(python) = &mut step.written {
            python.operands_mut().for_each(|operand| operand.rename(&|local| map[local]));
        }
        step
    }
}

impl Operand {
    /// Visits the variables in it.
    pub fn for_each_local(&self, visit: &mut dyn FnMut(usize)) {
        match self {
            Operand::Local(local) => visit(*local),
            Operand::Size(code) | Operand::Number(code) => code.for_each_local(visit),
            Operand::Sizes(codes) => codes.iter().for_each(|code| code.for_each_local(visit)),
            Operand::Bindings(bindings) => bindings.iter().for_each(|(_, code)| code.for_each_local(visit)),
            Operand::Tensors(inner) | Operand::List(inner) => {
                inner.iter().for_each(|operand| operand.for_each_local(visit))
            }
            Operand::Some(inner) => inner.for_each_local(visit),
            _ => {}
        }
    }

    /// Renames the variables in it.
    pub fn rename(&mut self, to: &dyn Fn(usize) -> usize) {
        let rename = |code: &mut Code| *code = code.map(&mut |local| to(*local));
        match self {
            Operand::Local(local) => *local = to(*local),
            Operand::Size(code) | Operand::Number(code) => rename(code),
            Operand::Sizes(codes) => codes.iter_mut().for_each(rename),
            Operand::Bindings(bindings) => bindings.iter_mut().for_each(|(_, code)| rename(code)),
            Operand::Tensors(inner) | Operand::List(inner) => inner.iter_mut().for_each(|operand| operand.rename(to)),
            Operand::Some(inner) => inner.rename(to),
            _ => {}
        }
    }

    /// Visits the fields in it, each with the name of the tensor in the field, if any.
    pub fn for_each_field(&mut self, visit: &mut dyn FnMut(&mut usize, &mut Option<String>)) {
        match self {
            Operand::Field { field, tensor } => visit(field, tensor),
            Operand::Tensors(inner) | Operand::List(inner) => {
                inner.iter_mut().for_each(|operand| operand.for_each_field(visit))
            }
            Operand::Some(inner) => inner.for_each_field(visit),
            _ => {}
        }
    }
}

impl Code {
    fn for_each_local(&self, visit: &mut dyn FnMut(usize)) {
        self.map(&mut |local| visit(*local));
    }
}
