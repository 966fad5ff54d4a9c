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
        resnet::ResNet18<10>, [("H", 64), ("W", 64)], [];
        resnet::ResNet34, [("N", 1)], [];
        resnet::ResNet50, [("N", 1)], [];
        densenet::DenseNet121, [("N", 1)], [];
        mobilenet_v2::MobileNetV2, [("H", 64), ("W", 64)], [];
        unet::UNet<5>, [("N", 1), ("H", 32), ("W", 32)], [];
        vit::VitB16, [("N", 1)], [];
        minilm::MiniLm, [("T", 12)], [30_522, 2];
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
