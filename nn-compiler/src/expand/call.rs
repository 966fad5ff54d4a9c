//! Steps as Rust calls.

use super::Mode;
use super::forward::Writer;
use crate::shaped::{Callee, Content, Field, Operand, Step};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

impl Writer<'_> {
    /// A step as an expression. `first_turn`: of a loop, only its first turn.
    pub fn call(&mut self, step: &Step, first_turn: bool) -> TokenStream {
        let operands = &step.operands;
        self.uses_train |= operands.contains(&Operand::Train) || step.callee.trains();
        let arguments: Vec<TokenStream> = operands.iter().map(|operand| self.operand(operand)).collect();
        let (told, forward) = (self.told(step), self.name(step));
        match &step.callee {
            Callee::Method(method) => self.method(method, &operands[0], &arguments[1..]),
            Callee::Shared(_) => {
                let (receiver, arguments) = (self.receiver(&operands[0]), &arguments[1..]);
                quote!(#receiver.#forward(#(#arguments,)* #told))
            }
            Callee::SizeOf(axis) => {
                let (receiver, axis) = (self.receiver(&operands[0]), Literal::usize_unsuffixed(*axis));
                quote!(#receiver.size()[#axis])
            }
            Callee::Function(path) => {
                let path: syn::Path = syn::parse_str(path).expect("the run time's functions have paths");
                quote!(::nn_dsl::#path(#(#arguments),*))
            }
            Callee::User(path) => quote!(#path(#(#arguments),*)),
            Callee::Operator(operator) => {
                let symbol: TokenStream = operator.symbol().parse().unwrap_or_default();
                let (left, right) = (&arguments[0], &arguments[1]);
                quote!(#left #symbol #right)
            }
            Callee::Each(_) if !first_turn => TokenStream::new(),
            Callee::Each(field) => {
                let name = &self.field_of(*field).name;
                quote!(self.#name[0].#forward(#(#arguments,)* #told))
            }
            Callee::Field(field) => self.call_of_field(self.field_of(*field), &forward, &arguments, &told),
        }
    }

    fn method(&mut self, method: &str, receiver: &Operand, arguments: &[TokenStream]) -> TokenStream {
        if method.ends_with('_') {
            self.overwrite(receiver);
        }
        let (receiver, method) = (self.receiver(receiver), format_ident!("{}", method));
        quote!(#receiver.#method(#(#arguments),*))
    }

    /// The call of a field. Another network is traced as a whole, a Rust module not at all.
    fn call_of_field(
        &self,
        field: &Field,
        forward: &Ident,
        arguments: &[TokenStream],
        told: &TokenStream,
    ) -> TokenStream {
        let name = &field.name;
        match (self.context.mode, &field.content) {
            (Mode::Traced, Content::Network(_)) => {
                quote!(::nn_dsl::trace::inner(&self.#name, (#(#arguments),*), #told))
            }
            (Mode::Traced, Content::Module { .. }) => quote!(self.#name.#forward(#(#arguments,)* train)),
            _ => quote!(self.#name.#forward(#(#arguments,)* #told)),
        }
    }

    /// Marks the variable that a method overwrites as mutable.
    fn overwrite(&mut self, operand: &Operand) {
        if let Operand::Local(local) = operand
            && let Some(variable) = self.variable_of(*local)
        {
            self.variables[variable].assigned = true;
        }
    }

    /// The name of the forward function that a step calls.
    pub fn name(&self, step: &Step) -> Ident {
        let called = step.called(self.context.network, self.of);
        called.map_or_else(|| format_ident!("forward_t"), |called| self.context.forward_name(called))
    }

    /// The last arguments of a call of a forward function: the network's float type if it needs that, and `train`.
    pub fn told(&self, step: &Step) -> TokenStream {
        let context = self.context;
        let asks = |called: &usize| context.floats[*called].parameter().is_some();
        let called = step.called(context.network, self.of).filter(asks);
        let float = called.and_then(|_| context.floats[self.of].expression()).map(|float| quote!(#float,));
        match context.mode {
            Mode::Plain => quote!(#float train),
            Mode::Optimized => quote!(#float),
            Mode::Traced => quote!(#float train, trace),
        }
    }
}

impl Callee {
    /// Whether `train` is passed to it.
    pub fn trains(&self) -> bool {
        matches!(self, Callee::Field(_) | Callee::Each(_) | Callee::Shared(_))
    }
}
