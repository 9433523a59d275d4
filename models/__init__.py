"""What is trained: activations, initialisers and the zoo's architectures."""
