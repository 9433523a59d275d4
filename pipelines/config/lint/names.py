"""The rules' names, by which `silence` turns them off."""

RULES = (
    "initializer",
    "selu_inputs",
    "selu_batch_norm",
    "selu_dropout",
    "selu_regularizer",
    "bias_before_batch_norm",
    "unscaled_inputs",
    "loss_and_output",
    "schedule_never_fires",
    "schedule_ends_early",
    "early_stopping_never_fires",
)
