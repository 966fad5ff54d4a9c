//! The optimizer, generic over its rule: groups of parameters, and the tensors kept for each parameter.

use std::collections::BTreeMap;

use tch::{Device, Kind, Tensor, nn};

use super::{Batch, Optimizer, Options, Rule};
use crate::state::specs;
use crate::weights::{Mismatch, Saved, Specs, describe};
use crate::{Error, State, native, parameters};

/// The name under which the learning rates are saved.
const LEARNING_RATES: &str = "learning_rates";

/// The suffix of a parameter's name under which the number of its steps is saved.
const STEP: &str = "step";

/// An optimizer made by [`Builder::build`](super::Builder::build).
#[derive(Debug)]
pub struct Stepper<R> {
    groups: Vec<Group<R>>,
    parameters: Vec<Parameter>,
}

/// Parameters with the same options.
#[derive(Debug)]
pub(super) struct Group<R> {
    options: Options<R>,
    initial_learning_rate: f64,
}

/// A parameter and the tensors kept for it.
#[derive(Debug)]
pub(super) struct Parameter {
    pub name: String,
    tensor: Tensor,
    pub group: usize,
    step: Tensor,
    /// Created in the first step, so that a frozen parameter costs no memory.
    slots: BTreeMap<&'static str, Tensor>,
}

/// The trainable parameters of `vs`, by name.
pub(super) fn trainable(vs: &nn::VarStore) -> Vec<Parameter> {
    parameters::all(vs).into_iter().map(|(name, tensor)| Parameter::new(name, tensor)).collect()
}

impl<R> Group<R> {
    pub fn new(options: Options<R>) -> Self {
        Self { initial_learning_rate: options.learning_rate, options }
    }
}

impl Parameter {
    fn new(name: String, tensor: Tensor) -> Self {
        let step = Tensor::zeros([], (Kind::Float, tensor.device()));
        Self { name, tensor, group: 0, step, slots: BTreeMap::new() }
    }

    pub fn is_dense(&self) -> bool {
        native::is_dense(&self.tensor)
    }

    /// Creates missing kept tensors, and moves the others if the parameter was moved to another device or type. Returns
    /// whether some were missing.
    fn prepare<R: Rule>(&mut self, rule: &R, slots: &[&'static str]) -> Result<bool, Error> {
        let mut first = false;
        for &slot in slots {
            match self.slots.get_mut(slot) {
                Some(tensor) if !native::alike(tensor, &self.tensor) => *tensor = laid_out_as(&self.tensor, tensor)?,
                Some(_) => {}
                None => {
                    first = true;
                    self.slots.insert(slot, rule.initial(slot, &self.tensor));
                }
            }
        }
        if self.step.device() != self.tensor.device() {
            self.step = self.step.f_to_device(self.tensor.device())?;
        }
        Ok(first)
    }

    /// Adds itself to a batch.
    fn enter(&self, batch: &mut Batch, gradient: Tensor, slots: &[&str]) {
        batch.parameters.push(self.tensor.shallow_clone());
        batch.gradients.push(gradient);
        batch.steps.push(self.step.shallow_clone());
        for (list, slot) in batch.slots.iter_mut().zip(slots) {
            list.push(self.slots[slot].shallow_clone());
        }
    }

    /// Takes the tensors kept for it from a state that has them.
    fn load<R: Rule>(&mut self, rule: &R, state: &State) -> Result<(), Error> {
        self.step = laid_out_as(&self.step, &state[&self.key(STEP)])?;
        self.slots.clear();
        if self.has_moved(state) {
            for slot in rule.slots() {
                self.slots.insert(slot, laid_out_as(&self.tensor, &state[&self.key(slot)])?);
            }
        }
        Ok(())
    }

    /// Whether this parameter had made a step when the state was saved.
    fn has_moved(&self, state: &State) -> bool {
        state.get(&self.key(STEP)).is_some_and(|step| step.numel() == 1 && step.double_value(&[]) > 0.0)
    }

    fn key(&self, slot: &str) -> String {
        format!("{}.{slot}", self.name)
    }
}

/// The values of `tensor` with the device, type and strides of `like`.
fn laid_out_as(like: &Tensor, tensor: &Tensor) -> Result<Tensor, Error> {
    let mut copy = like.f_zeros_like()?;
    copy.f_copy_(tensor)?;
    Ok(copy)
}

impl<R: Rule> Stepper<R> {
    pub(super) fn new(groups: Vec<Group<R>>, parameters: Vec<Parameter>) -> Self {
        Self { groups, parameters }
    }

    /// Returns the options of each group; the first group holds the parameters that no pattern matches.
    pub fn options(&self) -> Vec<&Options<R>> {
        self.groups.iter().map(|group| &group.options).collect()
    }

    /// The parameters with gradients, in batches that one call can update.
    fn batches(&mut self) -> Result<Vec<(usize, Batch)>, Error> {
        let slots: Vec<_> = self.groups.iter().map(|group| group.options.rule.slots()).collect();
        let mut batches: Vec<(Key, Batch)> = Vec::new();
        for parameter in &mut self.parameters {
            let gradient = parameter.tensor.f_grad()?;
            if !gradient.defined() {
                continue;
            }
            let slots = &slots[parameter.group];
            let first = parameter.prepare(&self.groups[parameter.group].options.rule, slots)?;
            let key = (parameter.group, parameter.tensor.kind(), parameter.tensor.device(), first);
            let index = batches.iter().position(|(other, _)| *other == key).unwrap_or_else(|| {
                batches.push((key, Batch::new(slots.len(), first)));
                batches.len() - 1
            });
            parameter.enter(&mut batches[index].1, gradient, slots);
        }
        Ok(batches.into_iter().map(|((group, ..), batch)| (group, batch)).collect())
    }

    /// What a state must hold: the kept tensors of the parameters that had made a step when it was saved.
    fn expected(&self, state: &State) -> Specs {
        let mut specs = Specs::from([(LEARNING_RATES.to_owned(), format!("f64 [{}]", self.groups.len()))]);
        for parameter in &self.parameters {
            specs.insert(parameter.key(STEP), describe(&parameter.step));
            if parameter.has_moved(state) {
                let slots = self.groups[parameter.group].options.rule.slots();
                specs.extend(slots.into_iter().map(|slot| (parameter.key(slot), describe(&parameter.tensor))));
            }
        }
        specs
    }
}

/// What the parameters of a batch have in common: group, type, device, and whether it is their first step.
type Key = (usize, Kind, Device, bool);

impl<R: Rule> Optimizer for Stepper<R> {
    fn name(&self) -> &'static str {
        R::NAME
    }

    fn step(&mut self) -> Result<(), Error> {
        tch::no_grad(|| {
            let batches = self.batches()?;
            if batches.is_empty() {
                let names = self.parameters.iter().map(|parameter| parameter.name.clone()).collect();
                return Err(Error::NoGradients(names));
            }
            for (group, mut batch) in batches {
                native::count_up(&batch.steps)?;
                R::update(&self.groups[group].options, &mut batch)?;
            }
            Ok(())
        })
    }

    fn parameters(&self) -> Vec<(&str, &Tensor)> {
        self.parameters.iter().map(|parameter| (parameter.name.as_str(), &parameter.tensor)).collect()
    }

    fn learning_rates(&self) -> Vec<f64> {
        self.groups.iter().map(|group| group.options.learning_rate).collect()
    }

    fn set_learning_rates(&mut self, rate: &dyn Fn(f64) -> f64) {
        for group in &mut self.groups {
            group.options.learning_rate = rate(group.initial_learning_rate);
        }
    }

    fn set_momentum(&mut self, momentum: f64) -> Result<(), Error> {
        for group in &mut self.groups {
            *group.options.rule.momentum_mut().ok_or(Error::NoMomentum(R::NAME))? = momentum;
            group.options.rule.check()?;
        }
        Ok(())
    }

    fn state(&self) -> State {
        let slots = self.parameters.iter().flat_map(|parameter| {
            let slots = parameter.slots.iter().map(|(slot, tensor)| (*slot, tensor));
            slots.chain([(STEP, &parameter.step)]).map(|(slot, tensor)| (parameter.key(slot), tensor.copy()))
        });
        slots.chain([(LEARNING_RATES.to_owned(), Tensor::from_slice(&self.learning_rates()))]).collect()
    }

    fn load_state(&mut self, state: &State) -> Result<(), Error> {
        Mismatch::check(Saved::State(R::NAME), &self.expected(state), &specs(state))?;
        tch::no_grad(|| {
            for parameter in &mut self.parameters {
                let rule = &self.groups[parameter.group].options.rule;
                parameter.load(rule, state)?;
            }
            let rates = Vec::<f64>::try_from(&state[LEARNING_RATES])?;
            for (group, rate) in self.groups.iter_mut().zip(rates) {
                group.options.learning_rate = rate;
            }
            Ok(())
        })
    }
}
