//! Expansions: snapshots to read, and that an expansion grows only with the number of different blocks.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use std::collections::BTreeSet;
use std::path::Path;
use std::{env, fs};
use syn::punctuated::Punctuated;
use syn::visit::Visit;

/// The listing in a file that has one `network!`.
fn listing(file: &str) -> TokenStream {
    struct Listing(TokenStream);
    impl<'ast> Visit<'ast> for Listing {
        fn visit_macro(&mut self, invocation: &'ast syn::Macro) {
            if invocation.path.is_ident("network") {
                self.0 = invocation.tokens.clone();
            }
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut listing = Listing(TokenStream::new());
    listing.visit_file(&syn::parse_file(&text).expect("a program is a Rust file"));
    listing.0
}

/// The blocks of a listing and one of its networks, `optimized` or not.
fn only(listing: TokenStream, network: &str, optimized: bool) -> TokenStream {
    let mut report = nn_compiler::report::Report::default();
    let mut program = nn_compiler::resolve::resolve(nn_compiler::parse::parse(listing, &mut report), &mut report);
    program.networks.retain(|known| known.name == network);
    let shaped = nn_compiler::infer::infer(&program.networks[0], &program, &mut report);
    let mistakes: Vec<String> = report.finish().iter().map(|mistake| mistake.message()).collect();
    let shaped = shaped.unwrap_or_else(|| panic!("{}", mistakes.join("\n")));
    let optimized = optimized.then(|| nn_compiler::optimize::optimize(&shaped));
    let taken = &mut BTreeSet::from([network.to_string()]);
    nn_compiler::expand::expand(&shaped, optimized.as_ref(), &quote!(..), taken)
}

/// Compares with `tests/snapshots/FILE`; `UPDATE_SNAPSHOTS=1` writes it.
fn assert_text(file: &str, text: String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots").join(file);
    if env::var_os("UPDATE_SNAPSHOTS").is_some() {
        fs::write(&path, &text).expect("a writable snapshot");
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == text,
        "{} is not what it was taken from stands for now; see it with UPDATE_SNAPSHOTS=1",
        path.display()
    );
}

/// The Python in an expansion, with the names of Rust constants for their values.
fn python(expansion: TokenStream, name: &str) -> String {
    struct Pieces(Option<syn::Expr>);
    impl<'ast> Visit<'ast> for Pieces {
        fn visit_impl_item_const(&mut self, item: &'ast syn::ImplItemConst) {
            if item.ident == "PYTHON" {
                self.0 = Some(item.expr.clone());
            }
        }
    }
    struct Text<'n>(&'n str, String);
    impl<'ast> Visit<'ast> for Text<'_> {
        fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
            let argument = &call.args[0];
            match argument {
                syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => self.1.push_str(&text.value()),
                other => self.1.push_str(&quote!(#other).to_string()),
            }
        }
        fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
            if path.path.is_ident("Name") {
                self.1.push_str(self.0);
            }
        }
    }
    let mut pieces = Pieces(None);
    pieces.visit_file(&syn::parse2(expansion).expect("an expansion is Rust"));
    let mut text = Text(name, String::new());
    text.visit_expr(&pieces.0.expect("every network has its Python"));
    text.1 + "\n"
}

/// Compares with `tests/snapshots/NAME.rs`, and its Python with `NAME.py`.
fn assert_snapshot(name: &str, network: &str, listing: TokenStream) {
    let expansion = only(listing, network, false);
    assert_text(&format!("{name}.py"), python(expansion.clone(), network));
    let text = prettyplease::unparse(&syn::parse2(expansion).expect("an expansion is Rust"));
    assert_text(&format!("{name}.rs"), text);
}

/// Compares the optimised form with `tests/snapshots/NAME.rs`.
fn assert_optimized(name: &str, network: &str, listing: TokenStream) {
    let mut file: syn::File = syn::parse2(only(listing, network, true)).expect("an expansion is Rust");
    let is_optimized = |ident: &proc_macro2::Ident| ident.to_string().starts_with("Optimized");
    file.items.retain(|item| match item {
        syn::Item::Struct(item) => is_optimized(&item.ident),
        syn::Item::Impl(syn::ItemImpl { trait_, self_ty, .. }) => {
            let made = trait_.as_ref().is_some_and(|(path, _)| path.segments[1].ident == "Optimize");
            made || matches!(&**self_ty, syn::Type::Path(ty) if is_optimized(&ty.path.segments[0].ident))
        }
        _ => false,
    });
    assert_text(&format!("{name}.rs"), prettyplease::unparse(&file));
}

const LENET: &str = "
    /// LeNet-5 on 28x28 digits (LeCun et al., 1998).
    pub LeNet(image: [N, 1, 28, 28]) -> [N, 10] {
        conv 6 k=5 p=2 -> relu -> maxpool 2 -> conv 16 k=5 -> relu -> maxpool 2
        -> flatten -> linear 120 -> relu -> linear 84 -> relu -> linear 10
    }";

#[test]
fn optimized_forms() {
    assert_optimized("lenet_optimized", "LeNet", LENET.parse().expect("Rust tokens"));
    assert_optimized("resnet18_optimized", "ResNet18", listing("src/models/resnet.rs"));
}

#[test]
fn snapshots() {
    assert_snapshot("lenet", "LeNet", LENET.parse().expect("Rust tokens"));
    assert_snapshot("resnet18", "ResNet18", listing("src/models/resnet.rs"));
    assert_snapshot("unet", "UNet", listing("tests/programs/unet.rs"));
    assert_snapshot("policy", "Policy", listing("tests/programs/several.rs"));
    assert_snapshot("char_gpt", "CharGpt", listing("tests/programs/several.rs"));
}

fn count(tokens: TokenStream) -> usize {
    tokens
        .into_iter()
        .map(|token| match token {
            TokenTree::Group(group) => 1 + count(group.stream()),
            _ => 1,
        })
        .sum()
}

/// Only under rustdoc, the struct's page has a drawing, which includes blocks from elsewhere in the listing.
#[test]
fn documentation_is_drawn() {
    let listing = "block twice(n) { linear n -> relu -> linear n }
        A(x: [N, 4]) -> [N, 4] { twice 4 }
        B(x: [N, 4]) -> [N, 4] { residual { twice 4 } }";
    let file: syn::File = syn::parse2(nn_compiler::compile(listing.parse().expect("Rust tokens"))).expect("Rust");
    let root = |item: &syn::Item| match item {
        syn::Item::Struct(item) if item.ident == "B" => Some(item.attrs.clone()),
        _ => None,
    };
    let attributes = file.items.iter().find_map(root).expect("a struct for the network");
    let conditional = attributes.iter().find(|attribute| attribute.path().is_ident("cfg_attr")).expect("a drawing");
    let arguments = conditional.parse_args_with(Punctuated::<syn::Meta, syn::Token![,]>::parse_terminated).unwrap();
    assert_eq!(arguments[0].to_token_stream().to_string(), "all (doc , not (doctest))");
    let syn::Expr::Macro(drawing) = &arguments[1].require_name_value().unwrap().value else { panic!("a call") };
    let tokens = drawing.mac.tokens.clone();
    let text: syn::LitStr = syn::parse2(nn_compiler::drawing(tokens)).expect("a text");
    assert!(["\n B\n", "\n twice1: twice 4\n"].iter().all(|shown| text.value().contains(shown)), "{}", text.value());
}

#[test]
fn depth_costs_nothing() {
    let tokens = |turns: usize| {
        let listing = format!(
            "block basic(c) {{ residual {{ conv c k=3 p=1 bias=false -> bn -> relu -> conv c k=3 p=1 bias=false -> bn }} -> relu }}
             Deep(image: [N, 64, H, W]) -> [N, 64, H, W] {{
                 shared gate = conv k=1;
                 layer1: repeat {turns} {{ basic 64 }} -> repeat {turns} {{ basic 64 }}
                 -> layer2: {{ basic 64 -> repeat {turns} {{ basic 64 }} }}
                 -> for i in 0..{turns} {{ \"stage_{{i}}\": basic 64 }}
                 -> repeat {turns} {{ conv k=3 p=1 }} -> norms: repeat {turns} {{ bn }}
                 -> repeat {turns} {{ conv k=1 -> gate }}
             }}"
        );
        count(nn_compiler::compile(listing.parse().expect("Rust tokens")))
    };
    let (shallow, deep) = (tokens(2), tokens(200));
    assert!(deep < shallow + shallow / 50, "{shallow} tokens for 2 turns, {deep} for 200");
}

#[test]
fn structs_have_names_of_their_own() {
    let listing = "
        block head_c(n) { linear n -> relu }
        block c(n) { linear n -> relu }
        A(x: [N, 4]) -> [N, 4] { head: { linear 4 } -> head_c 4 -> tail: { head_c 4 } }
        AHead(x: [N, 4]) -> [N, 4] { c 4 }
        ATail(x: [N, 4]) -> [N, 4] { linear 4 }";
    let file: syn::File = syn::parse2(nn_compiler::compile(listing.parse().expect("Rust tokens"))).expect("Rust");
    let mut names: Vec<String> = file
        .items
        .iter()
        .filter_map(|item| match item {
            syn::Item::Struct(item) => Some(item.ident.to_string()),
            _ => None,
        })
        .collect();
    names.sort();
    assert_eq!(names, ["A", "AHead", "AHead2", "AHeadC", "AHeadC2", "ATail", "ATail2"]);
}
