//! Constructors: modules, parameters and buffers, under the names of the state dict.

use super::Writer;
use super::path::{is_number, path, variable};
use crate::expand::holes::Hole;
use crate::shaped::python::Piece;
use crate::shaped::{Code, Content, Field, Init, Operand, Python, Role, Tensor};
use proc_macro2::Ident;

/// A constructor.
pub struct Fields {
    pub parent: Parent,
    pub lines: Vec<String>,
}

/// The base class.
pub struct Parent {
    pub name: String,
    /// The arguments of its constructor.
    pub arguments: String,
}

impl Fields {
    /// Whether the code uses an argument.
    pub fn uses(&self, name: &Ident) -> bool {
        let name = name.to_string();
        let words = |line: &String| line.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == name);
        words(&self.parent.arguments) || self.lines.iter().any(words)
    }
}

impl Writer<'_> {
    /// Writes the constructor of a struct.
    pub fn fields(&mut self, of: usize) -> Fields {
        let context = self.context;
        let fields = &context.network.structs[of].fields;
        if let Some(parent) = &context.network.structs[of].parent {
            let module = self.module(parent, &tensors_in(fields), context.holes.holes(of));
            return Fields { parent: Parent::of(&module), lines: Vec::new() };
        }
        let numbered = fields.iter().any(|field| field.key.first().is_some_and(|level| is_number(level)));
        let base = if numbered { "nn.ModuleDict" } else { "nn.Module" };
        let mut made =
            Fields { parent: Parent { name: base.to_string(), arguments: String::new() }, lines: Vec::new() };
        let mut containers: Vec<Vec<String>> = Vec::new();
        let mut holes = context.holes.holes(of);
        let mut parts: Vec<(&Field, &[Hole])> = Vec::new();
        for field in fields {
            let (own, rest) = holes.split_at(field.content.holes());
            holes = rest;
            parts.push((field, own));
        }
        // A part that contains another is made before it: `self` before `self.query`.
        let holds = |part: &Field| fields.iter().any(|f| f.key.len() > part.key.len() && f.key.starts_with(&part.key));
        parts.sort_by_key(|(field, _)| field.key.is_empty() || !holds(field));
        for (field, own) in parts {
            for (levels, line) in self.field(field, own, &mut made.parent) {
                let within = levels.len().saturating_sub(1);
                for depth in 1..=within {
                    if !containers.contains(&levels[..depth].to_vec()) {
                        let container = if is_number(&levels[depth]) { "nn.ModuleDict()" } else { "nn.Module()" };
                        made.lines.push(format!("{} = {container}", path(&levels[..depth], "_modules")));
                        containers.push(levels[..depth].to_vec());
                    }
                }
                containers.push(levels);
                made.lines.extend(line.lines().map(String::from));
            }
        }
        made
    }

    /// The lines that make a field, each with the path of what it makes.
    fn field(&mut self, field: &Field, holes: &[Hole], parent: &mut Parent) -> Vec<(Vec<String>, String)> {
        if let Some(module) = self.module_of(field, holes) {
            if field.key.is_empty() {
                // It adds no level, so the class is derived from it.
                *parent = Parent::of(&module);
                return Vec::new();
            }
            return vec![(field.key.clone(), format!("{} = {module}", field.path()))];
        }
        match &field.content {
            Content::Array { .. } => self.array(field, holes),
            Content::Number(value) => {
                let value = self.constant(&Operand::Number(value.clone()));
                vec![(vec![variable(&field.name.to_string())], format!("{} = {value}", field.path()))]
            }
            Content::Tensor(tensor) => vec![self.tensor(field.key.clone(), tensor, holes)],
            Content::Packed(_) => unreachable!("an optimised form is not for PyTorch"),
            content => self.bare(field, &self.tensors(content), holes),
        }
    }

    /// The expression that makes a field's module, or `None` if its tensors have no module around them.
    fn module_of(&mut self, field: &Field, holes: &[Hole]) -> Option<String> {
        if let Some(module) = &field.module {
            return Some(self.module(module, &self.tensors(&field.content), holes));
        }
        match &field.content {
            Content::Struct(hole) if !self.context.network.structs[hole.of].function.results.is_empty() => {
                Some(self.instance(hole.of, holes))
            }
            Content::Network(network) => {
                let name = self.fill(quote::quote!(Network(&<#network as ::nn_dsl::Network>::PYTHON)));
                Some(format!("{name}()"))
            }
            Content::Module { path, .. } => Some(format!("{}()", self.stub(&path.0, module_stub))),
            _ => None,
        }
    }

    /// The lines that make the tensors of a layer without a module.
    fn bare(&mut self, field: &Field, tensors: &[Tensor], holes: &[Hole]) -> Vec<(Vec<String>, String)> {
        let mut rest = holes;
        let lines = tensors.iter().map(|tensor| {
            let (own, after) = rest.split_at(tensor.holes());
            rest = after;
            self.tensor(field.levels_to(&tensor.name), tensor, own)
        });
        let mut lines: Vec<_> = lines.collect();
        if tensors.iter().any(|tensor| tensor.name == "running_mean") {
            // PyTorch's batch normalisation has this counter, which nothing reads.
            let line = format!("{}.register_buffer(\"num_batches_tracked\", torch.tensor(0))", field.path());
            lines.push((field.levels_to("num_batches_tracked"), line));
        }
        lines
    }

    /// The parameters of a layer.
    fn tensors(&self, content: &Content) -> Vec<Tensor> {
        match content {
            Content::Layer { tensors, .. } => tensors.clone(),
            Content::Struct(hole) => self.context.network.structs[hole.of].parameters(),
            _ => Vec::new(),
        }
    }

    /// The turns of a loop: a list if they are numbered from 0 in a level of their own, or else one by one.
    fn array(&mut self, field: &Field, holes: &[Hole]) -> Vec<(Vec<String>, String)> {
        let Content::Array { turns, .. } = &field.content else { unreachable!("only arrays come here") };
        let mut rest = holes;
        let mut made = Vec::new();
        for turn in turns {
            let (own, after) = rest.split_at(turn.count);
            rest = after;
            made.push(self.instance(turn.of, own));
        }
        let alike = made.iter().all(|turn| *turn == made[0]);
        let Some(turns) = field.turns() else {
            let list = if alike {
                format!("nn.ModuleList({} for _ in range({}))", made[0], made.len())
            } else {
                format!("nn.ModuleList([{}])", made.join(", "))
            };
            return vec![(field.key.clone(), format!("{} = {list}", field.path()))];
        };
        if alike {
            let Turns { within, name, range } = &turns;
            let line = format!("for turn in {range}:\n    {within}.add_module({name}, {})", made[0]);
            return vec![(field.level_of(0), line)];
        }
        let line = |(turn, made): (usize, &String)| {
            let levels = field.level_of(turn);
            let path = path(&levels, "_modules");
            (levels, format!("{path} = {made}"))
        };
        made.iter().enumerate().map(line).collect()
    }

    /// A call of the constructor of a struct's class.
    fn instance(&mut self, of: usize, holes: &[Hole]) -> String {
        let (context, name) = (self.context, self.class_name(of));
        let told = self.arguments[of].clone();
        let own = context.holes.holes(of);
        let position =
            |name: &Ident| own.iter().position(|hole| matches!(hole, Hole::Argument(known) if known == name));
        let told: Vec<String> = told.iter().filter_map(position).map(|index| self.hole(&holes[index])).collect();
        format!("{name}({})", told.join(", "))
    }

    fn hole(&mut self, hole: &Hole) -> String {
        match hole {
            Hole::Same(size) => self.size(size),
            Hole::Argument(name) => name.to_string(),
        }
    }

    /// The text that makes a module of PyTorch.
    fn module(&mut self, module: &Python, tensors: &[Tensor], holes: &[Hole]) -> String {
        let text = module.pieces.iter().map(|piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Operand(operand) | Piece::Spread(operand) => self.constant(operand),
            Piece::Size { tensor, axis } => self.hole(&sizes_of(tensor, tensors, holes)[*axis]),
            Piece::Sizes { tensor, from, one_for_all } => {
                self.sizes(&sizes_of(tensor, tensors, holes)[*from..], *one_for_all)
            }
            Piece::Channels { tensor, axis, groups } => self.product(&sizes_of(tensor, tensors, holes)[*axis], groups),
        });
        text.collect()
    }

    /// `8`, `(8, 3)`, and of equal sizes just one if it stands for all.
    fn sizes(&mut self, sizes: &[Hole], one_for_all: bool) -> String {
        let sizes: Vec<String> = sizes.iter().map(|hole| self.hole(hole)).collect();
        let equal = sizes.iter().all(|size| *size == sizes[0]);
        if sizes.len() == 1 || one_for_all && equal { sizes[0].clone() } else { format!("({})", sizes.join(", ")) }
    }

    /// A size of a parameter, times the groups of which it has one.
    fn product(&mut self, hole: &Hole, groups: &Operand) -> String {
        let groups = groups.as_size();
        match (hole, groups) {
            (Hole::Same(size), Some(groups)) if size.mul(&groups).is_ok() => {
                let product = size.mul(&groups).unwrap_or(groups);
                self.size(&product)
            }
            (hole, Some(groups)) if groups.as_constant() == Some(1) => self.hole(hole),
            (hole, Some(groups)) => format!("{} * {}", self.hole(hole), self.size(&groups)),
            (hole, None) => self.hole(hole),
        }
    }

    /// A parameter or buffer that no module of PyTorch holds.
    fn tensor(&mut self, levels: Vec<String>, tensor: &Tensor, holes: &[Hole]) -> (Vec<String>, String) {
        let sizes: Vec<String> = holes[..tensor.rank].iter().map(|hole| self.hole(hole)).collect();
        let sizes = if sizes.is_empty() { "()".to_string() } else { sizes.join(", ") };
        let dtype = match tensor.dtype {
            crate::shaped::Dtype::Own => String::new(),
            dtype => format!(", dtype={}", super::operand::dtype(dtype)),
        };
        let start = self.start(tensor, &sizes, &dtype);
        let (name, module) = levels.split_last().expect("a tensor has a name");
        let within = path(module, "_modules");
        let line = match (tensor.role, super::path::is_attribute(name)) {
            (Role::Parameter, true) => format!("{within}.{name} = nn.Parameter({start})"),
            (Role::Parameter, false) => format!("{within}._parameters[\"{name}\"] = nn.Parameter({start})"),
            (Role::Buffer, true) => format!("{within}.register_buffer(\"{name}\", {start})"),
            (Role::Scratch, true) => format!("{within}.register_buffer(\"{name}\", {start}, persistent=False)"),
            (_, false) => format!("{within}._buffers[\"{name}\"] = {start}"),
        };
        (levels, line)
    }

    /// A tensor's initial value. A Rust function cannot be translated, but its result is in the state dict.
    fn start(&mut self, tensor: &Tensor, sizes: &str, dtype: &str) -> String {
        let mut number = |code: &Code| self.constant(&Operand::Number(code.clone()));
        let empty = format!("torch.empty({sizes}{dtype})");
        match &tensor.init {
            Init::Constant(Code::Float(0.0)) => format!("torch.zeros({sizes}{dtype})"),
            Init::Constant(Code::Float(1.0)) => format!("torch.ones({sizes}{dtype})"),
            Init::Constant(value) if tensor.dtype.is_float() => {
                format!("torch.full(({sizes},), {}{dtype})", number(value))
            }
            Init::Constant(Code::Float(value)) => format!("torch.full(({sizes},), {value}{dtype})"),
            Init::Constant(value) => format!("torch.full(({sizes},), int({}){dtype})", number(value)),
            Init::Uniform(low, high) => format!("nn.init.uniform_({empty}, {}, {})", number(low), number(high)),
            Init::Normal(mean, deviation) => {
                format!("nn.init.normal_({empty}, {}, {})", number(mean), number(deviation))
            }
            Init::Function(function) if tensor.role == Role::Scratch => {
                format!("{}({sizes})", self.stub(&function.0, function_stub))
            }
            Init::FanIn | Init::Named(_) | Init::Function(_) => empty,
        }
    }
}

impl Parent {
    /// `nn.Linear` and `3, 4` of `nn.Linear(3, 4)`
    fn of(module: &str) -> Parent {
        let (name, arguments) = module.split_once('(').unwrap_or((module, ")"));
        Parent { name: name.to_string(), arguments: arguments.strip_suffix(')').unwrap_or_default().to_string() }
    }
}

/// The tensors that are fields themselves.
fn tensors_in(fields: &[Field]) -> Vec<Tensor> {
    let tensor = |field: &Field| match &field.content {
        Content::Tensor(tensor) => Some(tensor.clone()),
        _ => None,
    };
    fields.iter().filter_map(tensor).collect()
}

/// The holes that stand for the sizes of a tensor.
fn sizes_of<'h>(name: &str, tensors: &[Tensor], holes: &'h [Hole]) -> &'h [Hole] {
    let mut before = 0;
    for tensor in tensors {
        if tensor.name == name {
            return &holes[before..before + tensor.rank];
        }
        before += tensor.holes();
    }
    unreachable!("a module speaks of parameters that it has")
}

/// A placeholder for a Rust function.
pub fn function_stub(name: &str, path: &str) -> String {
    format!(
        "def {name}(*inputs):\n    raise NotImplementedError(\"`{path}` is a Rust function: write it in Python here\")"
    )
}

/// A placeholder for a Rust module.
fn module_stub(name: &str, path: &str) -> String {
    let message = format!("`{path}` is a Rust module: write it in Python here, with its parameters");
    format!(
        "class {name}(nn.Module):\n    def forward(self, *inputs):\n        raise NotImplementedError(\"{message}\")"
    )
}

/// The turns of a loop, each under its own name.
pub struct Turns {
    /// The module that holds them.
    pub within: String,
    /// The Python expression for the name of turn `turn`: `f"denselayer{turn}"`.
    pub name: String,
    pub range: String,
}

impl Field {
    /// How to find the turns of a loop, unless they are a `nn.ModuleList`.
    pub fn turns(&self) -> Option<Turns> {
        let Content::Array { turns, prefix, first } = &self.content else { return None };
        if !self.key.is_empty() && prefix.is_empty() && *first == 0 {
            return None;
        }
        let range = match first {
            0 => format!("range({})", turns.len()),
            first => format!("range({first}, {})", first + turns.len()),
        };
        Some(Turns { within: path(&self.key, "_modules"), name: format!("f\"{prefix}{{turn}}\""), range })
    }

    /// The path of a turn.
    fn level_of(&self, turn: usize) -> Vec<String> {
        let Content::Array { prefix, first, .. } = &self.content else { return self.key.clone() };
        self.key.iter().cloned().chain([format!("{prefix}{}", first + turn)]).collect()
    }
}
