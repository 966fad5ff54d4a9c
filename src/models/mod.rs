//! Models that are known by name, each as the listing that its paper draws.
//!
//! Behind the feature `models`. Names, shapes and order of the parameters are torchvision's (MiniLM's and U-Net's are those
//! of their published weights), so that a state dict of PyTorch's is loaded as it is, and so are the numbers that come out.
//! Images are normalised as for torchvision, by the mean (0.485, 0.456, 0.406) and the deviation (0.229, 0.224, 0.225)
//! of their channels. The last layer's width is a const generic:
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
//! To train a head of another width on a body that was trained before, load all but the head, and train that alone:
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
//! vs.freeze();
//! for head in [&net.classifier._1.weight, &net.classifier._1.bias] {
//!     let _ = head.set_requires_grad(true);
//! }
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
