//! Suggestions for mistyped names.

use crate::report::Mistake;

/// Suggests the known name most similar to `word`, or lists all of them if none is similar.
pub fn help<'a>(mistake: Mistake, word: &str, known: impl IntoIterator<Item = &'a str>) -> Mistake {
    let known: Vec<&str> = known.into_iter().collect();
    let meant = nearest(word, &known).or_else(|| part(word, &known)).or_else(|| abbreviated(word, &known));
    match (meant, known.as_slice()) {
        (Some(name), _) => mistake.help(format!("did you mean `{name}`?")),
        (None, []) => mistake,
        (None, [only]) => mistake.note(format!("the only one is `{only}`")),
        (None, known) => mistake.note(format!("the known ones are {}", list(known))),
    }
}

/// The names in backticks, with commas.
pub fn list(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}

/// The known name most similar to `word`, if any is similar.
pub fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let distances = known.iter().filter_map(|name| Some((distance(word, name)?, *name)));
    distances.min().map(|(_, name)| name)
}

/// Whether `word` may be a mistyped `name`.
pub fn is_near(word: &str, name: &str) -> bool {
    distance(word, name).is_some()
}

/// How many letters are wrong, if only a few are.
fn distance(word: &str, name: &str) -> Option<usize> {
    let length = word.chars().count();
    // The same limit as rustc's, but at least one letter must be right.
    let allowed = (length.max(3) / 3).min(length.saturating_sub(1));
    Some(strsim::osa_distance(&word.to_lowercase(), &name.to_lowercase())).filter(|distance| *distance <= allowed)
}

/// The known name that is a part of `word`, as `kernel` is of `kernel_size`.
pub fn part<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    known.iter().copied().find(|name| word.contains('_') && word.split('_').any(|part| part == *name))
}

/// The known name that `word` abbreviates, as `pad` does `padding`, if all candidates are that or longer forms of it.
pub fn abbreviated<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let long = || known.iter().copied().filter(|name| word.len() >= 3 && name.starts_with(word));
    long().find(|name| long().all(|other| other.starts_with(name)))
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
        assert_eq!(part("kernel_size", &known), Some("kernel"));
        assert_eq!(abbreviated("con", &known), Some("conv"));
        assert_eq!(abbreviated("kaiming", &["kaiming_uniform", "kaiming_normal"]), None);
        assert_eq!(nearest("attention", &known), None);
        assert_eq!(nearest("x", &known), None);
        assert_eq!(nearest("K", &known), Some("k"));
    }
}
