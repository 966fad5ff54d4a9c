use nn_dsl::prelude::*;

network! {
    block halve(c) { conv c k=5 s=2 -> relu }

    pub Net(image: [N, 1, 12, 12]) -> [N, 8] {
        halve 8 -> halve 8 -> [N, 8, 1, 1] -> flatten
    }

    pub Other(image: [N, 1, 4, 4]) -> [N, 8] {
        halve 8 -> [N, 8, 1, 1] -> flatten
    }
}

fn main() {}
