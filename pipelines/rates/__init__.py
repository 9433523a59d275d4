"""The learning-rate range test: rates that grow step by step, and what the loss does."""
