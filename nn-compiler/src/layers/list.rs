//! Lists of sizes among the arguments: `[N, _, 64]`.

use super::{Context, Failure};
use crate::place::Place;
use crate::report::Mistake;
use crate::shaped::{Code, Dtype, Operand};
use crate::size::{Comparison, Predicate, Size, Verdict};
use crate::state::{Datum, Given};

/// An item of a list of sizes.
#[derive(Clone, Debug)]
pub struct Item {
    /// `None` for `_`.
    pub size: Option<Size>,
    /// `-1` for `_`, as in libtorch.
    pub code: Code,
    pub place: Place,
}

impl Item {
    /// The sizes as an operand.
    pub fn operand(items: &[Item]) -> Operand {
        Operand::Sizes(items.iter().map(|item| item.code.clone()).collect())
    }

    /// The sizes as they were written: `[N, _, 64]`.
    pub fn list(items: &[Item]) -> String {
        let shown = |item: &Item| item.size.as_ref().map_or_else(|| "_".to_string(), Size::to_string);
        format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(", "))
    }
}

impl Context<'_> {
    /// A list of sizes, in which `_` is a size to be inferred.
    pub fn list(&mut self, name: &str) -> Result<Vec<Item>, Failure> {
        let Some(given) = self.argument(name).cloned() else { return Ok(Vec::new()) };
        match &given.datum {
            Datum::List(items) => items.iter().map(|item| self.item(name, item, true)).collect(),
            Datum::Shape(dtype, _) => Err(self.typed(name, &given, *dtype).into()),
            _ => Err(self.unfit(name, &given, "a list of sizes")),
        }
    }

    /// A shape without `_`. Its dtype is the network's own float type if none is written.
    pub fn shape(&mut self, name: &str) -> Result<(Dtype, Vec<Item>), Failure> {
        let Some(given) = self.argument(name).cloned() else { return Ok((Dtype::Own, Vec::new())) };
        let (dtype, items) = match &given.datum {
            Datum::List(items) => (Dtype::Own, items),
            Datum::Shape(dtype, items) => (*dtype, items),
            _ => return Err(self.unfit(name, &given, "a shape")),
        };
        let items: Vec<Item> = items.iter().map(|item| self.item(name, item, false)).collect::<Result<_, _>>()?;
        match items.iter().find(|item| item.size.is_none()) {
            Some(hole) => {
                let what = "`_` stands for a size that can be inferred, but this one cannot";
                Err(Mistake::new(hole.place, what).into())
            }
            None => Ok((dtype, items)),
        }
    }

    /// An item of a list. `inferred`: whether it may be `_`.
    fn item(&mut self, name: &str, given: &Given, inferred: bool) -> Result<Item, Failure> {
        let place = given.place;
        match &given.datum {
            Datum::Any => Ok(Item { size: None, code: Code::Literal(-1), place }),
            Datum::Size(size, code) => {
                let mistake = self.mistake(place, format!("a size cannot be negative, but this is {size}"));
                let minus_one = inferred && size.as_constant() == Some(-1);
                let mistake =
                    if minus_one { mistake.help("write `_` for the size that PyTorch writes as -1") } else { mistake };
                self.proofs.at_least(size, 0, || mistake)?;
                Ok(Item { size: Some(size.clone()), code: code.map(&mut |reference| reference.local), place })
            }
            _ => Err(self.unfit(name, given, "a list of sizes")),
        }
    }

    fn typed(&self, name: &str, given: &Given, dtype: Dtype) -> Mistake {
        let what = format!("`{}` keeps the element type, so its `{name}` take none", self.keyword);
        self.mistake(given.place, what).note(format!("`cast {}` changes the element type", dtype.name()))
    }

    /// Checks that two counts of elements are equal for inputs that are not empty; for empty ones they would always be.
    pub fn same_count(&mut self, left: &Size, right: &Size, mistake: Mistake) -> Result<(), Failure> {
        let mut inhabited = self.proofs.facts.clone();
        for symbol in left.symbols().into_iter().chain(right.symbols()) {
            inhabited.require_at_least(&Size::symbol(symbol), 1);
        }
        match inhabited.decide(&Predicate { left: left.clone(), comparison: Comparison::Equal, right: right.clone() }) {
            Verdict::False => Err(mistake.into()),
            _ => Ok(self.proofs.same(left, right, || mistake)?),
        }
    }
}

/// The product of sizes.
pub fn product<'s>(sizes: impl IntoIterator<Item = &'s Size>) -> Result<Size, Failure> {
    Ok(sizes.into_iter().try_fold(Size::constant(1), |product, size| product.mul(size))?)
}
