//! Rules that rename tensors, in which `*` matches any text.

/// The texts that the stars of `pattern` match in `name`, each as short as possible except the last; `None` for no match.
fn captures<'n>(pattern: &str, name: &'n str) -> Option<Vec<&'n str>> {
    let mut pieces = pattern.split('*');
    let mut rest = name.strip_prefix(pieces.next()?)?;
    let mut pieces: Vec<&str> = pieces.collect();
    let Some(last) = pieces.pop() else { return rest.is_empty().then(Vec::new) };
    let mut captured = Vec::new();
    for piece in pieces {
        let (before, after) = rest.split_at(rest.find(piece)?);
        captured.push(before);
        rest = &after[piece.len()..];
    }
    captured.push(rest.strip_suffix(last)?);
    Some(captured)
}

/// `name` after a rule that turns names like `from` into names like `to`; `None` if it does not match `from`.
///
/// The stars of `to` are replaced by what those of `from` matched, in order.
pub fn renamed(from: &str, to: &str, name: &str) -> Option<String> {
    let captured = captures(from, name)?;
    let mut pieces = to.split('*');
    let mut renamed = pieces.next().unwrap_or_default().to_owned();
    for (piece, text) in pieces.zip(captured) {
        renamed.push_str(text);
        renamed.push_str(piece);
    }
    Some(renamed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_any_text() {
        assert_eq!(captures("fc.weight", "fc.weight"), Some(vec![]));
        assert_eq!(captures("fc.weight", "fc.weights"), None);
        assert_eq!(captures("fc.*", "fc.weight"), Some(vec!["weight"]));
        assert_eq!(captures("*", "anything.at.all"), Some(vec!["anything.at.all"]));
        assert_eq!(captures("*.norm.*", "a.norm.1.norm.2"), Some(vec!["a", "1.norm.2"]));
        assert_eq!(captures("a*a", "a"), None);
        assert_eq!(captures("a*b*c", "abcbc"), Some(vec!["", "cb"]));
    }

    #[test]
    fn names_are_rewritten() {
        assert_eq!(renamed("module.*", "*", "module.fc.weight").as_deref(), Some("fc.weight"));
        assert_eq!(renamed("*", "body.*", "fc.weight").as_deref(), Some("body.fc.weight"));
        assert_eq!(renamed("*.norm.*.*", "*.norm*.*", "layer1.norm.1.weight").as_deref(), Some("layer1.norm1.weight"));
        assert_eq!(renamed("gamma", "weight", "beta"), None);
    }
}
