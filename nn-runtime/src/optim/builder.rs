//! Building optimizers from their settings.

use tch::nn;

use super::options::check_not_negative;
use super::stepper::{self, Group};
use super::{Options, Rule, Stepper};
use crate::{Error, pattern};

/// The settings of an optimizer and of its parameter groups.
///
/// ```
/// use nn_runtime::init::{Init, parameter};
/// use nn_runtime::optim::{Optimizer, Sgd};
/// use tch::{Device, nn};
///
/// # let vs = nn::VarStore::new(Device::Cpu);
/// # for name in ["layer1", "fc"] {
/// #     let _ = parameter(&(vs.root() / name), "weight", &[2, 2], Init::KaimingUniform);
/// #     let _ = parameter(&(vs.root() / name), "bias", &[2], Init::Constant(0.0));
/// # }
/// // A trained body moves slowly, its new head faster, and biases do not decay.
/// let optimizer = Sgd::new(1e-3)
///     .momentum(0.9)
///     .weight_decay(1e-4)
///     .group("fc.*", |group| group.learning_rate = 1e-2)
///     .exclude("*.bias")
///     .build(&vs)?;
/// assert_eq!(optimizer.learning_rates(), [1e-3, 1e-2, 1e-2, 1e-3]);
/// # Ok::<(), nn_runtime::Error>(())
/// ```
pub struct Builder<R> {
    pub(super) options: Options<R>,
    changes: Vec<Change<R>>,
}

type Apply<R> = dyn Fn(&mut Options<R>);

/// The options that differ for parameters whose names match a pattern.
struct Change<R> {
    pattern: String,
    apply: Box<Apply<R>>,
}

impl<R: Rule> Builder<R> {
    /// For a custom rule; the rules in this module have a `new`.
    pub fn new(learning_rate: f64, rule: R) -> Self {
        let options = Options { learning_rate, weight_decay: 0.0, maximize: false, rule };
        Self { options, changes: Vec::new() }
    }

    /// Sets how strongly the parameters are pulled to 0.
    pub fn weight_decay(mut self, weight_decay: f64) -> Self {
        self.options.weight_decay = weight_decay;
        self
    }

    /// Maximizes instead of minimizing.
    pub fn maximize(mut self) -> Self {
        self.options.maximize = true;
        self
    }

    /// Changes the options of the parameters whose names match `pattern`, in which `*` matches any text.
    ///
    /// If several patterns match a name, their changes apply in the order in which you write them. They start from the
    /// options of this builder, no matter when you set those.
    pub fn group(mut self, pattern: &str, change: impl Fn(&mut Options<R>) + 'static) -> Self {
        self.changes.push(Change { pattern: pattern.to_owned(), apply: Box::new(change) });
        self
    }

    /// Turns weight decay off for the parameters whose names match `pattern`.
    pub fn exclude(self, pattern: &str) -> Self {
        self.group(pattern, |group| group.weight_decay = 0.0)
    }

    /// Builds the optimizer for all trainable parameters that `vs` has now, including frozen ones, which are updated
    /// once they have gradients.
    ///
    /// # Errors
    /// If there are none, a pattern matches no name, or an option is invalid.
    pub fn build(self, vs: &nn::VarStore) -> Result<Stepper<R>, Error> {
        let mut parameters = stepper::trainable(vs);
        if parameters.is_empty() {
            return Err(Error::NoParameters);
        }
        if let Some(parameter) = parameters.iter().find(|parameter| !parameter.is_dense()) {
            return Err(Error::Gaps(parameter.name.clone()));
        }
        let names: Vec<String> = parameters.iter().map(|parameter| parameter.name.clone()).collect();
        let mut matching = vec![Vec::new(); names.len()];
        for (change, Change { pattern, .. }) in self.changes.iter().enumerate() {
            for parameter in pattern::positions(pattern, &names)? {
                matching[parameter].push(change);
            }
        }
        let mut kinds: Vec<Vec<usize>> = matching.clone();
        kinds.sort();
        kinds.dedup();
        let groups = kinds.iter().map(|kind| self.options_after(kind).map(Group::new)).collect::<Result<_, _>>()?;
        for (parameter, kind) in parameters.iter_mut().zip(&matching) {
            parameter.group = kinds.binary_search(kind).expect("each is among them");
        }
        Ok(Stepper::new(groups, parameters))
    }

    /// The options of a group after these changes.
    fn options_after(&self, changes: &[usize]) -> Result<Options<R>, Error> {
        let mut options = self.options.clone();
        for &change in changes {
            (self.changes[change].apply)(&mut options);
        }
        check_not_negative(R::NAME, "learning_rate", options.learning_rate)?;
        check_not_negative(R::NAME, "weight_decay", options.weight_decay)?;
        options.rule.check()?;
        Ok(options)
    }
}
