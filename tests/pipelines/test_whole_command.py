"""`piste train` as a process of its own: what reaches the terminal, Ctrl-C, and another backend."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

CONFIG = """seed: 3
data: {source: synthetic, kind: circles, samples: 200, test_samples: 50, batch_size: 16}
model: {type: mlp, hidden: [8]}
training: {epochs: 2}
export: {formats: []}
"""
PISTE = [sys.executable, "-m", "piste"]
REFUSED = "Piste needs Keras on TensorFlow. Received: KERAS_BACKEND=jax; set it to tensorflow."


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("net.yaml").write_text(CONFIG, encoding="utf-8")


def test_without_a_terminal_there_is_a_line_an_epoch_and_no_noise() -> None:
    narrow = os.environ | {"COLUMNS": "40"}
    done = subprocess.run([*PISTE, "train", "net.yaml"], capture_output=True, text=True, env=narrow)
    assert (done.returncode, done.stderr) == (0, "")
    # 2 x 8 + 8 and 8 x 2 + 2
    first, *epochs, last = done.stdout.splitlines()
    assert first == "net: 180 samples, 42 weights, fused (the data fits and XLA compiles every layer)"
    assert [line.split("  ")[0] for line in epochs] == ["epoch 1/2", "epoch 2/2"]
    assert last == "report: runs/net-001/report.html"


def _heed_ctrl_c() -> None:
    """A shell makes its background jobs ignore Ctrl-C, and the tests may run in one."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_saves_weights_findings_and_report(number: signal.Signals, code: int) -> None:
    command = [*PISTE, "train", "net.yaml", "--set", "training.epochs=1000000"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, preexec_fn=_heed_ctrl_c) as process:
        assert process.stdout is not None
        while not process.stdout.readline().startswith("epoch"):
            assert process.poll() is None
        process.send_signal(number)
        _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (code, "interrupted\n")
    folder = Path("runs/net-001")
    for name in ("checkpoints/final.weights.h5", "findings.json", "report.html", "metrics.jsonl", "health.jsonl"):
        assert (folder / name).is_file(), name
    facts = json.loads((folder / "environment.json").read_text("utf-8"))
    assert facts["interrupted"] is True and "test" not in facts


def test_another_backend_is_refused_in_one_line() -> None:
    jax = os.environ | {"KERAS_BACKEND": "jax"}
    done = subprocess.run([*PISTE, "train", "net.yaml"], capture_output=True, text=True, env=jax)
    assert (done.returncode, done.stdout, done.stderr) == (9, "", f"error: {REFUSED}\n")
    assert not Path("runs").exists()
    script = "from piste.callbacks import HealthMonitor"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=jax)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == f"ImportError: {REFUSED}"


def test_another_backend_in_kerass_own_file_is_refused() -> None:
    Path("keras.json").write_text('{"backend": "torch"}', encoding="utf-8")
    home = {key: value for key, value in os.environ.items() if key != "KERAS_BACKEND"} | {"KERAS_HOME": str(Path.cwd())}
    done = subprocess.run([*PISTE, "train", "net.yaml"], capture_output=True, text=True, env=home)
    assert done.returncode == 9
    file = Path.cwd() / "keras.json"
    assert (
        done.stderr
        == f"error: Piste needs Keras on TensorFlow. Received: the backend torch in {file}; set it to tensorflow.\n"
    )


def test_a_reader_that_leaves_early_sees_no_traceback() -> None:
    command = f"{sys.executable} -m piste list layers | head -1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True)
    assert (len(done.stdout.splitlines()), done.stderr) == (1, "")
