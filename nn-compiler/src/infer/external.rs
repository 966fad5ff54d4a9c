//! What the macro cannot see into: other networks, Rust modules and Rust functions. The shape written after each of
//! them says what it returns.

use super::expression::Mode;
use super::names::Name;
use super::{Inference, Wrong};
use crate::place::Place;
use crate::report::Mistake;
use crate::shaped::{Callee, Check, Code, Content, Deferred, Form, Operand, Outline, TensorType, Tokens, Written};
use crate::size::Size;
use crate::state::{Datum, Flow, Value, rust_name};
use crate::tree::{Argument, Setting, Stage, rust_text};
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};
use std::collections::BTreeSet;

impl Inference<'_> {
    /// Infers a stage that is another network, or a Rust module with parameters.
    pub fn external(
        &mut self,
        stage: &Stage,
        path: &syn::Path,
        arguments: Option<&TokenStream>,
        flow: &Flow,
        asserted: Option<&Stage>,
    ) -> Flow {
        let Some(last) = path.segments.last() else { return Flow::Broken };
        let listing = last.ident.to_string();
        let stem = snake_case(&listing);
        let name = self.name_of(stage, &stem);
        self.advance(&name, &stem, true);
        let Some(asserted) = asserted else {
            return self.broken(shapeless(path, arguments));
        };
        let outputs = match self.asserted(asserted, flow) {
            Ok(outputs) => outputs,
            Err(mistake) => return self.broken(mistake),
        };
        if flow.is_broken() || self.program.is_wrong(Place::of(path)) {
            return Flow::Broken;
        }
        let (key, place, kind) = (name.key.clone(), name.span.into(), stem.clone());
        let outline = Outline { key, place, kind, listing, outputs: outputs.clone(), ..Outline::default() };
        let tokens = Tokens(path.to_token_stream());
        let locals = match arguments {
            None => self.network_inside(&name, tokens, outline, flow, Place::of(path)),
            Some(arguments) => self.module_inside(&name, tokens, Tokens(arguments.clone()), outline, flow),
        };
        self.results(locals, outputs, &format!("`{}`", name.title(&stem)))
    }

    /// Another network. rustc compares its signature with the shapes before and after it.
    fn network_inside(
        &mut self,
        name: &Name,
        network: Tokens,
        outline: Outline,
        flow: &Flow,
        place: Place,
    ) -> Vec<usize> {
        let (inputs, outputs) = (flow.tensor_types(), outline.outputs.clone());
        let outline = Outline { network: Some((network.clone(), inputs.clone())), ..outline };
        let reads = self.localise_flow(flow);
        let locals = self.call_outside(name, Content::Network(network.clone()), outline, &reads);
        let written = network.0.to_string().replace(' ', "");
        let message = format!("the shapes around `{written}` do not match its signature");
        let check = Check::Signature { network, inputs, outputs };
        self.for_rustc.push(Deferred { check, message, place });
        locals
    }

    /// A Rust module. Its outputs are compared with the shapes after it at run time.
    fn module_inside(
        &mut self,
        name: &Name,
        path: Tokens,
        arguments: Tokens,
        outline: Outline,
        flow: &Flow,
    ) -> Vec<usize> {
        let outputs = outline.outputs.clone();
        let reads = self.localise_flow(flow);
        let bindings = self.bindings(&outputs, flow.values());
        let locals = self.call_outside(name, Content::Module { path, arguments }, outline, &reads);
        self.check_at_run_time(&name.text, &locals, &outputs, &bindings);
        locals
    }

    /// Adds a field for it, and a call of that field.
    fn call_outside(&mut self, name: &Name, content: Content, outline: Outline, reads: &[usize]) -> Vec<usize> {
        let field = self.add_field(name, &outline.listing, content, Vec::new());
        let operands = reads.iter().copied().map(Operand::Local).collect();
        let count = outline.outputs.len();
        let locals = self.frame().call_many(Callee::Field(field), operands, count, Form::of(count));
        self.frame().add_stage(outline, reads, &locals);
        locals
    }

    /// `apply path::to::function argument*`
    pub fn apply(
        &mut self,
        stage: &Stage,
        keyword: &Ident,
        function: &syn::Path,
        (arguments, settings): (&[Argument], &[Setting]),
        flow: &Flow,
        asserted: Option<&Stage>,
    ) -> Flow {
        if let Some(setting) = settings.first() {
            let what = format!("a Rust function takes no named argument `{}`", setting.key);
            return self.broken(Mistake::new(&setting.key, what).help("give the arguments by position"));
        }
        if let Some(label) = &stage.label {
            return self.broken(Mistake::new(label.place, "`apply` owns no parameters, so it takes no label"));
        }
        let outputs = match asserted {
            Some(asserted) => match self.asserted(asserted, flow) {
                Ok(outputs) => outputs,
                Err(mistake) => return self.broken(mistake),
            },
            None => flow.values().iter().take(1).map(|value| value.ty.clone()).collect(),
        };
        if flow.is_broken() || self.program.is_wrong(keyword) {
            return Flow::Broken;
        }
        match self.apply_operands(keyword, arguments, flow) {
            Ok(operands) => self.call_function(keyword, function, operands, outputs, flow),
            Err(mistake) => self.broken(mistake),
        }
    }

    fn call_function(
        &mut self,
        keyword: &Ident,
        function: &syn::Path,
        operands: Vec<Operand>,
        outputs: Vec<TensorType>,
        flow: &Flow,
    ) -> Flow {
        let (function, count) = (function.to_token_stream(), outputs.len());
        let title = function.to_string().replace(' ', "");
        let bindings = self.bindings(&outputs, flow.values());
        let start = self.frame().function.steps.len();
        let callee = Callee::User(Tokens(function));
        let locals = self.frame().call_many(callee, operands, count, Form::of(count));
        let (place, kind, listing) = (keyword.into(), keyword.to_string(), format!("{keyword} {title}"));
        let outline = Outline { place, kind, listing, outputs: outputs.clone(), ..Outline::default() };
        let reads = self.frame().reads_since(start);
        self.frame().add_stage(outline, &reads, &locals);
        self.check_at_run_time(&title, &locals, &outputs, &bindings);
        self.frame().naming.advance("apply", false, false);
        self.results(locals, outputs, &format!("`{title}`"))
    }

    /// The operands of an `apply`: the incoming values, then the arguments.
    fn apply_operands(&mut self, keyword: &Ident, arguments: &[Argument], flow: &Flow) -> Result<Vec<Operand>, Wrong> {
        let mut operands: Vec<Operand> = self.localise_flow(flow).into_iter().map(Operand::Local).collect();
        for argument in arguments {
            operands.push(self.apply_argument(argument, flow)?);
        }
        if operands.is_empty() {
            Err(Some(Mistake::new(keyword, "`apply` needs a value to apply the function to")))
        } else {
            Ok(operands)
        }
    }

    fn apply_argument(&mut self, argument: &Argument, flow: &Flow) -> Result<Operand, Mistake> {
        let given = self.given(argument, Mode { flow, float: false });
        let given = self.localise_given(given);
        Ok(match given.datum {
            Datum::Value(value) => Operand::Local(value.reference.local),
            Datum::Size(_, code) => Operand::Size(code.map(&mut |reference| reference.local)),
            Datum::Number(code) => Operand::Number(code.map(&mut |reference| reference.local)),
            Datum::Float(value) => Operand::Float(value),
            Datum::Bool(value) => Operand::Bool(value),
            Datum::Text(text) => Operand::Tokens(Tokens(quote!(#text))),
            Datum::Word(word) if word == "train" => Operand::Train,
            Datum::Word(word) => return Err(self.unknown(&word)),
            other => {
                return Err(Mistake::new(given.place, format!("{} cannot be passed to a Rust function", other.kind())));
            }
        })
    }

    /// The values of the symbols in some shapes: read from one of `values` that has such a size, or else passed down.
    fn bindings(&mut self, types: &[TensorType], values: &[Value]) -> Vec<(String, Code)> {
        let symbols: BTreeSet<&str> = types.iter().flat_map(|ty| &ty.dims).flat_map(Size::symbols).collect();
        let mut bindings = Vec::new();
        for symbol in symbols {
            let size = Size::symbol(symbol);
            let axis = |value: &Value| value.ty.dims.iter().position(|known| *known == size);
            let code = match values.iter().find_map(|value| Some((value, axis(value)?))) {
                Some((value, axis)) => {
                    let tensor = self.localise(value.reference);
                    Code::Local(self.frame().size_of(tensor, axis, Some(format_ident!("{}", rust_name(symbol)))))
                }
                None => self.symbols[symbol].clone().map(&mut |reference| self.localise(*reference)),
            };
            bindings.push((symbol.to_string(), code));
        }
        bindings
    }

    /// Emits the run-time check that values returned by the user's own code have the declared shapes.
    fn check_at_run_time(
        &mut self,
        title: &str,
        locals: &[usize],
        outputs: &[TensorType],
        bindings: &[(String, Code)],
    ) {
        for (local, ty) in locals.iter().zip(outputs) {
            let operands = vec![
                Operand::Text(title.to_string()),
                Operand::Local(*local),
                Operand::Type(ty.clone()),
                Operand::Dtype(ty.dtype),
                Operand::Bindings(bindings.to_vec()),
            ];
            let step = crate::shaped::Step {
                results: Vec::new(),
                form: Form::Tuple,
                callee: Callee::Function("check::shape"),
                operands,
                written: Written::Elsewhere,
                stage: None,
            };
            self.frame().function.steps.push(step);
        }
    }

    fn results(&mut self, locals: Vec<usize>, types: Vec<TensorType>, origin: &str) -> Flow {
        Flow::Values(locals.into_iter().zip(types).map(|(local, ty)| self.value(local, ty, origin)).collect())
    }
}

/// The mistake that no shape is written after a network or module.
fn shapeless(path: &syn::Path, arguments: Option<&TokenStream>) -> Mistake {
    let written = rust_text(&path.to_token_stream());
    let call = arguments.map(|arguments| format!("({})", rust_text(arguments))).unwrap_or_default();
    Mistake::new(Place::of(path), format!("no shape follows `{written}`"))
        .note(format!("state the output shape: `{written}{call} -> [N, 64]`"))
}

/// `ResNet18` is `res_net18`.
pub fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    let mut previous = None;
    for character in name.chars() {
        let starts_word = previous.is_some_and(|p: char| p.is_lowercase() || p.is_ascii_digit());
        if character.is_uppercase() && starts_word {
            snake.push('_');
        }
        snake.extend(character.to_lowercase());
        previous = Some(character);
    }
    snake
}
