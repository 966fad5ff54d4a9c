//! Names and paths of a network's parts in Python.

use crate::shaped::{Content, Field};

/// Python's keywords.
const KEYWORDS: &str = "False None True and as assert async await break class continue def del elif else except finally for \
    from global if import in is lambda nonlocal not or pass raise return try while with yield";

/// The attributes of PyTorch's modules, which no stage may replace.
const OF_MODULES: &str = "T_destination add_module apply bfloat16 buffers call_super_init children clear compile cpu cuda \
    double dump_patches eval extra_repr float forward get_buffer get_extra_state get_parameter get_submodule half ipu items \
    keys load_state_dict modules mtia named_buffers named_children named_modules named_parameters parameters pop \
    register_backward_hook register_buffer register_forward_hook register_forward_pre_hook register_full_backward_hook \
    register_full_backward_pre_hook register_load_state_dict_post_hook register_load_state_dict_pre_hook register_module \
    register_parameter register_state_dict_post_hook register_state_dict_pre_hook requires_grad_ set_extra_state \
    set_submodule share_memory state_dict to to_empty train training type update values xpu zero_grad";

/// Names that the text uses for other things than variables.
const TAKEN: &str =
    "self torch nn einops stage turn super range float dtype causal positions attention_mask with_dropout";

/// Whether a name can be an attribute of a module.
pub fn is_attribute(name: &str) -> bool {
    is_name(name) && !OF_MODULES.split_whitespace().any(|known| known == name)
}

/// Whether it is a valid name in Python.
fn is_name(name: &str) -> bool {
    let mut characters = name.chars();
    let starts = characters.next().is_some_and(|first| first.is_alphabetic() || first == '_');
    starts
        && characters.all(|c| c.is_alphanumeric() || c == '_')
        && !KEYWORDS.split_whitespace().any(|keyword| keyword == name)
}

/// The name of a variable for a name of the user's.
pub fn variable(name: &str) -> String {
    let name = name.to_lowercase();
    let taken = !is_name(&name) || TAKEN.split_whitespace().any(|known| known == name);
    if taken { format!("{name}_") } else { name }
}

/// Whether it is a number, so that its parent is a `nn.ModuleDict`.
pub fn is_number(level: &str) -> bool {
    level.chars().all(|c| c.is_ascii_digit())
}

/// `self.layer1`, `self["0"]`. `registry`: the dictionary of the module for names that cannot be attributes.
pub fn path(levels: &[String], registry: &str) -> String {
    let mut path = "self".to_string();
    for (index, level) in levels.iter().enumerate() {
        let registry = if index + 1 == levels.len() { registry } else { "_modules" };
        path.push_str(&match (is_number(level), is_attribute(level)) {
            (true, _) if registry == "_modules" => format!("[\"{level}\"]"),
            (_, true) => format!(".{level}"),
            _ => format!(".{registry}[\"{level}\"]"),
        });
    }
    path
}

impl Field {
    /// The path of a tensor in the field.
    pub fn levels_to(&self, tensor: &str) -> Vec<String> {
        self.key.iter().cloned().chain(tensor.split('.').map(String::from)).collect()
    }

    /// The field as an expression. An option, which has no name in the state dict, is an attribute.
    pub fn path(&self) -> String {
        match &self.content {
            Content::Number(_) => path(&[variable(&self.name.to_string())], "__dict__"),
            Content::Tensor(tensor) => path(&self.key, tensor.registry()),
            _ => path(&self.key, "_modules"),
        }
    }
}

impl crate::shaped::Tensor {
    /// The dictionary in which a module keeps it.
    pub fn registry(&self) -> &'static str {
        if self.role == crate::shaped::Role::Parameter { "_parameters" } else { "_buffers" }
    }
}
