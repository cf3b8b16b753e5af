"""Writes TensorFlow's and Keras's twins beside PyTorch's: write_tensorflow_twins.py FOLDER (see write-twins)."""

import os
import pathlib
import sys

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import keras  # noqa: E402: what it prints at the start depends on the variables above
import numpy  # noqa: E402
import tensorflow as tf  # noqa: E402
from safetensors.numpy import load_file, save_file  # noqa: E402

import tensorflow_meanings  # noqa: E402
import tensorflow_twins  # noqa: E402


def main():
    if len(sys.argv) != 2:
        raise SystemExit("usage: write_tensorflow_twins.py FOLDER")
    folder = pathlib.Path(sys.argv[1])
    keras.config.set_floatx("float64")
    tf.config.threading.set_intra_op_parallelism_threads(1)  # the same sums on every machine
    print(f"TensorFlow {tf.__version__}, Keras {keras.__version__}")
    for preset in tensorflow_twins.SYSTEMS:
        tensors = tensorflow_twins.tensors(preset, load_file(folder / f"{preset}.safetensors"))
        path = folder / f"{preset}.tensorflow.safetensors"
        save_file({name: numpy.ascontiguousarray(value, numpy.float32) for name, value in tensors.items()}, path)
        print(f"{path}: {len(tensors)} tensors, {path.stat().st_size:,} bytes")
    (folder / "tensorflow.json").write_text(tensorflow_meanings.text())


if __name__ == "__main__":
    main()
