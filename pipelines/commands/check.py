"""`piste check`: validates configs, all errors at once, without TensorFlow."""

import click

from piste.pipelines.commands.output import format_option, print_error, print_json, set_option


@click.command()
@click.argument("configs", nargs=-1, required=True, metavar="CONFIG...")
@set_option
@format_option
def command(configs: tuple[str, ...], overrides: tuple[str, ...], form: str) -> None:
    """Validate configs: all errors at once, each with its place.

    CONFIG is a path or the name of a shipped config, as in fashion_mnist/mlp_elu.
    """
    from piste.pipelines.config.load import load_config
    from piste.pipelines.config.problems import ConfigProblems

    results = []
    exit_code = 0
    for config in configs:
        problems = []
        try:
            load_config(config, overrides)
            if form == "text":
                click.echo(f"{config}: ok")
        except ConfigProblems as error:
            exit_code = error.exit_code
            problems = [problem.to_dict() for problem in error.problems]
            if form == "text":
                print_error(error)
        results.append({"config": config, "valid": not problems, "problems": problems})
    if form == "json":
        print_json(results)
    click.get_current_context().exit(exit_code)
