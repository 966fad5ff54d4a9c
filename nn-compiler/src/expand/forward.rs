//! Forward functions: one statement for each step, a variable for each value that lives, and none after its last use.

use super::Context;
use crate::shaped::{Callee, Form, Function, LocalKind, Operand, Step};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

/// The parameters, the statements, and whether training changes anything.
pub struct Forward {
    /// `input: &Tensor, mask: &Tensor`
    pub parameters: Vec<TokenStream>,
    pub body: TokenStream,
    /// The type of the result.
    pub output: TokenStream,
    pub uses_train: bool,
}

/// Writes a struct's forward function. `names`: what the parameters are called, where that is fixed.
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

/// A variable, which holds one value after another.
pub struct Variable {
    pub ident: Ident,
    base: String,
    /// The value that it holds; none once that is dropped.
    holds: Option<usize>,
    assigned: bool,
}

/// How a step's result is kept.
enum Target {
    /// Variables are declared: indices.
    Declare(Vec<usize>),
    /// A variable gets a new value.
    Assign(usize),
    /// It is the function's result.
    Return,
    Nothing,
}

/// A statement, before it is known which variables are assigned again.
struct Statement {
    target: Target,
    form: Form,
    expression: TokenStream,
    /// The loop over an array, whose body this statement feeds.
    each: Option<Each>,
    drops: Vec<Ident>,
}

struct Each {
    array: TokenStream,
    forward: Ident,
    /// The arguments after the carried ones.
    rest: Vec<TokenStream>,
    /// What the turns have to be told besides.
    told: TokenStream,
    /// Whether the first turn has been taken apart, because what it is fed with cannot be assigned to.
    unrolled: bool,
}

/// Writes one function.
pub struct Writer<'a> {
    pub context: Context<'a>,
    /// The struct whose function it is.
    pub of: usize,
    pub function: &'a Function,
    /// The step that uses each local last; the number of steps for results.
    last_use: Vec<Option<usize>>,
    pub variables: Vec<Variable>,
    uses_train: bool,
}

impl<'a> Writer<'a> {
    pub fn new(context: Context<'a>, of: usize, function: &'a Function) -> Self {
        let last_use = last_uses(function);
        Writer { context, of, function, last_use, variables: Vec::new(), uses_train: false }
    }

    fn parameters(&mut self) -> Vec<TokenStream> {
        let function = self.function;
        let parameter = |&local: &usize| {
            let kind = &function.locals[local].kind;
            let base = match (kind, &function.locals[local].name) {
                (_, Some(name)) => snake(&name.to_string()),
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
            self.variables.iter().any(|variable| variable.ident == name) || matches!(name, "train" | "stage" | "float")
        };
        let valid = crate::infer::rust_name(base);
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

    /// Sizes that nothing asks for are not computed.
    fn is_live(&self, step: &Step) -> bool {
        !matches!(step.callee, Callee::SizeOf(_)) || step.results.iter().any(|local| self.last_use[*local].is_some())
    }

    fn statement(&mut self, index: usize, step: &Step, last: bool) -> Statement {
        let each = self.each(index, step);
        let expression = self.call(step, each.as_ref().is_some_and(|each| each.unrolled));
        let returned = last && each.is_none() && step.form == Form::One && step.results == self.function.results;
        if returned {
            return Statement { target: Target::Return, form: step.form, expression, each, drops: Vec::new() };
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
        Statement { target, form: step.form, expression, each, drops }
    }

    /// The variables of the values that this step uses last.
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
            Some(name) => snake(&name.to_string()),
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
        let name = &self.context.network.structs[self.of].fields[field].name;
        let rest = step.operands[carried..].iter().map(|operand| self.operand(operand)).collect();
        let told = self.told(step);
        let dying = self.dying(index, step);
        let assignable = match step.operands.first() {
            Some(Operand::Local(local)) => carried == 1 && self.variable_of(*local).is_some_and(|v| dying.contains(&v)),
            _ => false,
        };
        // What the turns use besides must not be overwritten by the first of them.
        let mut used_besides = false;
        for operand in &step.operands[carried..] {
            operand.for_each_local(&mut |local| used_besides |= step.operands[0] == Operand::Local(local));
        }
        let (array, forward) = (quote!(self.#name), self.name(step));
        Some(Each { array, forward, rest, told, unrolled: !assignable || used_besides })
    }

    fn call(&mut self, step: &Step, first_turn: bool) -> TokenStream {
        let operands = &step.operands;
        self.uses_train |= operands.contains(&Operand::Train) || step.callee.trains();
        let arguments: Vec<TokenStream> = operands.iter().map(|operand| self.operand(operand)).collect();
        let (told, forward) = (self.told(step), self.name(step));
        match &step.callee {
            Callee::Method(method) => {
                if method.ends_with('_') {
                    self.overwrite(&operands[0]);
                }
                let method = format_ident!("{}", method);
                let receiver = self.receiver(&operands[0]);
                let arguments = &arguments[1..];
                quote!(#receiver.#method(#(#arguments),*))
            }
            Callee::Function(path) => {
                let path: syn::Path = syn::parse_str(path).expect("the run time's functions have paths");
                quote!(::nn_dsl::#path(#(#arguments),*))
            }
            Callee::User(path) => {
                let path = &path.0;
                quote!(#path(#(#arguments),*))
            }
            Callee::Field(field) => {
                let name = &self.context.network.structs[self.of].fields[*field].name;
                quote!(self.#name.#forward(#(#arguments,)* #told))
            }
            Callee::Each(field) => {
                let name = &self.context.network.structs[self.of].fields[*field].name;
                if first_turn { quote!(self.#name[0].#forward(#(#arguments,)* #told)) } else { TokenStream::new() }
            }
            Callee::Shared(_) => {
                let receiver = self.receiver(&operands[0]);
                let arguments = &arguments[1..];
                quote!(#receiver.#forward(#(#arguments,)* #told))
            }
            Callee::SizeOf(axis) => {
                let receiver = self.receiver(&operands[0]);
                let axis = proc_macro2::Literal::usize_unsuffixed(*axis);
                quote!(#receiver.size()[#axis])
            }
            Callee::Operator(operator) => {
                let symbol: TokenStream = operator.symbol().parse().unwrap_or_default();
                let (left, right) = (&arguments[0], &arguments[1]);
                quote!(#left #symbol #right)
            }
        }
    }

    /// What a method works on in place has to be mutable.
    fn overwrite(&mut self, operand: &Operand) {
        if let Operand::Local(local) = operand
            && let Some(variable) = self.variable_of(*local)
        {
            self.variables[variable].assigned = true;
        }
    }

    /// The forward function of what a step calls.
    fn name(&self, step: &Step) -> Ident {
        let called = step.called(self.context.network, self.of);
        called.map_or_else(|| format_ident!("forward_t"), |called| self.context.forward_name(called))
    }

    /// The last arguments of a call of a forward function: the network's own float type where it has to be told, and `train`.
    fn told(&self, step: &Step) -> TokenStream {
        let context = self.context;
        let asks = |called: &usize| context.floats[*called].parameter().is_some();
        let called = step.called(context.network, self.of).filter(asks);
        let float = called.and_then(|_| context.floats[self.of].expression()).map(|float| quote!(#float,));
        let train = (!context.infers).then(|| quote!(train));
        quote!(#float #train)
    }

    fn render(&self, statement: &Statement) -> TokenStream {
        let Statement { target, form, expression, each, drops } = statement;
        let drops = quote!(#(::core::mem::drop(#drops);)*);
        let ident = |variable: &usize| &self.variables[*variable].ident;
        let pattern = |variable: &usize| {
            let (ident, mutable) = (ident(variable), self.variables[*variable].assigned);
            if mutable { quote!(mut #ident) } else { quote!(#ident) }
        };
        let patterns = |variables: &[usize]| {
            let patterns: Vec<TokenStream> = variables.iter().map(pattern).collect();
            match form {
                Form::One => quote!(#(#patterns)*),
                Form::Tuple => quote!((#(#patterns),*)),
                Form::Array => quote!([#(#patterns),*]),
            }
        };
        match (target, each) {
            (Target::Return, _) => quote!(#expression),
            (Target::Nothing, _) => quote!(#expression; #drops),
            (Target::Assign(variable), None) => {
                let ident = ident(variable);
                quote!(#ident = #expression; #drops)
            }
            (Target::Declare(variables), None) => {
                let pattern = patterns(variables);
                quote!(let #pattern = #expression; #drops)
            }
            (Target::Assign(variable), Some(Each { array, forward, rest, told, .. })) => {
                let ident = ident(variable);
                quote! {
                    for stage in &#array {
                        #ident = stage.#forward(&#ident, #(#rest,)* #told);
                    }
                    #drops
                }
            }
            (Target::Declare(variables), Some(Each { array, forward, rest, told, .. })) => {
                let pattern = patterns(variables);
                let idents: Vec<&Ident> = variables.iter().map(ident).collect();
                let assigned = if let [one] = idents[..] { quote!(#one) } else { quote!((#(#idents),*)) };
                quote! {
                    let #pattern = #expression;
                    for stage in &#array[1..] {
                        #assigned = stage.#forward(#(&#idents,)* #(#rest,)* #told);
                    }
                    #drops
                }
            }
        }
    }

    /// What the function gives, where the last statement is not it.
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

/// The step that uses each local last; results are used after all steps.
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

impl Callee {
    /// Whether it is handed `train`.
    pub fn trains(&self) -> bool {
        matches!(self, Callee::Field(_) | Callee::Each(_) | Callee::Shared(_))
    }
}

/// A variable's name for a user's name.
fn snake(name: &str) -> String {
    name.to_lowercase()
}
