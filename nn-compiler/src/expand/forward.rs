//! Forward functions: one statement for each step. Variables are reused once their values are not needed any more.

use super::trace::Stage;
use super::{Context, Mode};
use crate::shaped::{Callee, Field, Form, Function, LocalKind, Operand, Step};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

/// A forward function: its parameters, its statements, and whether it depends on training.
pub struct Forward {
    /// `input: &Tensor, mask: &Tensor`
    pub parameters: Vec<TokenStream>,
    pub body: TokenStream,
    /// The type of the result.
    pub output: TokenStream,
    pub uses_train: bool,
}

/// Writes a struct's forward function.
pub fn forward(context: Context, of: usize) -> Forward {
    let function = &context.network.structs[of].function;
    let mut writer = Writer::new(context, of, function);
    let parameters = writer.parameters();
    let body = writer.body();
    let count = function.results.len();
    let output = match count {
        1 => quote!(::nn_dsl::Tensor),
        _ => {
            let types = vec![quote!(::nn_dsl::Tensor); count];
            quote!((#(#types),*))
        }
    };
    Forward { parameters, body, output, uses_train: writer.uses_train }
}

/// A variable, which may hold several values in succession.
pub struct Variable {
    pub ident: Ident,
    base: String,
    /// The local that it holds, or `None` after that is dropped.
    holds: Option<usize>,
    pub assigned: bool,
}

/// Where the results of a step go.
enum Target {
    /// Into newly declared variables, given by index.
    Declare(Vec<usize>),
    /// Into a variable that is assigned again.
    Assign(usize),
    /// Returned from the function.
    Return,
    Nothing,
}

/// A statement, written once it is known which variables are assigned again.
struct Statement {
    target: Target,
    form: Form,
    expression: TokenStream,
    /// The loop over an array, whose body this statement feeds.
    each: Option<Each>,
    drops: Vec<Ident>,
    /// The calls of the trace's recorder around it.
    stage: Option<Stage>,
}

struct Each {
    array: TokenStream,
    forward: Ident,
    /// The arguments after the carried ones.
    rest: Vec<TokenStream>,
    /// Further arguments that every turn takes.
    told: TokenStream,
    /// Whether the first turn is a statement of its own, because the variable that it is fed with cannot be assigned to.
    unrolled: bool,
}

/// Writes one function.
pub struct Writer<'a> {
    pub context: Context<'a>,
    /// The struct whose function it is.
    pub of: usize,
    pub function: &'a Function,
    /// For each local the step that uses it last. Results are used after all steps.
    last_use: Vec<Option<usize>>,
    pub variables: Vec<Variable>,
    pub uses_train: bool,
}

impl<'a> Writer<'a> {
    pub fn new(context: Context<'a>, of: usize, function: &'a Function) -> Self {
        let last_use = last_uses(function);
        Writer { context, of, function, last_use, variables: Vec::new(), uses_train: false }
    }

    /// A field of the struct.
    pub fn field_of(&self, field: usize) -> &'a Field {
        &self.context.network.structs[self.of].fields[field]
    }

    fn parameters(&mut self) -> Vec<TokenStream> {
        let function = self.function;
        let parameter = |&local: &usize| {
            let kind = &function.locals[local].kind;
            let base = match (kind, &function.locals[local].name) {
                (_, Some(name)) => lowercase(&name.to_string()),
                (LocalKind::Shared(_), None) => "shared".to_string(),
                _ => "input".to_string(),
            };
            let span = function.locals[local].name.as_ref().map(Ident::span);
            let variable = self.declare(local, &base, span);
            let ident = &self.variables[variable].ident;
            match kind {
                LocalKind::Tensor | LocalKind::Field { .. } => quote!(#ident: &::nn_dsl::Tensor),
                LocalKind::Size => quote!(#ident: i64),
                LocalKind::Number => quote!(#ident: f64),
                LocalKind::Shared(of) => {
                    let ty = self.context.names.ty(*of);
                    quote!(#ident: &#ty)
                }
            }
        };
        function.parameters.iter().map(parameter).collect()
    }

    fn declare(&mut self, local: usize, base: &str, span: Option<Span>) -> usize {
        let taken = |name: &str| {
            let reserved = ["train", "stage", "float", "trace", "turn"];
            self.variables.iter().any(|variable| variable.ident == name) || reserved.contains(&name)
        };
        let valid = crate::state::rust_name(base);
        let mut name = valid.clone();
        let mut number = 1;
        while taken(&name) {
            number += 1;
            name = format!("{valid}{number}");
        }
        let ident =
            format_ident!("{}", name, span = span.unwrap_or_else(Span::call_site).resolved_at(Span::mixed_site()));
        self.variables.push(Variable { ident, base: base.to_string(), holds: Some(local), assigned: false });
        self.variables.len() - 1
    }

    /// Ends the use of a variable whose value nothing needs.
    fn discard(&mut self, local: usize) -> usize {
        let ident = format_ident!("_");
        self.variables.push(Variable { ident, base: String::new(), holds: Some(local), assigned: false });
        self.variables.len() - 1
    }

    fn body(&mut self) -> TokenStream {
        let live: Vec<(usize, &Step)> =
            self.function.steps.iter().enumerate().filter(|(_, step)| self.is_live(step)).collect();
        let last = live.len().saturating_sub(1);
        let mut statements = Vec::new();
        for (position, (index, step)) in live.iter().enumerate() {
            statements.push(self.statement(*index, step, position == last));
        }
        let returned = matches!(statements.last(), Some(Statement { target: Target::Return, .. }));
        let rendered: Vec<TokenStream> = statements.iter().map(|statement| self.render(statement)).collect();
        let result = if returned { TokenStream::new() } else { self.result() };
        quote!(#(#rendered)* #result)
    }

    /// Whether a step is needed. Sizes that nothing uses are not computed.
    fn is_live(&self, step: &Step) -> bool {
        !matches!(step.callee, Callee::SizeOf(_)) || step.results.iter().any(|local| self.last_use[*local].is_some())
    }

    fn statement(&mut self, index: usize, step: &Step, last: bool) -> Statement {
        let each = self.each(index, step);
        let expression = self.call(step, each.as_ref().is_some_and(|each| each.unrolled));
        let whole = each.is_none() && step.form == Form::One && step.results == self.function.results;
        let returned = last && whole && self.context.mode != Mode::Traced;
        if returned {
            let drops = Vec::new();
            return Statement { target: Target::Return, form: step.form, expression, each, drops, stage: None };
        }
        let dying = self.dying(index, step);
        let target = self.target(step, &dying, each.as_ref());
        let mut drops = Vec::new();
        for variable in dying {
            let kept = matches!(target, Target::Assign(assigned) if assigned == variable);
            if !kept {
                self.variables[variable].holds = None;
                if !last {
                    drops.push(self.variables[variable].ident.clone());
                }
            }
        }
        Statement { target, form: step.form, expression, each, drops, stage: self.stage(step) }
    }

    /// The variables whose values this step is the last to use.
    fn dying(&self, index: usize, step: &Step) -> Vec<usize> {
        let mut dying = Vec::new();
        step.for_each_local(&mut |local| {
            let owned =
                self.function.locals[local].kind == LocalKind::Tensor && !self.function.parameters.contains(&local);
            if owned
                && self.last_use[local] == Some(index)
                && let Some(variable) = self.variable_of(local)
                && !dying.contains(&variable)
            {
                dying.push(variable);
            }
        });
        dying
    }

    pub fn variable_of(&self, local: usize) -> Option<usize> {
        self.variables.iter().position(|variable| variable.holds == Some(local))
    }

    fn target(&mut self, step: &Step, dying: &[usize], each: Option<&Each>) -> Target {
        if step.results.is_empty() {
            return Target::Nothing;
        }
        let base = |this: &Self, local: usize| match &this.function.locals[local].name {
            Some(name) => lowercase(&name.to_string()),
            None => "x".to_string(),
        };
        if let [result] = step.results[..]
            && step.form == Form::One
            && self.function.locals[result].kind == LocalKind::Tensor
        {
            let base = base(self, result);
            let in_place = each.is_none_or(|each| !each.unrolled);
            let same = |variable: &usize| self.variables[*variable].base == base || each.is_some();
            let free = || self.variables.iter().position(|variable| variable.holds.is_none() && variable.base == base);
            let dying = dying.iter().copied().find(same).filter(|_| in_place);
            if let Some(variable) = dying.or_else(|| free().filter(|_| each.is_none())) {
                self.variables[variable].holds = Some(result);
                self.variables[variable].assigned = true;
                return Target::Assign(variable);
            }
        }
        let declared = step.results.iter().map(|local| {
            // A trace records every value.
            if each.is_none() && self.last_use[*local].is_none() && self.context.mode != Mode::Traced {
                return self.discard(*local);
            }
            let base = base(self, *local);
            let span = self.function.locals[*local].name.as_ref().map(Ident::span);
            let variable = self.declare(*local, &base, span);
            self.variables[variable].assigned |= each.is_some();
            variable
        });
        Target::Declare(declared.collect())
    }

    fn each(&self, index: usize, step: &Step) -> Option<Each> {
        let Callee::Each(field) = step.callee else { return None };
        let carried = step.results.len();
        let name = &self.field_of(field).name;
        let rest = step.operands[carried..].iter().map(|operand| self.operand(operand)).collect();
        let told = self.told(step);
        let dying = self.dying(index, step);
        let assignable = match step.operands.first() {
            Some(Operand::Local(local)) => carried == 1 && self.variable_of(*local).is_some_and(|v| dying.contains(&v)),
            _ => false,
        };
        // The turns must not overwrite what later turns use.
        let mut used_besides = false;
        for operand in &step.operands[carried..] {
            operand.for_each_local(&mut |local| used_besides |= step.operands[0] == Operand::Local(local));
        }
        let (array, forward) = (quote!(self.#name), self.name(step));
        Some(Each { array, forward, rest, told, unrolled: !assignable || used_besides })
    }

    fn render(&self, statement: &Statement) -> TokenStream {
        let Statement { target, form, expression, each, drops, stage } = statement;
        let drops = quote!(#(::core::mem::drop(#drops);)*);
        let variables = match target {
            Target::Return => return quote!(#expression),
            Target::Nothing => return quote!(#expression; #drops),
            Target::Assign(variable) => std::slice::from_ref(variable),
            Target::Declare(variables) => variables,
        };
        let variables: Vec<&Variable> = variables.iter().map(|variable| &self.variables[*variable]).collect();
        let results: Vec<&Ident> = variables.iter().map(|variable| &variable.ident).collect();
        let stage = stage.as_ref();
        let first = match (target, each) {
            (Target::Assign(_), Some(each)) => {
                let turns = self.turns(each, 0, stage, &results);
                return quote!(#turns #drops);
            }
            (Target::Assign(_), None) => quote!(#(#results)* = #expression;),
            _ => {
                let pattern = pattern(*form, &variables);
                quote!(let #pattern = #expression;)
            }
        };
        let (enter, leave) = stage.map(|stage| stage.around(None, &results)).unwrap_or_default();
        let turns = each.as_ref().map(|each| self.turns(each, 1, stage, &results));
        quote!(#enter #first #leave #turns #drops)
    }

    /// The loop over the turns from `first` on, each of which assigns `results` again.
    fn turns(&self, each: &Each, first: usize, stage: Option<&Stage>, results: &[&Ident]) -> TokenStream {
        let Each { array, forward, rest, told, .. } = each;
        let assigned = if let [one] = results { quote!(#one) } else { quote!((#(#results),*)) };
        let call = quote!(#assigned = stage.#forward(#(&#results,)* #(#rest,)* #told););
        let array = if first == 0 { quote!(&#array) } else { quote!(&#array[1..]) };
        let Some(stage) = stage else { return quote!(for stage in #array { #call }) };
        let (enter, leave) = stage.around(Some(quote!(turn)), results);
        let first = proc_macro2::Literal::usize_unsuffixed(first);
        quote!(for (turn, stage) in (#first..).zip(#array) { #enter #call #leave })
    }

    /// The function's result, if that is not the last statement.
    fn result(&self) -> TokenStream {
        let results = &self.function.results;
        let result = |(index, local): (usize, &usize)| {
            let again = results[index + 1..].contains(local);
            match self.variable_of(*local) {
                Some(variable) if !self.function.parameters.contains(local) && !again => {
                    let ident = &self.variables[variable].ident;
                    quote!(#ident)
                }
                _ => {
                    let receiver = self.receiver(&Operand::Local(*local));
                    quote!(#receiver.shallow_clone())
                }
            }
        };
        let results: Vec<TokenStream> = results.iter().enumerate().map(result).collect();
        if let [one] = &results[..] { quote!(#one) } else { quote!((#(#results),*)) }
    }
}

/// The pattern that declares variables.
fn pattern(form: Form, variables: &[&Variable]) -> TokenStream {
    let patterns = variables
        .iter()
        .map(|Variable { ident, assigned, .. }| if *assigned { quote!(mut #ident) } else { quote!(#ident) });
    match form {
        Form::One => quote!(#(#patterns)*),
        Form::Tuple => quote!((#(#patterns),*)),
        Form::Array => quote!([#(#patterns),*]),
    }
}

/// For each local the step that uses it last. Results are used after all steps.
fn last_uses(function: &Function) -> Vec<Option<usize>> {
    let mut last = vec![None; function.locals.len()];
    for (index, step) in function.steps.iter().enumerate() {
        step.for_each_local(&mut |local| last[local] = Some(index));
    }
    for local in &function.results {
        last[*local] = Some(function.steps.len());
    }
    last
}

/// The name of a variable for a name of the user's.
fn lowercase(name: &str) -> String {
    name.to_lowercase()
}
