"""`piste predict`: what a trained model says of files, as lines of JSON."""

import json
from pathlib import Path

import click


@click.command()
@click.argument("model", metavar="RUN|EXPORT", type=click.Path(path_type=Path))
@click.argument("inputs", metavar="INPUT", type=click.Path(path_type=Path))
@click.option("--batch-size", type=int, default=256, show_default=True, metavar="N", help="Samples at once.")
@click.option("--mc-samples", type=int, metavar="N", help="Mean and deviation of N passes with dropout on.")
def command(model: Path, inputs: Path, batch_size: int, mc_samples: int | None) -> None:
    """Predict INPUT by the model of RUN, a run folder, or EXPORT, what it exported: one line of JSON a sample.

    INPUT is an .npz, .npy, .csv or .tsv file, an image, or a folder of images, raw as the model was trained on.
    """
    from piste.pipelines.predict.predict import predict

    for lines in predict(model, inputs, batch_size=batch_size, mc_samples=mc_samples):
        click.echo("\n".join(json.dumps(line, ensure_ascii=False) for line in lines))
