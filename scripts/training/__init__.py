"""``scripts/train``: one module a model, each with ``train(data, out)`` that writes the ONNX file and its card."""
