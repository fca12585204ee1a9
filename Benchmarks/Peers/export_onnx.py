#!/usr/bin/env python3
"""Exports a BERT encoder in the Hugging Face layout to ONNX, and fuses it as ONNX Runtime's own tool does.

usage: export_onnx.py MODEL-FOLDER OUTPUT-FOLDER     (writes model.onnx and model_fused.onnx)

Needs torch, transformers, onnx and onnxruntime. The weights are those of the folder: both sides compute the same.
"""
import sys
from pathlib import Path

import torch
from onnxruntime.transformers import optimizer
from onnxruntime.transformers.fusion_options import FusionOptions
from transformers import AutoConfig, AutoModel


class Encoder(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, input_ids, attention_mask, token_type_ids):
        return self.model(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids).last_hidden_state


def main():
    source, target = sys.argv[1], Path(sys.argv[2])
    target.mkdir(parents=True, exist_ok=True)
    config = AutoConfig.from_pretrained(source)
    encoder = Encoder(AutoModel.from_pretrained(source, attn_implementation="eager").eval())
    ids = torch.randint(1000, 2000, (2, 16))
    names = ["input_ids", "attention_mask", "token_type_ids"]
    axes = {name: {0: "batch", 1: "sequence"} for name in names + ["last_hidden_state"]}
    plain = target / "model.onnx"
    torch.onnx.export(
        encoder, (ids, torch.ones_like(ids), torch.zeros_like(ids)), str(plain), input_names=names,
        output_names=["last_hidden_state"], dynamic_axes=axes, opset_version=17, dynamo=False)
    fused = optimizer.optimize_model(
        str(plain), model_type="bert", num_heads=config.num_attention_heads, hidden_size=config.hidden_size,
        optimization_options=FusionOptions("bert"), opt_level=0)
    print("fused:", {name: count for name, count in fused.get_fused_operator_statistics().items() if count})
    fused.save_model_to_file(str(target / "model_fused.onnx"))


if __name__ == "__main__":
    main()
