//! No tensor outlives its last use: in the expansions of the programs and models, every local is dropped by the statement
//! after the last that uses it, or overwritten by that one, or moved into the result.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{fs, iter};
use syn::visit::Visit;

/// A statement of a forward function: the variables that it reads, and those that it assigns.
#[derive(Default)]
struct Statement {
    reads: BTreeSet<String>,
    sets: BTreeSet<String>,
    /// Whether it is `drop(..)` and nothing else.
    drops: bool,
    /// Whether it is the result, and computes nothing.
    returns: bool,
}

impl Statement {
    fn of(statement: &syn::Stmt) -> Statement {
        match statement {
            syn::Stmt::Local(local) => Statement {
                reads: local.init.iter().flat_map(|init| words(init.expr.to_token_stream())).collect(),
                sets: words(local.pat.to_token_stream()),
                ..Statement::default()
            },
            syn::Stmt::Expr(syn::Expr::Assign(assign), _) => Statement {
                reads: words(assign.right.to_token_stream()),
                sets: words(assign.left.to_token_stream()),
                ..Statement::default()
            },
            // All turns of a loop are one statement, since no value between them is kept.
            syn::Stmt::Expr(syn::Expr::ForLoop(turns), _) => {
                let inner = turns.body.stmts.iter().map(Statement::of).reduce(|all, next| Statement {
                    reads: &all.reads | &next.reads,
                    sets: &all.sets | &next.sets,
                    ..Statement::default()
                });
                inner.unwrap_or_default()
            }
            other => {
                let reads = words(other.to_token_stream());
                let drops = other.to_token_stream().to_string().starts_with(":: core :: mem :: drop (");
                let returns = matches!(other, syn::Stmt::Expr(syn::Expr::Tuple(_) | syn::Expr::Path(_), None));
                Statement { reads, drops, returns, ..Statement::default() }
            }
        }
    }
}

/// All words of some code.
fn words(tokens: TokenStream) -> BTreeSet<String> {
    let word = |tree| match tree {
        TokenTree::Ident(word) => BTreeSet::from([word.to_string()]),
        TokenTree::Group(group) => words(group.stream()),
        _ => BTreeSet::new(),
    };
    tokens.into_iter().flat_map(word).collect()
}

/// The variables that hold tensors: the declared ones, except sizes.
fn tensors(body: &syn::Block) -> BTreeSet<String> {
    let declared = body.stmts.iter().filter_map(|statement| match statement {
        syn::Stmt::Local(local) => Some(local),
        _ => None,
    });
    let is_size = |local: &&syn::Local| local.to_token_stream().to_string().contains(". size () [");
    let names = declared.filter(|local| !is_size(local)).flat_map(|local| words(local.pat.to_token_stream()));
    names.filter(|name| name != "mut" && name != "_").collect()
}

/// The variables that hold a value for too long, and the number of values.
fn kept(body: &syn::Block) -> (Vec<String>, usize) {
    let statements: Vec<Statement> = body.stmts.iter().map(Statement::of).collect();
    let mut kept = Vec::new();
    let mut values = 0;
    for name in tensors(body) {
        let sets: Vec<usize> = (0..statements.len()).filter(|&at| statements[at].sets.contains(&name)).collect();
        values += sets.len();
        for (&set, next) in sets.iter().zip(sets[1..].iter().copied().chain([statements.len()])) {
            let last = (set + 1..=next.min(statements.len() - 1))
                .rfind(|&at| statements[at].reads.contains(&name) && !statements[at].drops)
                .unwrap_or(set);
            let behind = statements[last + 1..].iter().take_while(|statement| statement.drops);
            let dropped = behind.clone().any(|drop| drop.reads.contains(&name));
            // Returning drops everything.
            let returns = statements[last + 1..].iter().all(|statement| statement.returns);
            if !(dropped || last == next || returns) {
                kept.push(name.clone());
            }
        }
    }
    (kept, values)
}

/// Checks every forward function of an expansion.
#[derive(Default)]
struct Lifetimes {
    network: String,
    wrong: Vec<String>,
    values: usize,
}

impl<'ast> Visit<'ast> for Lifetimes {
    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        self.network = item.self_ty.to_token_stream().to_string();
        syn::visit::visit_item_impl(self, item);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        let name = function.sig.ident.to_string();
        if name == "run" || name.starts_with("forward") {
            let (kept, values) = kept(&function.block);
            self.wrong.extend(kept.iter().map(|variable| format!("`{variable}` in {}::{name}", self.network)));
            self.values += values;
        }
    }
}

/// The `network!`s in the Rust files of a folder.
fn listings(folder: &str) -> Vec<TokenStream> {
    struct Found(Vec<TokenStream>);
    impl<'ast> Visit<'ast> for Found {
        fn visit_macro(&mut self, invocation: &'ast syn::Macro) {
            if invocation.path.is_ident("network") {
                self.0.push(invocation.tokens.clone());
            }
        }
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("a readable folder").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "rs"));
    paths.sort();
    let mut found = Found(Vec::new());
    for path in paths {
        let text = fs::read_to_string(&path).expect("a readable file");
        found.visit_file(&syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display())));
    }
    found.0
}

#[test]
fn no_tensor_outlives_its_last_use() {
    let mut lifetimes = Lifetimes::default();
    for listing in ["tests/programs", "src/models", "examples", "tests/layers"].into_iter().flat_map(listings) {
        let expansion = nn_compiler::compile(listing);
        lifetimes.visit_file(&syn::parse2(expansion).expect("an expansion is Rust"));
    }
    assert!(lifetimes.wrong.is_empty(), "kept for too long:\n{}", lifetimes.wrong.join("\n"));
    assert!(lifetimes.values > 500, "only {} values were looked at", lifetimes.values);
    println!("{} values are dropped after their last use", lifetimes.values);
}

#[test]
fn what_is_kept_is_seen() {
    let kept = |code: &str| kept(&syn::parse_str(code).expect("Rust")).0;
    let none = iter::empty::<String>().collect::<Vec<_>>();
    assert_eq!(kept("{ let mut x = a.f(); x = x.g(); x.h() }"), none);
    assert_eq!(
        kept("{ let x = a.f(); let y = x.g(); :: core :: mem :: drop (x); let z = y.h(); ::core::mem::drop(y); z }"),
        none
    );
    assert_eq!(kept("{ let n = a.size()[0]; let x = a.f(n); for stage in &self.s { x = stage.t(&x); } x }"), none);
    assert_eq!(kept("{ let x = a.f(); let y = x.g(); let z = y.h(); ::core::mem::drop(y); z.k() }"), ["x"]);
    assert_eq!(kept("{ let mut x = a.f(); let y = x.g(); x = y.h(); ::core::mem::drop(y); x.k() }"), ["x"]);
    assert_eq!(kept("{ let (y, h) = a.f(); let z = y.g(); ::core::mem::drop(y); z.k() }"), ["h"]);
}
