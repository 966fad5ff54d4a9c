class Policy(nn.Module):
    """One step of a recurrent policy: the state comes in and goes out.

    Policy(observation: [N, T, 24], h: [1, N, 128], c: [1, N, 128]) -> (action: [N, T, 4], h: [1, N, 128], c: [1, N, 128])
    """

    def __init__(self):
        super().__init__()
        self.linear1 = nn.Linear(24, 128)
        self.lstm1 = nn.LSTM(128, 128, batch_first=True)
        self.linear2 = nn.Linear(128, 4)

    def forward(self, observation, h, c):
        x = self.linear1(observation)
        x = F.relu(x)
        y, (h, c) = self.lstm1(x, (h, c))
        x = self.linear2(y)
        action = F.softmax(x, dim=2)
        return action, h, c
