"""From a trained model to files that serve without Piste."""
