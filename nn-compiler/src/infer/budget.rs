//! `#[budget(..)]`: what a network may cost, compared with what its layers do.

use super::expression::Mode;
use super::{Inference, Wrong};
use crate::nearest;
use crate::report::{Mistake, grouped};
use crate::shaped::{Check, Deferred, Outline, Part};
use crate::size::{ArithmeticError, Size};
use crate::state::Flow;
use crate::tree::{Expr, Limit, Measure, Network};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// How many of the largest layers an error names.
const NAMED: usize = 3;

/// What one layer adds to the total.
struct Share {
    /// `layer4.0.conv2: conv 512 k=3`
    layer: String,
    size: Size,
}

impl Inference<'_> {
    /// Checks the budget of a network that has no other mistakes.
    pub fn budget(&mut self, network: &Network, outline: &[Outline]) {
        for limit in &network.attributes.budget {
            if let Err(mistake) = self.check_limit(network, limit, outline) {
                self.say(mistake);
            }
        }
    }

    fn check_limit(&mut self, network: &Network, limit: &Limit, outline: &[Outline]) -> Result<(), Wrong> {
        let sizes = self.sizes_of_limit(network, limit)?;
        let most = self.fixed_size(&limit.most)?;
        let mut shares = Vec::new();
        collect(outline, "", limit.measure, &mut shares).map_err(|_| limit.too_large(network))?;
        let batch = self.batch(network).map(|batch| (batch, Size::constant(1)));
        let at: BTreeMap<String, Size> = batch.into_iter().chain(sizes.iter().cloned()).collect();
        self.no_open_size(network, limit, &shares, &at)?;
        let known: Option<BTreeMap<&str, i64>> =
            at.iter().map(|(name, size)| Some((name.as_str(), size.as_constant()?))).collect();
        let is_known = |share: &Share| share.size.opaques().is_empty();
        match (known, most.as_constant()) {
            (Some(known), Some(most)) if shares.iter().all(is_known) && !has_network(outline) => {
                self.within_limit(network, limit, &shares, &known, most)
            }
            _ => {
                let check = Check::Budget { measure: limit.measure, sizes, most };
                self.for_rustc.push(Deferred { check, message: String::new(), place: limit.most.place() });
                Ok(())
            }
        }
    }

    /// The sizes that a limit is evaluated at, which the network must accept.
    fn sizes_of_limit(&mut self, network: &Network, limit: &Limit) -> Result<Vec<(String, Size)>, Wrong> {
        let mut sizes: Vec<(String, Size)> = Vec::new();
        for (name, value) in &limit.sizes {
            let text = name.to_string();
            if !self.symbols.contains_key(&text) {
                let mistake = Mistake::new(name, format!("`{}` has no size `{name}`", network.name));
                return Err(nearest::help(mistake, &text, self.symbols.keys().map(String::as_str)).into());
            }
            if sizes.iter().any(|(known, _)| *known == text) {
                return Err(Mistake::new(name, format!("`{name}` is given twice")).into());
            }
            sizes.push((text, self.fixed_size(value)?));
            let at: BTreeMap<&str, i64> =
                sizes.iter().filter_map(|(name, size)| Some((name.as_str(), size.as_constant()?))).collect();
            let value_of = |size: &Size| size.evaluate(&|name| at.get(name).copied());
            let refused = self.entrance().into_iter().find(|predicate| {
                let sides = value_of(&predicate.left).zip(value_of(&predicate.right));
                sides.is_some_and(|(left, right)| !predicate.comparison.holds(left, right))
            });
            if let Some(predicate) = refused {
                let what = format!("`{}` does not take this size: it needs `{predicate}`", network.name);
                return Err(Mistake::new(value.place(), what).into());
            }
        }
        Ok(sizes)
    }

    /// A size that is a number or a Rust constant.
    fn fixed_size(&mut self, expr: &Expr) -> Result<Size, Wrong> {
        let (size, _) = self.size(expr, Mode { flow: &Flow::NONE, float: false })?;
        match size.as_constant() {
            Some(value) if value < 0 => Err(Mistake::new(expr.place(), format!("{value} is negative")).into()),
            None if !size.symbols().is_empty() => {
                let what = format!("a budget is fixed when the program is compiled, but `{expr}` is not");
                Err(Mistake::new(expr.place(), what).into())
            }
            _ => Ok(size),
        }
    }

    /// The batch size: the first symbol of the first input.
    fn batch(&self, network: &Network) -> Option<String> {
        match network.inputs.first()?.shape.sizes.first()? {
            Expr::Name(name) => Some(name.to_string()).filter(|name| self.symbols.contains_key(name)),
            _ => None,
        }
    }

    /// Fails if a share depends on a size that the limit does not fix.
    fn no_open_size(
        &self,
        network: &Network,
        limit: &Limit,
        shares: &[Share],
        at: &BTreeMap<String, Size>,
    ) -> Result<(), Mistake> {
        let needed: Vec<&str> = shares.iter().flat_map(|share| share.size.symbols()).collect();
        let open: Vec<&String> =
            self.symbols.keys().filter(|name| needed.contains(&name.as_str()) && !at.contains_key(*name)).collect();
        if open.is_empty() {
            return Ok(());
        }
        let names: Vec<String> = open.iter().map(|name| format!("`{name}`")).collect();
        let given = limit.sizes.iter().map(|(name, value)| format!("{name}={value}"));
        let all: Vec<String> = given.chain(open.iter().map(|name| format!("{name}=.."))).collect();
        let what = format!("the multiply-adds of `{}` depend on {}", network.name, names.join(" and "));
        let most = match &limit.most {
            Expr::Integer(most, _) => grouped(*most),
            most => most.to_string(),
        };
        Err(Mistake::new(limit.place, what)
            .help(format!("give the sizes to count them at: `macs({}) <= {most}`", all.join(", "))))
    }

    fn within_limit(
        &self,
        network: &Network,
        limit: &Limit,
        shares: &[Share],
        at: &BTreeMap<&str, i64>,
        most: i64,
    ) -> Result<(), Wrong> {
        let counted = shares.iter().map(|share| Some((share.size.evaluate(&|name| at.get(name).copied())?, share)));
        let counts: Option<Vec<(i64, &Share)>> = counted.collect();
        let mut counts = counts.ok_or_else(|| limit.too_large(network))?;
        let total = counts.iter().try_fold(0i64, |sum, (count, _)| sum.checked_add(*count));
        let total = total.ok_or_else(|| limit.too_large(network))?;
        if total <= most {
            return Ok(());
        }
        let mut mistake = Mistake::new(limit.most.place(), limit.exceeded(network, self.batch(network), total, most));
        counts.sort_by_key(|(count, _)| Reverse(*count));
        for (count, share) in counts.into_iter().take(NAMED).filter(|(count, _)| *count > 0) {
            let percent = i128::from(count) * 100 / i128::from(total);
            mistake.add_note(format!("{} of them, {percent} %, are in `{}`", grouped(count), share.layer));
        }
        Err(mistake.into())
    }
}

impl Limit {
    /// The message for an exceeded budget. `check::budget` of the run time writes the same.
    fn exceeded(&self, network: &Network, batch: Option<String>, total: i64, most: i64) -> String {
        let (name, total, most) = (&network.name, grouped(total), grouped(most));
        let sizes: Vec<String> = self.sizes.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let at = if sizes.is_empty() { String::new() } else { format!(" at {}", sizes.join(", ")) };
        let whole = batch.is_none_or(|batch| self.sizes.iter().any(|(name, _)| *name == batch));
        let per = if whole { "" } else { " per sample" };
        match self.measure {
            Measure::Parameters => format!("`{name}` has {total} parameters, but its budget is {most}"),
            Measure::Macs => format!("`{name}` takes {total} multiply-adds{per}{at}, but its budget is {most}"),
        }
    }

    fn too_large(&self, network: &Network) -> Mistake {
        let what = if self.measure == Measure::Parameters { "parameters" } else { "multiply-adds" };
        Mistake::new(self.place, format!("the {what} of `{}` do not fit in an i64", network.name))
    }
}

/// Collects what each layer adds.
fn collect(
    outlines: &[Outline],
    prefix: &str,
    measure: Measure,
    shares: &mut Vec<Share>,
) -> Result<(), ArithmeticError> {
    let elsewhere = if measure == Measure::Parameters { Part::Used } else { Part::Declared };
    for outline in outlines.iter().filter(|outline| outline.part != elsewhere) {
        // A use of a `shared` has no key of its own.
        let key = if outline.part == Part::Used { outline.kind.clone() } else { outline.key.join(".") };
        let name = [prefix, &key].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(".");
        let layer = if name.is_empty() { outline.listing.clone() } else { format!("{name}: {}", outline.listing) };
        let size = if measure == Measure::Parameters { outline.parameters()? } else { outline.multiply_adds.clone() };
        shares.push(Share { layer, size });
        collect(&outline.children, &name, measure, shares)?;
    }
    Ok(())
}

fn has_network(outlines: &[Outline]) -> bool {
    outlines.iter().any(|outline| outline.network.is_some() || has_network(&outline.children))
}
