"""What one would write without Piste: imports Keras and fits five epochs. Run by `benchmarks.throughput`."""

import sys

from benchmarks.nets import batch_size, book_model, load


def main(net: str, directory: str | None) -> None:
    """Trains the net for five epochs on float pixels, as the book does."""
    train = load(directory).train
    model = book_model(net)
    model.fit(train.x / 255.0, train.y, batch_size=batch_size(net), epochs=5, verbose=2)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None)
