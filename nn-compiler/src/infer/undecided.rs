//! Checks that hold only for some sizes of the inputs, and the predicates that would make them hold for all.

use super::Inference;
use crate::report::{Mistake, Report};
use crate::size::{Comparison, Predicate, Verdict, suggest, suggest_all};
use crate::state::{Binding, Datum};
use crate::tree::Network;

impl Inference<'_> {
    /// Reports, where they are first needed, the predicates that suffice for the whole network, and what none can mend.
    pub fn say_undecided(&mut self, network: &Network) {
        if self.unread {
            return;
        }
        let mut facts = self.proofs.facts.clone();
        let mut first: Option<Mistake> = None;
        let (mut goals, mut hopeless) = (Vec::new(), Vec::new());
        for (goal, mistake) in std::mem::take(&mut self.proofs.undecided) {
            if facts.decide(&goal) == Verdict::True {
                continue;
            }
            let hidden = self.hidden_symbol(&goal);
            let mistake = mistake.note(why_undecided(&goal, hidden.as_deref()));
            match suggest(&facts, &goal).filter(|all| hidden.is_none() && !all.iter().any(is_pin)) {
                Some(suggested) => {
                    suggested.into_iter().for_each(|predicate| drop(facts.assume(predicate)));
                    first.get_or_insert(mistake);
                    goals.push(goal);
                }
                None => {
                    let constant = goal.right.opaques().into_iter().find(|name| is_constant(name, network));
                    self.say(match constant {
                        Some(name) => {
                            mistake.note(format!("`{name}` is a Rust constant: no input has a size of that name"))
                        }
                        None => mistake,
                    });
                    // Do not report what follows from it.
                    drop(facts.assume(goal.clone()));
                    hopeless.push(goal);
                }
            }
        }
        let Some(mistake) = first else { return };
        let sufficient = suggest_all(&self.proofs.facts, &goals).filter(|all| self.suffice(network, all, &hopeless));
        self.say(match sufficient {
            Some(predicates) => {
                let predicates: Vec<String> = predicates.iter().map(Predicate::to_string).collect();
                mistake.help(format!("say which inputs are meant: `where {}`", predicates.join(", ")))
            }
            None => mistake,
        });
    }

    /// A symbol of the goal whose name was written where it is not in scope.
    fn hidden_symbol(&self, goal: &Predicate) -> Option<String> {
        let opaques = goal.left.opaques().into_iter().chain(goal.right.opaques());
        opaques.into_iter().find(|name| self.is_symbol(name)).map(str::to_string)
    }

    fn is_symbol(&self, name: &str) -> bool {
        matches!(self.scope.find_text(name), Some(Binding::Datum(Datum::Size(size, _))) if size.symbols().contains(name))
    }

    /// Whether the network has no further mistakes under the predicates.
    fn suffice(&self, network: &Network, predicates: &[Predicate], hopeless: &[Predicate]) -> bool {
        let mut report = Report::default();
        let mut trial = Inference::new(self.program, &mut report);
        trial.walk(network, predicates);
        let facts = &trial.proofs.facts;
        let is_open = |goal: &Predicate| facts.decide(goal) != Verdict::True && !hopeless.contains(goal);
        !trial.proofs.undecided.iter().any(|(goal, _)| is_open(goal))
            && report.finish().iter().all(|mistake| self.report.contains(mistake))
    }
}

/// `hidden`: the symbol in it whose name was written where it is not in scope.
fn why_undecided(goal: &Predicate, hidden: Option<&str>) -> String {
    match hidden {
        Some(name) => format!("in a block `{name}` is a Rust constant: a block does not see the sizes of its caller"),
        None => format!("this needs `{goal}`, which does not hold for every input"),
    }
}

/// Whether a name that no input binds is a Rust constant, as far as the macro can tell.
fn is_constant(name: &str, network: &Network) -> bool {
    let is_generic = network.generics.iter().any(|generic| generic.name == name);
    !is_generic && name.chars().all(|char| char.is_alphanumeric() || char == '_')
}

/// Whether a predicate fixes a size to a number or a Rust constant, which would rather be written in the shape.
fn is_pin(predicate: &Predicate) -> bool {
    let is_number = predicate.right.symbols().is_empty();
    let is_symbol = predicate.left.symbols().iter().any(|name| predicate.left == crate::size::Size::symbol(name));
    predicate.comparison == Comparison::Equal && is_number && is_symbol
}
