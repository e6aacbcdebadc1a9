import { execFileSync } from "node:child_process";
import { symlinkSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { collect } from "../../server/project/collect.js";
import { Configs } from "../../server/project/configs.js";
import { discover } from "../../server/project/discover.js";
import { kindOfName } from "../../server/project/kinds.js";
import { projectRoot } from "../../server/project/paths.js";
import { PatternSet } from "../../server/project/patterns.js";
import { folderWith } from "../support/folder.js";

function names(folder: string, options = {}): string[] {
  return discover(folder, options).files.map((file) => path.posix.relative(folder, file.path));
}

describe("discover", () => {
  it("finds Python files, settings files and templates, sorted", () => {
    const folder = folderWith({
      "b.py": "",
      "a/x.py": "",
      "a/prompt.txt": "",
      ".env": "",
      "deploy/Dockerfile": "",
      "docker-compose.yml": "",
      "image.png": "",
      "notes.rst": "",
    });
    expect(names(folder)).toEqual([
      ".env",
      "a/prompt.txt",
      "a/x.py",
      "b.py",
      "deploy/Dockerfile",
      "docker-compose.yml",
    ]);
  });

  it("leaves out virtual environments, by name and by pyvenv.cfg, and made folders", () => {
    const folder = folderWith({
      "app.py": "",
      ".venv/lib/a.py": "",
      "venv/a.py": "",
      "myenv/pyvenv.cfg": "",
      "myenv/lib/a.py": "",
      "conda/conda-meta/history": "",
      "conda/a.py": "",
      "node_modules/x/a.py": "",
      "lib/site-packages/a.py": "",
      "__pycache__/a.py": "",
      ".tox/a.py": "",
      ".nox/a.py": "",
      "build/lib/a.py": "",
      "dist/a.py": "",
      "x.egg-info/a.py": "",
      "env/kept.py": "",
      "migrations/0001_kept.py": "",
    });
    expect(names(folder)).toEqual(["app.py", "env/kept.py", "migrations/0001_kept.py"]);
  });

  it("keeps a project in whose own folder an environment was made", () => {
    const folder = folderWith({
      "backend/pyvenv.cfg": "",
      "backend/manage.py": "",
      "backend/shop/views.py": "",
      "backend/Lib/site-packages/a.py": "",
      "api/pyvenv.cfg": "",
      "api/requirements.txt": "",
      "api/routes.py": "",
    });
    expect(names(folder)).toEqual([
      "api/requirements.txt",
      "api/routes.py",
      "backend/manage.py",
      "backend/shop/views.py",
    ]);
  });

  it("keeps a package that is called build", () => {
    const folder = folderWith({ "build/__init__.py": "", "build/step.py": "" });
    expect(names(folder)).toEqual(["build/__init__.py", "build/step.py"]);
  });

  it("keeps to nested .gitignore files as git does", () => {
    const folder = folderWith({
      ".gitignore": "*.gen.py\n/top.py\nlogs/\n!keep.gen.py\nsub/data/*\n",
      "a.gen.py": "",
      "keep.gen.py": "",
      "top.py": "",
      "sub/top.py": "",
      "sub/.gitignore": "!b.gen.py\nlocal.py\n",
      "sub/b.gen.py": "",
      "sub/c.gen.py": "",
      "sub/local.py": "",
      "sub/data/x.py": "",
      "local.py": "",
      "logs/x.py": "",
      "logs/.gitignore": "!x.py\n",
    });
    execFileSync("git", ["init", "-q", folder]);
    const byGit = execFileSync("git", ["-C", folder, "ls-files", "-o", "--exclude-standard", "*.py"], {
      encoding: "utf8",
    });
    expect(names(folder)).toEqual(byGit.trim().split("\n").sort());
    expect(names(folder)).toEqual(["keep.gen.py", "local.py", "sub/b.gen.py", "sub/top.py"]);
  });

  it("reads the .gitignore files above the folder, up to the repository's top", () => {
    const folder = folderWith({ ".gitignore": "secret.py\n", "app/x.py": "", "app/secret.py": "" });
    execFileSync("git", ["init", "-q", folder]);
    expect(names(path.join(folder, "app"))).toEqual(["x.py"]);
  });

  it("ends on loops of links, and finds each file once", () => {
    const folder = folderWith({ "a/x.py": "" });
    symlinkSync(folder, path.join(folder, "a", "loop"));
    symlinkSync(path.join(folder, "a", "x.py"), path.join(folder, "y.py"));
    symlinkSync("nowhere.py", path.join(folder, "broken.py"));
    symlinkSync("self.py", path.join(folder, "self.py"));
    expect(names(folder)).toEqual(["a/x.py"]);
  });

  it("follows a link to a file that lies elsewhere", () => {
    const elsewhere = folderWith({ "shared.py": "" });
    const folder = folderWith({ "x.py": "" });
    symlinkSync(path.join(elsewhere, "shared.py"), path.join(folder, "shared.py"));
    expect(names(folder)).toEqual(["shared.py", "x.py"]);
  });

  it("takes patterns from flags", () => {
    const folder = folderWith({ "x.py": "", "tests/t.py": "", "app/y.py": "", "app/p.txt": "" });
    expect(names(folder, { exclude: new PatternSet(folder, ["tests/"]) })).toEqual(["app/p.txt", "app/y.py", "x.py"]);
    // Templates are looked at wherever a path leads; only what is checked is narrowed.
    expect(names(folder, { include: new PatternSet(folder, ["app/"]) })).toEqual(["app/p.txt", "app/y.py"]);
  });

  it("survives folders nested deeper than the call stack", () => {
    const folder = folderWith({ [`${"d/".repeat(1200)}x.py`]: "" });
    expect(discover(folder).files).toHaveLength(1);
  });
});

describe("collect", () => {
  it("checks a named file whatever the ignore rules say, and looks at the project around it", () => {
    const folder = folderWith({
      ".gitignore": "one.py\n",
      "pyproject.toml": "",
      "pkg/one.py": "",
      "pkg/two.py": "",
      "lib/three.py": "",
    });
    const found = collect(["pkg/one.py"], { cwd: folder, configs: new Configs({ ruleIds: [] }) });
    expect(found.asked).toEqual([`${folder}/pkg/one.py`]);
    expect(found.all).toEqual([`${folder}/lib/three.py`, `${folder}/pkg/one.py`, `${folder}/pkg/two.py`]);
  });

  it("says that a path does not exist", () => {
    const folder = folderWith({});
    expect(() => collect(["gone.py"], { cwd: folder, configs: new Configs({ ruleIds: [] }) })).toThrow(
      'There is no file or folder "gone.py".',
    );
  });

  it("lets the nearest settings file decide what is left out, alone", () => {
    const folder = folderWith({
      ".spillcheck.yaml": "exclude: [a.py]\n",
      "a.py": "",
      "b.py": "",
      "sub/.spillcheck.yaml": "exclude: [b.py]\n",
      "sub/a.py": "",
      "sub/b.py": "",
    });
    const found = collect(["."], { cwd: folder, configs: new Configs({ ruleIds: [] }) });
    expect(found.asked).toEqual([`${folder}/b.py`, `${folder}/sub/a.py`]);
  });
});

describe("names", () => {
  it("knows the kinds of files", () => {
    expect(kindOfName("x.py")).toBe("python");
    for (const name of [
      ".env",
      ".env.production",
      ".flaskenv",
      "Dockerfile",
      "api.Dockerfile",
      "compose.yaml",
      "docker-compose.prod.yml",
    ]) {
      expect(kindOfName(name), name).toBe("settings");
    }
    for (const name of ["prompt.txt", "mail.html", "system.j2", "rules.prompt"])
      expect(kindOfName(name), name).toBe("template");
    for (const name of ["x.pyc", "x.js", "environment.yml", "python"]) expect(kindOfName(name), name).toBeUndefined();
  });

  it("finds the top of a project by its markers", () => {
    const folder = folderWith({ "p/manage.py": "", "p/app/deep/x.py": "" });
    expect(projectRoot(`${folder}/p/app/deep`)).toBe(`${folder}/p`);
  });
});
