/** Which files a project has for the analysis, by name. */

/**
 * - `python`: source.
 * - `settings`: files in which a setting can switch a debug mode on; findings can stand in them.
 * - `template`: texts that a program may read as a prompt; looked at only where a path leads to them.
 */
export type FileKind = "python" | "settings" | "template";

const settingsName =
  /^(?:\.env(?:\.[\w-]+)*|\.flaskenv|(?:[\w.-]+\.)?dockerfile|dockerfile(?:\.[\w.-]+)?|(?:docker-)?compose(?:[.-][\w.-]+)?\.ya?ml)$/i;
const templateEnding = /\.(?:html?|txt|md|jinja2?|j2|tmpl|tpl|prompt|mustache|hbs)$/i;

/** Kind of a file by its name (without folder), or undefined when it is of no concern. */
export function kindOfName(name: string): FileKind | undefined {
  if (/\.pyw?$/i.test(name)) return "python";
  if (settingsName.test(name)) return "settings";
  return templateEnding.test(name) ? "template" : undefined;
}

/** Folders that hold other people's code, made files or translations, whatever the settings say. */
const skippedFolders = new Set([
  ".git",
  ".hg",
  ".svn",
  ".bzr",
  "node_modules",
  "bower_components",
  "site-packages",
  "dist-packages",
  "__pycache__",
  "__pypackages__",
  "LC_MESSAGES",
  ".tox",
  ".nox",
  ".venv",
  "venv",
  "virtualenv",
  ".virtualenv",
  ".direnv",
  ".eggs",
  ".mypy_cache",
  ".pytest_cache",
  ".ruff_cache",
  ".pytype",
  ".ipynb_checkpoints",
]);

/** Made folders as a rule, but a package where they hold an `__init__.py`. */
const outputFolders = new Set(["build", "dist"]);

/** What a project has at its top and an environment of its own does not. */
const projectFiles = ["manage.py", "requirements.txt", "pyproject.toml", "setup.py", "Pipfile", "app.py", "main.py"];

/** Whether a folder is left out for its name alone. */
export const isSkippedName = (name: string): boolean => skippedFolders.has(name) || name.endsWith(".egg-info");

/**
 * Whether a folder whose name does not tell is left out for what it holds.
 *
 * An environment that was made in the project's own folder (`python -m venv .`) leaves its `pyvenv.cfg` beside the
 * source; its libraries lie in `site-packages`, which is left out by name.
 * @param name its own name
 * @param holds whether it directly holds an entry of the given name
 */
export function isSkippedFolder(name: string, holds: (entry: string) => boolean): boolean {
  if ((holds("pyvenv.cfg") || holds("conda-meta")) && !projectFiles.some(holds)) return true;
  return outputFolders.has(name) && !holds("__init__.py");
}
