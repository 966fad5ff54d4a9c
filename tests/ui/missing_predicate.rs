use nn_dsl::prelude::*;

network! {
    block up(c, skip) { (conv c k=3 p=1, skip) -> add }

    pub Net(image: [N, 3, H, W]) -> [N, 3, H, W] {
        let half = image -> maxpool 2;
        half -> conv 12 k=1 -> reshape [N, 3, (2 * (H / 2)), (2 * (W / 2))] -> up 3 skip=image
    }
}

fn main() {}
