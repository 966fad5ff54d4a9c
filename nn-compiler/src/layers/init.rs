//! `init=`: the initialisation of parameters.

use super::Failure;
use crate::nearest;
use crate::report::Mistake;
use crate::shaped::{Code, Init};
use crate::state::{Datum, Given};

/// The initialisations that need a fan, and so at least two dimensions, with the run time's name for each.
const FANS: &[(&str, &str)] = &[
    ("xavier_uniform", "XavierUniform"),
    ("xavier_normal", "XavierNormal"),
    ("kaiming_uniform", "KaimingUniform"),
    ("kaiming_normal", "KaimingNormal"),
    ("lecun_uniform", "LecunUniform"),
    ("lecun_normal", "LecunNormal"),
    ("orthogonal", "Orthogonal"),
];

/// `zeros`, `normal(0.0, 0.02)`, `path::function`, for a tensor of so many dimensions.
pub fn parse(given: &Given, rank: usize) -> Result<Init, Failure> {
    match &given.datum {
        Datum::Word(word) if word == "zeros" => Ok(Init::Constant(0.0.into())),
        Datum::Word(word) if word == "ones" => Ok(Init::Constant(1.0.into())),
        Datum::Word(word) => named(&word.to_string(), given, rank),
        Datum::Function(name, arguments) => function(&name.to_string(), arguments, given),
        Datum::Size(_, Code::Rust(path)) => Ok(Init::Function(path.clone())),
        Datum::Broken => Err(Failure::Reported),
        other => Err(unknown(given, &format!("`{}`", other.text())).into()),
    }
}

fn named(word: &str, given: &Given, rank: usize) -> Result<Init, Failure> {
    if word == "default" {
        let what = "`default` is a layer's own initialisation, but there is no layer here";
        return Err(Mistake::new(given.place, what).into());
    }
    let Some((_, init)) = FANS.iter().find(|(name, _)| *name == word) else {
        return Err(unknown(given, &format!("`{word}`")).into());
    };
    if rank < 2 {
        let what = format!("`{word}` needs a tensor of at least 2 dimensions, but this has {rank}");
        return Err(Mistake::new(given.place, what).into());
    }
    Ok(Init::Named(init))
}

fn function(name: &str, arguments: &[Given], given: &Given) -> Result<Init, Failure> {
    let numbers: Option<Vec<Code>> = arguments.iter().map(|argument| argument.datum.as_constant()).collect();
    match (name, numbers.as_deref()) {
        ("uniform", Some([Code::Float(low), Code::Float(high)])) if low > high => Err(Mistake::new(
            given.place,
            format!("`uniform` goes from a lower to a higher number, but {low} is above {high}"),
        )
        .into()),
        ("uniform", Some([low, high])) => Ok(Init::Uniform(low.clone(), high.clone())),
        ("normal", Some([_, Code::Float(deviation)])) if *deviation < 0.0 => {
            Err(Mistake::new(given.place, format!("a standard deviation must be at least 0, but this is {deviation}"))
                .into())
        }
        ("normal", Some([mean, deviation])) => Ok(Init::Normal(mean.clone(), deviation.clone())),
        ("constant", Some([value])) => Ok(Init::Constant(value.clone())),
        ("uniform" | "normal", _) => Err(Mistake::new(given.place, format!("`{name}` takes two numbers")).into()),
        ("constant", _) => Err(Mistake::new(given.place, "`constant` takes a number").into()),
        _ => Err(unknown(given, &format!("`{name}(..)`")).into()),
    }
}

fn unknown(given: &Given, what: &str) -> Mistake {
    let functions = ["uniform(a, b)", "normal(mean, std)", "constant(c)", "path::to::function"];
    let words = ["zeros", "ones"].into_iter().chain(FANS.iter().map(|(name, _)| *name));
    let known: Vec<&str> = words.chain(functions).collect();
    let word = match &given.datum {
        Datum::Word(word) => word.to_string(),
        Datum::Function(name, _) => name.to_string(),
        _ => String::new(),
    };
    nearest::help(Mistake::new(given.place, format!("{what} is not an initialisation")), &word, known)
}
