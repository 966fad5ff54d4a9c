use super::*;

#[test]
fn words_are_numbered_from_two() {
    let words = Words::of(["the plot thickens", "the  end"]);
    assert_eq!((words.len(), words.is_empty()), (6, false));
    assert_eq!((words.number("end"), words.number("thickens"), words.number("The")), (2, 5, Words::UNKNOWN));
    assert_eq!((words.word(2), words.word(1), words.word(6), words.word(-9)), (Some("end"), None, None, None));
}

#[test]
fn texts_are_truncated_and_padded() {
    let words = Words::of(["a b c"]);
    let encoded = words.encode(["c", "a b c a", ""], 3).unwrap();
    assert_eq!(encoded, Tensor::from_slice2(&[[4i64, 0, 0], [2, 3, 4], [0, 0, 0]]));
}

#[test]
fn characters_round_trip() {
    let (letters, tokens) = Characters::encoded("banana é");
    assert_eq!(letters.len(), 5);
    let numbers: Vec<i64> = tokens.try_into().unwrap();
    assert_eq!(letters.decode(&numbers), "banana é");
    assert_eq!(letters.decode(&[1, 99, -1]), "a\u{fffd}\u{fffd}");
    assert_eq!(
        letters.encode("band").unwrap_err().to_string(),
        "character 3, 'd', is not one of the 5 characters of the original text"
    );
}

#[test]
fn a_window_is_followed_by_its_next_tokens() {
    let windows = Windows::new(Tensor::arange(10, (Kind::Int64, Device::Cpu)), 3);
    assert_eq!(windows.len(), 7);
    assert_eq!(windows.get(6).unwrap(), (Tensor::from_slice(&[6i64, 7, 8]), Tensor::from_slice(&[7i64, 8, 9])));
    let (seen, next) = windows.batch(&[2, 0]).unwrap();
    assert_eq!(seen, Tensor::from_slice2(&[[2i64, 3, 4], [0, 1, 2]]));
    assert_eq!(next, seen + 1);
    assert_eq!(windows.get(7).unwrap_err().to_string(), "index 7 is beyond a data set of 7 samples");
    assert_eq!(Windows::new(Tensor::from_slice(&[1i64, 2, 3]), 3).len(), 0);
}

#[test]
fn shakespeare_is_whole() {
    let text = shakespeare();
    assert!(text.is_ascii() && text.starts_with("First Citizen:\nBefore we proceed any further, hear me speak."));
    assert_eq!((text.len(), Characters::of(text).len()), (249_547, 62));
}
