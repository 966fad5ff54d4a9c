//! The zoo against torchvision's models: names, shapes and order of the parameters, and the outputs, including those of
//! the optimised forms.

mod reference;

use nn_dsl::models::*;
use nn_dsl::prelude::*;
use nn_dsl::{Inference, Optimize};
use std::io::{BufRead, BufReader, Lines};
use std::process::{Child, ChildStdout, Stdio};

/// The reference, which computes in parallel.
struct Reference {
    process: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Reference {
    fn start() -> Self {
        let mut process = reference::interpreter()
            .args(["-c", concat!(include_str!("models/unet.py"), include_str!("models/reference.py"))])
            .stdout(Stdio::piped())
            .spawn()
            .expect("Python starts");
        let output = process.stdout.take().expect("it is piped");
        Self { process, lines: BufReader::new(output).lines() }
    }

    fn line(&mut self) -> String {
        self.lines.next().expect("the reference has this model").expect("Python prints UTF-8")
    }

    /// Compares the next model.
    fn check<N>(&mut self, size: [i64; 3])
    where
        N: UnaryNetwork + Optimize<Optimized: Inference<N>>,
    {
        let names: Vec<String> =
            N::tensors().into_iter().map(|tensor| format!("{} {:?}", tensor.name, tensor.shape)).collect();
        assert_eq!(names, self.line().split("; ").collect::<Vec<_>>(), "{}", N::NAME);
        let [ours, optimized] = run::<N>(size);
        let difference = apart(&optimized, &ours);
        assert!(difference < 1e-5, "the optimised {} differs by {difference}", N::NAME);
        let theirs: Vec<f32> = self.line().split(' ').map(|number| number.parse().expect("a number")).collect();
        let theirs = Tensor::from_slice(&theirs);
        let difference = apart(&ours.flatten(0, -1), &theirs);
        println!("{} {}x{}: {difference:.1e}", N::NAME, size[1], size[2]);
        // In this form NaN fails too.
        assert!(difference < 1e-4, "{} differs by {difference}", N::NAME);
    }
}

/// The difference of results, relative to the largest value.
fn apart(found: &Tensor, expected: &Tensor) -> f64 {
    ((found - expected).abs().max() / expected.abs().max()).double_value(&[])
}

/// The outputs of a model and of its optimised form, with the same random parameters as in tests/models/reference.py.
fn run<N>(size: [i64; 3]) -> [Tensor; 2]
where
    N: UnaryNetwork + Optimize<Optimized: Inference<N>>,
{
    let _no_grad = tch::no_grad_guard();
    let vs = nn::VarStore::new(Device::Cpu);
    let net = N::new(&vs.root());
    let mut variables = vs.variables();
    tch::manual_seed(7);
    for tensor in N::tensors() {
        fill(&tensor.name, variables.get_mut(&tensor.name).expect("it has been made"));
    }
    let image = Tensor::randn([size[0], 3, size[1], size[2]], (Kind::Float, Device::Cpu));
    [net.forward_t(&image, false), net.optimize().expect("it can be optimised").forward(&image)]
}

fn fill(name: &str, tensor: &mut Tensor) {
    let _ = if name.ends_with("running_var") || (name.ends_with("weight") && tensor.dim() == 1) {
        tensor.uniform_(0.5, 1.5)
    } else if tensor.dim() > 1 {
        let fan_in = tensor.numel() as f64 / tensor.size()[0] as f64;
        let bound = (6.0 / fan_in).sqrt();
        tensor.uniform_(-bound, bound)
    } else {
        tensor.uniform_(-0.1, 0.1)
    };
}

#[test]
fn models_are_torchvisions() {
    tch::set_num_threads(1);
    let mut reference = Reference::start();
    let whole = [1, 224, 224];
    reference.check::<AlexNet<1000>>(whole);
    reference.check::<Vgg11<1000>>(whole);
    reference.check::<Vgg11Bn<1000>>(whole);
    reference.check::<Vgg13<1000>>(whole);
    reference.check::<Vgg13Bn<1000>>(whole);
    reference.check::<Vgg16<1000>>(whole);
    reference.check::<Vgg16Bn<1000>>(whole);
    reference.check::<Vgg19<1000>>(whole);
    reference.check::<Vgg19Bn<1000>>(whole);
    reference.check::<ResNet18<1000>>(whole);
    reference.check::<ResNet34<1000>>(whole);
    reference.check::<ResNet50<1000>>(whole);
    reference.check::<ResNet101<1000>>(whole);
    reference.check::<ResNet152<1000>>(whole);
    reference.check::<SqueezeNet1_0<1000>>(whole);
    reference.check::<SqueezeNet1_1<1000>>(whole);
    reference.check::<MobileNetV2<1000>>(whole);
    reference.check::<DenseNet121<1000>>(whole);
    reference.check::<VitB16<1000>>([2, 224, 224]);
    reference.check::<GoogLeNet<1000>>(whole);
    reference.check::<UNet<5>>([2, 64, 96]);
    let odd = [2, 99, 131];
    reference.check::<AlexNet<3>>(odd);
    reference.check::<Vgg11<3>>(odd);
    reference.check::<ResNet18<3>>(odd);
    reference.check::<SqueezeNet1_0<3>>(odd);
    reference.check::<MobileNetV2<3>>(odd);
    reference.check::<DenseNet121<3>>(odd);
    reference.check::<GoogLeNet<3>>(odd);
    assert!(reference.process.wait().expect("it ends").success());
}
