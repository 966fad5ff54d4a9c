use nn_dsl::prelude::*;

network! {
    pub Net<const GROUPS: i64>(image: [N, 8, 4, 4]) -> [N, 8, 4, 4] {
        conv 8 k=3 p=1 g=GROUPS
    }
}

fn main() {
    let vs = nn::VarStore::new(Device::Cpu);
    Net::<4>::new(&vs.root());
}
