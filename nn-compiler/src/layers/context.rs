//! What a layer's rule works on: the arguments, the incoming tensors, and the means to declare parameters and emit calls.

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

/// A call of a layer. All variables in it belong to the function being written.
pub struct Context<'a> {
    pub layer: &'static Layer,
    /// The name of the layer as written: `conv2d`.
    pub keyword: &'a Ident,
    /// The name of the stage in messages: `conv2`.
    pub name: String,
    pub inputs: Vec<Value>,
    pub proofs: &'a mut Proofs,
    pub(crate) given: Vec<(String, Given)>,
    pub(crate) frame: &'a mut Frame,
    /// The names in scope, for suggestions.
    pub(crate) scope: &'a Scope,
    /// The tensors declared so far, with their sizes.
    pub(crate) tensors: Vec<(Tensor, Vec<Size>)>,
    /// The tied parameters.
    pub(crate) tied: Vec<(String, ParameterName)>,
    /// `#[init(..)]` of the network.
    pub(crate) network_init: Option<Init>,
    /// The multiply-adds counted so far.
    pub(crate) multiply_adds: Size,
    /// The receptive field of one position of the output.
    pub sees: Sees,
    /// The memory that the layer needs.
    pub memory: Memory,
    /// The statistics it normalises by, if they may be taken over a single value.
    pub statistics: Option<Statistics>,
}

/// The result of a layer's rule: the type of each output, with the variable that holds it.
#[derive(Debug)]
pub struct Built {
    pub outputs: Vec<(TensorType, usize)>,
    /// The layer in Python, unless its output is its input.
    pub python: Option<Python>,
    /// PyTorch's module with the same parameters, if there is one.
    pub module: Option<Python>,
}

/// The outputs of a layer, to be completed by how the layer is written in Python.
#[derive(Debug)]
#[must_use]
pub struct Outputs(Vec<(TensorType, usize)>);

impl Outputs {
    /// A single output.
    pub fn one(ty: TensorType, local: usize) -> Outputs {
        Outputs(vec![(ty, local)])
    }

    /// The output is the input.
    pub fn unchanged(self) -> Result<Built, Failure> {
        Ok(Built { outputs: self.0, python: None, module: None })
    }

    /// The layer is written as an expression.
    pub fn python(self, python: Python) -> Result<Built, Failure> {
        Ok(Built { outputs: self.0, python: Some(python), module: None })
    }

    /// The layer is written as a module that holds the parameters, called with the incoming values.
    ///
    /// `function` is used instead if there are no parameters, the weight is another layer's, or an `option` can change.
    pub fn module(self, context: &Context, module: Python, function: Python) -> Result<Built, Failure> {
        if context.tensors.is_empty() || context.argument("weight").is_some() || !module.is_constant() {
            return self.python(function);
        }
        let inputs = (0..context.inputs.len()).map(|index| context.operand(index));
        self.called(module, Python::from(context.stage()).called(inputs))
    }

    /// As [`Outputs::module`], with `call` as the call of [`Context::stage`].
    pub fn called(self, module: Python, call: Python) -> Result<Built, Failure> {
        Ok(Built { outputs: self.0, python: Some(call), module: Some(module) })
    }
}

/// Why a layer's rule fails.
#[derive(Debug)]
pub enum Failure {
    Mistake(Box<Mistake>),
    /// A size does not fit in the 64 bits that libtorch has for it.
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

    /// The layer itself: its field will be the next of the struct.
    pub fn stage(&self) -> Operand {
        Operand::Field { field: self.frame.fields.len(), tensor: None }
    }

    /// The code for the size of the `index`th incoming tensor along an axis.
    pub fn size_code(&mut self, index: usize, axis: usize) -> Code {
        let Value { ty, reference, .. } = &self.inputs[index];
        let size = &ty.dims[axis];
        if size.symbols().is_empty() {
            Code::from(size)
        } else {
            Code::Local(self.frame.size_of(reference.local, axis, None))
        }
    }

    /// A mistake, with a note on the incoming values.
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

    /// Checks that the number of dimensions is one of `ranks`, and returns it.
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

/// Parameters and calls.
impl Context<'_> {
    /// Declares a parameter initialised with `init`, unless the user says otherwise.
    pub fn parameter(&mut self, name: &str, shape: &[Size], init: Init) -> Result<Operand, Failure> {
        self.tensor(name, shape, init, None)
    }

    /// Declares a parameter initialised uniformly within `1 / sqrt(fan)`, unless the user or the network says otherwise.
    pub fn fan_in(&mut self, name: &str, shape: &[Size], fan: &Size) -> Result<Operand, Failure> {
        match self.network_init.clone() {
            Some(init) if name == "weight" => self.tensor(name, shape, init, None),
            _ => self.tensor(name, shape, Init::FanIn, Some(fan)),
        }
    }

    /// Declares a bias of `out` features like [`Context::fan_in`], unless `bias=false` is written.
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

    /// The mistake that an `init=`, `bias_init=` or `weight=` is for a parameter that the layer does not have here.
    pub(crate) fn idle_argument(&self) -> Option<Mistake> {
        let parameters = || self.tensors.iter().filter(|(tensor, _)| tensor.role == Role::Parameter);
        let made = |bias: bool| parameters().any(|(tensor, _)| tensor.name.contains("bias") == bias);
        let uses = [
            ("init", made(false), "weight"),
            ("bias_init", made(true), "bias"),
            ("weight", !self.tied.is_empty(), "weight"),
        ];
        uses.into_iter().filter(|(_, used, _)| !used).find_map(|(argument, _, tensor)| {
            // A `weight=` that is a value but not a parameter is used as it is.
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

    /// The mistake that `weight=` is no value, with a suggestion if it is the name of a stage.
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

    /// Counts the multiply-adds of a matrix product or convolution with an output of `sizes`, each element of which is a sum
    /// of `each` products. Biases are not counted, as is usual.
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
