//! Whole networks: those of tests/programs, and models of the zoo.

#[path = "../programs/compose.rs"]
mod compose;
#[path = "../programs/course.rs"]
mod course;
#[path = "../programs/several.rs"]
mod several;
#[path = "../programs/unet.rs"]
mod unet;

use crate::suite::Suite;
use nn_dsl::models;

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
        $($suite.add_sized::<$net>(stringify!($net), &$sizes, &$below, RUST);)*
    };
}

pub fn add(suite: &mut Suite) {
    programs! { suite;
        course::Logistic, [], [];
        course::Softmax, [], [];
        course::Xor, [], [];
        course::Mlp, [], [];
        course::Normalised, [("N", 8)], [];
        course::SelfNormalising, [], [];
        course::Lines, [], [];
        course::Textbook, [], [];
        course::FirstSentence, [], [];
        compose::Classifier<7>, [], [];
        models::ResNet18<10>, [("H", 64), ("W", 64)], [];
        models::ResNet34<10>, [("H", 64), ("W", 64)], [];
        models::ResNet50<10>, [("H", 64), ("W", 64)], [];
        models::DenseNet121<10>, [("H", 64), ("W", 64)], [];
        models::MobileNetV2<10>, [("H", 64), ("W", 64)], [];
        unet::UNet<5>, [("N", 1), ("H", 32), ("W", 32)], [];
        models::VitB16<10>, [("N", 1)], [];
        models::MiniLm, [("T", 12)], [30_522, 2];
        several::Vae, [], [];
        several::Siamese, [], [];
        several::Generator, [("N", 2)], [];
        several::Sentiment, [], [20_000];
        several::Policy, [], [];
        several::Gated, [], [];
        several::Audio, [("T", 40)], [];
        several::Video, [("N", 1)], [];
        several::Similarity, [], [];
        several::CharGpt, [], [65];
        several::Llama, [], [];
        several::GruStep, [], [];
        several::Segmenter, [], [];
        several::WithRust, [], [];
    }
}
