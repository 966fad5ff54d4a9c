//! What listings stand for: snapshots to be read, and that the expansion grows with the number of different blocks alone.

use proc_macro2::{TokenStream, TokenTree};
use std::collections::BTreeSet;
use std::path::Path;
use std::{env, fs};
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
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/programs").join(file);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut listing = Listing(TokenStream::new());
    listing.visit_file(&syn::parse_file(&text).expect("a program is a Rust file"));
    listing.0
}

/// Of a listing, the blocks and one network.
fn only(listing: TokenStream, network: &str) -> TokenStream {
    let mut report = nn_compiler::report::Report::default();
    let mut program = nn_compiler::resolve::resolve(nn_compiler::parse::parse(listing, &mut report), &mut report);
    program.networks.retain(|known| known.name == network);
    let shaped = nn_compiler::infer::infer(&program.networks[0], &program, &mut report);
    let mistakes: Vec<String> = report.finish().iter().map(|mistake| mistake.message()).collect();
    let shaped = shaped.unwrap_or_else(|| panic!("{}", mistakes.join("\n")));
    nn_compiler::expand::expand(&shaped, &mut BTreeSet::from([network.to_string()]))
}

/// Compares with `tests/snapshots/NAME.rs`; `UPDATE_SNAPSHOTS=1` writes it.
fn assert_snapshot(name: &str, expansion: TokenStream) {
    let text = prettyplease::unparse(&syn::parse2(expansion).expect("an expansion is Rust"));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots").join(format!("{name}.rs"));
    if env::var_os("UPDATE_SNAPSHOTS").is_some() {
        fs::write(&path, &text).expect("a writable snapshot");
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(written == text, "{} is not what `{name}` stands for now; see it with UPDATE_SNAPSHOTS=1", path.display());
}

#[test]
fn snapshots() {
    let lenet = "
        /// LeNet-5 on 28x28 digits (LeCun et al., 1998).
        pub LeNet(image: [N, 1, 28, 28]) -> [N, 10] {
            conv 6 k=5 p=2 -> relu -> maxpool 2 -> conv 16 k=5 -> relu -> maxpool 2
            -> flatten -> linear 120 -> relu -> linear 84 -> relu -> linear 10
        }";
    assert_snapshot("lenet", only(lenet.parse().expect("Rust tokens"), "LeNet"));
    assert_snapshot("resnet18", only(listing("resnet.rs"), "ResNet18"));
    assert_snapshot("unet", only(listing("unet.rs"), "UNet"));
    assert_snapshot("policy", only(listing("several.rs"), "Policy"));
    assert_snapshot("char_gpt", only(listing("several.rs"), "CharGpt"));
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

#[test]
fn depth_costs_nothing() {
    let tokens = |turns: usize| {
        let listing = format!(
            "block basic(c) {{ residual {{ conv c k=3 p=1 bias=false -> bn -> relu -> conv c k=3 p=1 bias=false -> bn }} -> relu }}
             Deep(image: [N, 64, H, W]) -> [N, 64, H, W] {{
                 layer1: repeat {turns} {{ basic 64 }} -> repeat {turns} {{ basic 64 }}
                 -> layer2: {{ basic 64 -> repeat {turns} {{ basic 64 }} }}
                 -> for i in 0..{turns} {{ \"stage_{{i}}\": basic 64 }}
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
