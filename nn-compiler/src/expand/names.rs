//! The names of the generated structs.

use super::item::generics;
use crate::shaped::{Callee, Code, Content, Init, LocalKind, Network, Operand, Struct, Tensor};
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use std::collections::BTreeSet;

/// The name of every struct, and whether it needs the network's const generics.
#[derive(Debug)]
pub struct Names {
    structs: Vec<(Ident, bool)>,
    /// `<CLASSES>`
    arguments: TokenStream,
    /// `<const CLASSES: i64>`
    parameters: TokenStream,
}

impl Names {
    /// Names the structs of a network. The outermost is `root`; the others are named after it and what they are made from.
    pub fn of(network: &Network, root: &Ident, taken: &mut BTreeSet<String>) -> Names {
        let generic = generic_structs(network);
        let mut structs: Vec<(Ident, bool)> = Vec::new();
        for (index, made) in network.structs.iter().enumerate() {
            let name = match network.variants.get(&index) {
                Some(of) => structs[*of].0.clone(),
                None if index == network.root.of => root.clone(),
                None => unused(taken, root, &made.stem),
            };
            structs.push((name, generic[network.type_of(index)]));
        }
        let (arguments, parameters) = generics(&network.generics);
        Names { structs, arguments, parameters }
    }

    /// The name alone.
    pub fn ident(&self, of: usize) -> &Ident {
        &self.structs[of].0
    }

    /// The type: `ResNet18<CLASSES>`.
    pub fn ty(&self, of: usize) -> TokenStream {
        let (name, arguments) = (self.ident(of), self.arguments(of));
        quote!(#name #arguments)
    }

    /// The type in an expression: `ResNet18::<CLASSES>`.
    pub fn turbofish(&self, of: usize) -> TokenStream {
        let (name, arguments) = (self.ident(of), self.arguments(of));
        if arguments.is_empty() { quote!(#name) } else { quote!(#name :: #arguments) }
    }

    /// `<CLASSES>`, if the struct needs it.
    pub fn arguments(&self, of: usize) -> TokenStream {
        if self.structs[of].1 { self.arguments.clone() } else { TokenStream::new() }
    }

    /// `<const CLASSES: i64>`, if the struct needs it.
    pub fn parameters(&self, of: usize) -> TokenStream {
        if self.structs[of].1 { self.parameters.clone() } else { TokenStream::new() }
    }
}

/// `LeNetBasic`, with a number appended if that is taken.
pub fn unused(taken: &mut BTreeSet<String>, root: &Ident, stem: &str) -> Ident {
    let base = format!("{root}{}", pascal_case(stem));
    let mut number = 1;
    let mut name = base.clone();
    while !taken.insert(name.clone()) {
        number += 1;
        name = format!("{base}{number}");
    }
    format_ident!("{}", name, span = root.span())
}

/// `BertLayer` for `bert_layer`, `OutputDense` for `output.dense`.
fn pascal_case(stem: &str) -> String {
    let words = stem.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let capital = |word: &str| {
        let mut characters = word.chars();
        characters.next().into_iter().flat_map(char::to_uppercase).chain(characters).collect::<String>()
    };
    words.map(capital).collect()
}

/// Which structs need the network's const generics, directly or because a struct inside does.
fn generic_structs(network: &Network) -> Vec<bool> {
    let mut generic = vec![false; network.structs.len()];
    generic[network.root.of] = !network.generics.is_empty();
    loop {
        let before = generic.clone();
        for (index, made) in network.structs.iter().enumerate() {
            let of = network.type_of(index);
            generic[of] |= !network.generics.is_empty() && is_generic(made, network, &generic);
            generic[index] = generic[of];
        }
        if generic == before {
            return generic;
        }
    }
}

/// Whether the code of a struct, or of one of `structs` inside it, uses the network's const generics.
fn is_generic(made: &Struct, network: &Network, structs: &[bool]) -> bool {
    let speaks = |tokens: &TokenStream| mentions(tokens, network);
    let in_code = |code: &Code| code_mentions(code, network);
    let in_init = |tensor: &Tensor| match &tensor.init {
        Init::Uniform(a, b) | Init::Normal(a, b) => in_code(a) || in_code(b),
        Init::Constant(value) => in_code(value),
        Init::FanIn | Init::Named(_) | Init::Function(_) => false,
    };
    let in_fields = made.fields.iter().any(|field| match &field.content {
        Content::Struct(hole) => structs[hole.of],
        Content::Array { turns, .. } => turns.iter().any(|turn| structs[turn.of]),
        Content::Network(path) => speaks(&path.0),
        Content::Module { path, arguments } => speaks(&path.0) || speaks(&arguments.0),
        Content::Layer { tensors, .. } => tensors.iter().any(in_init),
        Content::Tensor(tensor) => in_init(tensor),
        Content::Number(value) => in_code(value),
        // It is made in the code of the plain network.
        Content::Packed(_) => false,
    });
    let in_locals = made.function.locals.iter().any(|local| match local.kind {
        LocalKind::Shared(of) => structs[of],
        _ => false,
    });
    let in_steps = made.function.steps.iter().any(|step| {
        let user = matches!(&step.callee, Callee::User(path) if speaks(&path.0));
        user || step.operands.iter().any(|operand| operand_mentions(operand, &in_code, &speaks))
    });
    in_fields || in_locals || in_steps
}

fn operand_mentions(operand: &Operand, code: &dyn Fn(&Code) -> bool, tokens: &dyn Fn(&TokenStream) -> bool) -> bool {
    match operand {
        Operand::Size(size) | Operand::Number(size) => code(size),
        Operand::Sizes(sizes) => sizes.iter().any(code),
        Operand::Type(ty) => ty.dims.iter().any(|size| code(&Code::Known(size.clone()))),
        Operand::Tensors(operands) | Operand::List(operands) => {
            operands.iter().any(|inner| operand_mentions(inner, code, tokens))
        }
        Operand::Some(inner) => operand_mentions(inner, code, tokens),
        Operand::Tokens(inner) => tokens(&inner.0),
        _ => false,
    }
}

fn code_mentions(code: &Code, network: &Network) -> bool {
    match code {
        Code::Known(size) => {
            network.generics.iter().any(|generic| size.opaques().contains(generic.name.to_string().as_str()))
        }
        Code::Rust(tokens) => mentions(&tokens.0, network),
        Code::AsFloat(code) => code_mentions(code, network),
        Code::Binary(_, left, right) => code_mentions(left, network) || code_mentions(right, network),
        Code::Literal(_) | Code::Float(_) | Code::Local(_) => false,
    }
}

/// Whether tokens contain the name of a const generic.
pub fn mentions(tokens: &TokenStream, network: &Network) -> bool {
    tokens.to_token_stream().into_iter().any(|token| match token {
        TokenTree::Ident(ident) => network.generics.iter().any(|generic| generic.name == ident),
        TokenTree::Group(group) => mentions(&group.stream(), network),
        _ => false,
    })
}
