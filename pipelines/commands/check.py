"""`piste check`: validates configs, all errors at once, without TensorFlow."""

import click

from piste.pipelines.commands.output import format_option, print_error, print_json, print_problems, set_option


@click.command()
@click.argument("configs", nargs=-1, required=True, metavar="CONFIG...")
@set_option
@click.option("--strict", is_flag=True, help="Take warnings for errors.")
@format_option
def command(configs: tuple[str, ...], overrides: tuple[str, ...], strict: bool, form: str) -> None:
    """Validate configs: all errors and warnings at once, each with its place.

    CONFIG is a path or the name of a shipped config, as in fashion_mnist/mlp_elu. A warning ends with its name,
    by which the config's `silence` turns it off.
    """
    from piste.pipelines.config.lint.lint import lint
    from piste.pipelines.config.load import load_config
    from piste.pipelines.config.problems import ConfigProblems

    results = []
    exit_code = 0
    for config in configs:
        problems, warnings = [], []
        try:
            found = lint(load_config(config, overrides))
            warnings = [warning.to_dict() for warning in found]
            if found and strict:
                exit_code = ConfigProblems.exit_code
            if form == "text":
                if found:
                    print_problems(found)
                count = f", {len(found)} warning{'s' if len(found) > 1 else ''}" if found else ""
                click.echo(f"{config}: ok{count}")
        except ConfigProblems as error:
            exit_code = error.exit_code
            problems = [problem.to_dict() for problem in error.problems]
            if form == "text":
                print_error(error)
        results.append({"config": config, "valid": not problems, "problems": problems, "warnings": warnings})
    if form == "json":
        print_json(results)
    click.get_current_context().exit(exit_code)
