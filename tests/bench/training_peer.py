"""Training speed: ours against PyTorch, the same shapes, the same lengths of histories, same machine, two threads.

usage: python tests/bench/training_peer.py       (needs: pip install torch; run from the project's root)

Both sides make whole steps: forward, full softmax over the catalogue, backward, Adam. PyTorch gets what is usual for
it: histories padded to the longest, `torch.nn.TransformerEncoderLayer` with a causal mask, `torch.nn.GRU`. Prints tokens
a second (padding is no token; medians) and the ratio.
"""

import json
import os
import statistics
import subprocess
import time

THREADS, ROUNDS = 2, 7


def ours():
    environment = {**os.environ, "RAYON_NUM_THREADS": str(THREADS)}
    command = ["cargo", "bench", "--quiet", "--bench", "training", "--", str(ROUNDS)]
    output = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
    lines = output.strip().splitlines()
    print("\n".join(lines[:-1]))
    return json.loads(lines[-1])


def peer(shape):
    import torch

    torch.set_num_threads(THREADS)
    torch.manual_seed(0)
    width, items, lengths = shape["width"], shape["items"], shape["lengths"]
    longest = shape["longest"]

    class Network(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.items = torch.nn.Embedding(items + 1, width, padding_idx=0)
            self.bias = torch.nn.Parameter(torch.zeros(items + 1))
            if shape["encoder"] == "gru":
                self.encoder = torch.nn.GRU(width, width, batch_first=True)
            else:
                self.places = torch.nn.Embedding(longest, width)
                layer = torch.nn.TransformerEncoderLayer(
                    width, 1, dim_feedforward=width, dropout=0.2, batch_first=True, norm_first=True
                )
                self.encoder = torch.nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)

        def forward(self, tokens):
            x = self.items(tokens)
            if shape["encoder"] == "gru":
                x = self.encoder(x)[0]
            else:
                mask = torch.nn.Transformer.generate_square_subsequent_mask(tokens.shape[1])
                x = self.encoder(x + self.places.weight[: tokens.shape[1]], mask=mask, is_causal=True)
            return x

    network = Network()
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    tokens = torch.zeros(len(lengths), longest, dtype=torch.long)
    for row, length in enumerate(lengths):
        tokens[row, :length] = torch.randint(1, items + 1, (length,))
    targets = torch.roll(tokens, -1, 1)
    real = tokens > 0
    seconds = []
    for _ in range(ROUNDS + 1):
        begin = time.perf_counter()
        optimizer.zero_grad()
        states = network(tokens)[real]
        logits = states @ network.items.weight.T + network.bias
        torch.nn.functional.cross_entropy(logits, targets[real]).backward()
        optimizer.step()
        seconds.append(time.perf_counter() - begin)
    return sum(lengths) / statistics.median(seconds[1:])


def main():
    for shape in ours():
        theirs = peer(shape)
        mine = shape["tokensPerSecond"]
        print(
            f"{shape['encoder']} {shape['width']}, histories of {shape['longest']} at most: ours {mine:,.0f} tokens/s, "
            f"PyTorch {theirs:,.0f} tokens/s, {mine / theirs:.1f} times"
        )


if __name__ == "__main__":
    main()
