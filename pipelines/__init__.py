"""What runs: read a config, load data, build the model, train, judge, report, export."""
