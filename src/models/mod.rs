//! Well-known models as listings.
//!
//! They need the feature `models`. Names, shapes and order of the parameters are torchvision's (for MiniLM and U-Net,
//! those of their published weights), so PyTorch's state dicts load unchanged and give the same results. Normalise
//! images like torchvision's, with the channel means (0.485, 0.456, 0.406) and standard deviations (0.229, 0.224,
//! 0.225). The width of the last layer is a const generic:
//!
//! ```
//! use nn_dsl::models::ResNet18;
//! use nn_dsl::prelude::*;
//!
//! let vs = nn::VarStore::new(Device::Cpu);
//! let net = ResNet18::<10>::new(&vs.root());
//! let images = Tensor::zeros([1, 3, 64, 64], (Kind::Float, Device::Cpu));
//! assert_eq!(net.forward(&images).size(), [1, 10]);
//! assert_eq!(ResNet18::<1000>::PARAMETERS, 11_689_512);
//! ```
//!
//! Each model's page has its listing, a drawing, and a table of its layers. Multiply-adds are for one image of 224x224,
//! or for a sentence of 128 tokens. The image models have 1000 classes, U-Net has 2. [`ALL`] lists the models by name.
//!
//! | model | parameters | multiply-adds |
//! |---|---:|---:|
//! | [`AlexNet`] | 61,100,840 | 714,188,480 |
//! | [`DenseNet121`] | 7,978,856 | 2,834,161,664 |
//! | [`GoogLeNet`] | 6,624,904 | 1,498,376,192 |
//! | [`MiniLm`] | 22,565,376 | 1,434,451,968 |
//! | [`MobileNetV2`] | 3,504,872 | 300,774,272 |
//! | [`ResNet18`] | 11,689,512 | 1,814,073,344 |
//! | [`ResNet34`] | 21,797,672 | 3,663,761,408 |
//! | [`ResNet50`] | 25,557,032 | 4,089,184,256 |
//! | [`ResNet101`] | 44,549,160 | 7,801,405,440 |
//! | [`ResNet152`] | 60,192,808 | 11,513,626,624 |
//! | [`SqueezeNet1_0`] | 1,248,424 | 818,924,576 |
//! | [`SqueezeNet1_1`] | 1,235,496 | 349,151,936 |
//! | [`UNet`] | 31,037,698 | 36,881,367,040 |
//! | [`Vgg11`] | 132,863,336 | 7,609,090,048 |
//! | [`Vgg11Bn`] | 132,868,840 | 7,609,090,048 |
//! | [`Vgg13`] | 133,047,848 | 11,308,466,176 |
//! | [`Vgg13Bn`] | 133,053,736 | 11,308,466,176 |
//! | [`Vgg16`] | 138,357,544 | 15,470,264,320 |
//! | [`Vgg16Bn`] | 138,365,992 | 15,470,264,320 |
//! | [`Vgg19`] | 143,667,240 | 19,632,062,464 |
//! | [`Vgg19Bn`] | 143,678,248 | 19,632,062,464 |
//! | [`VitB16`] | 86,567,656 | 17,563,828,224 |
//!
//! To train a new head on a pretrained body, load everything except the head, and train only the head:
//!
//! ```
//! # use nn_dsl::models::SqueezeNet1_1;
//! # use nn_dsl::prelude::*;
//! # let folder = tempfile::tempdir()?;
//! # let file = folder.path().join("squeezenet1_1.safetensors");
//! # let trained = nn::VarStore::new(Device::Cpu);
//! # let _ = SqueezeNet1_1::<1000>::new(&trained.root());
//! # weights::save(&trained, &file)?;
//! let vs = nn::VarStore::new(Device::Cpu);
//! let net = SqueezeNet1_1::<10>::new(&vs.root());
//! let loaded = Weights::open(&file)?.ignore("classifier.*").load(&vs)?;
//! assert_eq!(loaded.kept, ["classifier.1.bias", "classifier.1.weight"]);
//! parameters::freeze(&vs, "features.*")?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod alexnet;
mod densenet;
mod googlenet;
mod minilm;
mod mobilenet_v2;
mod resnet;
mod squeezenet;
mod unet;
mod vgg;
mod vit;

pub use alexnet::AlexNet;
pub use densenet::DenseNet121;
pub use googlenet::GoogLeNet;
pub use minilm::MiniLm;
pub use mobilenet_v2::MobileNetV2;
pub use resnet::{ResNet18, ResNet34, ResNet50, ResNet101, ResNet152};
pub use squeezenet::{SqueezeNet1_0, SqueezeNet1_1};
pub use unet::UNet;
pub use vgg::{Vgg11, Vgg11Bn, Vgg13, Vgg13Bn, Vgg16, Vgg16Bn, Vgg19, Vgg19Bn};
pub use vit::VitB16;

use crate::{Bindings, Cost, CostError, Diagram, LayerInfo, Network, Summary};

/// A model that can be chosen by name at run time: what is known of it without its type and without weights.
///
/// ```
/// use nn_dsl::models;
///
/// let model = models::ALL.iter().find(|model| model.name == "ResNet18").unwrap();
/// assert_eq!(model.parameters, 11_689_512);
/// println!("{}", (model.summary)());
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Model {
    /// [`Network::NAME`].
    pub name: &'static str,
    /// [`Network::PARAMETERS`].
    pub parameters: i64,
    /// [`Network::LAYERS`].
    pub layers: &'static [LayerInfo],
    /// [`Network::cost`].
    pub cost: fn(&Bindings) -> Result<Cost, CostError>,
    /// [`Network::summary`].
    pub summary: fn() -> Summary,
    /// [`Network::diagram`].
    pub diagram: fn() -> Diagram,
}

impl Model {
    const fn of<N: Network>() -> Self {
        Model {
            name: N::NAME,
            parameters: N::PARAMETERS,
            layers: N::LAYERS,
            cost: N::cost,
            summary: N::summary,
            diagram: N::diagram,
        }
    }
}

/// All models, with 1000 classes; U-Net with 2.
pub const ALL: &[Model] = &[
    Model::of::<AlexNet<1000>>(),
    Model::of::<DenseNet121<1000>>(),
    Model::of::<GoogLeNet<1000>>(),
    Model::of::<MiniLm>(),
    Model::of::<MobileNetV2<1000>>(),
    Model::of::<ResNet18<1000>>(),
    Model::of::<ResNet34<1000>>(),
    Model::of::<ResNet50<1000>>(),
    Model::of::<ResNet101<1000>>(),
    Model::of::<ResNet152<1000>>(),
    Model::of::<SqueezeNet1_0<1000>>(),
    Model::of::<SqueezeNet1_1<1000>>(),
    Model::of::<UNet<2>>(),
    Model::of::<Vgg11<1000>>(),
    Model::of::<Vgg11Bn<1000>>(),
    Model::of::<Vgg13<1000>>(),
    Model::of::<Vgg13Bn<1000>>(),
    Model::of::<Vgg16<1000>>(),
    Model::of::<Vgg16Bn<1000>>(),
    Model::of::<Vgg19<1000>>(),
    Model::of::<Vgg19Bn<1000>>(),
    Model::of::<VitB16<1000>>(),
];
