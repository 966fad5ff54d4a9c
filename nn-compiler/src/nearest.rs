//! What somebody may have meant.

use crate::report::Mistake;

/// Adds the known name that is nearest to `word`, or all of them where none is near.
pub fn help<'a>(mistake: Mistake, word: &str, known: impl IntoIterator<Item = &'a str>) -> Mistake {
    let known: Vec<&str> = known.into_iter().collect();
    match nearest(word, &known) {
        Some(name) => mistake.help(format!("did you mean `{name}`?")),
        None if known.is_empty() => mistake,
        None => mistake.note(format!("known are {}", list(&known))),
    }
}

/// The names in backticks, with commas.
pub fn list(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}

/// The known name that is nearest to `word`, if any is near.
pub fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let allowed = word.chars().count().div_ceil(3);
    let distance = |name: &str| strsim::osa_distance(&word.to_lowercase(), &name.to_lowercase());
    let distances = known.iter().map(|name| (distance(name), *name));
    distances.filter(|(distance, _)| *distance <= allowed).min().map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_meant() {
        let known = ["conv", "conv_transpose", "linear", "relu", "kernel", "k"];
        assert_eq!(nearest("liner", &known), Some("linear"));
        assert_eq!(nearest("rleu", &known), Some("relu"));
        assert_eq!(nearest("Linear", &known), Some("linear"));
        assert_eq!(nearest("attention", &known), None);
    }
}
