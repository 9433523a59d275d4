"""How mean and standard deviation travel through a deep stack of dense layers at initialisation, in NumPy."""
