//! What a layer sees of its call: the arguments, the incoming tensors, and the means to write itself.

use super::{Layer, init};
use crate::infer::{Datum, Frame, Given, ParameterName, Proofs, Scope, Value};
use crate::nearest;
use crate::place::Place;
use crate::report::{Mistake, RUST_CONSTANT, WITHOUT_PARENTHESES};
use crate::shaped::{Callee, Code, Dtype, Form, Init, Operand, Role, Tensor, TensorType};
use crate::size::{ArithmeticError, Size};
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
    /// The struct of the run time that holds them, where it does not follow from their names.
    pub(crate) bundle: Option<&'static str>,
    /// `#[init(..)]` of the network.
    pub(crate) network_init: Option<Init>,
}

/// What a layer gives: the type of each result, and the variable that holds it.
#[derive(Debug)]
pub struct Built {
    pub outputs: Vec<(TensorType, usize)>,
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
            self.mistake(self.keyword, format!("`{}` takes {values}, and gets {count}", self.keyword)).into()
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
        let what = format!("`{}` takes floats, and gets {ty}", self.keyword);
        Err(self.mistake(self.keyword, what).help("put `cast float` before it").into())
    }

    /// The `index`th incoming tensor as an operand.
    pub fn operand(&self, index: usize) -> Operand {
        Operand::Local(self.inputs[index].reference.local)
    }

    /// The size of the `index`th incoming tensor along an axis, as the generated code gets at it.
    pub fn size_code(&mut self, index: usize, axis: usize) -> Code {
        let Value { ty, reference, .. } = &self.inputs[index];
        let size = &ty.dims[axis];
        match size.symbols().is_empty() {
            true => Code::from(size),
            false => Code::Local(self.frame.size_of(reference.local, axis, None)),
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
        let what = format!("`{}` takes {wanted} dimensions, and the input has {rank}", self.keyword);
        Err(self.mistake(self.keyword, what).into())
    }
}

/// The arguments.
impl Context<'_> {
    /// What was given for an argument.
    pub fn argument(&self, name: &str) -> Option<&Given> {
        self.given.iter().find(|(given, _)| given == name).map(|(_, given)| given)
    }

    /// Where an argument was written, or else the layer's name.
    pub fn place(&self, name: &str) -> Place {
        self.argument(name).map_or_else(|| self.keyword.into(), |given| given.place)
    }

    /// A mistake that says which kind of argument is wanted.
    pub fn unfit(&self, name: &str, given: &Given, wanted: &str) -> Failure {
        match &given.datum {
            Datum::Broken => Failure::Reported,
            Datum::Word(word) => self.unknown_name(word, name, wanted),
            datum => {
                let what = format!("`{name}` of `{}` is {wanted}, not {}", self.keyword, datum.kind());
                let mistake = Mistake::new(given.place, what);
                match datum {
                    Datum::Tuple(items) if wanted == "a size" && given.holds(items) => {
                        mistake.note(WITHOUT_PARENTHESES).into()
                    }
                    Datum::Tuple(_) if wanted.starts_with("a list") => {
                        mistake.note("a list stands in brackets: `[N, 64]`").into()
                    }
                    Datum::List(_) if wanted.contains("a tuple") => {
                        mistake.note("a tuple stands in parentheses: `(5, 1)`").into()
                    }
                    _ => mistake.into(),
                }
            }
        }
    }

    /// A word that names nothing, and is none of those that `wanted` quotes.
    fn unknown_name(&self, word: &Ident, name: &str, wanted: &str) -> Failure {
        let mistake = Mistake::new(word, format!("there is no `{word}` here"));
        let mistake = mistake.note(format!("`{name}` of `{}` is {wanted}", self.keyword));
        let words = wanted.split('`').skip(1).step_by(2);
        let known: Vec<&str> = words.chain(self.scope.suggestions(word)).collect();
        match nearest::nearest(&word.to_string(), &known) {
            Some(near) => mistake.help(format!("did you mean `{near}`?")).into(),
            None if wanted.contains("a size") => mistake.note(RUST_CONSTANT).into(),
            None => mistake.into(),
        }
    }

    /// A size.
    pub fn size(&self, name: &str) -> Result<Option<Size>, Failure> {
        let Some(given) = self.argument(name) else { return Ok(None) };
        self.as_size(name, given, "a size").map(Some)
    }

    /// A size, with how the generated code gets at it.
    pub fn code(&self, name: &str) -> Result<Option<(Size, Code)>, Failure> {
        let Some(given) = self.argument(name) else { return Ok(None) };
        self.as_code(name, given, "a size").map(Some)
    }

    fn as_code(&self, name: &str, given: &Given, wanted: &str) -> Result<(Size, Code), Failure> {
        match &given.datum {
            Datum::Size(size, code) => Ok((size.clone(), code.map(&mut |reference| reference.local))),
            _ => Err(self.unfit(name, given, wanted)),
        }
    }

    fn as_size(&self, name: &str, given: &Given, wanted: &str) -> Result<Size, Failure> {
        match &given.datum {
            Datum::Size(size, _) => Ok(size.clone()),
            _ => Err(self.unfit(name, given, wanted)),
        }
    }

    /// An integer that the macro knows.
    pub fn integer(&self, name: &str) -> Result<Option<i64>, Failure> {
        self.argument(name).map(|given| self.as_integer(name, given)).transpose()
    }

    /// An integer that the macro knows.
    pub(super) fn as_integer(&self, name: &str, given: &Given) -> Result<i64, Failure> {
        let size = self.as_size(name, given, "a number")?;
        match size.as_constant() {
            Some(value) => Ok(value),
            None => {
                let what = format!(
                    "`{name}` of `{}` must be a number that the macro knows, and `{size}` is not",
                    self.keyword
                );
                Err(Mistake::new(given.place, what).into())
            }
        }
    }

    /// A size for each of `rank` dimensions: one for all, or a tuple.
    pub fn sizes(&self, name: &str, rank: usize, default: i64) -> Result<Vec<Size>, Failure> {
        Ok(self.codes(name, rank, default)?.into_iter().map(|(size, _)| size).collect())
    }

    /// As [`Context::sizes`], with how the generated code gets at them.
    pub fn codes(&self, name: &str, rank: usize, default: i64) -> Result<Vec<(Size, Code)>, Failure> {
        let Some(given) = self.argument(name) else {
            return Ok(vec![(Size::constant(default), Code::Literal(default)); rank]);
        };
        let wanted = match rank {
            1 => "a size".to_string(),
            _ => format!("a size, or a tuple of {rank} sizes"),
        };
        match &given.datum {
            Datum::Size(..) => Ok(vec![self.as_code(name, given, &wanted)?; rank]),
            Datum::Tuple(items) if items.len() == rank => {
                items.iter().map(|item| self.as_code(name, item, &wanted)).collect()
            }
            Datum::Tuple(items) => {
                let what = format!("`{name}` of `{}` is {wanted}, not a tuple of {}", self.keyword, items.len());
                Err(self.mistake(given.place, what).into())
            }
            _ => Err(self.unfit(name, given, &wanted)),
        }
    }

    /// The same sizes as an operand; some may be known at run time only.
    pub fn sizes_operand(&self, name: &str, rank: usize, default: i64) -> Result<Operand, Failure> {
        Ok(Operand::Sizes(self.codes(name, rank, default)?.into_iter().map(|(_, code)| code).collect()))
    }

    /// Where the size for one dimension was written.
    pub fn place_of(&self, name: &str, dimension: usize) -> Place {
        match self.argument(name) {
            Some(Given { datum: Datum::Tuple(items), .. }) if dimension < items.len() => items[dimension].place,
            _ => self.place(name),
        }
    }

    /// A size that must be at least 1.
    pub fn positive(&mut self, name: &str, size: &Size) -> Result<(), Failure> {
        let what = format!("`{name}` of `{}` must be at least 1, and is {size}", self.keyword);
        let mistake = self.mistake(self.place(name), what);
        Ok(self.proofs.at_least(size, 1, || mistake)?)
    }

    /// A size that must be the same for all inputs.
    pub fn fixed(&self, what: &str, size: &Size, place: impl Into<Place>) -> Result<(), Failure> {
        let symbols: Vec<String> = size.symbols().into_iter().map(|symbol| format!("`{symbol}`")).collect();
        if symbols.is_empty() {
            return Ok(());
        }
        let symbols = symbols.join(" and ");
        let what = format!("{what} of `{}` cannot depend on {symbols}, which each input may bring anew", self.keyword);
        Err(self.mistake(place, what).note(format!("it would have the size {size}")).into())
    }

    /// An argument that says what a size of the input is, for those who want it checked.
    pub fn expect_size(&mut self, name: &str, size: &Size, what: &str) -> Result<(), Failure> {
        let Some(declared) = self.size(name)? else { return Ok(()) };
        let mistake = self.mistake(self.place(name), format!("the input has {size} {what}, not {declared}"));
        Ok(self.proofs.same(size, &declared, || mistake)?)
    }

    /// `true` or `false`.
    pub fn boolean(&self, name: &str, default: bool) -> Result<bool, Failure> {
        match self.argument(name) {
            None => Ok(default),
            Some(Given { datum: Datum::Bool(value), .. }) => Ok(*value),
            Some(given) => Err(self.unfit(name, given, "`true` or `false`")),
        }
    }

    /// A float that the macro knows.
    pub fn float(&self, name: &str) -> Result<Option<f64>, Failure> {
        match self.argument(name) {
            None => Ok(None),
            Some(Given { datum: Datum::Float(value), .. }) => Ok(Some(*value)),
            Some(given) => Err(self.unfit(name, given, "a number")),
        }
    }

    /// A float that may be an `option`.
    pub fn number(&self, name: &str, default: f64) -> Result<Operand, Failure> {
        match self.argument(name) {
            None => Ok(Operand::Float(default)),
            Some(Given { datum: Datum::Float(value), .. }) => Ok(Operand::Float(*value)),
            Some(Given { datum: Datum::Number(code), .. }) => {
                Ok(Operand::Number(code.map(&mut |reference| reference.local)))
            }
            Some(given) => Err(self.unfit(name, given, "a number")),
        }
    }

    /// One of a list of words.
    pub fn word<'w>(&self, name: &str, words: &[&'w str], default: &'w str) -> Result<&'w str, Failure> {
        let Some(given) = self.argument(name) else { return Ok(default) };
        let Datum::Word(word) = &given.datum else { return Err(self.unfit(name, given, &one_of(words))) };
        match words.iter().find(|known| word == *known) {
            Some(known) => Ok(known),
            None => Err(self.unknown_name(word, name, &one_of(words))),
        }
    }
}

fn one_of(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    alternatives(&quoted)
}

/// `3, 4 or 5`
fn alternatives(words: &[String]) -> String {
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
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

    /// Declares a tensor that is saved but not trained.
    pub fn buffer(&mut self, name: &str, shape: &[Size], init: Init) -> Result<Operand, Failure> {
        self.declare(name, shape, Role::Buffer, init, None)
    }

    /// Says which struct of the run time holds the parameters.
    pub fn held_in(&mut self, bundle: &'static str) {
        self.bundle = Some(bundle);
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

    fn tied(&mut self, given: &Given, shape: &[Size]) -> Result<Operand, Failure> {
        let Datum::Value(value) = &given.datum else { return Err(self.not_a_weight(given)) };
        if let Some(init) = self.argument("init") {
            return Err(Mistake::new(init.place, "a weight that is taken from elsewhere has no `init`").into());
        }
        let (value, place) = (value.clone(), given.place);
        let wanted = TensorType { dtype: Dtype::Own, dims: shape.to_vec() };
        let what = format!("`weight` must be {wanted}, and is {}", value.ty);
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

    /// Calls a method or function that gives one tensor.
    pub fn call(&mut self, callee: Callee, operands: Vec<Operand>) -> usize {
        self.frame.call(callee, operands)
    }

    /// Calls a method of the first operand that gives the layer's only result.
    pub fn method(&mut self, name: &'static str, operands: Vec<Operand>, output: TensorType) -> Result<Built, Failure> {
        let result = self.call(Callee::Method(name), operands);
        Ok(Built { outputs: vec![(output, result)] })
    }

    /// Calls something that gives several tensors.
    pub fn calls(&mut self, callee: Callee, operands: Vec<Operand>, outputs: Vec<TensorType>, form: Form) -> Built {
        let results = self.frame.call_many(callee, operands, outputs.len(), form);
        Built { outputs: outputs.into_iter().zip(results).collect() }
    }
}
