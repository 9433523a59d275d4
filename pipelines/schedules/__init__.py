"""Learning rates as functions of the step: what Keras lacks, and how a config's schedule becomes one."""
