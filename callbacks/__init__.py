"""What watches: measures, instruments, Keras callbacks, and rules that turn numbers into findings."""
