//! Compares networks with the Python that `to_pytorch` writes of them, run by PyTorch itself, and with their optimised
//! form: outputs, gradients and buffers.

use super::results::{Case, apart, sample};
use nn_compiler::layers::Layer;
use nn_dsl::prelude::*;
use nn_dsl::{Inference, Optimize, Signature, Size, weights};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::rc::Rc;
use tempfile::TempDir;

/// The values of the symbols of the signatures, unless a case says otherwise.
const SYMBOLS: &[(&str, i64)] =
    &[("N", 3), ("H", 9), ("W", 8), ("D", 6), ("L", 10), ("T", 5), ("S", 4), ("M", 2), ("B", 2)];

/// Cases whose initial values differ from those of their Python, which only makes PyTorch's modules: those with
/// `init=`, and with a group that is there before the stages that are named into it.
const OWN_START: &[&str] =
    &["init=", "\"self\"", "course::Normalised", "course::SelfNormalising", "resnet::ResNet18", "resnet::ResNet34"];

const WEIGHTS: &str = "weights.safetensors";

/// The cases that were run in nn-dsl, and are still to be run in PyTorch.
pub struct Suite {
    folder: TempDir,
    cases: Vec<Case>,
}

/// How many cases a layer has, and how many of them start with PyTorch's values.
#[derive(Default)]
pub struct Count {
    pub cases: usize,
    pub starts: usize,
}

/// How a network is called with any number of tensors.
pub trait Inputs<'a> {
    fn of(tensors: &'a [Tensor]) -> Self;
}

impl<'a> Inputs<'a> for &'a Tensor {
    fn of(tensors: &'a [Tensor]) -> Self {
        &tensors[0]
    }
}

impl<'a> Inputs<'a> for (&'a Tensor, &'a Tensor) {
    fn of(tensors: &'a [Tensor]) -> Self {
        (&tensors[0], &tensors[1])
    }
}

impl<'a> Inputs<'a> for (&'a Tensor, &'a Tensor, &'a Tensor) {
    fn of(tensors: &'a [Tensor]) -> Self {
        (&tensors[0], &tensors[1], &tensors[2])
    }
}

impl<'a> Inputs<'a> for (&'a Tensor, &'a Tensor, &'a Tensor, &'a Tensor) {
    fn of(tensors: &'a [Tensor]) -> Self {
        (&tensors[0], &tensors[1], &tensors[2], &tensors[3])
    }
}

/// The outputs of a network as a list.
pub trait Outputs {
    fn list(self) -> Vec<Tensor>;
}

impl Outputs for Tensor {
    fn list(self) -> Vec<Tensor> {
        vec![self]
    }
}

impl Outputs for (Tensor, Tensor) {
    fn list(self) -> Vec<Tensor> {
        vec![self.0, self.1]
    }
}

impl Outputs for (Tensor, Tensor, Tensor) {
    fn list(self) -> Vec<Tensor> {
        vec![self.0, self.1, self.2]
    }
}

/// A network without its type.
struct Model {
    vs: nn::VarStore,
    run: Box<Run>,
    /// Makes the optimised form and runs it.
    optimized: Box<Evaluate>,
}

/// Runs a network in training mode or in evaluation mode.
type Run = dyn Fn(&[Tensor], bool) -> Vec<Tensor>;

/// Runs a network in evaluation mode.
type Evaluate = dyn Fn(&[Tensor]) -> Vec<Tensor>;

fn make<N>() -> Model
where
    N: Network + Optimize<Optimized: Inference<N>> + 'static,
    for<'a> N::Inputs<'a>: Inputs<'a>,
    N::Output: Outputs,
{
    let vs = nn::VarStore::new(Device::Cpu);
    let net = Rc::new(N::new(&vs.root()));
    let plain = net.clone();
    let run = Box::new(move |inputs: &[Tensor], train| plain.forward_t(N::Inputs::of(inputs), train).list());
    let optimized = Box::new(move |inputs: &[Tensor]| {
        net.optimize().expect("it can be optimised").forward(N::Inputs::of(inputs)).list()
    });
    Model { vs, run, optimized }
}

impl Suite {
    /// A suite without cases.
    pub fn new() -> Suite {
        Suite { folder: tempfile::tempdir().expect("a temporary folder"), cases: Vec::new() }
    }

    /// Adds a network, whose inputs have the usual sizes.
    pub fn add<N>(&mut self, listing: &str)
    where
        N: Network + Optimize<Optimized: Inference<N>> + 'static,
        for<'a> N::Inputs<'a>: Inputs<'a>,
        N::Output: Outputs,
    {
        self.add_sized::<N>(listing, &[], &[], "");
    }

    /// Adds a network. `sizes` has the symbols with unusual values; the integers of each input are below `below`, by
    /// default 3; `rust` is the Python of its Rust functions and modules.
    pub fn add_sized<N>(&mut self, listing: &str, sizes: &[(&str, i64)], below: &[i64], rust: &str)
    where
        N: Network + Optimize<Optimized: Inference<N>> + 'static,
        for<'a> N::Inputs<'a>: Inputs<'a>,
        N::Output: Outputs,
    {
        tch::manual_seed(self.cases.len() as i64);
        let bindings = [sizes, SYMBOLS].concat();
        let below = below.iter().copied().chain(std::iter::repeat(3));
        let inputs = N::INPUTS.iter().zip(below).map(|(input, below)| random(input, &bindings, below)).collect();
        let mut layers = Vec::new();
        kinds(N::LAYERS, &mut layers);
        let texts = [("name.txt", N::NAME), ("net.py", &N::to_pytorch()), ("rust.py", rust)];
        self.run(listing, make::<N>, texts, inputs, layers);
    }

    /// Runs a case in nn-dsl.
    fn run(
        &mut self,
        listing: &str,
        make: fn() -> Model,
        texts: [(&str, &str); 3],
        inputs: Vec<Tensor>,
        layers: Vec<&'static str>,
    ) {
        let folder = self.folder.path().join(format!("{:04}", self.cases.len()));
        write_inputs(&folder, texts, &inputs);
        let mut results = started_and_moved(make, &folder);
        let optimized = run_typed(make, &folder, &inputs, &mut results);
        Tensor::write_safetensors(&results, folder.join("ours.safetensors")).expect("results are saved");
        let listing = listing.split_whitespace().collect::<Vec<_>>().join(" ");
        // Parameters without a module in PyTorch are only loaded there, and have no initial values.
        let same_start = !texts[1].1.contains("torch.empty(") && !OWN_START.iter().any(|own| listing.contains(own));
        self.cases.push(Case { listing, folder, layers, same_start, optimized });
    }

    /// Runs all cases in PyTorch and compares.
    pub fn compare(self, mut python: Command) -> BTreeMap<&'static str, Count> {
        let driver = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity/compare.py");
        let status = python.arg(driver).arg(self.folder.path()).status().expect("Python starts");
        assert!(status.success(), "{python:?} fails");
        let wrong: Vec<String> = self.cases.iter().filter_map(Case::difference).collect();
        assert!(wrong.is_empty(), "{} of {} cases differ:\n\n{}", wrong.len(), self.cases.len(), wrong.join("\n\n"));
        let mut counts: BTreeMap<&'static str, Count> =
            Layer::all().map(|layer| (layer.stem(), Count::default())).collect();
        for case in &self.cases {
            for layer in &case.layers {
                let count = counts.entry(layer).or_default();
                count.cases += 1;
                count.starts += usize::from(case.same_start);
            }
        }
        let starts = self.cases.iter().filter(|case| case.same_start).count();
        println!(
            "{} cases agree with PyTorch, {starts} from the first numbers of their parameters on",
            self.cases.len()
        );
        counts
    }
}

/// Writes what PyTorch needs of a case besides the weights.
fn write_inputs(folder: &Path, texts: [(&str, &str); 3], inputs: &[Tensor]) {
    fs::create_dir(folder).expect("a writable folder");
    for (file, text) in texts {
        fs::write(folder.join(file), text).expect("a writable folder");
    }
    let named: Vec<(String, &Tensor)> = inputs.iter().enumerate().map(|(i, t)| (format!("{i}"), t)).collect();
    Tensor::write_safetensors(&named, folder.join("inputs.safetensors")).expect("inputs are saved");
}

/// Returns the initial values of a network, and saves slightly different weights for the comparison.
fn started_and_moved(make: fn() -> Model, folder: &Path) -> Vec<(String, Tensor)> {
    tch::manual_seed(1);
    let mut model = make();
    let started: BTreeMap<String, Tensor> = model.vs.variables().into_iter().collect();
    let results =
        started.iter().map(|(name, tensor)| (format!("start {name}"), sample(&tensor.detach()).copy())).collect();
    model.vs.double();
    tch::no_grad(|| {
        for (name, mut tensor) in model.vs.variables() {
            let noise = tensor.randn_like() * 0.05;
            let _ = tensor.g_add_(&if name.ends_with("running_var") { noise.abs() } else { noise });
        }
    });
    let file = folder.join(WEIGHTS);
    // A layer without weights has nothing to save, and an empty file.
    if started.is_empty() {
        Tensor::write_safetensors::<&str, &Tensor, _>(&[], &file).expect("a writable folder");
    } else {
        weights::save(&model.vs, &file).expect("weights are saved");
    }
    results
}

/// Adds the results with the saved weights in each float type and mode, and returns how the optimised form differs.
fn run_typed(
    make: fn() -> Model,
    folder: &Path,
    inputs: &[Tensor],
    results: &mut Vec<(String, Tensor)>,
) -> Option<String> {
    let mut optimized = None;
    for (dtype, kind) in [("f64", Kind::Double), ("f32", Kind::Float)] {
        let mut model = make();
        model.vs.double();
        weights::load(&model.vs, folder.join(WEIGHTS)).expect("weights are loaded");
        model.vs.set_kind(kind);
        let typed = |tensor: &Tensor| if is_float(tensor) { tensor.to_kind(kind) } else { tensor.copy() };
        let typed: Vec<Tensor> = inputs.iter().map(typed).collect();
        optimized = optimized.or_else(|| model.optimized_apart(&typed, kind));
        for (mode, train) in [("evaluation", false), ("training", true)] {
            let all = model.run(&typed, train);
            results.extend(all.into_iter().map(|(key, tensor)| (format!("{dtype}, {mode}: {key}"), tensor)));
        }
    }
    optimized
}

impl Model {
    /// How the optimised form differs, if it differs too much or writes into its inputs.
    fn optimized_apart(&self, inputs: &[Tensor], kind: Kind) -> Option<String> {
        let run = |run: &dyn Fn(&[Tensor]) -> Vec<Tensor>| {
            tch::manual_seed(1);
            tch::no_grad(|| run(inputs))
        };
        let before: Vec<Tensor> = inputs.iter().map(Tensor::copy).collect();
        let (found, expected) = (run(&self.optimized), run(&|inputs| (self.run)(inputs, false)));
        let tolerance = if kind == Kind::Double { 1e-9 } else { 1e-5 };
        let outputs = found.iter().zip(&expected).find_map(|(found, expected)| apart(found, expected, tolerance));
        let written = || inputs.iter().zip(&before).find_map(|(now, before)| apart(now, before, 0.0));
        let output = outputs.map(|apart| format!("the optimised form in {kind:?} {apart} as it is"));
        output
            .or_else(|| written().map(|apart| format!("the optimised form writes into an input, which {apart} before")))
    }

    /// The outputs, the gradients, and in training the buffers after the step.
    fn run(&self, inputs: &[Tensor], train: bool) -> Vec<(String, Tensor)> {
        let mut trained = self.vs.trainable_variables();
        trained.iter_mut().for_each(Tensor::zero_grad);
        let inputs: Vec<Tensor> =
            inputs.iter().map(|tensor| tensor.copy().set_requires_grad(is_float(tensor))).collect();
        tch::manual_seed(1);
        let outputs = (self.run)(&inputs, train);
        let sums = outputs.iter().filter(|output| output.requires_grad());
        let sums = sums.map(|output| (output * cotangent(output)).sum(output.kind()));
        if let Some(sum) = sums.reduce(|sum, next| sum + next) {
            sum.backward();
        }
        let mut results: Vec<(String, Tensor)> = Vec::new();
        results.extend(outputs.iter().enumerate().map(|(index, output)| (format!("output {index}"), output.detach())));
        let inputs =
            inputs.iter().enumerate().map(|(index, tensor)| (format!("input {index}"), tensor.shallow_clone()));
        let variables = self.vs.variables();
        let variables: BTreeMap<String, Tensor> = variables.into_iter().collect();
        let gradients = inputs.chain(variables.iter().map(|(name, tensor)| (name.clone(), tensor.shallow_clone())));
        let gradients = gradients.map(|(name, tensor)| (format!("gradient of {name}"), tensor.grad()));
        let gradients = gradients.filter(|(_, gradient)| gradient.defined());
        results.extend(gradients.map(|(name, gradient)| (name, gradient.copy())));
        let buffers = variables.iter().filter(|(_, tensor)| train && !tensor.requires_grad());
        results.extend(buffers.map(|(name, tensor)| (format!("buffer {name}"), tensor.copy())));
        results.into_iter().map(|(name, tensor)| (name, sample(&tensor).contiguous())).collect()
    }
}

/// The layers of a network, by the names of their families.
fn kinds(layers: &[nn_dsl::LayerInfo], found: &mut Vec<&'static str>) {
    for layer in layers {
        let stem = Layer::find(layer.kind).map(Layer::stem);
        found.extend(stem.filter(|stem| !found.contains(stem)));
        kinds(layer.children, found);
    }
}

fn is_float(tensor: &Tensor) -> bool {
    matches!(tensor.kind(), Kind::Double | Kind::Float)
}

/// Numbers between -1 and 1, without a pattern that could hide an error of a layer.
fn cotangent(output: &Tensor) -> Tensor {
    let count = Tensor::arange(output.numel() as i64, (Kind::Double, Device::Cpu));
    (count + 1.0).cos().view_as(output).to_kind(output.kind())
}

/// A random input with the declared type and shape.
fn random(input: &Signature, bindings: &[(&str, i64)], below: i64) -> Tensor {
    let size = |size: &Size| size.evaluate(bindings).expect("every symbol has a size");
    let sizes: Vec<i64> = input.ty.dims.iter().map(size).collect();
    match input.ty.dtype {
        None => Tensor::randn(sizes, (Kind::Double, Device::Cpu)),
        Some(Kind::Bool) => Tensor::rand(sizes, (Kind::Double, Device::Cpu)).gt(0.3),
        Some(kind @ (Kind::Float | Kind::Double)) => Tensor::randn(sizes, (kind, Device::Cpu)),
        Some(kind) => Tensor::randint(below, sizes, (kind, Device::Cpu)),
    }
}
