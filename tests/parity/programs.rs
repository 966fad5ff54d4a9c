//! Whole networks: those of tests/programs.

#[path = "../programs/compose.rs"]
mod compose;
#[path = "../programs/course.rs"]
mod course;
#[path = "../programs/densenet.rs"]
mod densenet;
#[path = "../programs/minilm.rs"]
mod minilm;
#[path = "../programs/mobilenet_v2.rs"]
mod mobilenet_v2;
#[path = "../programs/resnet.rs"]
mod resnet;
#[path = "../programs/several.rs"]
mod several;
#[path = "../programs/unet.rs"]
mod unet;
#[path = "../programs/vit.rs"]
mod vit;

use crate::suite::Suite;

/// The Rust functions and modules of `several.rs`.
const RUST: &str = "
def reparameterize(mu, logvar):
    return mu + (logvar * 0.5).exp() * torch.randn_like(mu)

def rotary(x):
    t, e = x.shape[2:]
    frequency = torch.arange(0, e, 2) / e
    angle = torch.arange(t).unsqueeze(1) * (-frequency * torch.log(torch.tensor(10000.0, dtype=torch.float64)).item()).exp()
    a, b = x.chunk(2, 3)
    return torch.cat([a * angle.cos() - b * angle.sin(), b * angle.cos() + a * angle.sin()], 3)

class Gate(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(32))

    def forward(self, x):
        return x * self.scale
";

macro_rules! programs {
    ($suite:ident; $($net:ty, $sizes:expr, $below:expr;)*) => {
        $($suite.add_sized::<$net>(stringify!($net), &$sizes, $below, RUST);)*
    };
}

pub fn add(suite: &mut Suite) {
    programs! { suite;
        course::Logistic, [], 1;
        course::Softmax, [], 1;
        course::Xor, [], 1;
        course::Mlp, [], 1;
        course::Normalised, [("N", 8)], 1;
        course::SelfNormalising, [], 1;
        course::Lines, [], 1;
        course::Textbook, [], 1;
        course::FirstSentence, [], 1;
        compose::Classifier<7>, [], 1;
        resnet::ResNet18<10>, [("H", 64), ("W", 64)], 1;
        mobilenet_v2::MobileNetV2, [("H", 64), ("W", 64)], 1;
        unet::UNet<5>, [("N", 1), ("H", 32), ("W", 32)], 1;
        several::Vae, [], 1;
        several::Siamese, [], 1;
        several::Generator, [("N", 2)], 1;
        several::Sentiment, [], 20_000;
        several::Policy, [], 1;
        several::Gated, [], 1;
        several::Audio, [("T", 40)], 1;
        several::Similarity, [], 1;
        several::CharGpt, [], 65;
        several::Llama, [], 1;
        several::GruStep, [], 1;
        several::Segmenter, [], 1;
        several::WithRust, [], 1;
    }
}
