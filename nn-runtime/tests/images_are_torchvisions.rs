//! A folder of images is listed, decoded, resized, cropped and normalised as by torchvision.

mod reference;

use std::fs;

use image::{Rgb, RgbImage};
use nn_runtime::data::transform::{CenterCrop, Normalize, Resize, ToFloat, Transform};
use nn_runtime::data::{Colors, Dataset, ImageFolder, Rng};
use reference::{assert_close, python};
use tch::Tensor;

/// The names of the images, in no order, and their heights and widths.
const IMAGES: [(&str, u32, u32); 6] = [
    ("dog/2.png", 37, 53),
    ("dog/10.PNG", 64, 31),
    ("dog/a/1.png", 20, 20),
    ("cat/b.bmp", 41, 90),
    ("Cat-like/x.bmp", 33, 47),
    ("cat/a.jpg", 40, 60),
];

const PROGRAM: &str = "
import torchvision, PIL.Image
from torchvision.transforms import v2
from torchvision.transforms.v2 import functional as F

data = torchvision.datasets.ImageFolder(FOLDER)
normalize = v2.Compose([v2.ToDtype(torch.float32, scale=True), v2.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])])
show('labels', data.targets)
for index, (image, _) in enumerate(data):
    show(f'gray {index}', F.pil_to_tensor(image.convert('L')))
    image = F.pil_to_tensor(image)
    show(f'decoded {index}', image)
    show(f'smaller {index}', v2.Resize(16, antialias=True)(image))
    show(f'larger {index}', v2.Resize((70, 101), antialias=True)(image))
    show(f'floats {index}', v2.Resize((13, 29), antialias=True)(image.float()))
    show(f'cropped {index}', v2.CenterCrop((30, 45))(image))
    show(f'normalised {index}', normalize(image))
";

/// Smooth colours with edges in them, the same on every machine.
fn picture(height: u32, width: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let edge = if (x / 7 + y / 5) % 2 == 0 { 40 } else { 0 };
        Rgb([(x * 200 / width) as u8 + edge, (y * 200 / height) as u8 + edge, ((x * y) % 200) as u8 + edge])
    })
}

fn numbers(tensor: &Tensor) -> Vec<f64> {
    tensor.to_kind(tch::Kind::Double).flatten(0, -1).try_into().unwrap()
}

#[test]
fn what_is_done_to_images_is_what_torchvision_does() {
    let folder = tempfile::tempdir().unwrap();
    for (name, height, width) in IMAGES {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        picture(height, width).save(path).unwrap();
    }
    let data = ImageFolder::open(folder.path()).unwrap();
    let theirs = python(&PROGRAM.replace("FOLDER", &format!("{:?}", folder.path())));
    let labels: Vec<f64> = data.images().iter().map(|(_, label)| *label as f64).collect();
    assert_eq!(labels, theirs["labels"]);
    for index in 0..data.len() {
        let image = data.get(index).unwrap().0;
        if data.images()[index].0.extension().is_some_and(|extension| extension == "jpg") {
            // JPEG leaves decoders a choice in how they round and blend.
            let theirs = Tensor::from_slice(&theirs[&format!("decoded {index}")]).view_as(&image);
            let difference = (image - theirs).abs();
            assert!(difference.max().double_value(&[]) <= 8.0, "{difference}");
            assert!(difference.mean(None).double_value(&[]) <= 0.5, "{difference}");
            continue;
        }
        let check = |case: &str, ours: &Tensor, tolerance| {
            let case = format!("{case} {index}");
            assert_close(&case, &numbers(ours), &theirs[&case], tolerance);
        };
        check("decoded", &image, 0.0);
        check("gray", &data.clone().colors(Colors::Gray).get(index).unwrap().0, 0.0);
        let apply = |transform: &dyn Transform| transform.apply(image.shallow_clone(), &mut Rng::new()).unwrap();
        check("smaller", &apply(&Resize::shorter(16)), 0.0);
        check("larger", &apply(&Resize::new(70, 101)), 0.0);
        let float = image.to_kind(tch::Kind::Float);
        check("floats", &Resize::new(13, 29).apply(float, &mut Rng::new()).unwrap(), 1e-6);
        check("cropped", &apply(&CenterCrop::new(30, 45)), 0.0);
        check("normalised", &apply(&(ToFloat, Normalize::imagenet())), 1e-6);
    }
}
