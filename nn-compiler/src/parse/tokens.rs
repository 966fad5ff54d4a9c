//! The tokens of one group, read from left to right.

use crate::place::Place;
use crate::report::Mistake;
use proc_macro2::{Delimiter, Group, Ident, Literal, Spacing, Span, TokenStream, TokenTree};

/// A piece of the tree, or the mistake because of which there is none.
pub(super) type Parsed<T> = Result<T, Mistake>;

/// The operators, a longer one before a shorter: `->` is never `-`.
const OPERATORS: [&str; 37] = [
    "...", "..=", "..", "->", "=>", "::", "==", "!=", "<=", ">=", "<<", ">>", "&&", "||", "|>", "!", "#", "$", "%",
    "&", "'", "*", "+", ",", "-", ".", "/", ":", ";", "<", "=", ">", "?", "@", "^", "|", "~",
];

/// A cursor over the tokens of one group.
pub(super) struct Tokens {
    trees: Vec<TokenTree>,
    next: usize,
    /// What ends the tokens, and where. Nothing ends those of the whole macro.
    close: Option<(&'static str, Span)>,
    /// Whether braces that stand where an operand may stand are a body: true in the header of a loop or of an `if`.
    body_follows: bool,
}

impl Tokens {
    /// The tokens of the whole macro, doc comments included: they belong to the items.
    pub fn of_macro(stream: TokenStream) -> Tokens {
        Tokens { trees: plain(stream), next: 0, close: None, body_follows: false }
    }

    /// The tokens inside `group`, without doc comments.
    pub fn of(group: &Group) -> Tokens {
        let close = match group.delimiter() {
            Delimiter::Brace => "}",
            Delimiter::Bracket => "]",
            Delimiter::Parenthesis | Delimiter::None => ")",
        };
        let trees = without_docs(plain(group.stream()));
        Tokens { trees, next: 0, close: Some((close, group.span_close())), body_follows: false }
    }

    pub fn is_empty(&self) -> bool {
        self.next == self.trees.len()
    }

    /// The token `ahead` of the next one.
    pub fn peek(&self, ahead: usize) -> Option<&TokenTree> {
        self.trees.get(self.next + ahead)
    }

    /// Takes the next token.
    pub fn bump(&mut self) -> Option<TokenTree> {
        let tree = self.peek(0).cloned();
        self.next += usize::from(tree.is_some());
        tree
    }

    /// Where the next token is: of a group, its opening delimiter; after the last token, what closes the group.
    pub fn place(&self) -> Place {
        match (self.peek(0), self.close, self.trees.last()) {
            (Some(TokenTree::Punct(_)), ..) => self.span_of(self.next, self.operator().map_or(1, |op| op.len())),
            (Some(tree), ..) => first_span(tree).into(),
            (None, Some((_, close)), _) => close.into(),
            (None, None, last) => last.map_or_else(Span::call_site, last_span).into(),
        }
    }

    /// What the next token is, as a message quotes it.
    pub fn found(&self) -> String {
        match self.peek(0) {
            None => self.close.map_or("the end".to_owned(), |(close, _)| format!("`{close}`")),
            Some(TokenTree::Group(group)) => format!("`{}`", open(group)),
            Some(TokenTree::Punct(_)) => format!("`{}`", self.operator().unwrap_or_default()),
            Some(tree) => format!("`{tree}`"),
        }
    }

    /// The mistake that something else stands where `what` should.
    pub fn expected(&self, what: &str) -> Mistake {
        Mistake::new(self.place(), format!("expected {what}, found {}", self.found()))
    }

    /// Checks that no tokens are left.
    pub fn expect_end(&self) -> Parsed<()> {
        let close = self.close.map_or("the end".to_owned(), |(close, _)| format!("`{close}`"));
        if self.is_empty() { Ok(()) } else { Err(self.expected(&close)) }
    }

    /// A position, for [`Tokens::since`].
    pub fn mark(&self) -> usize {
        self.next
    }

    /// From `mark` to the last token that was read.
    pub fn since(&self, mark: usize) -> Place {
        if mark == self.next { self.place() } else { self.span_of(mark, self.next - mark) }
    }

    /// The tokens from `mark` on that were read.
    pub fn stream_since(&self, mark: usize) -> TokenStream {
        self.trees[mark..self.next].iter().cloned().collect()
    }

    /// The token that was read last.
    pub fn previous(&self) -> Option<&TokenTree> {
        self.next.checked_sub(1).map(|last| &self.trees[last])
    }

    /// Whether the next token is on a later line than the one before it.
    pub fn on_new_line(&self) -> bool {
        let line = |tree: &TokenTree| first_span(tree).start().line;
        self.previous().zip(self.peek(0)).is_some_and(|(before, next)| line(next) > last_span(before).end().line)
    }

    /// From `mark` on, the last token before a line that does not go on with `->`, and at most the one that was read last.
    pub fn end_of_line(&self, mark: usize) -> Place {
        let line = |tree: &TokenTree| first_span(tree).start().line;
        let goes_on = |tree: &TokenTree| matches!(tree, TokenTree::Punct(_));
        let ends = |at: &usize| {
            let (tree, next) = (&self.trees[*at], &self.trees[*at + 1]);
            line(next) > last_span(tree).end().line && !goes_on(next) && !goes_on(tree)
        };
        let last = (mark..self.next - 1).find(ends).unwrap_or(self.next - 1);
        last_span(&self.trees[last]).into()
    }

    /// Parses what stands before a body, where braces are that body and not a Rust constant.
    pub fn before_body<T>(&mut self, parse: impl FnOnce(&mut Tokens) -> T) -> T {
        let outer = std::mem::replace(&mut self.body_follows, true);
        let parsed = parse(self);
        self.body_follows = outer;
        parsed
    }

    pub fn body_follows(&self) -> bool {
        self.body_follows
    }

    fn span_of(&self, start: usize, length: usize) -> Place {
        Place { first: first_span(&self.trees[start]), last: last_span(&self.trees[start + length - 1]) }
    }
}

/// Words and literals.
impl Tokens {
    pub fn word_at(&self, ahead: usize) -> Option<&Ident> {
        match self.peek(ahead) {
            Some(TokenTree::Ident(word)) => Some(word),
            _ => None,
        }
    }

    pub fn at_word(&self, word: &str) -> bool {
        self.word_at(0).is_some_and(|next| next == word)
    }

    pub fn take_word(&mut self) -> Option<Ident> {
        let word = self.word_at(0).cloned();
        self.next += usize::from(word.is_some());
        word
    }

    /// Takes the next word, which the caller knows to be there.
    pub fn expect_word(&mut self) -> Parsed<Ident> {
        self.take_word().ok_or_else(|| self.expected("a word"))
    }

    pub fn literal(&self) -> Option<&Literal> {
        match self.peek(0) {
            Some(TokenTree::Literal(literal)) => Some(literal),
            _ => None,
        }
    }

    /// `embed.weight`
    pub fn at_field(&self) -> bool {
        self.word_at(0).is_some() && self.at_operator(1, ".") && self.word_at(2).is_some()
    }

    /// `key =`, as before the value of a setting.
    pub fn at_setting(&self) -> bool {
        self.word_at(0).is_some() && self.at_operator(1, "=")
    }
}

/// Operators.
impl Tokens {
    /// The longest operator that starts at the next token.
    pub fn operator(&self) -> Option<&'static str> {
        self.operator_at(0)
    }

    /// The longest operator that starts `ahead` of the next token.
    pub fn operator_at(&self, ahead: usize) -> Option<&'static str> {
        let mut run = String::with_capacity(3);
        while let Some(TokenTree::Punct(punct)) = self.peek(ahead + run.len()) {
            run.push(punct.as_char());
            if punct.spacing() == Spacing::Alone || run.len() == 3 {
                break;
            }
        }
        if run.is_empty() { None } else { OPERATORS.into_iter().find(|operator| run.starts_with(operator)) }
    }

    pub fn at(&self, operator: &str) -> bool {
        self.at_operator(0, operator)
    }

    pub fn at_operator(&self, ahead: usize, operator: &str) -> bool {
        let first = |tree: &TokenTree| matches!(tree, TokenTree::Punct(punct) if operator.starts_with(punct.as_char()));
        self.peek(ahead).is_some_and(first) && self.operator_at(ahead) == Some(operator)
    }

    pub fn eat(&mut self, operator: &str) -> Option<Place> {
        self.at(operator).then(|| self.bump_operator())
    }

    pub fn expect(&mut self, operator: &str) -> Parsed<Place> {
        self.eat(operator).ok_or_else(|| self.expected(&format!("`{operator}`")))
    }

    /// Takes the next operator.
    pub fn bump_operator(&mut self) -> Place {
        let mark = self.mark();
        self.next += self.operator().map_or(0, |operator| operator.len());
        self.since(mark)
    }

    /// Whether this operator stands among the tokens that are left.
    pub fn comes(&self, operator: &str) -> bool {
        (0..self.trees.len() - self.next).any(|ahead| self.at_operator(ahead, operator))
    }

    /// Whether a stage must end here.
    pub fn at_stage_end(&self) -> bool {
        self.is_empty() || ["->", ",", ";"].iter().any(|end| self.at(end))
    }

    /// Skips tokens up to the first of these operators, or to the end.
    pub fn skip_to(&mut self, stops: &[&str]) {
        while !self.is_empty() && !stops.iter().any(|stop| self.at(stop)) {
            self.next += 1;
        }
    }
}

/// Groups.
impl Tokens {
    pub fn group_at(&self, ahead: usize, delimiter: Delimiter) -> Option<&Group> {
        match self.peek(ahead) {
            Some(TokenTree::Group(group)) if group.delimiter() == delimiter => Some(group),
            _ => None,
        }
    }

    /// Whether such a group stands among the tokens that are left.
    pub fn comes_group(&self, delimiter: Delimiter) -> bool {
        (0..self.trees.len() - self.next).any(|ahead| self.group_at(ahead, delimiter).is_some())
    }

    pub fn at_group(&self, delimiter: Delimiter) -> bool {
        self.group_at(0, delimiter).is_some()
    }

    pub fn take_group(&mut self, delimiter: Delimiter) -> Option<Group> {
        let group = self.group_at(0, delimiter).cloned();
        self.next += usize::from(group.is_some());
        group
    }

    /// Whether a group in parentheses stands `ahead` of the next token, with no space before it: `normal(0.0, 0.02)`.
    pub fn call_at(&self, ahead: usize) -> bool {
        let group = self.group_at(ahead, Delimiter::Parenthesis);
        let before = (self.next + ahead).checked_sub(1).map(|before| last_span(&self.trees[before]));
        // Tokens made by another macro all have the place of that macro, which says nothing about spaces.
        let adjacent = |before: Span, open: Span| before.end() == open.start() && before.end() < open.end();
        group.zip(before).is_some_and(|(group, before)| adjacent(before, group.span_open()))
    }

    /// Enters `<..>`, which is no group to Rust.
    pub fn take_angles(&mut self) -> Option<Parsed<Tokens>> {
        let open = self.eat("<")?;
        let start = self.mark();
        let mut depth = 1;
        while depth > 0 {
            // One character at a time: two levels may end in `>>`.
            match self.peek(0) {
                Some(TokenTree::Punct(punct)) if punct.as_char() == '<' => depth += 1,
                Some(TokenTree::Punct(punct)) if punct.as_char() == '>' => depth -= 1,
                _ if self.is_empty() || self.at("->") || self.at(";") || self.at_group(Delimiter::Parenthesis) => {
                    return Some(Err(Mistake::new(open, "this `<` is not closed")));
                }
                _ => {}
            }
            self.next += 1;
        }
        let trees = without_docs(self.trees[start..self.next - 1].to_vec());
        let close = Some((">", self.trees[self.next - 1].span()));
        Some(Ok(Tokens { trees, next: 0, close, body_follows: false }))
    }
}

/// From the opening delimiter to the closing one.
pub(super) fn group_place(group: &Group) -> Place {
    Place { first: group.span_open(), last: group.span_close() }
}

/// Whether a comma stands directly in `group`.
pub(super) fn has_comma(group: &Group) -> bool {
    group.stream().into_iter().any(|tree| matches!(tree, TokenTree::Punct(punct) if punct.as_char() == ','))
}

fn open(group: &Group) -> char {
    match group.delimiter() {
        Delimiter::Brace => '{',
        Delimiter::Bracket => '[',
        Delimiter::Parenthesis | Delimiter::None => '(',
    }
}

fn first_span(tree: &TokenTree) -> Span {
    match tree {
        TokenTree::Group(group) => group.span_open(),
        other => other.span(),
    }
}

fn last_span(tree: &TokenTree) -> Span {
    match tree {
        TokenTree::Group(group) => group.span_close(),
        other => other.span(),
    }
}

/// The tokens, with the groups unwrapped that variables of `macro_rules!` bring.
fn plain(stream: TokenStream) -> Vec<TokenTree> {
    let unwrapped = |tree| match tree {
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => unwrap(&group),
        other => vec![other],
    };
    stream.into_iter().flat_map(unwrapped).collect()
}

/// Unwraps a group: a path or a single token stays as it is, an expression gets parentheses.
fn unwrap(group: &Group) -> Vec<TokenTree> {
    let inner = plain(group.stream());
    if inner.len() == 1 || syn::parse2::<syn::Path>(group.stream()).is_ok() {
        return inner;
    }
    let mut parenthesised = Group::new(Delimiter::Parenthesis, group.stream());
    parenthesised.set_span(group.span());
    vec![parenthesised.into()]
}

fn without_docs(mut trees: Vec<TokenTree>) -> Vec<TokenTree> {
    let mut kept = 0;
    while kept < trees.len() {
        match doc_comment(&trees[kept..]) {
            0 => kept += 1,
            length => drop(trees.drain(kept..kept + length)),
        }
    }
    trees
}

/// How many of the first tokens are a doc comment: `#[doc = ".."]` or `#![doc = ".."]`.
fn doc_comment(trees: &[TokenTree]) -> usize {
    let punct = |tree: &TokenTree, char| matches!(tree, TokenTree::Punct(punct) if punct.as_char() == char);
    match trees {
        [hash, group, ..] if punct(hash, '#') && is_doc(group) => 2,
        [hash, not, group, ..] if punct(hash, '#') && punct(not, '!') && is_doc(group) => 3,
        _ => 0,
    }
}

fn is_doc(tree: &TokenTree) -> bool {
    let TokenTree::Group(group) = tree else { return false };
    let mut inner = group.stream().into_iter();
    group.delimiter() == Delimiter::Bracket
        && matches!(inner.next(), Some(TokenTree::Ident(word)) if word == "doc")
        && matches!(inner.next(), Some(TokenTree::Punct(punct)) if punct.as_char() == '=')
}
