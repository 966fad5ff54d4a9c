//! `param`, `buffer` and `option`: what a network owns besides its layers.

use super::expression::Mode;
use super::{Inference, Wrong};
use crate::layers::init;
use crate::nearest;
use crate::report::Mistake;
use crate::shaped::{Code, Content, Field, Init, LocalKind, Memory, Outline, Role, Tensor, TensorType};
use crate::size::Size;
use crate::state::{Datum, Flow, Given, ParameterName, Reference, Value};
use crate::tree::{Expr, TensorDeclaration};
use proc_macro2::Ident;

impl Inference<'_> {
    /// `param cls: [1, 1, 768] init=zeros;`
    pub fn declare(&mut self, declaration: &TensorDeclaration, flow: &Flow) {
        let datum = match self.declared(declaration, flow) {
            Ok(value) => Datum::Value(value),
            Err(mistake) => {
                self.say(mistake);
                Datum::Broken
            }
        };
        self.scope.bind_datum(&declaration.name, datum);
    }

    fn declared(&mut self, declaration: &TensorDeclaration, flow: &Flow) -> Result<Value, Wrong> {
        let mode = Mode { flow, float: false };
        let ty = self.full_shape(&declaration.shape, mode)?;
        self.check_sizes(&ty, &declaration.shape.sizes)?;
        let (mut init, mut saved) = (None, true);
        for (index, setting) in declaration.settings.iter().enumerate() {
            let key = &setting.key;
            if declaration.settings[..index].iter().any(|other| other.key == *key) {
                return Err(Mistake::new(key, format!("`{key}` is given twice")).into());
            }
            let given = self.given(&setting.value, mode);
            match key.to_string().as_str() {
                "init" => {
                    init = Some(init::parse(&given, ty.rank()).map_err(|failure| failure.into_mistake(given.place))?)
                }
                "saved" if !declaration.trainable => saved = is_saved(&given)?,
                _ => return Err(unknown_setting(declaration, key).into()),
            }
        }
        let init = init.ok_or_else(|| without_init(declaration))?;
        let is_drawn = !matches!(init, Init::Constant(_) | Init::Function(_));
        if is_drawn && !ty.dtype.is_float() {
            let what = format!("random numbers are floats, but `{}` is {ty}", declaration.name);
            return Err(Mistake::new(&declaration.name, what).into());
        }
        if declaration.trainable && !ty.dtype.is_float() {
            let what = format!("only floats can be trained, but `{}` is {ty}", declaration.name);
            let help = format!("a buffer is not trained: `buffer {}: {ty} ..`", declaration.name);
            return Err(Mistake::new(&declaration.name, what).help(help).into());
        }
        let role = match (declaration.trainable, saved) {
            (true, _) => Role::Parameter,
            (false, true) => Role::Buffer,
            (false, false) => Role::Scratch,
        };
        Ok(self.tensor_field(declaration, ty, role, init))
    }

    fn check_sizes(&mut self, ty: &TensorType, written: &[Expr]) -> Result<(), Mistake> {
        for (size, expr) in ty.dims.iter().zip(written) {
            if !size.symbols().is_empty() {
                let what =
                    format!("the shape of a parameter cannot depend on `{size}`, which can differ from input to input");
                return Err(Mistake::new(expr.place(), what));
            }
            let what = format!("a parameter's size must be at least 0, but this is {size}");
            self.proofs.at_least(size, 0, || Mistake::new(expr.place(), what))?;
        }
        Ok(())
    }

    fn tensor_field(&mut self, declaration: &TensorDeclaration, ty: TensorType, role: Role, init: Init) -> Value {
        let (name, keyword) = (&declaration.name, declaration.keyword());
        let tensor = Tensor { name: name.to_string(), rank: ty.rank(), dtype: ty.dtype, role, init };
        let listing = format!("{keyword} {name}: {ty}");
        let frame = self.frame();
        let ident = frame.field_name(&name.to_string(), name.span());
        let stage = Outline {
            place: name.into(),
            kind: keyword.to_string(),
            listing: listing.clone(),
            tensors: vec![(tensor.clone(), ty.dims.clone())],
            memory: Memory::NOTHING,
            ..Outline::default()
        };
        let field =
            Field { name: ident, key: vec![name.to_string()], listing, content: Content::Tensor(tensor), module: None };
        let field = frame.push_field(field, ty.dims.clone());
        let local = frame.local(LocalKind::Field { field, tensor: None }, Some(name.clone()));
        frame.add_stage(stage, &[], &[local]);
        let parameter = ParameterName { frame: self.frames.len() - 1, name: name.to_string() };
        Value { parameter: Some(parameter), ..self.value(local, ty, format!("`{name}`")) }
    }

    /// `option p = 0.1;`
    pub fn option(&mut self, name: &Ident, value: &Expr, flow: &Flow) {
        let datum = match self.number(value, flow) {
            Ok(number) => self.option_field(name, value, number),
            Err(mistake) => {
                self.say(mistake);
                Datum::Broken
            }
        };
        self.scope.bind_datum(name, datum);
    }

    fn number(&mut self, value: &Expr, flow: &Flow) -> Result<Code, Wrong> {
        let datum = self.datum(value, Mode { flow, float: true })?;
        if let Some(number) = datum.as_constant() {
            return Ok(number);
        }
        match datum {
            Datum::Broken => Err(None),
            Datum::Word(word) => Err(self.unknown(&word).into()),
            other => Err(Mistake::new(value.place(), format!("an `option` is a number, not {}", other.kind())).into()),
        }
    }

    fn option_field(&mut self, name: &Ident, written: &Expr, value: Code) -> Datum {
        let frame = self.frame();
        let ident = frame.field_name(&name.to_string(), name.span());
        let listing = format!("option {name} = {written}");
        let field = Field { name: ident, key: Vec::new(), listing, content: Content::Number(value), module: None };
        let field = frame.push_field(field, Vec::<Size>::new());
        let local = frame.local(LocalKind::Field { field, tensor: None }, Some(name.clone()));
        Datum::Number(Code::Local(Reference { frame: self.frames.len() - 1, local }))
    }
}

impl TensorDeclaration {
    fn keyword(&self) -> &'static str {
        if self.trainable { "param" } else { "buffer" }
    }
}

fn is_saved(given: &Given) -> Result<bool, Wrong> {
    match &given.datum {
        Datum::Bool(saved) => Ok(*saved),
        Datum::Broken => Err(None),
        other => Err(Mistake::new(given.place, format!("`saved` is `true` or `false`, not {}", other.kind())).into()),
    }
}

fn unknown_setting(declaration: &TensorDeclaration, key: &Ident) -> Mistake {
    let known: &[&str] = if declaration.trainable { &["init"] } else { &["init", "saved"] };
    let mistake = Mistake::new(key, format!("`{}` has no argument `{key}`", declaration.keyword()));
    nearest::help(mistake, &key.to_string(), known.iter().copied())
}

fn without_init(declaration: &TensorDeclaration) -> Mistake {
    Mistake::new(&declaration.name, format!("`{}` needs `init=`", declaration.keyword()))
        .note("it says how the tensor starts: `init=zeros`, `init=normal(0.0, 0.02)`")
}
