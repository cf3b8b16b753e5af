# shellcheck shell=bash
# What the scripts share. Sourced, never run.

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "$(basename "$0"): $*"
  exit 1
}

# Open MPI refuses to run as root unless two variables say that this is meant. In a container the kernel usually
# forbids the copy from process to process that its shared memory transport tries first ("Read -1, expected ...").
prepare_mpirun() {
  if [[ $(id -u) -eq 0 && (${OMPI_ALLOW_RUN_AS_ROOT:-} != 1 || ${OMPI_ALLOW_RUN_AS_ROOT_CONFIRM:-} != 1) ]]; then
    export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
    say "Running as root: set OMPI_ALLOW_RUN_AS_ROOT and OMPI_ALLOW_RUN_AS_ROOT_CONFIRM for mpirun."
  fi
  if [[ -e /.dockerenv || -e /run/.containerenv || -n ${container:-} ]]; then
    export OMPI_MCA_btl_vader_single_copy_mechanism=${OMPI_MCA_btl_vader_single_copy_mechanism:-none}
  fi
}

# claim_machine: takes .build/machine.lock until this script and all that it started have ended, so that nothing else
# that needs the machine for itself runs meanwhile. scripts/python/machine_lock.py takes the same lock.
claim_machine() {
  local name
  name=scripts/$(basename "$0")
  mkdir -p .build
  exec 9<>.build/machine.lock
  if ! flock --nonblock 9; then
    fail "$(head -n 1 .build/machine.lock) is at work and needs the machine for itself; wait for its" \
      "end, or stop it (it holds $PWD/.build/machine.lock)."
  fi
  printf '%s (process %s, since %(%H:%M)T)\n' "$name" $$ -1 >.build/machine.lock
}

# swift_build LOG ARGUMENT...: builds in release and leaves the output in LOG too.
#
# A compiler warns only when it compiles, so a file that warned would be silent in the next build. Each file of
# ours that warned is touched, so that the next build compiles it again and scripts/test cannot miss it.
swift_build() {
  local log=$1 file
  shift
  swift package resolve >"$log" 2>&1 || {
    tail -n 5 "$log" >&2
    fail "the Swift packages that Package.swift names could not be fetched: is there a network, and can it reach" \
      "github.com?"
  }
  swift build -c release "$@" 2>&1 | tee "$log" >&2 || fail "the build failed; its output is above and in $log."
  while IFS= read -r file; do
    if [[ -f $file ]]; then touch -- "$file"; fi
  done < <(own_warnings "$log" | sed 's/:[0-9]*:[0-9]*: warning: .*//' | sort -u)
}

# own_warnings LOG: the warnings in LOG about this package's own files, each once.
own_warnings() {
  sed -n "s#^\\($PWD/\\)\\?\\(\\(Sources\\|Tests\\)/[^:]*:[0-9]*:[0-9]*: warning: .*\\)#\\2#p" "$1" | sort -u
}

# newest GLOB_MATCH...: the last of its arguments in name order that exists; empty if none does.
newest() {
  local path last=
  for path in "$@"; do
    if [[ -e $path ]]; then last=$path; fi
  done
  printf '%s' "$last"
}

# Makes .venv with PyTorch, NumPy and safetensors, unless it is there.
prepare_python() {
  local log=.build/python.log
  .venv/bin/python -c 'import torch, numpy, safetensors' 2>/dev/null && return
  command -v python3 >/dev/null || fail "Python 3 is needed to run PyTorch; on Debian: apt-get install python3-venv."
  say "Installing PyTorch into $PWD/.venv ..."
  mkdir -p .build
  python3 -m venv .venv >"$log" 2>&1 ||
    fail "python3 cannot make a virtual environment; on Debian: apt-get install python3-venv. It said: $(tail -n 1 "$log")"
  # The build without CUDA is a tenth of the size, where pip knows of it.
  .venv/bin/pip install --quiet torch==2.13.0+cpu numpy safetensors >"$log" 2>&1 ||
    .venv/bin/pip install --quiet torch==2.13.0 numpy safetensors >"$log" 2>&1 ||
    fail "pip could not install PyTorch: is there a network? It said: $(grep -m 1 ERROR "$log" || tail -n 1 "$log")"
}

# Makes .venv with PyTorch, NumPy and Pillow, unless it is there.
prepare_judges() {
  local log=.build/python.log
  prepare_python
  .venv/bin/python -c 'import PIL' 2>/dev/null && return
  .venv/bin/pip install --quiet pillow >"$log" 2>&1 ||
    fail "pip could not install Pillow: is there a network? It said: $(grep -m 1 ERROR "$log" || tail -n 1 "$log")"
}

# Makes .venv with PyTorch, ONNX and ONNX Runtime, unless it is there.
prepare_exports() {
  local log=.build/python.log
  prepare_python
  .venv/bin/python -c 'import onnx, onnxruntime' 2>/dev/null && return
  .venv/bin/pip install --quiet onnx onnxruntime >"$log" 2>&1 ||
    fail "pip could not install ONNX: is there a network? It said: $(grep -m 1 ERROR "$log" || tail -n 1 "$log")"
}

# Makes .venv with PyTorch, Pillow and scikit-learn, unless it is there.
prepare_classifiers() {
  local log=.build/python.log
  prepare_judges
  .venv/bin/python -c 'import sklearn' 2>/dev/null && return
  .venv/bin/pip install --quiet scikit-learn >"$log" 2>&1 ||
    fail "pip could not install scikit-learn: is there a network? It said: $(grep -m 1 ERROR "$log" || tail -n 1 "$log")"
}

# Makes .venv with NumPy and Matplotlib, unless it is there.
prepare_plotting() {
  local log=.build/python.log
  .venv/bin/python -c 'import numpy, matplotlib' 2>/dev/null && return
  command -v python3 >/dev/null || fail "Python 3 is needed to compare and to plot; on Debian: apt-get install python3-venv."
  say "Installing NumPy and Matplotlib into $PWD/.venv ..."
  mkdir -p .build
  [[ -x .venv/bin/pip ]] || python3 -m venv .venv >"$log" 2>&1 ||
    fail "python3 cannot make a virtual environment; on Debian: apt-get install python3-venv. It said: $(tail -n 1 "$log")"
  .venv/bin/pip install --quiet numpy matplotlib >"$log" 2>&1 ||
    fail "pip could not install NumPy and Matplotlib: is there a network? It said: $(grep -m 1 ERROR "$log" || tail -n 1 "$log")"
}

# Makes .venv with h5py and NumPy, unless it is there.
prepare_keras_files() {
  local log=.build/python.log
  .venv/bin/python -c 'import h5py, numpy' 2>/dev/null && return
  command -v python3 >/dev/null || fail "Python 3 is needed to read Keras's files; on Debian: apt-get install python3-venv."
  say "Installing h5py into $PWD/.venv ..."
  mkdir -p .build
  [[ -x .venv/bin/pip ]] || python3 -m venv .venv >"$log" 2>&1 ||
    fail "python3 cannot make a virtual environment; on Debian: apt-get install python3-venv. It said: $(tail -n 1 "$log")"
  timeout 300 .venv/bin/pip install --quiet --retries 1 --timeout 20 h5py numpy >"$log" 2>&1 ||
    fail "pip could not install h5py: is there a network? It said: $(grep -m 1 ERROR "$log" || tail -n 1 "$log")"
}

# python_with_tensorboard: prints a Python that can import the tensorboard package; fails if there is none.
python_with_tensorboard() {
  local python
  for python in .venv/bin/python python3; do
    if "$python" -c 'import tensorboard' 2>/dev/null; then
      printf '%s' "$python"
      return
    fi
  done
  return 1
}

# python_with_tensorflow: prints a Python that can import tensorflow and safetensors; fails if there is none.
python_with_tensorflow() {
  local python
  for python in ${TENSORFLOW_PYTHON:-.venv-tensorflow/bin/python python3}; do
    if "$python" -c 'import tensorflow, safetensors' 2>/dev/null; then
      printf '%s' "$python"
      return
    fi
  done
  return 1
}

# Puts the tensorboard package into .venv.
prepare_tensorboard() {
  local log=.build/python.log
  command -v python3 >/dev/null || fail "Python 3 is needed to run TensorBoard; on Debian: apt-get install python3-venv."
  say "Installing TensorBoard into $PWD/.venv ..."
  mkdir -p .build
  [[ -x .venv/bin/pip ]] || python3 -m venv .venv >"$log" 2>&1 ||
    fail "python3 cannot make a virtual environment; on Debian: apt-get install python3-venv. It said: $(tail -n 1 "$log")"
  # Some seconds where the package index is near; where it is not, nobody should wait for long.
  timeout 300 .venv/bin/pip install --quiet --retries 1 --timeout 20 tensorboard==2.21.0 pillow >"$log" 2>&1 ||
    fail "pip could not install TensorBoard: is there a network? It said: $(grep -m 1 ERROR "$log" || tail -n 1 "$log")"
}
