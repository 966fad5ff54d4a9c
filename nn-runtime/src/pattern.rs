//! Patterns for parameter names.

use std::collections::BTreeSet;
use std::fmt;

use crate::error::quoted;

/// A pattern that matches no name.
#[derive(Clone, PartialEq, Eq)]
pub struct PatternError {
    /// The pattern.
    pub pattern: String,
    /// What is wrong with its syntax, if anything.
    pub reason: Option<String>,
    /// A name that it may be meant to match.
    pub nearest: Option<String>,
    /// What the names begin with, if none is like the pattern.
    pub beginnings: Vec<String>,
}

/// The positions of the names that `pattern` matches, in which `*` is any text and `?` any character.
///
/// # Errors
/// If it matches none: a misspelt pattern would leave parameters out without a word.
pub(crate) fn positions(pattern: &str, names: &[String]) -> Result<Vec<usize>, PatternError> {
    let no_match = || PatternError::no_match(pattern, names);
    let glob = glob::Pattern::new(pattern)
        .map_err(|reason| PatternError { reason: Some(reason.msg.to_owned()), ..no_match() })?;
    let found: Vec<usize> = (0..names.len()).filter(|&index| glob.matches(&names[index])).collect();
    if found.is_empty() { Err(no_match()) } else { Ok(found) }
}

impl PatternError {
    /// The error of a pattern that matches none of the names.
    pub(crate) fn no_match(pattern: &str, names: &[String]) -> Self {
        let nearest = nearest(pattern, names);
        let beginnings = if nearest.is_none() { beginnings(names) } else { Vec::new() };
        Self { pattern: pattern.to_owned(), reason: None, nearest, beginnings }
    }
}

/// The pattern for a whole layer, if just its name was given, or else the name most similar to the pattern.
fn nearest(pattern: &str, names: &[String]) -> Option<String> {
    const ALIKE: f64 = 0.5;
    let inside = format!("{pattern}.");
    if names.iter().any(|name| name.starts_with(&inside)) {
        return Some(inside + "*");
    }
    let alike = |name: &String| strsim::normalized_levenshtein(name, pattern);
    let nearest = names.iter().max_by(|a, b| alike(a).total_cmp(&alike(b)))?;
    (alike(nearest) >= ALIKE).then(|| nearest.clone())
}

/// The first parts of the names, each once.
fn beginnings(names: &[String]) -> Vec<String> {
    let firsts: BTreeSet<&str> = names.iter().filter_map(|name| name.split('.').next()).collect();
    firsts.into_iter().map(str::to_owned).collect()
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pattern, reason, nearest, beginnings } = self;
        match reason {
            Some(reason) => write!(f, "`{pattern}` is not a pattern: {reason}")?,
            None => write!(f, "no parameter's name matches `{pattern}`")?,
        }
        if let Some(nearest) = nearest {
            let what = if nearest.ends_with('*') { "its parameters match" } else { "the nearest name is" };
            write!(f, "\nnote: {what} `{nearest}`")?;
        }
        if !beginnings.is_empty() {
            write!(f, "\nnote: the names begin with {}", quoted(beginnings, 8))?;
        }
        f.write_str("\nhelp: `*` matches any text: `*.bias`, `layer1.*`")
    }
}

impl std::error::Error for PatternError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Vec<String> {
        ["conv1.bias", "conv1.weight", "layer1.0.conv1.weight", "fc.bias"].map(str::to_owned).into()
    }

    #[test]
    fn a_star_is_any_text() {
        assert_eq!(positions("*.bias", &names()).unwrap(), [0, 3]);
        assert_eq!(positions("layer1.*", &names()).unwrap(), [2]);
        assert_eq!(positions("conv?.*", &names()).unwrap(), [0, 1]);
        assert_eq!(positions("fc.bias", &names()).unwrap(), [3]);
    }

    #[test]
    fn a_pattern_without_a_name_is_a_mistake() {
        assert_eq!(
            positions("head.bias", &names()).unwrap_err().to_string(),
            "no parameter's name matches `head.bias`\n\
             note: the nearest name is `fc.bias`\n\
             help: `*` matches any text: `*.bias`, `layer1.*`"
        );
        assert!(
            positions("conv1", &names()).unwrap_err().to_string().contains("\nnote: its parameters match `conv1.*`\n")
        );
        assert!(
            positions("encoder.*", &names())
                .unwrap_err()
                .to_string()
                .contains("\nnote: the names begin with `conv1`, `fc`, `layer1`\n")
        );
        let error = positions("fc.***", &names()).unwrap_err().to_string();
        assert!(error.starts_with("`fc.***` is not a pattern: wildcards are either"), "{error}");
    }
}
