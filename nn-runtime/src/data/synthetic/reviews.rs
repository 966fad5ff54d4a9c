//! Reviews of films, made by a small grammar.

use std::collections::BTreeSet;

use crate::data::Rng;

/// A sentence on a film, in small letters with a space between any two words, and whether it is in favour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// What it says.
    pub text: String,
    /// Whether it is in favour.
    pub positive: bool,
}

const NOUNS: [&str; 12] = [
    "plot",
    "acting",
    "music",
    "ending",
    "script",
    "cast",
    "dialogue",
    "camera work",
    "first half",
    "story",
    "pace",
    "idea",
];
const GOOD: [&str; 12] = [
    "great",
    "brilliant",
    "moving",
    "funny",
    "clever",
    "beautiful",
    "gripping",
    "charming",
    "fresh",
    "warm",
    "superb",
    "thrilling",
];
const BAD: [&str; 12] = [
    "bad",
    "boring",
    "dull",
    "awful",
    "silly",
    "clumsy",
    "tedious",
    "weak",
    "shallow",
    "cold",
    "terrible",
    "predictable",
];

/// Different reviews, half of them in favour: no one wrote them, a grammar did, so that what is learned from them is about
/// this grammar. In most of them a word of praise stands beside one of blame, and only their order tells which counts: "nobody
/// would call the plot clever", "despite the superb cast , a boring film".
///
/// No review comes twice, so that any split tests on sentences that were not trained on.
///
/// ```
/// let reviews = nn_runtime::data::synthetic::reviews(1000, 1);
/// assert_eq!(reviews.iter().filter(|review| review.positive).count(), 500);
/// ```
///
/// # Panics
/// If more than 20,000 are asked for: the grammar has no endless supply.
#[track_caller]
pub fn reviews(count: usize, seed: u64) -> Vec<Review> {
    assert!(count <= 20_000, "there are 20,000 reviews at most, not {count}");
    let mut rng = Rng::with_seed(seed);
    let mut seen = BTreeSet::new();
    let mut reviews = Vec::new();
    while reviews.len() < count {
        let positive = reviews.len() % 2 == 0;
        let text = sentence(positive, &mut rng);
        if seen.insert(text.clone()) {
            reviews.push(Review { text, positive });
        }
    }
    reviews
}

fn sentence(positive: bool, rng: &mut Rng) -> String {
    let (same, opposite) = if positive { (GOOD, BAD) } else { (BAD, GOOD) };
    let first = rng.usize(0..NOUNS.len());
    let noun = NOUNS[first];
    let other = NOUNS[(first + rng.usize(1..NOUNS.len())) % NOUNS.len()];
    let mut pick = |words: &[&'static str]| words[rng.usize(0..words.len())];
    let (word, second) = (pick(&same), pick(&same));
    let contrary = pick(&opposite);
    match rng.usize(0..6) {
        0 => format!("the {noun} is {word} and the {other} {second}"),
        1 => format!("despite the {contrary} {noun} , a {word} film with a {second} {other}"),
        2 => format!("the {noun} is not {contrary} , it is {word} , and so is the {other}"),
        3 => format!("i expected a {contrary} {noun} and saw a {word} one"),
        4 => format!("nobody would call the {noun} {contrary} or the {other} anything but {word}"),
        _ => format!("they say the {noun} is {contrary} , but to me it was {word} and {second}"),
    }
}
