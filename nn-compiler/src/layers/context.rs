//! What a layer sees of its call: the arguments, the incoming tensors, and the means to write itself.

use super::given::alternatives;
use super::window::CHANNELS;
use super::{Layer, init};
use crate::place::Place;
use crate::report::Mistake;
use crate::shaped::{
    Callee, Code, Dtype, Form, Init, Memory, Operand, Python, Role, Sees, Statistics, Tensor, TensorType,
};
use crate::size::{ArithmeticError, Size};
use crate::state::{Datum, Frame, Given, ParameterName, Proofs, Scope, Value};
use proc_macro2::Ident;

/// A call of a layer. All variables in it are those of the function that is being written.
pub struct Context<'a> {
    pub layer: &'static Layer,
    /// The name by which it was called: `conv2d`.
    pub keyword: &'a Ident,
    /// The stage, as messages call it: `conv2`.
    pub name: String,
    pub inputs: Vec<Value>,
    pub proofs: &'a mut Proofs,
    pub(crate) given: Vec<(String, Given)>,
    pub(crate) frame: &'a mut Frame,
    /// The names that the arguments could speak of, for suggestions.
    pub(crate) scope: &'a Scope,
    /// What it has declared so far, with the sizes of each.
    pub(crate) tensors: Vec<(Tensor, Vec<Size>)>,
    /// The parameters that are others.
    pub(crate) tied: Vec<(String, ParameterName)>,
    /// `#[init(..)]` of the network.
    pub(crate) network_init: Option<Init>,
    /// The multiply-adds counted so far.
    pub(crate) multiply_adds: Size,
    /// What one place of the output sees.
    pub sees: Sees,
    /// What is made, and kept for the backward pass.
    pub memory: Memory,
    /// The statistics it normalises by, if they can be those of a single value.
    pub statistics: Option<Statistics>,
}

/// What a layer gives: the type of each result, and the variable that holds it.
#[derive(Debug)]
pub struct Built {
    pub outputs: Vec<(TensorType, usize)>,
    /// How PyTorch is told to do the same; nothing where the output is the input.
    pub python: Option<Python>,
    /// PyTorch's module with the same parameters.
    pub module: Option<Python>,
}

/// What a layer gives, before it is said how that is written in Python.
#[derive(Debug)]
#[must_use]
pub struct Outputs(Vec<(TensorType, usize)>);

impl Outputs {
    /// An only output.
    pub fn one(ty: TensorType, local: usize) -> Outputs {
        Outputs(vec![(ty, local)])
    }

    /// Where the output is the input.
    pub fn unchanged(self) -> Result<Built, Failure> {
        Ok(Built { outputs: self.0, python: None, module: None })
    }

    /// Written as an expression over the operands.
    pub fn python(self, python: Python) -> Result<Built, Failure> {
        Ok(Built { outputs: self.0, python: Some(python), module: None })
    }

    /// Written as a module that holds the parameters, and is called with the incoming values.
    ///
    /// `function`: how it is written where the weight is not its own, or where there is none, or where an `option` can change.
    pub fn module(self, context: &Context, module: Python, function: Python) -> Result<Built, Failure> {
        if context.tensors.is_empty() || context.argument("weight").is_some() || !module.is_constant() {
            return self.python(function);
        }
        let inputs = (0..context.inputs.len()).map(|index| context.operand(index));
        self.called(module, Python::from(context.stage()).called(inputs))
    }

    /// As [`Outputs::module`], for a module that is called in another way: `call` is a call of [`Context::stage`].
    pub fn called(self, module: Python, call: Python) -> Result<Built, Failure> {
        Ok(Built { outputs: self.0, python: Some(call), module: Some(module) })
    }
}

/// Why a call does not work.
#[derive(Debug)]
pub enum Failure {
    Mistake(Box<Mistake>),
    /// A size left the 64 bits that libtorch has for it.
    Arithmetic(ArithmeticError),
    /// A mistake that was reported before.
    Reported,
}

impl From<Mistake> for Failure {
    fn from(mistake: Mistake) -> Failure {
        Failure::Mistake(Box::new(mistake))
    }
}

impl From<ArithmeticError> for Failure {
    fn from(error: ArithmeticError) -> Failure {
        Failure::Arithmetic(error)
    }
}

/// The incoming tensors.
impl Context<'_> {
    /// The only incoming tensor.
    pub fn input(&self) -> Result<TensorType, Failure> {
        let [value] = self.incoming()?;
        Ok(value)
    }

    /// The incoming tensors, where there must be `N`.
    pub fn incoming<const N: usize>(&self) -> Result<[TensorType; N], Failure> {
        let types: Vec<TensorType> = self.inputs.iter().map(|value| value.ty.clone()).collect();
        let count = types.len();
        types.try_into().map_err(|_| {
            let values = if N == 1 { "one value".to_string() } else { format!("{N} values") };
            self.mistake(self.keyword, format!("`{}` takes {values}, but gets {count}", self.keyword)).into()
        })
    }

    /// The only incoming tensor, which must hold floats.
    pub fn float_input(&self) -> Result<TensorType, Failure> {
        let input = self.input()?;
        self.expect_floats(&input)?;
        Ok(input)
    }

    /// An incoming tensor must hold floats.
    pub fn expect_floats(&self, ty: &TensorType) -> Result<(), Failure> {
        if ty.dtype.is_float() {
            return Ok(());
        }
        let what = format!("`{}` takes floats, but gets {ty}", self.keyword);
        Err(self.mistake(self.keyword, what).help("put `cast float` before it").into())
    }

    /// The `index`th incoming tensor as an operand.
    pub fn operand(&self, index: usize) -> Operand {
        Operand::Local(self.inputs[index].reference.local)
    }

    /// The layer itself, whose field is the next of the struct.
    pub fn stage(&self) -> Operand {
        Operand::Field { field: self.frame.fields.len(), tensor: None }
    }

    /// The size of the `index`th incoming tensor along an axis, as the generated code gets at it.
    pub fn size_code(&mut self, index: usize, axis: usize) -> Code {
        let Value { ty, reference, .. } = &self.inputs[index];
        let size = &ty.dims[axis];
        if size.symbols().is_empty() {
            Code::from(size)
        } else {
            Code::Local(self.frame.size_of(reference.local, axis, None))
        }
    }

    /// A mistake, with a note of what comes in.
    pub fn mistake(&self, place: impl Into<Place>, what: impl Into<String>) -> Mistake {
        let mistake = Mistake::new(place, what);
        match self.inputs.as_slice() {
            _ if self.layer.source => mistake,
            [] => mistake,
            [one] => mistake.note(format!("`{}` gets {} from {}", self.name, one.ty, one.origin)),
            many => {
                let all: Vec<String> = many.iter().map(|v| format!("{} from {}", v.ty, v.origin)).collect();
                mistake.note(format!("`{}` gets {}", self.name, all.join(", ")))
            }
        }
    }

    /// The shape must have as many dimensions as `ranks` allows.
    pub fn rank(&self, ty: &TensorType, ranks: impl IntoIterator<Item = usize>) -> Result<usize, Failure> {
        let ranks: Vec<usize> = ranks.into_iter().collect();
        let rank = ty.dims.len();
        if ranks.contains(&rank) {
            return Ok(rank);
        }
        let wanted: Vec<String> = ranks.iter().map(usize::to_string).collect();
        let wanted = alternatives(&wanted);
        let what = format!("`{}` takes {wanted} dimensions, but the input has {rank}", self.keyword);
        let mistake = self.mistake(self.keyword, what);
        Err(if ranks.contains(&(rank + 1)) { mistake.note(CHANNELS) } else { mistake }.into())
    }
}

/// The parameters, and the code.
impl Context<'_> {
    /// Declares a parameter that starts as the user says, or else as `init`.
    pub fn parameter(&mut self, name: &str, shape: &[Size], init: Init) -> Result<Operand, Failure> {
        self.tensor(name, shape, init, None)
    }

    /// Declares a parameter that starts uniformly within `1 / sqrt(fan)`, unless the user or the network says otherwise.
    pub fn fan_in(&mut self, name: &str, shape: &[Size], fan: &Size) -> Result<Operand, Failure> {
        match self.network_init.clone() {
            Some(init) if name == "weight" => self.tensor(name, shape, init, None),
            _ => self.tensor(name, shape, Init::FanIn, Some(fan)),
        }
    }

    /// Declares a bias of `out` features that starts as [`Context::fan_in`] says; none where `bias=false` is written.
    pub fn bias(&mut self, out: &Size, fan: &Size) -> Result<Operand, Failure> {
        Ok(if self.boolean("bias", true)? {
            self.fan_in("bias", std::slice::from_ref(out), fan)?.some()
        } else {
            Operand::NoTensor
        })
    }

    /// Declares a tensor that is saved but not trained.
    pub fn buffer(&mut self, name: &str, shape: &[Size], init: Init) -> Result<Operand, Failure> {
        self.declare(name, shape, Role::Buffer, init, None)
    }

    fn tensor(&mut self, name: &str, shape: &[Size], init: Init, fan: Option<&Size>) -> Result<Operand, Failure> {
        let argument = if name.contains("bias") { "bias_init" } else { "init" };
        if name == "weight"
            && let Some(given) = self.argument("weight").cloned()
        {
            return self.tied(&given, shape);
        }
        match self.argument(argument) {
            Some(given) if !given.datum.is_word("default") => {
                let init = init::parse(given, shape.len())?;
                self.declare(name, shape, Role::Parameter, init, None)
            }
            _ => self.declare(name, shape, Role::Parameter, init, fan),
        }
    }

    /// An `init=`, `bias_init=` or `weight=` that speaks of a parameter the layer does not make here.
    pub(crate) fn idle_argument(&self) -> Option<Mistake> {
        let parameters = || self.tensors.iter().filter(|(tensor, _)| tensor.role == Role::Parameter);
        let made = |bias: bool| parameters().any(|(tensor, _)| tensor.name.contains("bias") == bias);
        let uses = [
            ("init", made(false), "weight"),
            ("bias_init", made(true), "bias"),
            ("weight", !self.tied.is_empty(), "weight"),
        ];
        uses.into_iter().filter(|(_, used, _)| !used).find_map(|(argument, _, tensor)| {
            // `weight=` may be a value that is no parameter; then it was used as it is.
            let given = self
                .argument(argument)
                .filter(|given| argument != "weight" || !matches!(given.datum, Datum::Value(_)))?;
            let what = format!("`{}` has no {tensor} here, so `{argument}` has no effect", self.keyword);
            Some(Mistake::new(given.place, what))
        })
    }

    fn tied(&mut self, given: &Given, shape: &[Size]) -> Result<Operand, Failure> {
        let Datum::Value(value) = &given.datum else { return Err(self.not_a_weight(given)) };
        if let Some(init) = self.argument("init") {
            return Err(Mistake::new(init.place, "a weight that is taken from elsewhere cannot have `init`").into());
        }
        let (value, place) = (value.clone(), given.place);
        let wanted = TensorType { dtype: Dtype::Own, dims: shape.to_vec() };
        let what = format!("`weight` must be {wanted}, but is {}", value.ty);
        if value.ty.dims.len() != shape.len() {
            return Err(self.mistake(place, what).into());
        }
        for (have, want) in value.ty.dims.iter().zip(shape) {
            let mistake = self.mistake(place, &what);
            self.proofs.same(have, want, || mistake)?;
        }
        if let Some(parameter) = value.parameter {
            self.tied.push(("weight".to_string(), parameter));
        }
        Ok(Operand::Local(value.reference.local))
    }

    /// Perhaps the weight of the stage of that name was meant.
    fn not_a_weight(&self, given: &Given) -> Failure {
        let failure = self.unfit("weight", given, "a value");
        match (&given.datum, failure) {
            (Datum::Word(word), Failure::Mistake(mistake)) if self.frame.has_weight(word) => {
                mistake.help(format!("the weight of `{word}` is `{word}.weight`")).into()
            }
            (_, failure) => failure,
        }
    }

    fn declare(
        &mut self,
        name: &str,
        shape: &[Size],
        role: Role,
        init: Init,
        fan: Option<&Size>,
    ) -> Result<Operand, Failure> {
        for size in shape {
            self.fixed(&format!("the `{name}`"), size, self.keyword)?;
        }
        let tensor = Tensor { name: name.to_string(), rank: shape.len(), dtype: Dtype::Own, role, init };
        self.tensors.push((tensor, shape.iter().chain(fan).cloned().collect()));
        Ok(Operand::Field { field: self.frame.fields.len(), tensor: Some(name.to_string()) })
    }

    /// Counts the multiply-adds of a product that gives `sizes`, each element of which sums up so many: those of matrix products
    /// and convolutions, without biases, as is the custom.
    pub fn multiply_adds(&mut self, sizes: &[Size], each: &Size) -> Result<(), Failure> {
        let product =
            || self.multiply_adds.add(&sizes.iter().try_fold(each.clone(), |product, size| product.mul(size))?);
        self.multiply_adds = product().map_err(|_: ArithmeticError| {
            self.mistake(self.keyword, format!("the multiply-adds of `{}` do not fit in an i64", self.keyword))
        })?;
        Ok(())
    }

    /// Calls a method or function that gives one tensor.
    pub fn call(&mut self, callee: Callee, operands: Vec<Operand>) -> usize {
        self.frame.call(callee, operands)
    }

    /// Calls a method of the first operand that gives the layer's only result.
    pub fn method(&mut self, name: &'static str, operands: Vec<Operand>, output: TensorType) -> Outputs {
        let result = self.call(Callee::Method(name), operands);
        Outputs(vec![(output, result)])
    }

    /// Calls something that gives several tensors.
    pub fn calls(&mut self, callee: Callee, operands: Vec<Operand>, outputs: Vec<TensorType>, form: Form) -> Outputs {
        let results = self.frame.call_many(callee, operands, outputs.len(), form);
        Outputs(outputs.into_iter().zip(results).collect())
    }
}
