//! Places in the source.

use proc_macro2::Span;
use quote::ToTokens;

/// From one token to another. Stable Rust cannot join spans, but an error can be given the spans of both ends.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub first: Span,
    pub last: Span,
}

impl Place {
    /// From the first token of `tokens` to the last.
    pub fn of(tokens: impl ToTokens) -> Place {
        let mut spans = tokens.into_token_stream().into_iter().map(|token| token.span());
        let first = spans.next().unwrap_or_else(Span::call_site);
        Place { first, last: spans.last().unwrap_or(first) }
    }

    /// From the start of this to the end of `other`.
    pub fn to(self, other: impl Into<Place>) -> Place {
        Place { first: self.first, last: other.into().last }
    }

    /// The line and column of the first character: the order of the source.
    pub fn start(self) -> (usize, usize) {
        let start = self.first.start();
        (start.line, start.column)
    }

    /// The line and column after the last character.
    pub fn end(self) -> (usize, usize) {
        let end = self.last.end();
        (end.line, end.column)
    }
}

impl From<Span> for Place {
    fn from(span: Span) -> Place {
        Place { first: span, last: span }
    }
}

impl From<&proc_macro2::Ident> for Place {
    fn from(ident: &proc_macro2::Ident) -> Place {
        ident.span().into()
    }
}

impl From<&syn::LitStr> for Place {
    fn from(text: &syn::LitStr) -> Place {
        text.span().into()
    }
}

/// The place of the macro itself.
impl Default for Place {
    fn default() -> Place {
        Span::call_site().into()
    }
}

/// All places are equal, so that trees can be compared without regard to where they were written.
impl PartialEq for Place {
    fn eq(&self, _: &Place) -> bool {
        true
    }
}
