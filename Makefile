# Two commands are all a newcomer needs: `make demo` and `make test`. Both need Python 3.11-3.13 only.
PYTHON ?=
VENV := .venv
BIN := $(VENV)/bin
# Files are shared out among as many processes as there are cores, but TensorFlow needs 2 GB in each.
TEST := $(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile
READY := $(VENV)/.ready

.PHONY: demo test test-all lint format types benchmark lock clean

demo: $(READY)  ## trains the shipped quickstart and says where the report is
	@$(BIN)/piste train quickstart

test: $(READY)  ## the whole suite
	$(TEST) -m "not slow"

test-all: $(READY)  ## also what takes long: every config does everything
	$(TEST)
	TF_ENABLE_ONEDNN_OPTS=0 $(TEST) --dist load tests/callbacks/test_silent.py

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(READY)
	$(BIN)/mypy

benchmark: $(READY)  ## the table of the README
	$(BIN)/python -m benchmarks.throughput

lock: $(READY)  ## needs uv; writes requirements.lock anew from pyproject.toml
	sh tools/lock.sh

clean:
	rm -rf $(VENV) build dist *.egg-info

$(READY): requirements.lock pyproject.toml
	@sh tools/environment.sh "$(VENV)" "$(PYTHON)"
	@touch $@
