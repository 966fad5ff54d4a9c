//! Operands as Python expressions.

use super::Writer;
use super::path::path;
use crate::expand::float::Float;
use crate::shaped::{Code, Content, Dtype, LocalKind, Network, Operand, Role, Tensor};
use crate::size::Size;
use crate::tree::Operator;

/// The names of a function's variables.
pub struct Variables<'a> {
    pub of: usize,
    pub names: &'a [Option<String>],
}

impl Writer<'_> {
    /// An operand that uses no variable.
    pub fn constant(&mut self, operand: &Operand) -> String {
        self.operand(operand, &Variables { of: 0, names: &[] })
    }

    /// An operand in a forward function.
    pub fn operand(&mut self, operand: &Operand, variables: &Variables) -> String {
        let mut all = |operands: &[Operand]| -> Vec<String> {
            operands.iter().map(|operand| self.operand(operand, variables)).collect()
        };
        match operand {
            Operand::Local(local) => self.variable(*local, variables),
            Operand::Field { field, tensor } => self.field_path(variables.of, *field, tensor.as_deref()),
            Operand::Tensors(operands) => format!("[{}]", all(operands).join(", ")),
            Operand::List(operands) => tuple(&all(operands)),
            Operand::Some(inner) => self.operand(inner, variables),
            Operand::None | Operand::NoTensor => "None".to_string(),
            Operand::Size(code) => self.code(code, variables, "//"),
            Operand::Number(code) => self.code(code, variables, "/"),
            Operand::Sizes(codes) => {
                let sizes: Vec<String> = codes.iter().map(|code| self.code(code, variables, "//")).collect();
                tuple(&sizes)
            }
            Operand::Slice(sizes) => tuple(&sizes.iter().map(i64::to_string).collect::<Vec<_>>()),
            Operand::Float(value) => float(*value),
            Operand::Bool(true) => "True".to_string(),
            Operand::Bool(false) => "False".to_string(),
            Operand::Text(text) => format!("{text:?}"),
            Operand::Dtype(Dtype::Own) => self.own_dtype(variables.of),
            Operand::Dtype(fixed) => dtype(*fixed).to_string(),
            Operand::Type(_) | Operand::Bindings(_) => unreachable!("only checks of shapes have these"),
            Operand::Train => "self.training".to_string(),
            Operand::Tokens(tokens) => tokens.0.to_string(),
        }
    }

    /// Sizes as separate arguments, without parentheses around them.
    pub fn spread(&mut self, operand: &Operand, variables: &Variables) -> String {
        let text = self.operand(operand, variables);
        text.trim_start_matches('(').trim_end_matches(')').trim_end_matches(',').to_string()
    }

    fn variable(&mut self, local: usize, variables: &Variables) -> String {
        let function = &self.context.network.structs[variables.of].function;
        match &function.locals[local].kind {
            LocalKind::Field { field, tensor } => self.field_path(variables.of, *field, tensor.as_deref()),
            _ => variables.names[local].clone().unwrap_or_else(|| "_".to_string()),
        }
    }

    /// `self.conv1`, `self.embed.weight`. A field that adds no level is the base class.
    pub fn field_path(&self, of: usize, field: usize, tensor: Option<&str>) -> String {
        let made = &self.context.network.structs[of];
        let field = &made.fields[field];
        match (tensor, &field.content) {
            (None, _) if made.parent.is_some() => "super().forward".to_string(),
            (None, Content::Number(_) | Content::Tensor(_)) => field.path(),
            (None, _) if field.key.is_empty() => "super().forward".to_string(),
            (None, _) => field.path(),
            (Some(tensor), _) => path(&field.levels_to(tensor), "_parameters"),
        }
    }

    fn code(&mut self, code: &Code, variables: &Variables, division: &str) -> String {
        match code {
            Code::Literal(value) => value.to_string(),
            Code::Float(value) => float(*value),
            Code::Known(size) => self.size(size),
            Code::Rust(tokens) => self.fill(quote::quote!(Size((#tokens) as i64))),
            Code::Local(local) => self.variable(*local, variables),
            Code::AsFloat(inner) => match &**inner {
                Code::Rust(tokens) => self.fill(quote::quote!(Float((#tokens) as f64))),
                size => self.code(size, variables, "//"),
            },
            Code::Binary(operator, left, right) => {
                let symbol = if *operator == Operator::Divide { division } else { operator.symbol() };
                let (left, right) = (self.code(left, variables, division), self.code(right, variables, division));
                format!("({left} {symbol} {right})")
            }
        }
    }

    /// The network's own float type: that of a parameter, or else the function's argument.
    pub fn own_dtype(&self, of: usize) -> String {
        let network = self.context.network;
        match &self.context.floats[of] {
            Float::Of(_) if trains(network, of) => "next(self.parameters()).dtype".to_string(),
            Float::Of(_) => "next(self.buffers()).dtype".to_string(),
            Float::Told | Float::Unasked => "dtype".to_string(),
        }
    }
}

/// Whether a struct, or one inside it, has a parameter.
fn trains(network: &Network, of: usize) -> bool {
    let trained = |tensor: &Tensor| tensor.role == Role::Parameter;
    network.structs[of].fields.iter().any(|field| match &field.content {
        Content::Layer { tensors, .. } => tensors.iter().any(trained),
        Content::Tensor(tensor) => trained(tensor),
        Content::Struct(hole) => trains(network, hole.of),
        Content::Array { turns, .. } => trains(network, turns[0].of),
        Content::Network(_) | Content::Module { .. } | Content::Number(_) | Content::Packed(_) => false,
    })
}

impl Operand {
    /// A size that is the same for all inputs.
    pub fn as_size(&self) -> Option<Size> {
        match self {
            Operand::Size(Code::Literal(value)) => Some(Size::constant(*value)),
            Operand::Size(Code::Known(size)) => Some(size.clone()),
            _ => None,
        }
    }
}

fn tuple(items: &[String]) -> String {
    match items {
        [one] => format!("({one},)"),
        items => format!("({})", items.join(", ")),
    }
}

/// A float as Python writes it.
pub fn float(value: f64) -> String {
    if value.is_finite() { format!("{value:?}") } else { format!("float(\"{value}\")") }
}

/// PyTorch's name of an element type.
pub fn dtype(dtype: Dtype) -> &'static str {
    match dtype {
        Dtype::F16 => "torch.float16",
        Dtype::Bf16 => "torch.bfloat16",
        Dtype::F32 | Dtype::Own => "torch.float32",
        Dtype::F64 => "torch.float64",
        Dtype::U8 => "torch.uint8",
        Dtype::I8 => "torch.int8",
        Dtype::I16 => "torch.int16",
        Dtype::I32 => "torch.int32",
        Dtype::I64 => "torch.int64",
        Dtype::Bool => "torch.bool",
    }
}
