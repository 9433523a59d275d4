"""The zoo: one file an architecture, each a function from tensor to tensor."""
