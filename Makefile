# `make demo` and `make test` set up what they need; everything lives in .venv.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
# DVC runs the stages with `python`, which must be the environment's.
export PATH := $(CURDIR)/.venv/bin:$(PATH)

# What recipes write is for this user alone, and DVC neither counts its use nor looks for updates.
.SHELLFLAGS := -c 'umask 077; eval "$$0"'
export DVC_NO_ANALYTICS := 1

# No lines of make's own in the output, which CI posts, even under another make.
MAKEFLAGS += --no-print-directory

# BASE: the branch to merge this one into. RATES="2e-6 4e-6": the learning rates of a sweep.
BASE ?= main
# Recipes read both from the environment, so that neither make nor the shell executes their text.
override BASE := $(value BASE)
override RATES := $(value RATES)
export BASE RATES

.PHONY: setup model fetch-base demo test check release-check pr-comment sweep chaos bench-align bench-cross-check bench-decoding bench-doctor bench-draft-terms bench-forget bench-identify bench-increment bench-intervals bench-labels bench-page bench-plan bench-scale bench-scoring bench-time-to-wer bench-times bench-windows bench-average bench-real-speech bench-review bench-service bench-service-load bench-speak bench-speakers bench-spelling bench-style

# Each time, since a clone may have moved.
setup: .venv/.complete
	@python -m stages.common.core.private_folders

.venv/.complete: Makefile pyproject.toml locked/install $(wildcard locked/*.txt)
	$(PYTHON) -m venv .venv
	locked/install $(BIN)/python environment
	locked/install $(BIN)/python no_dependencies
	$(BIN)/pip install --quiet --require-hashes --no-deps --target .venv/share/docker-compose -r locked/compose_schema.txt
	# The command `attune`.
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

# The demo's base, Whisper tiny.en, once.
model: setup
	python -m demo.model

fetch-base: model
	dvc repro fetch_base

demo: setup
	attune profile --check demo
	python -m demo.model
	dvc repro
	attune summary

test: model
	python -m pytest

check: setup
	ruff check .
	ruff format --check .
	mypy .

release-check: setup
	@attune release-check

pr-comment: setup
	@attune pr-comment -- "$$BASE"

sweep: setup
	@set -f; attune sweep -- $$RATES

chaos: setup
	python -m bench.chaos

bench-speakers: fetch-base
	dvc repro demo/dvc.yaml:sessions
	python -m bench.speakers

bench-spelling: setup
	python -m bench.spelling

bench-align: fetch-base
	dvc repro demo/dvc.yaml:sessions
	python -m bench.align
	for hours in 1 3; do python -m bench.align --long $$hours; done

bench-cross-check: setup
	python -m bench.cross_check

bench-decoding: setup
	python -m bench.decoding

bench-doctor: setup
	python -m bench.doctor

bench-draft-terms: setup
	python -m bench.draft_terms

bench-forget: fetch-base
	dvc repro
	python -m bench.forget

bench-identify: setup
	python -m bench.identify

bench-increment: setup
	python -m bench.increment

bench-intervals: setup
	python -m bench.intervals

bench-labels: setup
	python -m bench.labels

bench-page: setup
	python -m bench.page

bench-scale: fetch-base
	python -m bench.scale

bench-plan: fetch-base
	python -m bench.plan

bench-scoring: setup
	python -m bench.scoring

bench-service: setup
	python -m bench.service

bench-service-load: setup
	python -m bench.service_load

bench-time-to-wer: model
	dvc repro normalize
	python -m bench.time_to_wer

bench-windows: setup
	python -m bench.windows

bench-style: model
	python -m bench.style models/whisper-tiny.en

bench-times: setup
	python -m bench.times

bench-average: setup
	python -m bench.average_curve

bench-review: setup
	python -m bench.review

bench-real-speech: model
	python -m bench.real_speech models/whisper-tiny.en

bench-speak: model
	python -m bench.speak
