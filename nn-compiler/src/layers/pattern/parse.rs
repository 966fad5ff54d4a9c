//! The parser of patterns of axes.

/// A pattern such as `b (h p) ... -> b h p ...`.
#[derive(Debug, PartialEq)]
pub struct Pattern {
    pub left: Side,
    pub right: Side,
}

/// One side of a pattern: the axes that each dimension is made of. A `1` is made of none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Side {
    pub dims: Vec<Vec<Axis>>,
    /// The index of a `...` outside parentheses, which is several dimensions.
    pub rest: Option<usize>,
}

/// A part of a dimension.
#[derive(Clone, Debug, PartialEq)]
pub enum Axis {
    Name(String),
    /// An axis without a name, and its size.
    Number(i64),
    /// `...`: the remaining dimensions.
    Rest,
}

impl Pattern {
    /// Reads both sides, or says what is wrong.
    pub fn parse(text: &str) -> Result<Pattern, String> {
        let sides: Vec<&str> = text.split("->").collect();
        let [left, right] = sides[..] else {
            return Err("a pattern has two sides, with one `->` between them".to_string());
        };
        Ok(Pattern { left: Side::parse(left, "left")?, right: Side::parse(right, "right")? })
    }
}

impl Side {
    fn parse(text: &str, title: &str) -> Result<Side, String> {
        let mut side = Side::default();
        let mut open: Option<Vec<Axis>> = None;
        for word in words(text)? {
            match (word.as_str(), &mut open) {
                ("(", None) => open = Some(Vec::new()),
                ("(", Some(_)) => return Err("parentheses cannot be nested".to_string()),
                (")", _) => side.dims.push(open.take().ok_or("a `)` closes nothing")?),
                (word, Some(group)) => group.extend(axis(word)?),
                (word, None) => {
                    if word == "..." {
                        side.rest = Some(side.dims.len());
                    }
                    side.dims.push(axis(word)?.into_iter().collect());
                }
            }
        }
        if open.is_some() {
            return Err("a `(` is never closed".to_string());
        }
        match side.repeated() {
            Some(axis) => Err(format!("the axis `{axis}` appears twice on the {title} side")),
            None => Ok(side),
        }
    }

    /// All axes, in their order.
    pub fn axes(&self) -> impl Iterator<Item = &Axis> {
        self.dims.iter().flatten()
    }

    /// Whether the axis is on this side.
    pub fn has(&self, axis: &Axis) -> bool {
        self.axes().any(|other| other == axis)
    }

    fn repeated(&self) -> Option<&Axis> {
        let names = || self.axes().filter(|axis| !matches!(axis, Axis::Number(_)));
        names().enumerate().find(|(index, axis)| names().take(*index).any(|other| other == *axis)).map(|(_, axis)| axis)
    }

    /// Replaces `...` by `count` axes.
    pub fn with_rest(&self, count: usize) -> Side {
        let rest = || (0..count).map(|index| Axis::Name(format!("...{index}")));
        let spread = |axis: &Axis| if *axis == Axis::Rest { rest().collect() } else { vec![axis.clone()] };
        let mut dims = Vec::new();
        for (index, dim) in self.dims.iter().enumerate() {
            if self.rest == Some(index) {
                dims.extend(rest().map(|axis| vec![axis]));
            } else {
                dims.push(dim.iter().flat_map(spread).collect());
            }
        }
        Side { dims, rest: None }
    }
}

impl std::fmt::Display for Axis {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self {
            Axis::Name(name) if !name.starts_with("...") => f.write_str(name),
            Axis::Number(size) => write!(f, "{size}"),
            Axis::Name(_) | Axis::Rest => f.write_str("..."),
        }
    }
}

/// Names, numbers, parentheses and `...`.
fn words(text: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '(' | ')' => 1,
            '.' if rest.starts_with("...") => 3,
            c if c.is_ascii_alphanumeric() || c == '_' => {
                rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len())
            }
            other => return Err(format!("`{other}` does not belong in a pattern")),
        };
        let (word, after) = rest.split_at(length);
        words.push(word.to_string());
        rest = after.trim_start();
    }
    Ok(words)
}

/// The axis that a word is, or none for `1`.
fn axis(word: &str) -> Result<Option<Axis>, String> {
    if word == "..." {
        return Ok(Some(Axis::Rest));
    }
    if !word.starts_with(|c: char| c.is_ascii_digit()) {
        return Ok(Some(Axis::Name(word.to_string())));
    }
    match word.parse() {
        Ok(1) => Ok(None),
        Ok(size) if size > 1 => Ok(Some(Axis::Number(size))),
        _ => Err(format!("`{word}` is neither the name of an axis nor a size")),
    }
}
