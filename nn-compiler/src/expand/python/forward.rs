//! Forward functions: a line for each layer, which assigns the variable that the next one reads.

use super::Writer;
use super::fields::Turns;
use super::operand::Variables;
use super::path::variable;
use crate::expand::float::Float;
use crate::shaped::python::Piece;
use crate::shaped::{Callee, Content, Dtype, Form, Function, LocalKind, Operand, Python, Step, Written};

/// The function being written.
struct Body<'f> {
    function: &'f Function,
    of: usize,
    /// For each local the step that uses it last.
    last_use: Vec<Option<usize>>,
    names: Vec<Option<String>>,
}

impl Writer<'_> {
    /// The method `forward` of a struct's class.
    pub fn forward(&mut self, of: usize) -> Vec<String> {
        let function = &self.context.network.structs[of].function;
        let mut body = Body { function, of, last_use: last_uses(function), names: vec![None; function.locals.len()] };
        let mut parameters = vec!["self".to_string()];
        for local in &function.parameters {
            parameters.push(body.name(*local, None, &[]));
        }
        let root = of == self.context.network.root.of;
        let told = matches!(self.context.floats[of], Float::Told);
        parameters.extend((told && !root).then(|| "dtype".to_string()));
        let mut lines = vec![format!("def {}({}):", self.method(of), parameters.join(", "))];
        lines.extend((told && root).then(|| super::indented(1, &self.asked_dtype(&parameters[1..]))));
        let steps: Vec<usize> = (0..function.steps.len()).filter(|index| body.is_written(*index)).collect();
        for index in &steps {
            let returned = Some(index) == steps.last() && body.is_result(&function.steps[*index]);
            lines.extend(self.step(&mut body, *index, returned).iter().map(|line| super::indented(1, line)));
            if returned {
                return lines;
            }
        }
        let results: Vec<Operand> = function.results.iter().map(|local| Operand::Local(*local)).collect();
        let results: Vec<String> = results.iter().map(|result| self.operand(result, &body.variables())).collect();
        lines.push(super::indented(1, &format!("return {}", results.join(", "))));
        lines
    }

    /// The float type of a network without parameters: that of a network inside, or of the first input of that type.
    fn asked_dtype(&self, inputs: &[String]) -> String {
        let network = self.context.network;
        let own = network.inputs.iter().zip(inputs).find(|(input, _)| input.ty.dtype == Dtype::Own);
        let last = own.map_or("torch.float32".to_string(), |(_, name)| format!("{name}.dtype"));
        let inside = network.structs.iter().flat_map(|made| &made.fields);
        if inside.into_iter().any(|field| matches!(field.content, Content::Network(_))) {
            format!("dtype = next((p.dtype for p in self.parameters()), {last})")
        } else {
            format!("dtype = {last}")
        }
    }

    /// A further argument of another struct's function: the network's float type, if it needs that.
    fn told(&self, step: &Step, of: usize) -> Option<String> {
        let called = step.called(self.context.network, of)?;
        matches!(self.context.floats[called], Float::Told).then(|| self.own_dtype(of))
    }

    fn step(&mut self, body: &mut Body, index: usize, returned: bool) -> Vec<String> {
        let step = &body.function.steps[index];
        if let Callee::Each(field) = step.callee {
            return self.turns(body, index, field);
        }
        let expression = match &step.written {
            Written::As(python) => self.python(python, body),
            _ => self.alike(step, body),
        };
        if returned {
            return vec![format!("return {expression}")];
        }
        let names: Vec<String> = step.results.iter().map(|local| body.name(*local, Some(index), &[])).collect();
        let pattern = match &step.written {
            Written::As(python) => python.results.unwrap_or_default(),
            _ => "",
        };
        let (pattern, names) = match (pattern, names.is_empty()) {
            ("", true) => return vec![expression],
            ("", false) => (names.join(", "), Vec::new()),
            (pattern, _) => (pattern.to_string(), names),
        };
        let pattern = names.iter().fold(pattern, |pattern, name| pattern.replacen("{}", name, 1));
        let comma = if step.form != Form::One && step.results.len() == 1 { "," } else { "" };
        vec![format!("{pattern}{comma} = {expression}")]
    }

    /// The text of an expression.
    fn python(&mut self, python: &Python, body: &Body) -> String {
        python.defines.iter().for_each(|function| self.define(function));
        let text = python.pieces.iter().map(|piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Operand(operand) => self.operand(operand, &body.variables()),
            Piece::Spread(operand) => self.spread(operand, &body.variables()),
            Piece::Size { .. } | Piece::Sizes { .. } | Piece::Channels { .. } => {
                unreachable!("only constructors of modules speak of parameters' sizes")
            }
        });
        text.collect()
    }

    /// The method of a struct's class: `forward`, or for variants that share a class, `forward2`.
    fn method(&self, of: usize) -> String {
        self.context.forward_name(of).to_string().replace("forward_t", "forward")
    }

    /// What a step of struct `of` calls: the stage itself for its `forward`, or another method of it.
    fn called(&self, step: &Step, of: usize, stage: &str) -> String {
        let method = step.called(self.context.network, of).map(|called| self.method(called));
        match method.filter(|method| method != "forward") {
            Some(method) => format!("{}.{method}", stage.trim_end_matches(".forward")),
            None => stage.to_string(),
        }
    }

    /// A step that is written the same in Python.
    fn alike(&mut self, step: &Step, body: &Body) -> String {
        let variables = body.variables();
        let mut arguments: Vec<String> =
            step.operands.iter().map(|operand| self.operand(operand, &variables)).collect();
        arguments.extend(self.told(step, body.of));
        match &step.callee {
            Callee::Field(field) => {
                let callee = self.called(step, body.of, &self.field_path(body.of, *field, None));
                format!("{callee}({})", arguments.join(", "))
            }
            Callee::Shared(_) => {
                format!("{}({})", self.called(step, body.of, &arguments[0]), arguments[1..].join(", "))
            }
            Callee::SizeOf(axis) => format!("{}.shape[{axis}]", arguments[0]),
            Callee::Operator(operator) => format!("{} {} {}", arguments[0], operator.symbol(), arguments[1]),
            Callee::User(path) => {
                format!("{}({})", self.stub(&path.0, super::fields::function_stub), arguments.join(", "))
            }
            Callee::Method(name) | Callee::Function(name) => unreachable!("`{name}` is a part of a layer"),
            Callee::Each(_) => unreachable!("loops are written line by line"),
        }
    }

    /// The turns of a loop, each fed with the result of the one before.
    fn turns(&mut self, body: &mut Body, index: usize, field: usize) -> Vec<String> {
        let step = &body.function.steps[index];
        let (fed, rest) = step.operands.split_at(step.results.len());
        let fed: Vec<String> = fed.iter().map(|operand| self.operand(operand, &body.variables())).collect();
        let mut rest: Vec<String> = rest.iter().map(|operand| self.operand(operand, &body.variables())).collect();
        rest.extend(self.told(step, body.of));
        let results: Vec<String> = step.results.iter().map(|local| body.name(*local, Some(index), &rest)).collect();
        let arguments = |carried: &[String]| carried.iter().chain(&rest).cloned().collect::<Vec<_>>().join(", ");
        let assigned = results.join(", ");
        let field = &self.context.network.structs[body.of].fields[field];
        let (head, stage) = match field.turns() {
            Some(Turns { within, name, range }) => {
                (format!("for turn in {range}:"), format!("{within}.get_submodule({name})"))
            }
            None => (format!("for stage in {}:", field.path()), "stage".to_string()),
        };
        let stage = self.called(step, body.of, &stage);
        let first = (fed != results).then(|| format!("{assigned} = {}", fed.join(", ")));
        let turn = super::indented(1, &format!("{assigned} = {stage}({})", arguments(&results)));
        first.into_iter().chain([head, turn]).collect()
    }
}

impl Body<'_> {
    fn variables(&self) -> Variables<'_> {
        Variables { of: self.of, names: &self.names }
    }

    /// Whether a step becomes a line. Sizes that nothing uses do not.
    fn is_written(&self, index: usize) -> bool {
        let step = &self.function.steps[index];
        let is_size = matches!(step.callee, Callee::SizeOf(_));
        step.written != Written::Elsewhere && (!is_size || self.last_use[step.results[0]].is_some())
    }

    /// Whether the function returns exactly what the step returns.
    fn is_result(&self, step: &Step) -> bool {
        let plain = match &step.written {
            Written::As(python) => python.results.is_none(),
            _ => true,
        };
        plain && !matches!(step.callee, Callee::Each(_)) && step.results == self.function.results
    }

    /// Names the result of a step, or a parameter, so that no value that is still needed is overwritten. `besides`: further
    /// names that the step needs until its end.
    fn name(&mut self, local: usize, step: Option<usize>, besides: &[String]) -> String {
        let base = match (&self.function.locals[local].kind, &self.function.locals[local].name) {
            (_, Some(name)) => variable(&name.to_string()),
            (LocalKind::Shared(_), None) => "shared".to_string(),
            (LocalKind::Size, None) => "size".to_string(),
            _ => "x".to_string(),
        };
        if step.is_some() && self.last_use[local].is_none() {
            return "_".to_string();
        }
        let mut name = base.clone();
        let mut number = 1;
        while besides.contains(&name) || self.is_used_after(&name, step) {
            number += 1;
            name = format!("{base}{number}");
        }
        self.names[local] = Some(name.clone());
        name
    }

    /// Whether a variable holds a value that is used after the step, or another result of it.
    fn is_used_after(&self, name: &str, step: Option<usize>) -> bool {
        let holders = self.names.iter().enumerate().filter(|(_, known)| known.as_deref() == Some(name));
        let mut uses = holders.map(|(local, _)| (local, self.last_use[local]));
        uses.any(|(local, last)| match step {
            None => true,
            Some(step) => last > Some(step) || self.function.steps[step].results.contains(&local),
        })
    }
}

/// For each local the step that uses it last. Results are used after all steps.
fn last_uses(function: &Function) -> Vec<Option<usize>> {
    let mut last = vec![None; function.locals.len()];
    for (index, step) in function.steps.iter().enumerate() {
        let mut used = |operand: &Operand| operand.for_each_local(&mut |local| last[local] = Some(index));
        match &step.written {
            Written::Elsewhere => {}
            Written::Alike => step.operands.iter().for_each(used),
            Written::As(python) => python.operands().for_each(&mut used),
        }
    }
    for local in &function.results {
        last[*local] = Some(function.steps.len());
    }
    last
}
