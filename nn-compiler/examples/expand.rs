//! Prints the expansions of the `network!`s in a Rust file: `cargo run -p nn-compiler --example expand FILE`.

use proc_macro2::TokenStream;
use syn::visit::Visit;

/// Collects the listings of a file.
struct Listings(Vec<TokenStream>);

impl<'ast> Visit<'ast> for Listings {
    fn visit_macro(&mut self, invocation: &'ast syn::Macro) {
        if invocation.path.segments.last().is_some_and(|segment| segment.ident == "network") {
            self.0.push(invocation.tokens.clone());
        }
    }
}

fn main() {
    for path in std::env::args().skip(1) {
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let file = syn::parse_file(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
        let mut listings = Listings(Vec::new());
        listings.visit_file(&file);
        for listing in listings.0 {
            for mistake in nn_compiler::check(listing.clone()) {
                let (line, column) = mistake.place().start();
                eprintln!("{path}:{line}:{}: error: {}", column + 1, mistake.message());
            }
            let expansion = nn_compiler::compile(listing);
            match syn::parse2(expansion.clone()) {
                Ok(file) => println!("{}", prettyplease::unparse(&file)),
                Err(error) => println!("{expansion}\n{error}"),
            }
        }
    }
}
