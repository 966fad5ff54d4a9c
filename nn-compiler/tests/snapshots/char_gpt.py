def attention_mask(query, key, heads, allowed=None, causal=False):
    shape = len(query), heads, query.shape[1], key.shape[1]
    mask = torch.zeros(shape, dtype=query.dtype, device=query.device)
    if allowed is not None:
        mask = mask.masked_fill(~allowed, float("-inf")) if allowed.dtype == torch.bool else mask + allowed
    if causal:
        mask = mask.masked_fill(torch.ones(shape[2:], dtype=torch.bool, device=query.device).triu(1), float("-inf"))
    return mask.flatten(0, 1)


class CharGptGroup(nn.ModuleDict):
    def __init__(self):
        super().__init__()
        self["0"] = nn.LayerNorm(192)
        self["1"] = nn.MultiheadAttention(192, 6, batch_first=True)
        self["3"] = nn.LayerNorm(192)
        self["4"] = nn.Linear(192, 768)
        self["6"] = nn.Linear(768, 192)

    def forward(self, x, p):
        x2 = self["0"](x)
        x2, _ = self["1"](x2, x2, x2, need_weights=False, attn_mask=attention_mask(x2, x2, 6, None, True))
        x2 = F.dropout(x2, p, self.training)
        x = x + x2
        x2 = self["3"](x)
        x2 = self["4"](x2)
        x2 = F.gelu(x2)
        x2 = self["6"](x2)
        x2 = F.dropout(x2, p, self.training)
        return x + x2


class CharGpt(nn.Module):
    """A small causal language model; the last layer's weight is the embedding's, and the dropout rate can be set at run time.

    CharGpt(tokens: i64[N, T]) -> [N, T, 65]
    """

    def __init__(self):
        super().__init__()
        self.position = nn.Parameter(nn.init.normal_(torch.empty(256, 192), 0.0, 0.02))
        self.p = 0.1
        self.embed = nn.Embedding(65, 192)
        self.blocks = nn.ModuleList(CharGptGroup() for _ in range(4))
        self.layernorm1 = nn.LayerNorm(192)

    def forward(self, tokens):
        t = tokens.shape[1]
        symbols = self.embed(tokens)
        x = self.position.narrow(0, 0, t)
        x = symbols + x
        for stage in self.blocks:
            x = stage(x, self.p)
        x = self.layernorm1(x)
        return F.linear(x, self.embed.weight)
